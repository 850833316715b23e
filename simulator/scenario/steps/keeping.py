"""What people say at the fleet that decides how long a recording is kept: holds, incident or not. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from simulator.scenario.steps.base import RefusableStep

PURPOSE = "Simulator: a step of a scenario"


class KeepingStep(RefusableStep):
    """A step that concerns one recording of each camera.

    Attributes:
        recording: The camera's own number for it; None for its newest.
    """

    recording: int | None = Field(default=None, ge=1)


class HoldRecording(KeepingStep):
    """Have whoever may place a hold on a recording: nothing of it is deleted while that lasts.

    Attributes:
        kind: What for.
        owner: Who answers for it.
        reason: Why.
        review_days: In how many days somebody looks at it again.
    """

    do: Literal["hold"]
    kind: Literal["claim", "investigation", "request"] = "claim"
    owner: str = Field(default="Simulator", min_length=1, max_length=100)
    reason: str = Field(default=PURPOSE, min_length=1, max_length=500)
    review_days: int = Field(default=180, ge=0, le=365)


class ReleaseHold(KeepingStep):
    """End every hold that lasts on a recording by itself.

    Attributes:
        reason: Why.
    """

    do: Literal["release"]
    reason: str = Field(default=PURPOSE, min_length=1, max_length=500)


class JudgeRecording(KeepingStep):
    """Say of a recording whether it shows an incident, and maybe what it is.

    Attributes:
        incident: Whether it does.
        category: Its category; None for none.
    """

    do: Literal["judge"]
    incident: bool
    category: (
        Literal[
            "threat", "violence", "damage", "antisocial", "animal", "safeguarding", "injury", "visit",
            "accidental", "other",
        ]
        | None
    ) = None  # fmt: skip
