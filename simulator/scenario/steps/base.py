"""What all steps share. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simulator.oracle.asked import CameraName, ScenarioTable

Moment = Annotated[float, Field(ge=0, le=2_678_400)]


class ScenarioStep(ScenarioTable):
    """A step of a scenario.

    Attributes:
        do: Its word.
        at_s: When it begins, in seconds since its list of steps began, or at once where that is over already;
            None for as soon as the step before it is done.
    """

    do: str
    at_s: Moment | None = None


class CameraStep(ScenarioStep):
    """A step that concerns cameras; it names them, or means all that take part.

    Attributes:
        cameras: Which.
        any_of: So many of them alone, drawn by the seed.
    """

    cameras: tuple[CameraName, ...] = Field(default=(), strict=False)
    any_of: int | None = Field(default=None, ge=1, le=100)


class RefusableStep(CameraStep):
    """A step that somebody may refuse.

    Attributes:
        refused: Whether a refusal is expected; it is then the step's failure if nobody refuses. ``perhaps``
            where both will do, as in a day that was drawn.
        says: What the refusal must say, whichever case; it goes with ``refused``.
    """

    refused: bool | Literal["perhaps"] = False
    says: str | None = Field(default=None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _says_goes_with_refused(self) -> RefusableStep:
        if self.says is not None and self.refused is not True:
            raise ValueError("says is what a refusal must say; it goes with refused = true")
        return self
