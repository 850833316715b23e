"""A camera and a microphone that cost next to nothing: 1080p30 out of a wide picture, and a hiss.

The picture pans, so that the encoder has work to do, and comes as BGR in memory over which the next is
written, as a camera's does through OpenCV. Both follow the boot clock. What nobody fetched within a second is
lost, as it is with a driver, whose queue is even shorter.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from device.frames import SoundBlock, VideoFrame
from device.settings import AUDIO_RATE
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from device.clock import Clock

WIDTH: Final = 1920
HEIGHT: Final = 1080
FPS: Final = 30
_STEP: Final = 4  # pixels from one picture to the next
_BLOCK: Final = AUDIO_RATE // 10
_HELD_NS: Final = NS_PER_S


def panorama() -> NDArray[np.uint8]:
    """A picture twice as wide as is shown: soft clouds, with as much detail as a street has."""
    draw = np.random.default_rng(1)
    coarse = cv2.resize(draw.integers(0, 255, (34, 120, 3), np.uint8), (2 * WIDTH, HEIGHT))
    fine = cv2.resize(draw.integers(0, 60, (HEIGHT // 4, WIDTH // 2, 3), np.uint8), (2 * WIDTH, HEIGHT))
    return np.asarray(cv2.add(coarse // 2, fine), np.uint8)


class _Paced:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed = threading.Event()
        self._from_ns = 0
        self._count = 0

    def open(self) -> None:
        """Begin now."""
        self._from_ns, self._count = self._clock.boot_ns(), 0

    def close(self) -> None:
        """End a waiting ``read``."""
        self._closed.set()

    def _skip(self, length_ns: float) -> bool:
        """Lose what is too old; tell whether anything was."""
        held = int((self._clock.boot_ns() - self._from_ns - _HELD_NS) / length_ns)
        lost = held > self._count
        self._count = max(self._count, held)
        return lost

    def _wait(self, due_ns: int) -> bool:
        while (left_ns := due_ns - self._clock.boot_ns()) > 0:
            if self._closed.wait(left_ns / NS_PER_S):
                return False
        return True


class PanningCamera(_Paced):
    """The pictures."""

    width, height, fps = WIDTH, HEIGHT, float(FPS)

    def __init__(self, clock: Clock, wide: NDArray[np.uint8]) -> None:
        super().__init__(clock)
        self._wide = wide
        self._image = np.empty((HEIGHT, WIDTH, 3), np.uint8)

    def read(self) -> VideoFrame | None:
        """The next picture when it is due."""
        self._skip(NS_PER_S / FPS)
        due_ns = self._from_ns + self._count * NS_PER_S // FPS
        if not self._wait(due_ns):
            return None
        left = self._count * _STEP % WIDTH
        self._count += 1
        np.copyto(self._image, self._wide[:, left : left + WIDTH])
        return VideoFrame(self._image, due_ns)


class Hiss(_Paced):
    """The sound, in blocks as long as those that ``device.sources.microphone`` asks a sound card for."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        noise = np.random.default_rng(1).standard_normal((AUDIO_RATE, 1))
        self._noise = (noise * 0.05).astype(np.float32)

    def read(self) -> SoundBlock | None:
        """The next block once it was heard whole."""
        after_hole = self._skip(_BLOCK * NS_PER_S / AUDIO_RATE)
        begin_ns = self._from_ns + self._count * _BLOCK * NS_PER_S // AUDIO_RATE
        if not self._wait(begin_ns + _BLOCK * NS_PER_S // AUDIO_RATE):
            return None
        first = self._count * _BLOCK % AUDIO_RATE
        self._count += 1
        return SoundBlock(self._noise[first : first + _BLOCK].copy(), AUDIO_RATE, begin_ns, after_hole)
