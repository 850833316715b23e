"""The section about the landlord."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fleet.core.sections.section import Section


class LandlordSection(Section):
    """Who runs this fleet, as letters name it."""

    kind: Literal["housing-association", "council"] = Field(
        "housing-association",
        description="What sort of landlord it is, which decides the lawful bases to choose from: "
        "housing-association, or council for that and its arm's-length body.",
    )
    name: str = Field("", max_length=200, description="The landlord's name, as letters bear it.")
    contact: str = Field(
        "", max_length=1000, description="Its address and how else to reach it, as letters bear it."
    )
    complaints: str = Field(
        "", max_length=1000, description="Where one can complain to it; empty for landlord.contact."
    )
