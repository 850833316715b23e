"""Sensors that give what a test wants, at several times the pace of the world, for the real camera code.

Frames and blocks bear the times at which they were due, however late a busy machine hands them over: a camera
that films them finds no fault that is the machine's.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np

from device.capture.sensors import Sensors
from device.clock import SystemClock
from device.frames import SoundBlock, VideoFrame
from protocol.footage.format.model import ClockLabel
from tests.support.media import conditions

NS = 1_000_000_000
FPS = 10
BLOCK = 4_800


class QuickClock(SystemClock):
    """A clock that runs at several times the pace of the world."""

    def __init__(self, pace: int) -> None:
        super().__init__()
        self._pace = pace
        self._from = time.monotonic_ns()

    def boot_ns(self) -> int:
        return 1_000 * NS + (time.monotonic_ns() - self._from) * self._pace

    def label(self) -> ClockLabel:
        return ClockLabel(1_795_000_000_000_000 + self.boot_ns() // 1_000, synchronised=True, error_us=1_000)


@dataclass
class Staged:
    """What is filmed and heard: names of ``conditions.PICTURES`` and ``conditions.SOUNDS``, changed at will.

    Attributes:
        fps: Pictures a second that really come; ``FPS`` are stated.
        width: Of pictures.
        height: Of pictures.
    """

    picture: str = ""
    sound: str = ""
    fps: int = FPS
    pace: int = 6
    width: int = 160
    height: int = 120
    clock: QuickClock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = QuickClock(self.pace)

    def sensors(self) -> Sensors:
        return Sensors(
            clock=self.clock, open_video=lambda _: _Pictures(self), open_audio=lambda _: _Sounds(self)
        )


class _Paced:
    """Hands things out when they are due."""

    def __init__(self, staged: Staged) -> None:
        self._staged = staged
        self._rng = np.random.default_rng(7)
        self._due_ns = 0
        self._closed = threading.Event()

    def open(self) -> None:
        self._due_ns = self._staged.clock.boot_ns()

    def close(self) -> None:
        self._closed.set()

    def _next(self, after_ns: int) -> int:
        clock = self._staged.clock
        self._due_ns += after_ns
        while (left := self._due_ns - clock.boot_ns()) > 0:
            self._closed.wait(left / NS / self._staged.pace)
        return self._due_ns - after_ns


class _Pictures(_Paced):
    @property
    def width(self) -> int:
        return self._staged.width

    @property
    def height(self) -> int:
        return self._staged.height

    @property
    def fps(self) -> float:
        return FPS

    def read(self) -> VideoFrame | None:
        at_ns = self._next(NS // self._staged.fps)
        make = conditions.PICTURES[self._staged.picture]
        return conditions.frame(make(self.height, self.width, self._rng), at_ns)


class _Sounds(_Paced):
    def __init__(self, staged: Staged) -> None:
        super().__init__(staged)
        self._made: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = {}
        self._place = 0

    def read(self) -> SoundBlock | None:
        at_ns = self._next(BLOCK * NS // conditions.RATE)
        name = self._staged.sound
        if name not in self._made:
            self._made[name] = conditions.SOUNDS[name](4, self._rng)
        samples = np.take(self._made[name], np.arange(self._place, self._place + BLOCK), mode="wrap")
        self._place += BLOCK
        return SoundBlock(samples[:, None].astype(np.float32), conditions.RATE, at_ns)
