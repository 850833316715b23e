"""A connection sends no faster than its pace, and one without end is told from one that had much to say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fleet.connections.pace import BURST_BYTES, EACH_S, LONGEST_S, Pace

BLOCK = 65_536


# proves F9
@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, BLOCK)), max_size=60))
def test_no_more_comes_through_than_its_pace_lets(sent: list[tuple[float, int]]) -> None:
    now, pace, passed = 0.0, Pace(0.0), 0
    for rest, size in sent:
        now += rest
        passed += size
        now += pace.took(size, now)
        assert passed <= BURST_BYTES + now * EACH_S + 1e-3


# proves F9
def test_whoever_sends_without_end_is_a_flood_after_half_a_minute_of_waiting() -> None:
    now, pace = 0.0, Pace(0.0)
    while not pace.is_flood:
        now += pace.took(BLOCK, now)
        assert now < 2 * LONGEST_S
    assert now > LONGEST_S


def test_whoever_had_much_to_say_and_is_done_is_none() -> None:
    now, pace = 0.0, Pace(0.0)
    for _ in range(10):
        for _ in range(8):
            now += pace.took(BLOCK, now)
        now += BURST_BYTES / EACH_S + 1
        pace.took(1, now)
        assert not pace.is_flood
        now += 1


# proves F9
def test_what_is_left_to_remember_of_a_pace_ends_when_its_burst_is_whole() -> None:
    now, pace = 0.0, Pace(0.0)
    assert pace.is_whole(now)
    while not pace.is_flood:
        now += pace.took(BLOCK, now)
    while not pace.is_whole(now):
        pace.took(1, now)
        assert pace.is_flood, "whoever connects again each second is where they were"
        now += 1.0
    pace.took(1, now)
    assert not pace.is_flood
