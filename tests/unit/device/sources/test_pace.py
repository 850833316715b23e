"""Pacing files: even thinning, waiting on a clock that may not be the machine's, one beginning for all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.pace import LATE_NS, Pacer, Start, Thinner
from protocol.footage.format.model import ClockLabel

NS = 1_000_000_000


class _Clock:
    """Moves only when somebody sleeps, and then faster than asked."""

    def __init__(self, rate: float = 1.0) -> None:
        self.now = 5 * NS
        self.rate = rate
        self.slept: list[float] = []

    def boot_ns(self) -> int:
        return self.now

    def label(self) -> ClockLabel:
        return ClockLabel(0, synchronised=False)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += round(seconds * NS * self.rate)


@given(st.integers(1, 120), st.integers(1, 60))
def test_thinning_keeps_the_rate_and_a_slower_source_whole(given_fps: int, wanted_fps: int) -> None:
    thinner = Thinner(wanted_fps)
    seconds = 10
    passed = sum(thinner.passes(index * NS // given_fps) for index in range(given_fps * seconds))
    if given_fps <= wanted_fps:
        assert passed == given_fps * seconds
    else:
        assert abs(passed - wanted_fps * seconds) <= 1


@pytest.mark.slow
@given(st.lists(st.integers(-8_000_000, 8_000_000), min_size=300, max_size=300))
def test_jittering_stamps_of_the_wanted_rate_all_pass(jitter: list[int]) -> None:
    thinner = Thinner(30)
    assert all(thinner.passes(NS + index * NS // 30 + late) for index, late in enumerate(jitter))


def test_the_pacer_waits_until_the_instant_and_not_longer() -> None:
    clock = _Clock()
    pacer = Pacer(clock, clock.sleep)
    assert not pacer.wait(5 * NS + NS // 3)
    assert clock.now <= 5 * NS + NS // 9  # nobody has to wait longer than a tenth of a second to hear that
    while not pacer.wait(5 * NS + NS // 3):
        pass
    assert clock.now >= 5 * NS + NS // 3
    assert clock.now - (5 * NS + NS // 3) < 1_000
    pacer.wait(NS)
    assert clock.now < 6 * NS


def test_a_fast_clock_is_not_overslept_by_more_than_a_step() -> None:
    clock = _Clock(rate=10.0)
    Pacer(clock, clock.sleep).wait(8 * NS)
    assert clock.now - 8 * NS <= NS // 2


def test_what_was_due_long_ago_is_late() -> None:
    pacer = Pacer(_Clock())
    assert pacer.late(5 * NS - LATE_NS - 1)
    assert not pacer.late(5 * NS - LATE_NS)


def test_the_first_who_asks_sets_the_start_for_all() -> None:
    start = Start()
    assert (start.at(3), start.at(9)) == (3, 3)
    assert Start(7).at(9) == 7
