"""What a scenario asks to hold at the end: its ``[promises]``. Pure.

Rule: strict, as all of a scenario is: an unknown key, a wrong type or a value out of bounds is refused.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from protocol.naming import CAMERA_PATTERN

CameraName = Annotated[str, Field(pattern=CAMERA_PATTERN)]
Seconds = Annotated[float, Field(gt=0, le=14_400)]


class ScenarioTable(BaseModel):
    """What all parts of a scenario share: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Promises(ScenarioTable):
    """What must hold at the end.

    Attributes:
        recordings_each: How many recordings every camera must have made; None to accept any number.
        recordings_of: The same for single cameras, by name; it goes before ``recordings_each``.
        verdicts: The verdicts that a recording may have.
        listed_within_s: How soon after the press the fleet must list a recording, in seconds.
        full_prerecord: Whether every camera's first recording must begin with the whole window, less the
            chunk that was leaving it.
    """

    recordings_each: int | None = Field(default=None, ge=0)
    recordings_of: dict[CameraName, Annotated[int, Field(ge=0)]] = {}
    verdicts: tuple[Literal["intact", "intact with gaps", "without an end"], ...] = Field(
        default=("intact",), strict=False, min_length=1
    )
    listed_within_s: Seconds = 2.0
    full_prerecord: bool = True
