"""Unfolds a scenario's steps: rounds counted out, and everything drawn that a seed decides. Pure.

Rules:

* The same seed draws the same, whatever happens in the run: everything is drawn before anything starts.
* What a step is called counts from 1 as a person counts, inner steps with a dot: ``3.2`` is the second step
  in the third; in a repeated step the round comes first, ``3.7.2``, and side by side the branch does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.scenario.steps.base import CameraStep
from simulator.scenario.steps.order import Parallel, RandomChoice, Repeat
from simulator.scenario.steps.waiting import Wait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.scenario.steps.order import Step


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as it is carried out.

    Attributes:
        step: The step, with nothing left to draw.
        number: What it is called.
        parts: The lists of steps that it is made of: the rounds of a repeated one, branches, or what was
            drawn of several.
    """

    step: Step
    number: str
    parts: tuple[tuple[PlannedStep, ...], ...] = ()


def unfold(steps: Sequence[Step], names: Sequence[str], seed: int) -> tuple[PlannedStep, ...]:
    """Unfold steps.

    Args:
        steps: As they are written.
        names: The cameras that are drawn from where a step names none.
        seed: The same gives the same.
    """
    return _Unfolding(tuple(names), random.Random(f"steps {seed}")).all(steps, "")  # noqa: S311 - a seeded choice of steps, not a secret


@dataclass(frozen=True, slots=True)
class _Unfolding:
    names: tuple[str, ...]
    draw: random.Random

    def all(self, steps: Sequence[Step], before: str) -> tuple[PlannedStep, ...]:
        return tuple(self._one(each, f"{before}{number}") for number, each in enumerate(steps, 1))

    def _one(self, step: Step, number: str) -> PlannedStep:
        if isinstance(step, Repeat):
            rounds = range(1, step.times + 1)
            return PlannedStep(
                step, number, tuple(self.all(step.steps, f"{number}.{each}.") for each in rounds)
            )
        if isinstance(step, Parallel):
            branches = enumerate(step.branches, 1)
            return PlannedStep(
                step, number, tuple(self.all(each, f"{number}.{branch}.") for branch, each in branches)
            )
        if isinstance(step, RandomChoice):
            choice = self.draw.randrange(len(step.choices))
            return PlannedStep(step, number, (self.all(step.choices[choice], f"{number}.{choice + 1}."),))
        return PlannedStep(self._drawn(step), number)

    def _drawn(self, step: Step) -> Step:
        if isinstance(step, Wait) and step.up_to_s is not None:
            seconds = self.draw.uniform(step.seconds, step.up_to_s)
            return step.model_copy(update={"seconds": seconds, "up_to_s": None})
        if isinstance(step, CameraStep) and step.any_of is not None:
            chosen = self.draw.sample(step.cameras or self.names, step.any_of)
            return step.model_copy(update={"cameras": tuple(sorted(chosen)), "any_of": None})
        return step
