"""Lost footage, clock steps, room on the card."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.lost import LostFootage, tail
from device.recording.clock_steps import MOST_REMEMBERED, STEP_US, RecentSteps, Step, StepWatch
from device.storage.space import Reserve, SpaceAlerts
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Gap, GapCause, Track
from tests.support.media.recordings import SECOND_NS, label_at, plain_chunk
from tests.support.storage.disks import WatchedFilesystem, refuse


def test_the_next_chunk_carries_one_gap_per_track_over_all_that_was_lost() -> None:
    # proves C6
    lost = LostFootage()
    for at in (5, 6, 7):
        lost.add(plain_chunk(at * SECOND_NS), GapCause.STORAGE)
    carried = lost.carried_by(plain_chunk(8 * SECOND_NS))
    assert set(carried.gaps) == {
        Gap(track, 5 * SECOND_NS, 3 * SECOND_NS, GapCause.STORAGE) for track in Track
    }


def test_what_lost_chunks_said_themselves_is_not_lost_with_them() -> None:
    said = Gap(Track.AUDIO, 4 * SECOND_NS, SECOND_NS, GapCause.NO_MICROPHONE)
    lost = LostFootage()
    lost.add(plain_chunk(5 * SECOND_NS, gaps=(said,)), GapCause.STORAGE)
    assert said in lost.carried_by(plain_chunk(6 * SECOND_NS)).gaps


def test_it_is_said_again_until_a_chunk_that_carried_it_is_durable() -> None:
    lost = LostFootage()
    lost.add(plain_chunk(5 * SECOND_NS), GapCause.STORAGE)
    after = plain_chunk(6 * SECOND_NS)
    assert lost.carried_by(after) == lost.carried_by(after) != after
    lost.told()
    assert not lost
    assert lost.carried_by(after) is after


def test_a_recording_that_ends_before_another_chunk_is_stored_says_why_nothing_came_before_the_lost_one() -> (
    None
):
    # proves C6 and C7
    lost = LostFootage()
    refused = plain_chunk(
        60 * SECOND_NS, gaps=(Gap(Track.AUDIO, 60 * SECOND_NS, SECOND_NS // 2, GapCause.MUTED),)
    )
    lost.add_gap_before(refused, Track, 5 * SECOND_NS, GapCause.PRIVATE)
    lost.add(refused, GapCause.STORAGE)
    told = tail(lost.missing, Track, 5 * SECOND_NS, 61 * SECOND_NS)
    assert set(told) == {
        Gap(track, at * SECOND_NS, length * SECOND_NS, cause)
        for track in Track
        for at, length, cause in ((5, 55, GapCause.PRIVATE), (60, 1, GapCause.STORAGE))
    }, "each moment once"


gaps = st.builds(
    lambda track, start, length: Gap(track, start * SECOND_NS, length * SECOND_NS, GapCause.STORAGE),
    st.sampled_from(Track),
    st.integers(10, 20),
    st.integers(1, 5),
)


@given(lost=st.lists(gaps, max_size=4), tracks=st.sets(st.sampled_from(Track)), until=st.integers(10, 30))
def test_at_the_end_every_moment_of_every_track_is_either_lost_or_silent(
    lost: list[Gap], tracks: set[Track], until: int
) -> None:
    # proves C6
    told = tail(lost, tracks, 10 * SECOND_NS, until * SECOND_NS)
    assert set(lost) <= set(told)
    silent = [gap for gap in told if gap.cause is GapCause.STALLED]
    assert {gap.track for gap in silent} <= tracks

    def covers(gaps: Iterable[Gap], track: Track, at_s: int) -> int:
        return sum(
            gap.track is track and gap.start_ns <= at_s * SECOND_NS < gap.start_ns + gap.duration_ns
            for gap in gaps
        )

    for track in tracks:
        for at_s in range(10, until):
            assert covers(silent, track, at_s) == (not covers(lost, track, at_s))


def test_a_few_milliseconds_before_a_stop_are_no_gap() -> None:
    end, tolerance = 10 * SECOND_NS, CONTINUITY_TOLERANCE_NS
    assert tail((), Track, end, end - 1) == tail((), Track, end, end + tolerance) == ()
    assert {gap.duration_ns for gap in tail((), Track, end, end + tolerance + 1)} == {tolerance + 1}


@given(
    looks=st.lists(
        st.tuples(st.integers(1, 10**10), st.integers(-(10**5), 10**5), st.integers(-1, 1)), max_size=50
    )
)
def test_a_step_of_the_wall_clock_is_seen_once_with_its_size(looks: list[tuple[int, int, int]]) -> None:
    # proves C10
    year_us = 365 * 86_400 * 1_000_000
    watch, boot, offset = StepWatch(), 10**12, 10**15
    assert watch.look(boot, offset + boot // 1000) is None
    for passed, jitter, step in looks:
        boot += passed
        offset += jitter + step * year_us
        found = watch.look(boot, offset + boot // 1000)
        if step:
            assert found is not None
            assert abs(found - step * year_us) < STEP_US
        else:
            assert found is None


@given(st.lists(st.tuples(st.integers(1, 10 * SECOND_NS), st.integers(-(10**9), 10**9)), max_size=100))
def test_steps_within_the_window_are_remembered_and_their_sum_is_whole_however_many(
    made: list[tuple[int, int]],
) -> None:
    # proves C10
    at_ns, steps, recent = 0, [], RecentSteps(window_ns=10**15)
    for passed, step_us in made:
        at_ns += passed
        steps.append(Step(at_ns, label_at(at_ns), step_us))
        recent.add(steps[-1])
    told = recent.since(0)
    assert len(told) == min(len(steps), MOST_REMEMBERED)
    assert told[1:] == tuple(steps[len(steps) - len(told) + 1 :])
    assert sum(step.step_us for step in told) == sum(step.step_us for step in steps)
    assert recent.since(at_ns) == ()


def test_steps_from_before_the_window_are_forgotten() -> None:
    recent = RecentSteps(window_ns=10)
    for at_ns in (0, 89, 90, 100):
        recent.add(Step(at_ns, label_at(at_ns), 1_000_000))
    assert [step.at_ns for step in recent.since(-1)] == [90, 100]


def test_each_mark_is_said_once_and_again_only_after_it_fell() -> None:
    alerts = SpaceAlerts((80, 90))
    assert [alerts.look(used) for used in (50, 79.9, 80, 85, 91, 95)] == [None, None, 80, None, 90, None]
    assert "90 %" in str(alerts.sentence)
    assert alerts.look(89) is None, "a little below is still there"
    assert alerts.look(91) is None
    assert alerts.look(50) is None
    assert alerts.sentence is None
    assert alerts.look(99) == 90


def test_the_reserve_holds_real_room_and_gives_it_back(tmp_path: Path) -> None:
    disk = WatchedFilesystem()
    reserve = Reserve(disk, tmp_path / "reserve", 1 << 20)
    assert reserve.fill()
    assert (tmp_path / "reserve").stat().st_blocks * 512 >= 1 << 20
    assert all(file.closed for file in disk.opened)
    assert reserve.fill(), "twice is once"
    assert reserve.release()
    assert not (tmp_path / "reserve").exists()
    assert not reserve.release(), "there is nothing left to give"


@pytest.mark.parametrize("step", ["create", "allocate"])
def test_without_room_for_a_reserve_nothing_is_left_behind(step: str, tmp_path: Path) -> None:
    disk = WatchedFilesystem(before=refuse(errno.ENOSPC, name=step))
    assert not Reserve(disk, tmp_path / "reserve", 1 << 20).fill()
    assert not (tmp_path / "reserve").exists()


def test_the_reserve_does_not_take_the_last_room(tmp_path: Path) -> None:
    assert not Reserve(WatchedFilesystem(full=True), tmp_path / "reserve", 1 << 20).fill()
