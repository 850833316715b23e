"""What a scenario asks to hold at the end: its ``[promises]``. Pure.

Rule: strict, as all of a scenario is: an unknown key, a wrong type or a value out of bounds is refused.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from protocol.footage.format.model import GapCause
from protocol.naming import CAMERA_PATTERN

CameraName = Annotated[str, Field(pattern=CAMERA_PATTERN)]
Seconds = Annotated[float, Field(gt=0, le=2_678_400)]
"""Up to a month, which virtual time makes short."""


class ScenarioTable(BaseModel):
    """What all parts of a scenario share: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


BOUNDS = (
    "acknowledged_within_ms", "held_within_s", "prerecord_at_least_s", "lost_at_most_s", "playable_after_s",
    "playable_before_s", "gone_within_s",
)  # fmt: skip
"""Figures that are held against every recording that they speak of."""


class Alert(ScenarioTable):
    """Something wrong that the fleet must have said.

    Attributes:
        camera: With which camera; None for an alert, whatever it is about.
        says: What the sentence has in it, whichever case.
    """

    camera: CameraName | None = None
    says: str = Field(min_length=1, max_length=200)


Verdicts = Annotated[
    tuple[Literal["intact", "intact with gaps", "without an end"], ...], Field(strict=False, min_length=1)
]
Reason = Annotated[GapCause, Field(strict=False)]


class Promises(ScenarioTable):
    """What must hold at the end.

    Attributes:
        recordings_each: How many recordings every camera must have made; None to accept any number.
        recordings_of: The same for single cameras, by name; it goes before ``recordings_each``.
        verdicts: The verdicts that a recording may have.
        listed_within_s: How soon after the press the fleet must list a recording, in seconds.
        full_prerecord: Whether every camera's first recording must begin with the whole window, less the
            chunk that was leaving it.
        prerecord_reasons: The signed reasons for which it may have less; none by default.
        prerecord_at_least_s: How much pre-record every recording must have, in seconds.
        verdicts_of: The verdicts for single cameras, by name; they go before ``verdicts``.
        acknowledged_within_ms: How soon after the press a camera must signal that it is durable.
        held_within_s: How soon after the stop a camera must have the fleet's receipt, in seconds.
        lost_at_most_s: How much may be missing at the end of a recording whose camera lost its power, in
            seconds.
        playable_after_s: How much from the press on of what a destroyed camera recorded must play at the
            fleet, without a hole, in seconds.
        playable_before_s: How much before the press, likewise.
        gone_within_s: How soon after its last day a recording must begin to be deleted, in seconds.
        alerts: What the fleet must have said of cameras during the run, or as an alert.
        refusals: How many steps must have been refused as expected.
    """

    recordings_each: int | None = Field(default=None, ge=0)
    recordings_of: dict[CameraName, Annotated[int, Field(ge=0)]] = {}
    verdicts: Verdicts = ("intact",)
    listed_within_s: Seconds = 2.0
    full_prerecord: bool = True
    prerecord_reasons: tuple[Reason, ...] = Field(default=(), strict=False)
    prerecord_at_least_s: float | None = Field(default=None, ge=0, le=3600)
    verdicts_of: dict[CameraName, Verdicts] = {}
    acknowledged_within_ms: float | None = Field(default=None, gt=0, le=60_000)
    held_within_s: Seconds | None = None
    lost_at_most_s: float | None = Field(default=None, ge=0, le=14_400)
    playable_after_s: float | None = Field(default=None, ge=0, le=14_400)
    playable_before_s: float | None = Field(default=None, ge=0, le=3600)
    gone_within_s: Seconds | None = None
    alerts: tuple[Alert, ...] = Field(default=(), strict=False)
    refusals: int | None = Field(default=None, ge=0, le=10_000)

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The cameras that promises name, by the promise's key."""
        return {
            "recordings_of": tuple(self.recordings_of),
            "verdicts_of": tuple(self.verdicts_of),
            "alerts": tuple(each.camera for each in self.alerts if each.camera is not None),
        }

    @property
    def asks_for_alerts(self) -> bool:
        """Whether an alert is asked for, and not only what the fleet says of a camera."""
        return any(each.camera is None for each in self.alerts)

    @property
    def of_recordings(self) -> tuple[str, ...]:
        """The keys of those that are judged with every recording."""
        keys = ["verdicts", "listed_within_s"]
        keys += ["verdicts_of"] * bool(self.verdicts_of) + ["full_prerecord"] * self.full_prerecord
        return tuple(keys)

    @property
    def bounds(self) -> tuple[str, ...]:
        """The keys of the bounds that were asked for."""
        return tuple(key for key in BOUNDS if getattr(self, key) is not None)

    def verdicts_for(self, name: str) -> tuple[str, ...]:
        """The verdicts that a camera's recordings may have, by what the scenario calls it."""
        return self.verdicts_of.get(name, self.verdicts)
