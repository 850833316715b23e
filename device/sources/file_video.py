"""A file's pictures as if they happened now."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from device.frames import VideoFrame
from device.sources.base import SourceError
from device.sources.opencv import OpenCvSource
from device.sources.pace import Pacer, Playhead, Thinner
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock
    from device.settings import VideoSettings


class FileVideo(OpenCvSource):
    """A file played in real time by its own time stamps, once or for ever.

    Args:
        settings: The path, whether it loops, and how many frames a second at most.
        clock: Paces it.
        playhead: Shared with the sound of the same file.
        sleep: Waits; of the same pace as the clock.
    """

    def __init__(
        self,
        settings: VideoSettings,
        clock: Clock,
        playhead: Playhead | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(settings)
        self._pacer = Pacer(clock, sleep)
        self._playhead = playhead or Playhead()
        self._thinner = Thinner(settings.fps)
        self._pass_ns = 0
        self._last_ns = 0

    def open(self) -> None:
        """Open the file and join it where it is by now.

        Raises:
            SourceError: It is missing or holds no pictures.
        """
        path = Path(self._settings.source)
        if not path.is_file():
            raise SourceError(f"The video file {path} does not exist: check video.source.")
        self._open(
            str(path), cv2.CAP_FFMPEG, (), f"{path} holds no pictures that can be read: give another file."
        )
        now = self._pacer.now()
        self._pass_ns = self._playhead.start.at(now)
        if self._settings.loop and self._playhead.period_ns:
            self._pass_ns += (now - self._pass_ns) // self._playhead.period_ns * self._playhead.period_ns

    def read(self) -> VideoFrame | None:
        """Wait until the next picture is due; ``None`` after the last of a file that is not looped.

        Raises:
            SourceError: The file cannot be decoded any further.
        """
        while True:
            due = self._grab()
            if due is None:
                return None
            if self._pacer.late(due) or not self._thinner.passes(due):
                continue
            self._pacer.wait(due)
            return VideoFrame(self._retrieve(), due)

    def _grab(self) -> int | None:
        """Take the next picture of the file, beginning again at its end, and say when it is due."""
        if not self._opened().grab():
            if not self._settings.loop:
                return None
            self._rewind()
            if not self._opened().grab():
                raise SourceError(f"{self._settings.source} cannot be read a second time: give another file.")
        position = round(self._opened().get(cv2.CAP_PROP_POS_MSEC) * NS_PER_MS)
        self._last_ns = self._pass_ns + position
        return self._last_ns

    def _rewind(self) -> None:
        """Begin again: one period after the last beginning, or right after the last picture."""
        after_last = self._last_ns + round(NS_PER_S / self.fps)
        period = self._playhead.period_ns
        self._pass_ns = self._pass_ns + period if period else after_last
        self._opened().set(cv2.CAP_PROP_POS_FRAMES, 0)
