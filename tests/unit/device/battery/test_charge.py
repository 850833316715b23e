"""When a battery is told to be low."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.battery.charge import ABOVE_PERCENT, MARKS, Charge, ChargeMarks

READINGS = st.lists(st.builds(Charge, st.integers(0, 100), st.sampled_from([None, True, False])), max_size=60)


def told(*percents: int) -> list[int]:
    """At which readings of a battery that is worn it is told."""
    marks = ChargeMarks()
    return [each for each in percents if marks.take(Charge(each))]


def test_it_is_told_at_each_mark_once() -> None:
    assert MARKS == (20, 10, 5)
    assert told(100, 21, 20, 19, 20, 21, 19, 10, 9, 5, 1, 0) == [20, 10, 5]
    assert told(4, 3) == [4]


def test_a_mark_counts_anew_once_the_charge_was_clearly_above_it() -> None:
    assert told(20, 22, 20) == [20]
    assert told(20, 23, 20) == [20, 20]


def test_while_it_is_charged_nothing_is_told_and_taken_off_too_soon_it_is() -> None:
    marks = ChargeMarks()
    assert not marks.take(Charge(15, charging=True))
    assert marks.take(Charge(15, charging=False))
    assert not marks.take(Charge(15, charging=True))
    assert not marks.take(Charge(15, charging=False))


@given(READINGS)
def test_nobody_is_told_twice_of_one_fall_and_nobody_misses_one(readings: list[Charge]) -> None:
    marks, open_marks = ChargeMarks(), set(MARKS)
    for each in readings:
        open_marks |= {mark for mark in MARKS if each.percent >= mark + ABOVE_PERCENT}
        reached = {mark for mark in open_marks if each.percent <= mark and not each.charging}
        assert marks.take(each) == bool(reached)
        open_marks -= reached
