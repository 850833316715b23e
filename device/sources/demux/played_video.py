"""The picture of a file or stream, by its own times."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast

from device.sources.base import Pause, SourceError
from device.sources.demux.decoding import Decoded, Decoding, Ended
from device.sources.demux.deinterlacer import Deinterlacer
from device.sources.demux.picture import LARGEST, pixel_aspect, reduced, to_frame
from device.sources.demux.reading.address import is_stream
from device.sources.demux.reading.troubles import too_large
from device.sources.demux.watch import Watch
from device.sources.pace import Pacer, Thinner
from protocol.footage.format.model import Track
from protocol.units import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.video.frame import VideoFrame as Picture

    from device.clock import Clock
    from device.frames import VideoFrame
    from device.settings import VideoSettings
    from device.sources.demux.reading.connection import Connection

_OPEN_S: Final = 1.0
_HELD_UP_NS: Final = 500 * NS_PER_MS


class PlayedVideo:
    """Pictures of a connection, each when it is due.

    Args:
        settings: The source, and how many pictures a second at most.
        clock: Paces it.
        connect: Gives the connection of the source, which its sound uses too.
        sleep: Waits; of the same pace as the clock.

    Attributes:
        width: Pixels of the last picture; 0 before the first.
        height: Likewise.
        fps: Pictures a second that the source states, limited to what is wanted; 0 where it states none, or
            before the first.
        known_until_ns: When the last picture of a file was taken, while the next one may be late; else None.
    """

    def __init__(
        self,
        settings: VideoSettings,
        clock: Clock,
        connect: Callable[[], Connection],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.width, self.height, self.fps = 0, 0, 0.0
        self._source = settings.source
        self._most_fps = settings.fps
        self._clock = clock
        self._connect = connect
        self._live = is_stream(settings.source)
        self._pacer = Pacer(clock, sleep)
        self._thinner = Thinner(settings.fps)
        self._watch = Watch(settings.source, clock)
        self._connection: Connection | None = None
        self._decoding: Decoding | None = None
        self._deinterlacer = Deinterlacer(settings.source)
        self._ready: deque[Decoded] = deque()
        self._last_ns = 0
        self._before_ns = 0
        self.known_until_ns: int | None = None
        self._ended = False

    def open(self) -> None:
        """Join the source where it is by now.

        Raises:
            SourceError: It is missing or holds no pictures.
        """
        self._connection = connection = self._connect()
        connection.attach(Track.VIDEO)
        self._decoding = Decoding(self._source, connection, Track.VIDEO, self._pacer.late)
        connection.wait_open(Track.VIDEO, _OPEN_S)

    def read(self) -> VideoFrame | Pause | None:
        """The next picture when it is due; ``None`` after the last.

        Raises:
            SourceError: The source broke off or fell silent.
        """
        while not self._ready:
            if self._ended:
                self.known_until_ns = None
                return None
            if not self._decode():
                return self._nothing()
        if not self._pacer.wait(self._ready[0].begin_ns):
            self.known_until_ns = None
            return Pause(self._watch.remark)
        self._catch_up_slowly(self._ready[0])
        decoded = self._ready.popleft()
        self._before_ns = decoded.begin_ns
        if self._pacer.late(decoded.begin_ns) or not self._in_order(decoded):
            return Pause(self._watch.remark)
        return self._shown(decoded)

    def close(self) -> None:
        """Let go of the source."""
        if self._connection is not None:
            self._connection.detach(Track.VIDEO)
            self._connection = None
        self.known_until_ns = None

    def _catch_up_slowly(self, decoded: Decoded) -> None:
        """Give what a slow machine has held up at twice its pace: all at once, it would find no room.

        What is too late to be given, or the first of all, is not waited for: a file would never be joined.
        The pace is that of all its pictures, not of those that were given: else each that is left out, as it
        was too late or there are more than wanted, costs more time than it makes up for, for ever.
        """
        if self._live or not self._last_ns or self._pacer.late(decoded.begin_ns):
            return
        if self._pacer.now() - decoded.begin_ns > _HELD_UP_NS:
            self._pacer.rest((decoded.begin_ns - self._before_ns) // 2)

    def _nothing(self) -> Pause:
        """Nothing is there: of a file, because it is read or decoded too slowly, or has a hole."""
        late = not self._live and self._connection is not None and self._connection.is_behind
        if not late:
            self.known_until_ns = None
        return replace(self._watch.nothing(live=self._live), late=late)

    def _decode(self) -> bool:
        """Decode some more; whether anything was there."""
        if self._decoding is None:
            raise SourceError("The picture source was read before it was opened.")
        passes = self._decoding.passes
        try:
            frames = self._decoding.next()
        except Ended:
            self._ended = True
            self._ready.extend(self._deinterlacer.flush())
            return True
        if frames is None:
            return False
        for frame in frames:
            picture = cast("Picture", frame.frame)
            if picture.width * picture.height > LARGEST:
                raise too_large(self._source, picture.width, picture.height)
            self._ready.extend(self._deinterlacer.push(frame))
        if self._decoding.passes != passes:
            self._ready.extend(self._deinterlacer.flush())
        return True

    def _in_order(self, decoded: Decoded) -> bool:
        """Whether a picture comes after the last one and is wanted at all."""
        if decoded.begin_ns <= self._last_ns or not self._thinner.passes(decoded.begin_ns):
            return False
        self._last_ns = decoded.begin_ns
        if not self._live:
            self.known_until_ns = decoded.begin_ns
            self._pacer.wait_for_slow_machines()
        return True

    def _shown(self, decoded: Decoded) -> VideoFrame:
        picture = cast("Picture", decoded.frame)
        self.width, self.height = picture.width, picture.height
        self.fps = min(decoded.fps or 0.0, self._most_fps)
        self._watch.came(decoded.begin_ns)
        return to_frame(reduced(picture), decoded.begin_ns, pixel_aspect(decoded.aspect), decoded.turned)
