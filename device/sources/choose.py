"""Which source a setting means: a device, a stream or a file, for picture and for sound."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from device.sources.apart import Apart
from device.sources.base import SourceError
from device.sources.demux.played_sound import PlayedSound
from device.sources.demux.played_video import PlayedVideo
from device.sources.demux.reading.address import file_path, is_stream
from device.sources.demux.reading.connection import Connection
from device.sources.demux.reading.source_memory import SourceMemory
from device.sources.live_video import LiveVideo
from device.sources.microphone import Microphone
from device.sources.opencv import is_device
from device.sources.pace import Start
from protocol.footage.format.model import Track

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock
    from device.settings import AudioSettings, StreamAccess, VideoSettings
    from device.sources.base import AudioSource, VideoSource

_SUFFIX: Final = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)  # and not the end of "USB Audio 2.0"


def is_file(source: str) -> bool:
    """Whether a sound source is a file: it exists or is written like a path ("talk.flac", "clips/a.mp4")."""
    return "/" in source or bool(_SUFFIX.search(source)) or Path(source).is_file()


MOST_HANGING: Final = 3
"""Connections to one source that may hang beside each other; each keeps a thread."""


@dataclass(slots=True)
class _Played:
    """A file or stream, as long as the camera runs."""

    connection: Connection | None = None
    memory: SourceMemory = field(default_factory=SourceMemory)
    left: list[Connection] = field(default_factory=list)

    def leave(self, source: str) -> None:
        """Leave the connection that there is.

        Raises:
            SourceError: As many as may do hang already.
        """
        left = [*self.left, *([self.connection] if self.connection is not None else [])]
        self.left = [each for each in left if each.hangs]
        self.connection = None
        if len(self.left) >= MOST_HANGING:
            raise SourceError(
                f"{source} does not answer, and {len(self.left)} attempts to open it still hang: "
                "check it, its network and the name server."
            )


class SourceChooser:
    """Makes a camera's sources from settings.

    Files begin together, and one source for picture and sound is one connection: they stay together for ever.

    Args:
        clock: Stamps and paces them all.
        start: When files begin to play; set by the first that is opened, if by nobody else.
        sleep: Waits; of the same pace as the clock.
    """

    def __init__(
        self, clock: Clock, start: Start | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.clock = clock
        self._sleep = sleep
        self._start = start or Start()
        self._lock = threading.Lock()
        self._played: dict[str, _Played] = {}
        self._cameras: dict[str, Apart] = {}

    def video(self, settings: VideoSettings) -> VideoSource:
        """The picture source that the settings mean."""
        if is_device(settings.source):
            return self._camera(settings)
        connect = partial(
            self._connect,
            settings.source,
            Track.VIDEO,
            loop=settings.loop,
            access=settings.access,
        )
        return PlayedVideo(settings, self.clock, connect, self._sleep)

    def audio(self, settings: AudioSettings) -> AudioSource:
        """The sound source that the settings mean."""
        source = settings.source
        if not is_stream(source) and (source.isdecimal() or not is_file(source)):
            return Microphone(settings, self.clock)
        connect = partial(self._connect, source, Track.AUDIO, loop=settings.loop, access=settings.access)
        return PlayedSound(settings, self.clock, connect, self._sleep)

    def _camera(self, settings: VideoSettings) -> VideoSource:
        """A camera of this machine; none while its driver still hangs with the last attempt.

        Raises:
            SourceError: It does.
        """
        with self._lock:
            before = self._cameras.get(settings.source)
            if before is not None and before.hangs:
                raise SourceError(
                    f"The camera {settings.source} hangs, its driver does not answer: "
                    "unplug it and plug it in again."
                )
            camera = Apart(lambda: LiveVideo(settings, self.clock), settings.source)
            self._cameras[settings.source] = camera
            return camera

    def _connect(self, source: str, track: Track, *, loop: bool, access: StreamAccess) -> Connection:
        """The connection to a source: the one that the other track has, if it still gives this one."""
        key = source if is_stream(source) else str(Path(file_path(source)).resolve())
        with self._lock:
            played = self._played.setdefault(key, _Played())
            if played.connection is None or not played.connection.takes(track):
                played.leave(source)
                played.connection = Connection(
                    source,
                    self.clock,
                    start=self._start,
                    memory=played.memory,
                    loop=loop,
                    access=access,
                )
            return played.connection
