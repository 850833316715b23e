"""The section of the configuration about how long requests and releases stay in their registers."""

from __future__ import annotations

from pydantic import Field

from fleet.core.sections.section import Section


class RegistersSection(Section):
    """For how long requests and releases are kept once they are over."""

    request_months: int = Field(
        36,
        ge=12,
        le=240,
        description="Calendar months for which a request is kept after it was closed: who asked, its letters "
        "and searches. It stays longer while a restriction or a hold of something it is about lasts.",
    )
    release_months: int = Field(
        72,
        ge=12,
        le=240,
        description="Calendar months for which a release is kept after its end: who got what, and why. It "
        "stays longer while a recording of it, or the request that it answers, is here.",
    )
