"""Which source a setting means: a device, a stream or a file, for picture and for sound."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from device.sources.file_sound import FileSound, file_period_ns
from device.sources.file_video import FileVideo
from device.sources.live_video import LiveVideo
from device.sources.microphone import Microphone
from device.sources.opencv import is_device, is_stream
from device.sources.pace import Playhead, Start

if TYPE_CHECKING:
    from device.clock import Clock
    from device.settings import AudioSettings, VideoSettings
    from device.sources.base import AudioSource, VideoSource

_SUFFIX: Final = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)  # and not the end of "USB Audio 2.0"


def is_file(source: str) -> bool:
    """Whether a sound source is a file: it exists or is written like a path ("talk.flac", "clips/a.mp4")."""
    return "/" in source or bool(_SUFFIX.search(source)) or Path(source).is_file()


class SourceChooser:
    """Makes a camera's sources from settings; its files begin together, and one file plays as one.

    Args:
        clock: Stamps and paces them all.
        start_ns: When files begin to play; ``None`` for when the first is opened.
    """

    def __init__(self, clock: Clock, start_ns: int | None = None) -> None:
        self.clock = clock
        self._start = Start(start_ns)
        self._playheads: dict[Path, Playhead] = {}

    def video(self, settings: VideoSettings) -> VideoSource:
        """The picture source that the settings mean."""
        if is_device(settings.source) or is_stream(settings.source):
            return LiveVideo(settings, self.clock)
        return FileVideo(settings, self.clock, self._playhead(settings.source))

    def audio(self, settings: AudioSettings) -> AudioSource:
        """The sound source that the settings mean."""
        if is_stream(settings.source):
            return FileSound(settings, self.clock, Playhead())
        if settings.source.isdecimal() or not is_file(settings.source):
            return Microphone(settings, self.clock)
        return FileSound(settings, self.clock, self._playhead(settings.source))

    def _playhead(self, source: str) -> Playhead:
        path = Path(source).resolve()
        if path not in self._playheads:
            self._playheads[path] = Playhead(file_period_ns(source), self._start)
        return self._playheads[path]
