"""The picture of a file or stream, by its own times."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final, cast

from device.sources.base import Pause, SourceError
from device.sources.demux.decoding import Decoded, Decoding, Ended
from device.sources.demux.deinterlacer import Deinterlacer
from device.sources.demux.opening import is_stream
from device.sources.demux.picture import pixel_aspect, to_frame
from device.sources.demux.watch import Watch
from device.sources.pace import Pacer, Thinner
from protocol.footage.format.model import Track

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.video.frame import VideoFrame as Picture

    from device.clock import Clock
    from device.frames import VideoFrame
    from device.settings import VideoSettings
    from device.sources.demux.connection import Connection

_OPEN_S: Final = 1.0


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
        fps: Nominal pictures a second, limited to what is wanted.
    """

    def __init__(
        self,
        settings: VideoSettings,
        clock: Clock,
        connect: Callable[[], Connection],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.width, self.height, self.fps = 0, 0, settings.fps
        self._source = settings.source
        self._clock = clock
        self._connect = connect
        self._pacer = Pacer(clock, sleep)
        self._thinner = Thinner(settings.fps)
        self._watch = Watch(settings.source, clock)
        self._connection: Connection | None = None
        self._decoding: Decoding | None = None
        self._deinterlacer = Deinterlacer(settings.source)
        self._ready: deque[Decoded] = deque()
        self._last_ns = 0
        self._ended = False

    def open(self) -> None:
        """Join the source where it is by now.

        Raises:
            SourceError: It is missing or holds no pictures.
        """
        self._connection = connection = self._connect()
        connection.attach(Track.VIDEO)
        self._decoding = Decoding(self._source, connection, Track.VIDEO, self._clock)
        connection.wait_open(Track.VIDEO, _OPEN_S)

    def read(self) -> VideoFrame | Pause | None:
        """The next picture when it is due; ``None`` after the last.

        Raises:
            SourceError: The source broke off or fell silent.
        """
        while not self._ready:
            if self._ended:
                return None
            if not self._decode():
                return self._watch.nothing(live=is_stream(self._source))
        if not self._pacer.wait(self._ready[0].begin_ns):
            return Pause(self._watch.remark)
        decoded = self._ready.popleft()
        if self._pacer.late(decoded.begin_ns) or not self._in_order(decoded):
            return Pause(self._watch.remark)
        return self._shown(decoded)

    def close(self) -> None:
        """Let go of the source."""
        if self._connection is not None:
            self._connection.detach(Track.VIDEO)
            self._connection = None

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
            self._ready.extend(self._deinterlacer.push(frame))
        if self._decoding.passes != passes:
            self._ready.extend(self._deinterlacer.flush())
        return True

    def _in_order(self, decoded: Decoded) -> bool:
        """Whether a picture comes after the last one and is wanted at all."""
        if decoded.begin_ns <= self._last_ns or not self._thinner.passes(decoded.begin_ns):
            return False
        self._last_ns = decoded.begin_ns
        return True

    def _shown(self, decoded: Decoded) -> VideoFrame:
        picture = cast("Picture", decoded.frame)
        self.width, self.height = picture.width, picture.height
        self._watch.came(decoded.begin_ns)
        return to_frame(picture, decoded.begin_ns, pixel_aspect(decoded.aspect))
