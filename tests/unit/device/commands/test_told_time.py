"""What the fleet's clock shows: never later than the camera thinks, whatever wall time does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.commands.fleet_time import FleetTime
from device.commands.told_time import DRIFT, HIDDEN_US, ToldTime, better, read_date
from protocol.units import NS_PER_S, NS_PER_US, US_PER_S

NINE_US = 1_796_029_200 * US_PER_S
FLEET_US = 1_795_000_000 * US_PER_S


def told(fleet_us: int, asked_ns: int, answered_ns: int) -> ToldTime:
    """An answer that names the second in which it was written."""
    return ToldTime(fleet_us // US_PER_S * US_PER_S, asked_ns, answered_ns)


# proves L4 and C10
@given(
    asked=st.integers(0, 10**14),
    there_ns=st.integers(0, 60 * NS_PER_S),
    back_ns=st.integers(0, 60 * NS_PER_S),
    part_us=st.integers(0, US_PER_S - 1),
    since_ns=st.integers(0, 30 * 86_400 * NS_PER_S),
    drift=st.integers(-DRIFT, DRIFT),
    stale_us=st.integers(0, US_PER_S),
)
def test_the_fleet_s_clock_never_shows_more_than_the_camera_thinks(
    asked: int, there_ns: int, back_ns: int, part_us: int, since_ns: int, drift: int, stale_us: int
) -> None:
    written_us = FLEET_US + part_us
    seen = told(written_us - stale_us, asked, asked + there_ns + back_ns)
    passed_us = (back_ns + since_ns) // NS_PER_US
    shows = written_us + passed_us + passed_us * drift // DRIFT**2
    now_ns = asked + there_ns + back_ns + since_ns
    assert seen.earliest_us(now_ns) <= shows <= seen.latest_us(now_ns)


def test_a_newer_answer_counts_unless_it_took_long_and_says_nothing_else() -> None:
    first = told(FLEET_US, 0, NS_PER_S)
    soon = told(FLEET_US + 5 * US_PER_S, 5 * NS_PER_S, 6 * NS_PER_S)
    slow = told(FLEET_US + 60 * US_PER_S, 10 * NS_PER_S, 60 * NS_PER_S)
    assert better(None, slow) is slow
    assert better(first, soon) is soon
    assert better(soon, slow) is soon
    ahead = told(FLEET_US + 3600 * US_PER_S, 10 * NS_PER_S, 60 * NS_PER_S)
    assert better(soon, ahead) is ahead, "the fleet's clock was put forward"
    back = told(FLEET_US - 3600 * US_PER_S, 10 * NS_PER_S, 11 * NS_PER_S)
    assert better(soon, back) is back, "the fleet's clock was put back"
    weeks = told(FLEET_US + 10**6 * US_PER_S, 10**6 * NS_PER_S, (10**6 + 30) * NS_PER_S)
    assert better(soon, weeks) is weeks, "by then the one before says less"


@pytest.mark.parametrize(
    "date",
    [None, "", "now", "Mon, 30 Nov 2026 16:00:00", "Mon, 99 Nov 2026 16:00:00 GMT", "1" * 5000, "\x00", "0"],
)
def test_what_names_no_time_tells_nothing(date: str | None) -> None:
    fleet_time = FleetTime(lambda: 0)
    fleet_time.on_known(lambda: pytest.fail("no time is known"))
    fleet_time.answered(fleet_time.ask(), date)
    assert (fleet_time.latest_us, fleet_time.earliest_us, fleet_time.since_us) == (None, None, None)


@given(date=st.text(max_size=60))
def test_no_date_breaks_it(date: str) -> None:
    found = read_date(date)
    assert found is None or found >= 0


def test_who_waits_for_the_time_hears_of_it_once() -> None:
    now, rung = [10 * NS_PER_S], [0]
    fleet_time = FleetTime(lambda: now[0])

    def ring() -> None:
        rung[0] += 1

    fleet_time.on_known(ring)
    for hour in ("09", "10"):
        fleet_time.answered(fleet_time.ask(), f"Mon, 30 Nov 2026 {hour}:00:00 GMT")
        now[0] += 3600 * NS_PER_S
    assert rung == [1]
    assert fleet_time.since_us == NINE_US + HIDDEN_US + 1
