"""What a seed decides is drawn before anything starts, and the same each time."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.language.read import read_scenario
from simulator.scenario.language.unfold import PlannedStep, unfold
from simulator.scenario.steps.base import CameraStep
from simulator.scenario.steps.waiting import Wait

TEXT = """
name = "drawn"
title = "Everything that can be drawn"
[cameras]
count = 5
[[steps]]
do = "repeat"
times = 3
steps = [
  { do = "press", any_of = 2 },
  { do = "wait", seconds = 1, up_to_s = 4 },
  { do = "random", choices = [[{ do = "cover" }], [], [{ do = "mute" }]] },
]
[[steps]]
do = "parallel"
branches = [[{ do = "wait", seconds = 1 }], [{ do = "wait", seconds = 2, at_s = 1 }]]
"""
NAMES = tuple(f"cam-0{number}" for number in range(1, 6))


def steps(seed: int) -> tuple[PlannedStep, ...]:
    # What a draw begins it need not stop: the text is read here for its steps alone.
    read = read_scenario(TEXT)
    assert read.scenario is not None, read.problems
    return unfold(read.scenario.steps, NAMES, seed)


def flat(planned: Iterable[PlannedStep]) -> list[PlannedStep]:
    return [each for one in planned for each in (one, *flat(inner for part in one.parts for inner in part))]


@given(st.integers(0, 2**32 - 1))
def test_everything_is_drawn_and_within_its_bounds(seed: int) -> None:
    found = flat(steps(seed))

    for each in found:
        if isinstance(each.step, Wait):
            assert each.step.up_to_s is None
            assert 1 <= each.step.seconds <= 4
        if isinstance(each.step, CameraStep) and each.step.do == "press":
            assert len(set(each.step.cameras)) == 2
            assert set(each.step.cameras) <= set(NAMES)
    assert sum(each.step.do == "press" for each in found) == 3
    assert len({each.number for each in found}) == len(found)


@given(st.integers(0, 2**32 - 1))
def test_the_same_seed_draws_the_same(seed: int) -> None:
    assert steps(seed) == steps(seed)


def test_seeds_differ_and_rounds_do() -> None:
    assert len({str(steps(seed)) for seed in range(10)}) == 10
    waits = [each.step.seconds for each in flat(steps(1)) if isinstance(each.step, Wait)]
    assert len(set(waits)) == len(waits)


def test_steps_are_numbered_as_people_count() -> None:
    numbers = [each.number for each in flat(steps(1))]

    assert {"1", "1.1.1", "1.3.2", "2", "2.1.1", "2.2.1"} <= set(numbers)
