"""Between camera and encoder: bounded in time and bytes, and what found no room is stated before the next."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.capture.frame_queue import (
    FEWEST,
    LONGEST_NS,
    MEMORY,
    NOTHING_YET_NS,
    FrameQueue,
    give_back_to_system,
)
from device.encode.packets import Absent, Lost
from device.frames import PixelFormat, VideoFrame
from protocol.footage.format.model import GapCause, Track
from protocol.units import NS_PER_S

FULL_HD, UHD = (1920, 1080), (3840, 2160)


def _frame(at: int, size: tuple[int, int] = (2, 2), fmt: PixelFormat = PixelFormat.I420) -> VideoFrame:
    """A frame of that size which takes no memory."""
    width, height = size
    shape = (height * 3 // 2, width) if fmt is PixelFormat.I420 else (height, width, 3)
    return VideoFrame(np.broadcast_to(np.uint8(0), shape), at, fmt)


def _queue() -> FrameQueue:
    return FrameQueue(lambda frame: frame)


def _burst(frames: FrameQueue, count: int, fps: int, size: tuple[int, int], fmt: PixelFormat) -> int:
    """So many frames while the encoder stands still; how many were lost."""
    for index in range(count):
        frames.take(_frame(index * NS_PER_S // fps, size, fmt))
    return frames.lost


def test_what_finds_no_room_is_stated_as_lost() -> None:
    # proves C6
    frames = _queue()
    second = NS_PER_S
    for at in (0, 1, 2, 3, 2 * second, 3 * second):
        frames.take(_frame(at))
    assert [getattr(frames.get(), "boot_ns", None) for _ in range(4)] == [0, 1, 2, 3]
    frames.take(_frame(4 * second))
    assert frames.get() == Lost(Track.VIDEO, 2 * second, 4 * second, GapCause.OVERFLOW)
    assert getattr(frames.get(), "boot_ns", None) == 4 * second
    assert (frames.taken, frames.lost) == (7, 2)


@pytest.mark.parametrize(
    ("size", "fps", "fmt", "room"),
    [
        (FULL_HD, 30, PixelFormat.I420, 60),  # two seconds
        (FULL_HD, 60, PixelFormat.I420, 65),  # two would be 373 MB
        (FULL_HD, 30, PixelFormat.BGR, 33),  # twice the bytes
        (UHD, 30, PixelFormat.I420, 17),
        ((640, 360), 12, PixelFormat.I420, 24),
        ((640, 360), 1, PixelFormat.I420, FEWEST),
        ((1922, 1082), 30, PixelFormat.I420, 60),
        ((16384, 16384), 30, PixelFormat.I420, FEWEST),
    ],
)
def test_it_holds_two_seconds_or_what_memory_allows(
    size: tuple[int, int], fps: int, fmt: PixelFormat, room: int
) -> None:
    assert _burst(_queue(), room, fps, size, fmt) == 0
    assert _burst(_queue(), room + 5, fps, size, fmt) == 5


def test_a_burst_of_load_of_a_second_and_a_half_costs_no_frame() -> None:
    # proves C6
    frames = _queue()
    for burst in range(3):  # a queue of ten frames lost 35 in each
        for index in range(45):
            frames.take(_frame((60 * burst + index) * NS_PER_S // 30, FULL_HD))
        for _ in range(45):
            assert isinstance(frames.get(), VideoFrame)
    assert frames.lost == 0


def test_a_frame_that_finds_no_room_is_not_prepared() -> None:
    prepared = []

    def prepare(frame: VideoFrame) -> VideoFrame:
        prepared.append(frame.boot_ns)
        return VideoFrame(frame.image, frame.boot_ns, PixelFormat.I420, owned=True)

    frames = FrameQueue(prepare)
    for at in (0, 1, 2, 3, LONGEST_NS):
        frames.take(_frame(at))
    assert prepared == [0, 1, 2, 3]
    first = frames.get()
    assert isinstance(first, VideoFrame)
    assert first.owned


def test_the_memory_of_a_burst_is_given_back_once_it_is_worked_off() -> None:
    returned = []
    frames = FrameQueue(lambda frame: frame, lambda: returned.append(frames.taken))
    for at in range(3):  # as in every second of a calm day
        frames.take(_frame(at, FULL_HD))
        frames.get()
    _burst(frames, 12, 30, FULL_HD, PixelFormat.I420)
    for _ in range(12):
        assert returned == []
        frames.get()
    frames.take(_frame(NS_PER_S, FULL_HD))
    frames.get()
    assert returned == [15]


def test_what_is_free_goes_back_to_the_system() -> None:
    def resident_kib() -> int:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(re.findall(r"^RssAnon:\s+(\d+)", status, re.MULTILINE)[0])

    held = [bytes([number]) * 100_000 for number in range(200)]  # small enough for the C library to keep
    last = b"x" * 100_000  # which keeps the heap from shrinking
    before = resident_kib()
    held.clear()
    give_back_to_system()
    assert resident_kib() < before - 10_000
    assert len(last) == 100_000


def test_absence_is_said_once_for_all_that_nobody_came_for_and_the_end_always() -> None:
    frames = _queue()
    for until in range(10, 10_000):
        frames.absent(0, until)
    frames.end()
    assert frames.get() == Absent(Track.VIDEO, 0, 9_999, GapCause.NO_CAMERA)
    assert frames.get() is None


def test_what_never_comes_is_stated_after_a_while_and_what_pauses_is_not() -> None:
    """The chunker sees that pictures pause; before the first it does not know that any are awaited."""
    frames = _queue()
    frames.silent(5, 5 + NOTHING_YET_NS)
    frames.silent(5, 6 + NOTHING_YET_NS)
    frames.take(_frame(9 * NS_PER_S))
    frames.silent(9 * NS_PER_S, 99 * NS_PER_S)
    frames.end()
    assert frames.get() == Absent(Track.VIDEO, 5, 6 + NOTHING_YET_NS, GapCause.STALLED)
    assert isinstance(frames.get(), VideoFrame)
    assert frames.get() is None


Step = tuple[int, tuple[int, int], int]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 3 * NS_PER_S), st.sampled_from([(2, 2), (640, 360), FULL_HD, UHD]), st.integers(0, 9)
    ),
    max_size=80,
)


@given(STEPS)
def test_every_frame_comes_out_or_lies_in_a_stated_loss(
    steps: list[Step],
) -> None:
    # proves C6
    frames, at = _queue(), 0
    came: list[VideoFrame | Lost] = []
    given_at, waiting = [], 0
    for after, size, gets in steps:
        at += after + 1
        frames.take(_frame(at, size))
        given_at.append(at)
        waiting = frames.taken - frames.lost - sum(isinstance(item, VideoFrame) for item in came)
        for _ in range(min(gets, waiting)):
            while not isinstance(item := frames.get(), VideoFrame):
                assert isinstance(item, Lost)
                came.append(item)
            came.append(item)
    frames.take(_frame(at + 1))  # maybe lost, maybe not
    frames.end()
    while (item := frames.get()) is not None:
        assert isinstance(item, VideoFrame | Lost)
        came.append(item)
    here = {item.boot_ns for item in came if isinstance(item, VideoFrame)}
    losses = [(item.start_ns, item.until_ns) for item in came if isinstance(item, Lost)]
    last = max(here, default=0)
    missing = [at for at in given_at if at not in here and at < last]
    assert all(any(start <= at < until for start, until in losses) for at in missing)
    assert not any(start <= at < until for start, until in losses for at in here)
    times = [item.boot_ns if isinstance(item, VideoFrame) else item.start_ns for item in came]
    assert times == sorted(times)


@given(STEPS)
def test_what_waits_is_bounded(steps: list[Step]) -> None:
    frames, at = _queue(), 0
    waits: list[VideoFrame] = []
    for after, size, gets in steps:
        at += after + 1
        frame, lost = _frame(at, size), frames.lost
        frames.take(frame)
        if frames.lost == lost:
            waits.append(frame)
        assert sum(one.image.nbytes for one in waits) <= MEMORY + frame.image.nbytes or len(waits) <= FEWEST
        for _ in range(min(gets, len(waits))):
            while not isinstance(frames.get(), VideoFrame):
                pass
            waits.pop(0)
