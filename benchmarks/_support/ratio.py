"""What was measured against its limit in the same run: the one figure to compare two runs by. Pure.

A machine is quick today and slow tomorrow; how many times its limit something takes moves far less. Less is
better for every ratio. It says nothing about one run's absolute times.
"""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

_RESAMPLES: Final = 400
_SEED: Final = 20261128  # the same noise from the same samples, whoever looks
_SURE: Final = 3.0


class Movement(StrEnum):
    """What became of a ratio since another run."""

    SAME = "same"
    BETTER = "better"
    WORSE = "WORSE"


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of what was measured, in medians of its limit.

    Attributes:
        name: What it says, the same in every run.
        over: What was measured; any unit, more than 0.
        under: Its limit, measured in the same run, in the same unit.
        tolerance: By how much it moves from run to run where nothing has changed, as a share.
    """

    name: str
    over: tuple[float, ...]
    under: tuple[float, ...]
    tolerance: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what has no ratio.

        Raises:
            ValueError: There is no sample, or one that is not above 0.
        """
        if not self.over or not self.under or min(*self.over, *self.under) <= 0:
            message = f"{self.name}: a ratio is of samples above 0, at least one on either side"
            raise ValueError(message)

    @property
    def value(self) -> float:
        """How many times its limit it is."""
        return statistics.median(self.over) / statistics.median(self.under)

    @property
    def noise(self) -> float:
        """The standard error of the ratio's logarithm, by resampling: about the share of doubt in it."""
        draw = random.Random(_SEED)  # noqa: S311 - statistics, no secret
        drawn = [math.log(_middle(draw, self.over) / _middle(draw, self.under)) for _ in range(_RESAMPLES)]
        return statistics.pstdev(drawn)

    def to_json(self) -> dict[str, Any]:
        """As it goes into a file of figures, with its samples."""
        over, under = ([float(f"{each:.6g}") for each in samples] for samples in (self.over, self.under))
        return {
            "name": self.name,
            "ratio": round(replace(self, over=tuple(over), under=tuple(under)).value, 4),
            "tolerance": self.tolerance,
            "over": over,
            "under": under,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Ratio:
        """Read it back.

        Raises:
            KeyError: Something is not there.
            ValueError: It is no ratio.
        """
        return cls(kept["name"], tuple(kept["over"]), tuple(kept["under"]), kept["tolerance"])


def movement(before: Ratio, now: Ratio) -> Movement:
    """Tell whether a ratio moved by more than its noise.

    More than three standard errors of the difference, and more than it moves from run to run anyway.
    """
    moved = math.log(now.value / before.value)
    unsure = _SURE * math.hypot(before.noise, now.noise)
    if abs(moved) <= max(unsure, math.log1p(max(before.tolerance, now.tolerance))):
        return Movement.SAME
    return Movement.WORSE if moved > 0 else Movement.BETTER


def _middle(draw: random.Random, samples: tuple[float, ...]) -> float:
    return statistics.median(draw.choices(samples, k=len(samples)))
