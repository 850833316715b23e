"""The section about the landlord."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fleet.core.problems import ProblemError
from fleet.core.sections.section import Section


class LandlordSection(Section):
    """Who runs this fleet, as letters and notices name it."""

    kind: Literal["housing-association", "council"] = Field(
        "housing-association",
        description="What sort of landlord it is, which decides the lawful bases to choose from: "
        "housing-association, or council for that and its arm's-length body.",
    )
    name: str = Field("", max_length=200, description="The landlord's name, as letters and notices bear it.")
    contact: str = Field(
        "",
        max_length=1000,
        description="Its address and how else to reach it, as letters and notices bear it.",
    )
    complaints: str = Field(
        "", max_length=1000, description="Where one can complain to it; empty for landlord.contact."
    )

    def known(self, bearing: str) -> None:
        """Refuse to make what has to bear who the landlord is and how it is reached, where that is not set.

        Args:
            bearing: what bears it, such as ``each letter``.

        Raises:
            ProblemError: 409 it is not set.
        """
        if not self.name or not self.contact:
            detail = (
                f"Set landlord.name and landlord.contact in the configuration first: {bearing} bears them."
            )
            raise ProblemError(409, "landlord_unknown", detail)
