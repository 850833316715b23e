"""A scene made in code: a moving pattern, a running clock, and a clapper.

Rules:

* The clapper: the first picture of every second is white, and a beep starts on the same instant to the
  sample. So the offset between picture and sound can be read off any recording.
* All else in the picture stays darker than the clapper, and all else in the sound is silence.

Example:
    >>> scene = SyntheticScene(width=640, height=360, fps=10)
    >>> scene.is_clap(20), scene.is_clap(21)
    (True, False)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

import cv2
import numpy as np

from device.settings import AUDIO_RATE
from simulator.sources.dimensions import FPS, HEIGHT, WIDTH
from simulator.sources.scene import Picture, Sound, looped

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK_LOOP_S = 60
BEEP_HZ = 1_000
BEEP_S = 0.05
WHITE = 235  # the brightest luma of limited range, ITU-R BT.601
GREY = 128
PATTERN_STEP = 4  # pixels that the pattern moves from one picture to the next


@dataclass(frozen=True)
class SyntheticScene:
    """A pattern that moves, a clock that counts to a minute, a clap and a beep each second.

    Attributes:
        width: Picture width in pixels, even.
        height: Picture height in pixels, even.
        fps: Pictures a second.
    """

    width: int = WIDTH
    height: int = HEIGHT
    fps: int = FPS

    @property
    def picture_loop(self) -> int:
        """How many pictures there are before the clock starts again."""
        return CLOCK_LOOP_S * self.fps

    @property
    def sound_loop(self) -> int:
        """How many samples there are before the next beep."""
        return AUDIO_RATE

    def is_clap(self, index: int) -> bool:
        """Tell whether picture ``index`` is the white one of its second."""
        return index % self.fps == 0

    def pictures(self, first: int) -> Iterator[Picture]:
        """Yield picture ``first`` and those after it, without end."""
        for index in count(first):
            yield self._white if self.is_clap(index) else self._moving(index % self.picture_loop)

    def sound(self, first: int, count: int) -> Sound:
        """Return ``count`` samples: a beep that starts with every whole second, then silence."""
        return looped(self._second_of_sound, first, count)

    @cached_property
    def _white(self) -> Picture:
        picture = np.full((self.height * 3 // 2, self.width), GREY, dtype=np.uint8)
        picture[: self.height] = WHITE
        return picture

    @cached_property
    def _second_of_sound(self) -> Sound:
        samples = np.zeros(AUDIO_RATE, dtype=np.float32)
        beep = np.arange(round(BEEP_S * AUDIO_RATE)) / AUDIO_RATE
        # A cosine, so that the very first sample of the beep is already loud.
        samples[: len(beep)] = 0.5 * np.cos(2 * np.pi * BEEP_HZ * beep)
        return samples

    @cached_property
    def _pattern(self) -> Picture:
        """Soft diagonal waves, twice as wide as the picture so that moving them is a slice."""
        x = np.arange(self.width * 2)
        y = np.arange(self.height)[:, None]
        waves = np.sin(2 * np.pi * (x / (self.width / 4))) + np.sin(2 * np.pi * (y / 90))
        return (80 + 25 * waves).astype(np.uint8)

    def _moving(self, index: int) -> Picture:
        picture = np.full((self.height * 3 // 2, self.width), GREY, dtype=np.uint8)
        shift = (index * PATTERN_STEP) % self.width
        luma = np.ascontiguousarray(self._pattern[:, shift : shift + self.width])
        text = f"{index // self.fps:02d}.{index % self.fps * 1000 // self.fps:03d}"
        cv2.putText(luma, text, (24, self.height // 2), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 200, 3)
        picture[: self.height] = luma
        return picture
