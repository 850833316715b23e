"""Virtual sensors keep to the camera's clock, and picture and sound to each other."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.frames import PixelFormat
from device.settings import AUDIO_RATE
from protocol.footage.format.model import ClockLabel
from simulator.sources.live import (
    BLACK,
    CATCH_UP,
    SOUND_BLOCK,
    Metronome,
    SceneTimeline,
    SensorFaults,
    VirtualSound,
    VirtualVideo,
)
from simulator.sources.synthetic import WHITE, SyntheticScene

if TYPE_CHECKING:
    from collections.abc import Callable

NANOSECONDS = 1_000_000_000
SCENE = SyntheticScene(width=160, height=120, fps=10)
EPOCH = 50 * NANOSECONDS


@dataclass
class HandClock:
    """A clock that is moved by hand."""

    ns: int

    def boot_ns(self) -> int:
        return self.ns

    def label(self) -> ClockLabel:
        return ClockLabel(0, synchronised=False, error_us=None)


def video(
    clock: HandClock, timeline: SceneTimeline | None = None, faults: SensorFaults | None = None
) -> VirtualVideo:
    source = VirtualVideo(SCENE, timeline or SceneTimeline(EPOCH, 0, 0), clock, faults or SensorFaults())
    source.open()
    return source


def sound(
    clock: HandClock, timeline: SceneTimeline | None = None, faults: SensorFaults | None = None
) -> VirtualSound:
    source = VirtualSound(SCENE, timeline or SceneTimeline(EPOCH, 0, 0), clock, faults or SensorFaults())
    source.open()
    return source


def test_what_was_due_a_moment_ago_comes_at_once_and_in_order() -> None:
    clock = HandClock(EPOCH + NANOSECONDS)
    source = video(clock)

    frames = [source.read() for _ in range(10)]
    assert [frame.boot_ns - EPOCH for frame in frames if frame] == [k * NANOSECONDS // 10 for k in range(10)]
    assert all(frame.format is PixelFormat.I420 for frame in frames if frame)


def test_the_white_picture_and_the_beep_are_due_on_the_same_instant() -> None:
    clock = HandClock(EPOCH + NANOSECONDS + NANOSECONDS // 10)
    pictures, sounds = video(clock), sound(clock)

    whites = [
        frame.boot_ns
        for frame in (pictures.read() for _ in range(11))
        if frame and frame.image[0, 0] == WHITE
    ]
    beeps = []
    for block in (sounds.read() for _ in range(11)):
        assert block is not None
        loud = np.flatnonzero(np.abs(block.samples[:, 0]) > 0.4)
        if len(loud) and loud[0] == 0:
            beeps.append(block.boot_ns)
    assert whites == beeps == [EPOCH, EPOCH + NANOSECONDS]


def test_a_timeline_says_where_in_the_scene_an_instant_is() -> None:
    clock = HandClock(EPOCH + NANOSECONDS)
    later = SceneTimeline(EPOCH, 7, AUDIO_RATE // 2)
    frame, block = video(clock, later).read(), sound(clock, later).read()

    assert frame is not None
    assert np.array_equal(frame.image, next(SCENE.pictures(7)))
    assert block is not None
    assert np.array_equal(block.samples[:, 0], SCENE.sound(AUDIO_RATE // 2, SOUND_BLOCK))


def test_a_camera_that_was_held_up_for_seconds_misses_nothing_and_is_not_flooded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # proves C6
    paused: list[float] = []

    def pause(_: Metronome, seconds: float) -> bool:
        paused.append(seconds)
        return True

    monkeypatch.setattr(Metronome, "pause", pause)
    clock = HandClock(EPOCH)
    pictures, sounds = video(clock), sound(clock)
    clock.ns += 5 * NANOSECONDS
    frames = [pictures.read() for _ in range(51)]
    blocks = [sounds.read() for _ in range(50)]
    assert [frame.boot_ns - EPOCH for frame in frames if frame] == [k * NANOSECONDS // 10 for k in range(51)]
    assert [block.boot_ns - EPOCH for block in blocks if block] == [k * NANOSECONDS // 10 for k in range(50)]
    assert not any(block.after_hole for block in blocks if block)
    assert paused == [pytest.approx(1 / SCENE.fps / CATCH_UP)] * 35, "all but the last second and a half"


def test_a_source_that_is_closed_catches_up_with_nothing() -> None:
    clock = HandClock(EPOCH)
    source = video(clock)
    clock.ns += 5 * NANOSECONDS
    source.close()
    assert source.read() is None


@given(late_ms=st.integers(8001, 10**7))
def test_what_is_hopelessly_late_is_left_out_and_said(late_ms: int) -> None:
    now = EPOCH + late_ms * 1_000_000
    clock = HandClock(EPOCH)
    pictures, sounds = video(clock), sound(clock)
    clock.ns = now
    frame, block = pictures.read(), sounds.read()

    assert frame is not None
    assert 0 <= now - frame.boot_ns < NANOSECONDS // 10
    assert block is not None
    assert 0 <= now - block.boot_ns - NANOSECONDS // 10 < NANOSECONDS // 10
    assert (block.boot_ns - EPOCH) * AUDIO_RATE % NANOSECONDS == 0


@given(late_ms=st.integers(1501, 10**7))
def test_sensors_that_open_late_show_nothing_from_before(late_ms: int) -> None:
    opened = EPOCH + late_ms * 1_000_000
    clock = HandClock(opened)
    pictures, sounds = video(clock), sound(clock)
    clock.ns += NANOSECONDS // 4
    frame, block = pictures.read(), sounds.read()

    assert frame is not None
    assert 0 <= frame.boot_ns - opened <= NANOSECONDS // 10
    assert block is not None
    assert 0 <= block.boot_ns - opened <= NANOSECONDS // 10


def test_a_hole_in_the_sound_is_said() -> None:
    clock = HandClock(EPOCH + NANOSECONDS)
    source = sound(clock)
    first = source.read()
    clock.ns += 60 * NANOSECONDS
    after = source.read()

    assert first is not None
    assert not first.after_hole
    assert after is not None
    assert after.after_hole


def test_a_covered_lens_sees_black_and_a_muted_microphone_hears_nothing() -> None:
    clock, faults = HandClock(EPOCH + NANOSECONDS), SensorFaults()
    pictures, sounds = video(clock, faults=faults), sound(clock, faults=faults)
    faults.covered.set()
    faults.muted.set()
    frame, block = pictures.read(), sounds.read()

    assert frame is not None
    assert frame.image[:120].max() == BLACK
    assert block is not None
    assert not block.samples.any()
    faults.covered.clear()
    uncovered = pictures.read()
    assert uncovered is not None
    assert np.array_equal(uncovered.image, next(SCENE.pictures(1)))


class StalledAWhile(threading.Event):
    """Is set for three looks, after each of which a second has passed."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self._clock, self.looks = clock, 0

    def is_set(self) -> bool:
        self.looks += 1
        if self.looks > 3:
            return False
        self._clock.ns += NANOSECONDS
        return True


def test_what_was_due_while_a_lens_had_stalled_never_comes() -> None:
    clock = HandClock(EPOCH)
    source = video(clock, faults=SensorFaults(stalled=StalledAWhile(clock)))
    first = source.read()
    clock.ns += NANOSECONDS // 10
    second = source.read()

    assert first is not None
    assert second is not None
    assert [each.boot_ns - EPOCH for each in (first, second)] == [3 * NANOSECONDS, 31 * NANOSECONDS // 10]


def test_a_lens_that_has_stalled_can_be_closed() -> None:
    faults = SensorFaults()
    faults.stalled.set()
    source = video(HandClock(EPOCH), faults=faults)
    source.close()

    assert source.read() is None


@pytest.mark.parametrize("make", [video, sound])
def test_a_closed_source_has_ended(make: Callable[[HandClock], VirtualVideo | VirtualSound]) -> None:
    source = make(HandClock(0))
    source.close()

    assert source.read() is None


def test_waiting_ends_when_it_is_told_to() -> None:
    metronome = Metronome(HandClock(0))
    waited: list[bool] = []
    thread = threading.Thread(target=lambda: waited.append(metronome.until(10**15)))
    thread.start()
    metronome.stop()
    thread.join(5)

    assert waited == [False]
