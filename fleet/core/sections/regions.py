"""The section of the configuration about where things may be stored."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fleet.core.sections.section import Section

RegionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,59}$")]
PinnedRegion = Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9-]{0,59})?$")]
UK_AND_EU = (
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eusc-de-east-1",
    "uk",
    "eu",
)
"""Regions of Amazon S3 in the United Kingdom and the European Union (``eu-central-2`` is Zurich), and two
words for a landlord's own machines."""


class RegionsSection(Section):
    """Where things may be stored, and where those are that cannot say it themselves."""

    allowed: tuple[RegionName, ...] = Field(
        UK_AND_EU,
        strict=False,
        min_length=1,
        description="Regions in which anything may be stored; the service does not start with a store "
        "elsewhere.",
    )
    machine: PinnedRegion = Field(
        "", description="Region of the fleet's own machines, with the state folder; empty while not set."
    )
    database: PinnedRegion = Field(
        "", description="Region of the PostgreSQL database; empty while not set, or where it is none."
    )
    backups: PinnedRegion = Field("", description="Region in which backups are kept; empty while not set.")
