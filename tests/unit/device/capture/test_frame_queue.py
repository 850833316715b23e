"""Between camera and encoder: bounded, and every frame that found no room is stated before the next."""

from __future__ import annotations

import numpy as np

from device.capture.frame_queue import FrameQueue, depth_for
from device.encode.packets import Absent, Lost
from device.frames import VideoFrame
from device.settings import VideoSettings
from protocol.footage.format.model import GapCause, Track

IMAGE = np.zeros((2, 2, 3), np.uint8)


def _frame(at: int) -> VideoFrame:
    return VideoFrame(IMAGE, at)


def test_frames_beyond_the_depth_are_stated_as_lost() -> None:
    # proves C6
    frames = FrameQueue(2)
    for at in range(5):
        frames.take(_frame(at))
    assert [getattr(frames.get(), "boot_ns", None) for _ in range(2)] == [0, 1]
    frames.take(_frame(5))
    assert frames.get() == Lost(Track.VIDEO, 2, 5, GapCause.OVERFLOW)
    assert getattr(frames.get(), "boot_ns", None) == 5
    assert (frames.taken, frames.lost) == (6, 3)


def test_absence_is_said_when_there_is_room_and_the_end_always() -> None:
    frames = FrameQueue(1)
    frames.absent(0, 10)
    frames.absent(0, 20)  # no room: the next statement covers it
    frames.end()
    assert frames.get() == Absent(Track.VIDEO, 0, 10, GapCause.NO_CAMERA)
    assert frames.get() is None


def test_the_depth_is_a_second_or_what_memory_allows() -> None:
    assert depth_for(VideoSettings(width=640, height=360, fps=12)) == 12
    assert depth_for(VideoSettings(width=1920, height=1080, fps=30)) == 10
    assert depth_for(VideoSettings(width=640, height=360, fps=1)) == 4
