"""When a stream is dead, silent, or merely slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.base import Pause
from device.sources.demux.reading.pulse import DEAD_NS, KNOWN_BY, UNKNOWN_NS, Pulse
from device.sources.demux.watch import SILENT_NS, SLOW_NS, Watch
from protocol.footage.format.model import ClockLabel

S = 1_000_000_000


class _Hand:
    now = 100 * S

    def boot_ns(self) -> int:
        return self.now

    def label(self) -> ClockLabel:
        return ClockLabel(0, synchronised=False)


@given(apart=st.integers(1, 20 * S), silent=st.integers(0, 100 * S))
def test_a_stream_is_dead_by_the_pace_that_it_had(apart: int, silent: int) -> None:
    pulse = Pulse()
    for index in range(KNOWN_BY + 1):
        pulse.came(S + index * apart)
    dead = pulse.dead_for(S + KNOWN_BY * apart + silent)
    assert dead == (silent if silent > max(DEAD_NS, 3 * apart) else None)


def test_a_stream_whose_pace_nobody_knows_is_given_the_time_of_the_slowest() -> None:
    pulse = Pulse()
    assert pulse.dead_for(10**15) is None, "nobody reads yet"
    pulse.reading(S)
    assert pulse.dead_for(S + UNKNOWN_NS) is None
    assert pulse.dead_for(S + UNKNOWN_NS + 1) == UNKNOWN_NS + 1
    pulse.came(10 * S)
    assert pulse.dead_for(10 * S + UNKNOWN_NS) is None
    assert pulse.dead_for(10 * S + UNKNOWN_NS + 1) == UNKNOWN_NS + 1


@given(lasts=st.integers(0, 12 * S), silent=st.integers(0, 40 * S))
def test_a_stream_in_bursts_may_be_silent_for_as_long_as_a_burst_lasts(lasts: int, silent: int) -> None:
    pulse = Pulse()
    for index in range(1, 101):
        pulse.came(S, S + lasts * index // 100)
    dead = pulse.dead_for(S + silent)
    assert dead == (silent if silent - lasts > DEAD_NS else None)


def test_a_call_that_hangs_after_nobody_read_for_a_while_is_found() -> None:
    pulse = Pulse()
    for index in range(100):
        pulse.came(S + index)
    pulse.held()
    pulse.reading(50 * S)
    assert pulse.dead_for(50 * S + DEAD_NS) is None
    assert pulse.dead_for(50 * S + DEAD_NS + 1) == DEAD_NS + 1


def test_what_nobody_read_is_not_held_against_a_stream() -> None:
    pulse = Pulse()
    for index in range(100):
        pulse.came(S + index)
    pulse.held()
    assert pulse.dead_for(10**15) is None


@pytest.mark.parametrize("seconds", [2, 7, 30])
def test_a_slow_stream_is_said_to_be_that_slow_once_and_no_longer_when_it_is_quick(seconds: int) -> None:
    clock = _Hand()
    watch = Watch("http://10.0.0.7/cam", clock)
    watch.came(clock.now)
    clock.now += seconds * S
    watch.came(clock.now)
    assert f"gives one picture each {seconds} s" in watch.remark
    clock.now += SLOW_NS // 2
    watch.came(clock.now)
    assert watch.remark == ""


def test_a_quick_stream_may_pause_once_without_being_called_slow() -> None:
    clock = _Hand()
    watch = Watch("http://10.0.0.7/cam", clock)
    for apart in (0, S // 25, S // 25, 3 * S, S // 25):
        clock.now += apart
        watch.came(clock.now)
        assert watch.remark == ""


def test_silence_is_said_without_what_opens_the_stream_and_taken_back_with_a_picture() -> None:
    clock = _Hand()
    watch = Watch("rtsp://admin:hunter2@10.0.0.7:554/live?token=abc", clock)
    watch.came(clock.now)
    clock.now += S // 25
    watch.came(clock.now)
    clock.now += SILENT_NS
    assert watch.nothing(live=True) == Pause()
    clock.now += 1
    said = watch.nothing(live=True).sentence
    assert "has given no picture" in said
    assert not any(secret in said for secret in ("admin", "hunter2", "abc"))
    watch.came(clock.now)
    assert watch.nothing(live=True) == Pause()


def test_a_file_with_a_pause_in_its_picture_is_not_called_silent() -> None:
    clock = _Hand()
    watch = Watch("walk.mp4", clock)
    clock.now += 100 * SILENT_NS
    assert watch.nothing(live=False) == Pause()
