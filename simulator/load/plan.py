"""What each light camera does and when, drawn from a seed. Pure.

Rules:

* Everything lies within the time that was asked for; what a fleet then still has to do is waited for.
* A camera presses no sooner than it has connected, and not at the instant at which its line is cut: what is
  measured is the fleet, and not a camera that has no network.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

RAMP: Final = 0.25
"""In this part of the time cameras connect one after the other."""
APART_S: Final = 1.0
"""How far a press is from a cut at least, where the time is long enough for that."""


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How much.

    Attributes:
        cameras: How many light cameras.
        recordings: How many recordings each of them makes.
        over_s: In how many seconds all of that begins.
        cut_percent: How many of 100 cameras lose their connection once, and connect again.
        seed: Decides who does what when.
    """

    cameras: int
    recordings: int
    over_s: float
    cut_percent: int
    seed: int


@dataclass(frozen=True, slots=True)
class PlannedCamera:
    """What one light camera does; times are seconds since the load began.

    Attributes:
        connect_s: When it connects.
        cut_s: When its connection is cut; None for never.
        press_s: When it presses, in order.
    """

    connect_s: float
    cut_s: float | None
    press_s: tuple[float, ...]


def draw(plan: LoadPlan) -> tuple[PlannedCamera, ...]:
    """Draw what each camera does."""
    chance = random.Random(f"load {plan.seed}")  # noqa: S311 - must repeat
    cut = set(chance.sample(range(plan.cameras), round(plan.cameras * plan.cut_percent / 100)))
    return tuple(_camera(plan, chance, cut=number in cut) for number in range(plan.cameras))


def _camera(plan: LoadPlan, chance: random.Random, *, cut: bool) -> PlannedCamera:
    connect_s = chance.uniform(0, plan.over_s * RAMP)
    cut_s = chance.uniform(plan.over_s * RAMP, plan.over_s) if cut else None
    presses = sorted(chance.uniform(connect_s, plan.over_s) for _ in range(plan.recordings))
    return PlannedCamera(connect_s, cut_s, tuple(_beside(each, cut_s, plan.over_s) for each in presses))


def _beside(press_s: float, cut_s: float | None, over_s: float) -> float:
    """A press that falls onto a cut comes a little later, or earlier where the time is over."""
    if cut_s is None or abs(press_s - cut_s) >= APART_S:
        return press_s
    later = cut_s + APART_S
    return later if later <= over_s else max(0.0, cut_s - APART_S)
