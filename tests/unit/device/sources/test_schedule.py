"""When a source is due on the boot clock: bursts spread, drift worked off, passes one behind the other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.reading.schedule import LATEST_NS, SLEW, FileSchedule, LiveSchedule, pass_length

S = 1_000_000_000
MS = S // 1000
FRAME = S // 25
BEGIN = 77 * S


def test_the_first_packet_is_due_as_it_comes() -> None:
    assert LiveSchedule().arrived(5 * S, BEGIN) == BEGIN - 5 * S


@given(burst=st.integers(1, 10), seconds=st.integers(10, 60))
def test_a_stream_in_bursts_is_spread_by_its_own_times(burst: int, seconds: int) -> None:
    """All of a burst comes at its end; the first pause moves what follows, and then nothing does."""
    schedule = LiveSchedule()
    due = []
    for at in range(0, seconds * S, FRAME):
        comes = BEGIN + (at // (burst * S) + 1) * burst * S
        due.append(at + schedule.arrived(at, comes))
    assert schedule.moves == 0
    assert all(
        abs(after - before - FRAME) <= FRAME * SLEW // 1000 + burst * S * SLEW // 1000
        for before, after in pairwise(due)
    )


@given(st.lists(st.integers(0, LATEST_NS - 1), min_size=100, max_size=400))
def test_jitter_moves_nothing_and_no_picture_is_out_of_order(jitter: list[int]) -> None:
    schedule = LiveSchedule()
    schedule.arrived(0, BEGIN)
    due = [
        index * FRAME + schedule.arrived(index * FRAME, BEGIN + index * FRAME + late)
        for index, late in enumerate(jitter, 1)
    ]
    assert schedule.moves == 0
    assert all(before < after for before, after in pairwise(due))
    assert all(abs(at - BEGIN - index * FRAME) <= LATEST_NS for index, at in enumerate(due, 1))


def test_a_network_that_pauses_moves_what_follows_once() -> None:
    schedule = LiveSchedule()
    for index in range(50):
        schedule.arrived(index * FRAME, BEGIN + index * FRAME)
    paused = 3 * S
    shifts = {schedule.arrived(index * FRAME, BEGIN + index * FRAME + paused) for index in range(50, 100)}
    assert shifts == {BEGIN + paused}
    assert schedule.moves == 1


@pytest.mark.slow
@pytest.mark.parametrize("parts_per_million", [-400, -30, 30, 400])
def test_a_clock_that_drifts_is_followed_for_hours(parts_per_million: int) -> None:
    schedule = LiveSchedule()
    apart = []
    for tenth in range(3 * 3_600 * 10):
        now = BEGIN + tenth * S // 10
        own = tenth * S // 10 * (1_000_000 + parts_per_million) // 1_000_000
        apart.append(own + schedule.arrived(own, now) - now)
    assert max(abs(at) for at in apart) < 60 * MS
    assert schedule.moves == 0


def test_a_slow_first_packet_is_made_up_for_slowly() -> None:
    schedule = LiveSchedule()
    schedule.arrived(0, BEGIN + 400 * MS)
    due = [
        index * FRAME + schedule.arrived(index * FRAME, BEGIN + index * FRAME) for index in range(1, 25 * 180)
    ]
    assert due[-1] - (BEGIN + (25 * 180 - 1) * FRAME) < 25 * MS
    assert all(after - before > FRAME * 99 // 100 for before, after in pairwise(due))


@given(st.lists(st.integers(0, 30 * S), min_size=20, max_size=60))
def test_what_was_waited_for_by_ourselves_says_nothing_of_the_source(early: list[int]) -> None:
    schedule = LiveSchedule()
    schedule.arrived(0, BEGIN)
    now = BEGIN
    for index, wait in enumerate(early, 1):
        now += wait
        assert schedule.arrived(index * FRAME, now, held=True) == BEGIN


@given(period=st.integers(1, 3_600 * S), ago=st.integers(0, 10**14))
def test_a_file_is_joined_in_the_pass_in_which_it_is_by_now(period: int, ago: int) -> None:
    schedule = FileSchedule(BEGIN, period)
    schedule.join(BEGIN + ago)
    assert 0 <= BEGIN + ago - schedule.begin_ns < period
    assert (schedule.begin_ns - BEGIN) % period == 0


@given(st.integers(S, 10**10), st.lists(st.integers(-200 * MS, 200 * MS), min_size=1, max_size=20))
def test_passes_follow_one_another_by_the_first_ones_length(length: int, off: list[int]) -> None:
    schedule = FileSchedule(BEGIN)
    begins = [schedule.begin_ns]
    for each in (0, *off):
        schedule.over(length + each, BEGIN)
        begins.append(schedule.begin_ns)
    assert {after - before for before, after in pairwise(begins)} == {length}


@given(st.lists(st.integers(1, 10**10), min_size=2, max_size=20))
def test_the_next_pass_follows_one_of_another_length_at_once(lengths: list[int]) -> None:
    """Somebody still writes the file, or has put another in its place: no two passes lie together."""
    schedule = FileSchedule(BEGIN)
    for length in lengths:
        before = schedule.begin_ns
        schedule.over(length, BEGIN)
        assert abs(schedule.begin_ns - before - length) <= 250 * MS
    grown = FileSchedule(BEGIN, lengths[0])
    grown.over(lengths[0] + 20 * S, BEGIN + lengths[0] + 19 * S)
    assert grown.begin_ns == BEGIN + lengths[0] + 20 * S


def test_the_stated_length_counts_where_it_is_as_good_as_what_was_read() -> None:
    assert pass_length(3 * S, 3 * S + 8 * MS) == 3 * S
    assert pass_length(3_605 * S, 10 * S) == 10 * S  # stamps jumped, and were spliced
    assert pass_length(None, 4 * S) == 4 * S
