"""Shrinking: what comes of it fails as before, is never longer, and nothing more can be left out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.storm.draw import draw_shift
from simulator.storm.shift import possible
from simulator.storm.shrink import shrink

if TYPE_CHECKING:
    from simulator.storm.shift import DrawnShift

MANY = 10_000


def words(shift: DrawnShift) -> list[str]:
    return [each["do"] for each in shift.steps]


@given(st.integers(0, 10_000), st.sets(st.sampled_from(["press", "kill_camera", "card", "clock", "network"])))
def test_what_is_left_fails_and_is_as_short_as_can_be(seed: int, culprits: set[str]) -> None:
    shift = draw_shift(seed)

    def fails(other: DrawnShift) -> bool:
        return culprits <= set(words(other))

    assume(fails(shift))
    found = shrink(shift, fails, most_tries=MANY)

    assert found.smallest
    assert fails(found.shift)
    assert set(words(found.shift)) >= culprits
    assert len(found.shift.steps) == len(culprits)
    assert found.shift.cameras <= shift.cameras
    assert possible(found.shift.steps, found.shift.cameras) == found.shift.steps


@given(st.integers(0, 10_000), st.integers(0, 12))
def test_it_ends_when_enough_was_tried(seed: int, most: int) -> None:
    tried: list[DrawnShift] = []

    def fails(other: DrawnShift) -> bool:
        tried.append(other)
        return len(other.steps) % 2 == 1

    shift = draw_shift(seed)
    found = shrink(shift, fails, most_tries=most)

    assert len(tried) == found.tries <= most
    assert found.shift == shift or fails(found.shift)
    assert len(found.shift.steps) <= len(shift.steps)


def test_time_that_matters_stays_and_other_time_gets_short() -> None:
    shift = next(each for each in map(draw_shift, range(100)) if _slept(each) > 50)

    found = shrink(shift, lambda other: _slept(other) > 30, most_tries=MANY)

    assert len(found.shift.steps) == 1
    assert found.smallest


def _slept(shift: DrawnShift) -> float:
    return max((each["seconds"] for each in shift.steps if each["do"] == "wait"), default=0)
