"""Virtual sensors keep to the camera's clock, and picture and sound to each other."""

from __future__ import annotations

import inspect
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.frames import PixelFormat, SoundBlock
from device.settings import AUDIO_RATE
from device.sources import microphone
from device.sources.base import Pause, SourceError
from device.sources.microphone import Microphone
from protocol.footage.format.model import ClockLabel
from simulator.sources.live import (
    BLACK,
    CATCH_UP,
    LENS_GIVEN_UP_S,
    SOUND_BLOCK,
    SOUND_WAIT_S,
    SOUND_WAITS,
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
        assert isinstance(block, SoundBlock)
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
    assert isinstance(block, SoundBlock)
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
    assert [block.boot_ns - EPOCH for block in blocks if isinstance(block, SoundBlock)] == [
        k * NANOSECONDS // 10 for k in range(50)
    ]
    assert not any(block.after_hole for block in blocks if isinstance(block, SoundBlock))
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
    assert isinstance(block, SoundBlock)
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
    assert isinstance(block, SoundBlock)
    assert 0 <= block.boot_ns - opened <= NANOSECONDS // 10


def test_a_hole_in_the_sound_is_said() -> None:
    clock = HandClock(EPOCH + NANOSECONDS)
    source = sound(clock)
    first = source.read()
    clock.ns += 60 * NANOSECONDS
    after = source.read()

    assert isinstance(first, SoundBlock)
    assert not first.after_hole
    assert isinstance(after, SoundBlock)
    assert after.after_hole


def test_a_covered_lens_sees_black_and_a_muted_microphone_hears_nothing() -> None:
    clock, faults = HandClock(EPOCH + NANOSECONDS), SensorFaults()
    pictures, sounds = video(clock, faults=faults), sound(clock, faults=faults)
    faults.covered.set()
    faults.muted.set()
    frame, block = pictures.read(), sounds.read()

    assert frame is not None
    assert frame.image[:120].max() == BLACK
    assert isinstance(block, SoundBlock)
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
    source = video(clock, faults=SensorFaults(lens_stalled=StalledAWhile(clock)))
    first = source.read()
    clock.ns += NANOSECONDS // 10
    second = source.read()

    assert first is not None
    assert second is not None
    assert [each.boot_ns - EPOCH for each in (first, second)] == [3 * NANOSECONDS, 31 * NANOSECONDS // 10]


def test_a_lens_that_has_stalled_can_be_closed() -> None:
    faults = SensorFaults()
    faults.lens_stalled.set()
    source = video(HandClock(EPOCH), faults=faults)
    source.close()

    assert source.read() is None


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> list[HandClock]:
    """Each wait of a source moves these clocks on by as long, and takes no time."""
    clocks: list[HandClock] = []

    def pause(_: Metronome, seconds: float) -> bool:
        for each in clocks:
            each.ns += round(seconds * NANOSECONDS)
        return True

    def until(_: Metronome, due_ns: int) -> bool:
        for each in clocks:
            each.ns = max(each.ns, due_ns)
        return True

    monkeypatch.setattr(Metronome, "pause", pause)
    monkeypatch.setattr(Metronome, "until", until)
    return clocks


def test_a_lens_that_gives_nothing_for_long_is_given_up(paused: list[HandClock]) -> None:
    # proves C12
    clock, faults = HandClock(EPOCH), SensorFaults()
    paused.append(clock)
    source = video(clock, faults=faults)
    faults.lens_stalled.set()
    with pytest.raises(SourceError, match="stopped giving pictures"):
        source.read()
    assert clock.ns - EPOCH == pytest.approx(LENS_GIVEN_UP_S * NANOSECONDS, abs=NANOSECONDS // 10)


def test_a_microphone_that_has_stalled_gives_nothing_and_then_goes_on_from_now(
    paused: list[HandClock],
) -> None:
    # proves C12
    clock, faults = HandClock(EPOCH + NANOSECONDS), SensorFaults()
    paused.append(clock)
    source = sound(clock, faults=faults)
    before = source.read()
    faults.microphone_stalled.set()
    assert [source.read() for _ in range(SOUND_WAITS - 1)] == [Pause()] * (SOUND_WAITS - 1)
    faults.microphone_stalled.clear()
    went_on = clock.ns
    after = source.read()

    assert isinstance(before, SoundBlock)
    assert isinstance(after, SoundBlock)
    assert not before.after_hole
    assert after.after_hole
    assert 0 <= after.boot_ns - went_on <= NANOSECONDS // 10, "nothing of what was due meanwhile"


def test_a_microphone_that_gives_nothing_for_long_is_given_up_in_the_real_one_s_words(
    paused: list[HandClock],
) -> None:
    # proves C12
    clock, faults = HandClock(EPOCH), SensorFaults()
    paused.append(clock)
    source = sound(clock, faults=faults)
    faults.microphone_stalled.set()
    for _ in range(SOUND_WAITS - 1):
        source.read()
    with pytest.raises(SourceError) as given_up:
        source.read()
    assert clock.ns - EPOCH == SOUND_WAITS * round(SOUND_WAIT_S * NANOSECONDS)
    assert f'"{given_up.value}"' in inspect.getsource(Microphone.read)
    assert (SOUND_WAIT_S, SOUND_WAITS) == (microphone._WAIT_S, microphone._SILENT)


def test_a_microphone_that_has_stalled_can_be_closed() -> None:
    faults = SensorFaults()
    faults.microphone_stalled.set()
    source = sound(HandClock(EPOCH), faults=faults)
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
