"""A virtual sensor: hands out a scene's pictures and sound in real time, on the camera's clock.

Rules:

* Picture ``k`` is due at ``epoch + k / fps`` and sample ``n`` at ``epoch + n / 48000`` exactly; nothing
  accumulates. Picture and sound share the epoch, so their offset is nil by construction.
* A reader that comes late gets what it missed in order: at once what is a little late, and a little slower
  what is later, so that the camera's queue is not flooded. A camera that shares a machine with much else is
  not the worse for it. What is more than ``PATIENCE_S`` late is left out.
* A covered lens sees black, a muted microphone hears silence; both go on counting. A sensor that has stalled
  gives nothing, and what was due meanwhile is not given later. As with a real one, whoever reads from it
  gives it up after a while, says so and opens it anew: a lens after 10 s, a microphone after 3 s.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from device.frames import PixelFormat, SoundBlock, VideoFrame
from device.settings import AUDIO_RATE
from device.sources.base import Pause, SourceError
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from device.clock import Clock
    from simulator.sources.scene import Picture, Scene

PATIENCE_S = 8.0  # less than what a camera takes for a sleep of its machine
FLOOD_S = 1.5  # so much of pictures a camera's queue takes at once
CATCH_UP = 5  # times as fast as they are due come pictures that are later than that
SOUND_BLOCK = 4_800  # samples: ten blocks a second
LENS_GIVEN_UP_S = 10.0  # as long as OpenCV waits for a picture of a driver's
SOUND_WAIT_S = 0.2
SOUND_WAITS = 15  # such waits in a row give a microphone up, as ``device.sources.microphone`` does
NO_PICTURES = "The camera virtual lens stopped giving pictures: check its cable."
NO_SOUND = "The microphone stopped giving sound: check its cable."
BLACK = 16  # the darkest luma of limited range, ITU-R BT.601
GREY = 128


SensorName: TypeAlias = Literal["lens", "microphone"]
"""What a camera perceives with."""


@dataclass(frozen=True, slots=True)
class SensorFaults:
    """What a tester does to a camera's lens and microphone. Safe to use from any thread.

    Attributes:
        covered: Set while something covers the lens.
        muted: Set while the microphone hears nothing.
        lens_stalled: Set while the lens gives no pictures.
        microphone_stalled: Set while the microphone gives no sound, not even silence.
    """

    covered: threading.Event = field(default_factory=threading.Event)
    muted: threading.Event = field(default_factory=threading.Event)
    lens_stalled: threading.Event = field(default_factory=threading.Event)
    microphone_stalled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class SceneTimeline:
    """What of a scene is due when.

    Attributes:
        epoch_ns: An instant of the boot clock.
        picture: The scene's picture that is due then.
        sample: The scene's sample that is due then.
    """

    epoch_ns: int
    picture: int
    sample: int


class Metronome:
    """Waits for instants of a clock, until it is told to stop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stopped = threading.Event()

    def until(self, due_ns: int) -> bool:
        """Wait until the clock shows ``due_ns``; return False as soon as ``stop`` was called."""
        while not self._stopped.is_set():
            left_ns = due_ns - self._clock.boot_ns()
            if left_ns <= 0:
                return True
            self._stopped.wait(left_ns / NS_PER_S)
        return False

    def pause(self, seconds: float) -> bool:
        """Wait for so long by any clock; return False as soon as ``stop`` was called."""
        return not self._stopped.wait(seconds)

    def late_s(self, due_ns: int) -> float:
        """Return by how many seconds ``due_ns`` has passed."""
        return (self._clock.boot_ns() - due_ns) / NS_PER_S

    def stop(self) -> None:
        """End every wait, now and later."""
        self._stopped.set()


class VirtualVideo:
    """A scene's pictures in real time, as the device's ``VideoSource``.

    Args:
        scene: What there is to see.
        timeline: What of it is due when.
        clock: The camera's clock.
        faults: What a tester does to the lens.
    """

    def __init__(
        self,
        scene: Scene,
        timeline: SceneTimeline,
        clock: Clock,
        faults: SensorFaults,
    ) -> None:
        self.width, self.height, self.fps = scene.width, scene.height, scene.fps
        self._scene = scene
        self._timeline = timeline
        self._faults = faults
        self._metronome = Metronome(clock)
        self._clock = clock
        self._index = 0
        self._pictures: Iterator[Picture] | None = None
        self._black = np.full((scene.height * 3 // 2, scene.width), GREY, dtype=np.uint8)
        self._black[: scene.height] = BLACK

    def open(self) -> None:
        """Begin with the first picture, unless it is hopelessly late."""
        if self._skip_to_now(FLOOD_S):  # before now, the lens was off
            self._index += 1

    def read(self) -> VideoFrame | None:
        """Return the next picture when it is due; None once the source is closed.

        Raises:
            SourceError: The lens has stalled for long.
        """
        if self._faults.lens_stalled.is_set():
            if not self._until_it_goes_on():
                return None
            self._skip_to_now(0.0)
        due_ns = self._due_ns(self._index)
        if not self._metronome.until(due_ns):
            return None
        if self._skip_to_now(PATIENCE_S):
            due_ns = self._due_ns(self._index)
        elif self._metronome.late_s(due_ns) > FLOOD_S and not self._metronome.pause(1 / self.fps / CATCH_UP):
            return None
        if self._pictures is None:
            self._pictures = self._scene.pictures(self._timeline.picture + self._index)
        picture = next(self._pictures)
        self._index += 1
        shown = self._black if self._faults.covered.is_set() else picture
        return VideoFrame(shown, due_ns, PixelFormat.I420)

    def close(self) -> None:
        """End a waiting ``read``."""
        self._metronome.stop()

    def _until_it_goes_on(self) -> bool:
        since_ns = self._clock.boot_ns()
        while self._faults.lens_stalled.is_set():
            if self._metronome.late_s(since_ns) >= LENS_GIVEN_UP_S:
                raise SourceError(NO_PICTURES)
            if not self._metronome.pause(1 / self.fps):
                return False
        return True

    def _due_ns(self, index: int) -> int:
        return self._timeline.epoch_ns + index * NS_PER_S // self.fps

    def _skip_to_now(self, patience_s: float) -> bool:
        if self._metronome.late_s(self._due_ns(self._index)) <= patience_s:
            return False
        passed_ns = self._clock.boot_ns() - self._timeline.epoch_ns
        self._index = passed_ns * self.fps // NS_PER_S
        self._pictures = None
        return True


class VirtualSound:
    """A scene's sound in real time, as the device's ``AudioSource``."""

    rate = AUDIO_RATE
    channels = 1

    def __init__(self, scene: Scene, timeline: SceneTimeline, clock: Clock, faults: SensorFaults) -> None:
        self._scene = scene
        self._timeline = timeline
        self._faults = faults
        self._metronome = Metronome(clock)
        self._clock = clock
        self._sample = 0
        self._waits = 0

    def open(self) -> None:
        """Begin with the first block, unless it is hopelessly late."""
        self._pass_over(FLOOD_S)  # before now, the microphone was off

    def read(self) -> SoundBlock | Pause | None:
        """Return the next tenth of a second once it has been heard whole; None once the source is closed.

        Raises:
            SourceError: The microphone has stalled for long.
        """
        if self._faults.microphone_stalled.is_set():
            return self._nothing_comes()
        hole = self._waits > 0 and self._pass_over(0.0)
        self._waits = 0
        if not self._metronome.until(self._due_ns(self._sample + SOUND_BLOCK)):
            return None
        hole = self._skip_to_now(PATIENCE_S) or hole
        first, self._sample = self._sample, self._sample + SOUND_BLOCK
        if self._faults.muted.is_set():
            samples = np.zeros(SOUND_BLOCK, dtype=np.float32)
        else:
            samples = self._scene.sound(self._timeline.sample + first, SOUND_BLOCK)
        return SoundBlock(samples[:, None], AUDIO_RATE, self._due_ns(first), hole)

    def close(self) -> None:
        """End a waiting ``read``."""
        self._metronome.stop()

    def _nothing_comes(self) -> Pause | None:
        if not self._metronome.pause(SOUND_WAIT_S):
            return None
        self._waits += 1
        if self._waits < SOUND_WAITS:
            return Pause()
        raise SourceError(NO_SOUND)

    def _pass_over(self, patience_s: float) -> bool:
        """Leave out what was due until now, where the microphone gave nothing and that is long enough."""
        passed = self._skip_to_now(patience_s)
        if passed:
            self._sample += 2 * SOUND_BLOCK
        return passed

    def _due_ns(self, sample: int) -> int:
        return self._timeline.epoch_ns + sample * NS_PER_S // AUDIO_RATE

    def _skip_to_now(self, patience_s: float) -> bool:
        if self._metronome.late_s(self._due_ns(self._sample)) <= patience_s:
            return False
        passed_ns = self._clock.boot_ns() - self._timeline.epoch_ns
        # The newest block that has been heard whole.
        self._sample = (passed_ns * AUDIO_RATE // NS_PER_S // SOUND_BLOCK - 1) * SOUND_BLOCK
        return True
