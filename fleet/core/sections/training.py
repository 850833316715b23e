"""The section of the configuration about the training of officers."""

from __future__ import annotations

from pydantic import Field

from fleet.core.sections.section import Section


class TrainingSection(Section):
    """What training an officer has to have before a camera is handed to them."""

    required: bool = Field(
        False,
        description="Whether a camera is handed to an officer only if a training of theirs is valid on "
        "that day.",
    )
    course: str = Field(
        "",
        max_length=100,
        description="Which course that has to be, as it is noted; empty for any.",
    )
    soon_days: int = Field(
        30,
        ge=1,
        le=366,
        description="An alert says so when an officer's training is valid for no more than so many days.",
    )
