"""A real clip, looped, with real speech looped under it.

Rules:

* The clip is decoded straight to the wanted size, once, in one thread: fifteen of these share two cores.
* Both loops are whole seconds long: the clip is cut to whole seconds, and a pause pads the speech. So footage
  that was encoded ahead repeats on a chunk's boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np
from av.video.reformatter import Interpolation

from device.settings import AUDIO_RATE
from simulator.errors import ScenarioError
from simulator.sources.dimensions import FPS, HEIGHT, WIDTH
from simulator.sources.scene import Picture, Sound, looped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.sources.media import Media

# 750 AAC frames of 1024 samples: a multiple of both a second and an AAC frame.
SPEECH_BLOCK = 16 * AUDIO_RATE
INSTANT_S = 0.001  # two times closer than this are one: times in a clip are rounded


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
        with self._open() as container:
            duration_s = int((container.duration or 0) / av.time_base)
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

    def _open(self) -> av.container.InputContainer:
        try:
            return av.open(str(self.media.clip))
        except (av.error.FFmpegError, OSError) as error:
            raise ScenarioError(f"{self.media.clip} cannot be opened as a video: {error}.") from error

    def _one_pass(self, position: int) -> Iterator[Picture]:
        """Yield the pictures from ``position`` to the end of the loop.

        Picture ``k`` is the clip's last one that starts no later than ``k / fps``.
        """
        index = position
        shown: av.VideoFrame | None = None
        for frame in self._decoded(position / self.fps):
            while shown is not None and index / self.fps < (frame.time or 0.0) - INSTANT_S:
                yield self._sized(shown)
                index += 1
                if index >= self.picture_loop:
                    return
            shown = frame
        while shown is not None and index < self.picture_loop:
            yield self._sized(shown)
            index += 1

    def _decoded(self, from_s: float) -> Iterator[av.VideoFrame]:
        """Yield the clip's own pictures, from one that starts no later than ``from_s``."""
        with self._open() as container:
            stream = container.streams.video[0]
            stream.thread_count = 1
            if from_s > 0 and stream.time_base is not None:
                container.seek(int(from_s / stream.time_base), stream=stream)
            yield from container.decode(stream)

    def _sized(self, frame: av.VideoFrame) -> Picture:
        quick = Interpolation.FAST_BILINEAR
        sized = frame.reformat(self.width, self.height, "yuv420p", interpolation=quick)
        return np.asarray(sized.to_ndarray(), dtype=np.uint8)

    @cached_property
    def _speech(self) -> Sound:
        try:
            with av.open(str(self.media.speech)) as container:
                resampler = av.AudioResampler(format="flt", layout="mono", rate=AUDIO_RATE)
                blocks = [
                    out.to_ndarray().reshape(-1)
                    for frame in [*container.decode(audio=0), None]
                    for out in resampler.resample(frame)
                ]
        except (av.error.FFmpegError, OSError) as error:
            raise ScenarioError(f"{self.media.speech} cannot be read as sound: {error}.") from error
        speech = np.concatenate(blocks).astype(np.float32)
        return np.pad(speech, (0, -len(speech) % SPEECH_BLOCK))
