from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.recordings.clocks import ClockReading, better, reckon
from protocol.units import US_PER_S, utc_us

SET = datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)
MINUTE_US = 60 * US_PER_S
readings = st.builds(ClockReading, st.integers(0, 10**13), st.integers(0, 10**15), st.booleans())


# proves C10 F8
def test_a_press_is_dated_by_a_clock_that_was_set_later() -> None:
    press = reckon(3 * MINUTE_US, ClockReading(7 * MINUTE_US, utc_us(SET), signed=True))
    assert press is not None
    assert press.at == datetime(2026, 11, 22, 13, 58, 11, tzinfo=UTC)
    assert press.after_s == 240.0


def test_a_press_is_dated_by_a_clock_that_was_set_before() -> None:
    press = reckon(9 * MINUTE_US, ClockReading(7 * MINUTE_US, utc_us(SET), signed=True))
    assert press is not None
    assert press.at == datetime(2026, 11, 22, 14, 4, 11, tzinfo=UTC)
    assert press.after_s == -120.0


# proves C10 F8
@given(st.integers(0, 10**13), st.integers(0, 10**13), st.integers(10**15, 2 * 10**15))
def test_whenever_in_a_run_the_clock_is_set_it_dates_a_press_alike(
    press: int, boot: int, started: int
) -> None:
    """A clock that runs true gives the same date from every reading of its run."""
    first = reckon(press, ClockReading(0, started, signed=True))
    later = reckon(press, ClockReading(boot, started + boot, signed=False))
    assert first is not None
    assert later is not None
    assert first.at == later.at
    assert later.after_s == (boot - press) / US_PER_S


# proves F8
@given(st.lists(readings, min_size=1), st.randoms())
def test_what_counts_does_not_depend_on_what_arrives_first(found: list[ClockReading], chance: Random) -> None:
    def best(order: list[ClockReading]) -> ClockReading | None:
        kept = None
        for each in order:
            kept = better(kept, each)
        return kept

    shuffled = found[:]
    chance.shuffle(shuffled)
    chosen = best(found)
    assert chosen == best(shuffled)
    assert chosen in found
    assert chosen.signed or not any(each.signed for each in found)


def test_a_clock_set_to_no_year_that_a_calendar_has_dates_nothing() -> None:
    assert reckon(0, ClockReading(0, 10**18, signed=True)) is None
