"""The section of the configuration on visits to tenants."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from fleet.core.sections.section import Section


class VisitsSection(Section):
    """Notices of visits, and references."""

    notice_hours: int = Field(
        24,
        ge=0,
        le=720,
        description="Hours before a visit by which its written notice has to be sent; a visit without one is "
        "an alert from then on.",
    )

    keep_months: int = Field(
        12,
        ge=1,
        le=120,
        description="Calendar months for which a visit is kept, from the day on which it was to end: where "
        "it is, its notices, what was said, what cameras were asked upon that, its references. It stays "
        "longer while footage of it is here. What a camera signed of consent and nobody linked to a visit is "
        "kept as long, from its arrival.",
    )

    reference_url: str = Field(
        "",
        max_length=200,
        pattern=r"^(https://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?)?$",
        description="Where the person recorded opens the page of references, as slips show it; empty for the "
        "dashboard's own address followed by /reference. Set it where tenants reach the page by another one.",
    )

    @property
    def ahead(self) -> timedelta:
        """How long before a visit its tenant is to be told."""
        return timedelta(hours=self.notice_hours)
