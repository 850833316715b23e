"""What the camera says was wrong with picture or sound that came (C12), as pages show it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from protocol.footage.verifying.report import ConditionResult
from protocol.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class TimelineCondition:
    """A time in which picture or sound was of no use.

    Attributes:
        track: which of them.
        condition: why, in the camera's word.
        offset_s: where it begins in what is shown.
        duration_s: how long it is within the recording.
        before_s: for how long it had been so before the recording begins.
        over: whether the camera said that it was over.
    """

    track: str
    condition: str
    offset_s: float
    duration_s: float
    before_s: float = 0.0
    over: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ConditionSum:
    """For how many seconds of a recording something was wrong with picture or sound."""

    track: str
    condition: str
    duration_s: float


def condition_sums(results: Iterable[ConditionResult]) -> list[list[str | float]]:
    """Return what a recording's row keeps: track, condition and seconds of each, in order of time."""
    sums: dict[tuple[str, str], float] = {}
    for each in results:
        of = str(each.track), each.condition
        sums[of] = round(sums.get(of, 0.0) + each.duration_ns / NS_PER_S, 6)
    return [[track, condition, length] for (track, condition), length in sums.items()]


def sums_of_json(kept: list[Any] | None) -> tuple[ConditionSum, ...] | None:
    """Read sums as they are kept; None where none were."""
    return None if kept is None else tuple(ConditionSum(*each) for each in kept)
