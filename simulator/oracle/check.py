"""A check: one thing that had to hold, what was measured, and the bound. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """What a check, or a promise with all of its checks, came to."""

    HELD = "held"
    BROKEN = "broken"
    NOT_EVALUATED = "not evaluated"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and the bound that it was held against.

    Attributes:
        measured: The figure, or the word where it is no number; None where there was nothing to measure.
        bound: What was asked for.
        unit: Of both, such as ``s``.
        relation: How the one must stand to the other.
    """

    measured: float | str | None
    bound: float | str | None
    unit: str = ""
    relation: str = "at least"

    @property
    def words(self) -> str:
        """As in ``180.4 s, at least 179 s``."""
        measured = "nothing" if self.measured is None else _words(self.measured, self.unit)
        return f"{measured}; {self.relation} {_words(self.bound, self.unit)}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was said to somebody else's program, or read of its work, and what came of it.

    Attributes:
        sent: What was sent, or looked at.
        expected: What the rule asks for.
        came: What came.
    """

    sent: str
    expected: str
    came: str


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to hold.

    Attributes:
        name: Its short name, the same for every recording.
        result: Whether it held.
        sentence: What was seen, in words.
        camera: Which camera it concerns; None for the run as a whole.
        number: Which of that camera's recordings.
        recording: That recording's id.
        promise: What it is part of: a key of ``[promises]``, or one that is always judged.
        asked: Whether that was asked for; all that is always judged is.
        figure: What was measured, and the bound.
        exchange: What was sent, expected and answered, where a program of somebody else's is judged.
    """

    name: str
    result: Result
    sentence: str
    camera: str | None = None
    number: int | None = None
    recording: str | None = None
    promise: str = ""
    asked: bool = True
    figure: Figure | None = None
    exchange: Exchange | None = None

    @property
    def passed(self) -> bool:
        """Whether it was judged and held."""
        return self.result is Result.HELD


def judged(*, holds: bool | None) -> Result:
    """What is known as a result; None for what could not be judged."""
    if holds is None:
        return Result.NOT_EVALUATED
    return Result.HELD if holds else Result.BROKEN


def _words(value: float | str | None, unit: str) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f"{text} {unit}".rstrip()
