"""A real clip, looped, with real speech looped under it.

Rules:

* Both files are read as the camera reads them (``device.sources.demux.whole_file``) and fitted as it fits
  pictures: what is seen and heard is what the camera would make of them.
* The clip is read straight to the wanted size, once, in one thread: fifteen of these share two cores.
* Both loops are whole seconds long: the clip is cut to whole seconds, and a pause pads the speech. So footage
  that was encoded ahead repeats on a chunk's boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from device.encode.picture import Canvas
from device.settings import AUDIO_RATE
from device.sources.base import SourceError
from device.sources.demux import whole_file
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S
from simulator.errors import ScenarioError
from simulator.sources.dimensions import FPS, HEIGHT, WIDTH
from simulator.sources.scene import Picture, Sound, looped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from device.frames import VideoFrame
    from simulator.sources.media import Media

# 750 AAC frames of 1024 samples: a multiple of both a second and an AAC frame.
SPEECH_BLOCK = 16 * AUDIO_RATE
INSTANT_NS = NS_PER_S // 1000  # two times closer than this are one: times in a clip are rounded


@dataclass(frozen=True)
class ClipScene:
    """A looped clip with looped speech.

    Attributes:
        media: The files.
        width: Picture width in pixels, even.
        height: Picture height in pixels, even.
        fps: Pictures a second; the clip's own are repeated or left out to meet it.
    """

    media: Media
    width: int = WIDTH
    height: int = HEIGHT
    fps: int = FPS

    @cached_property
    def picture_loop(self) -> int:
        """How many pictures the clip has, cut to whole seconds."""
        try:
            duration_s = whole_file.length_ns(str(self.media.clip), Track.VIDEO) // NS_PER_S
        except SourceError as error:
            raise ScenarioError(str(error)) from error
        if duration_s < 1:
            raise ScenarioError(f"{self.media.clip} is shorter than a second; use a longer clip.")
        return duration_s * self.fps

    @cached_property
    def sound_loop(self) -> int:
        """How many samples the speech and its pause have."""
        return len(self._speech)

    def pictures(self, first: int) -> Iterator[Picture]:
        """Yield picture ``first`` and those after it, without end."""
        position = first % self.picture_loop
        while True:
            yield from self._one_pass(position)
            position = 0

    def sound(self, first: int, count: int) -> Sound:
        """Return ``count`` samples of the looped speech."""
        return looped(self._speech, first, count)

    def _one_pass(self, position: int) -> Iterator[Picture]:
        """Yield the pictures from ``position`` to the end of the loop.

        Picture ``k`` is the clip's last one that starts no later than ``k / fps``.
        """
        index = position
        shown: VideoFrame | None = None
        try:
            for frame in whole_file.pictures(str(self.media.clip), position / self.fps):
                while shown is not None and index * NS_PER_S // self.fps < frame.boot_ns - INSTANT_NS:
                    yield self._canvas.fit(shown).image
                    index += 1
                    if index >= self.picture_loop:
                        return
                shown = frame
        except SourceError as error:
            raise ScenarioError(str(error)) from error
        while shown is not None and index < self.picture_loop:
            yield self._canvas.fit(shown).image
            index += 1

    @cached_property
    def _canvas(self) -> Canvas:
        return Canvas(self.width, self.height)

    @cached_property
    def _speech(self) -> Sound:
        """All of the speech; what is missing of it is silent, and keeps its length."""
        try:
            blocks = list(whole_file.sound(str(self.media.speech)))
        except SourceError as error:
            raise ScenarioError(str(error)) from error
        length = max((_sample(block.end_ns) for block in blocks), default=0)
        speech = np.zeros(length + -length % SPEECH_BLOCK, np.float32)
        for block in blocks:
            at = max(_sample(block.begin_ns), 0)
            speech[at : at + len(block.samples)] = block.samples
        return speech


def _sample(at_ns: int) -> int:
    """The number of the sample that lies there."""
    return round(at_ns * AUDIO_RATE / NS_PER_S)
