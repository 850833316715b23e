"""The picture of a file or stream, by its own times."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final, cast

from device.sources.base import Pause, SourceError
from device.sources.demux.decoding import Decoded, Decoding, Ended
from device.sources.demux.deinterlacer import Deinterlacer
from device.sources.demux.picture import LARGEST, pixel_aspect, reduced, to_frame
from device.sources.demux.reading.address import is_stream
from device.sources.demux.reading.troubles import too_large
from device.sources.demux.watch import Watch
from device.sources.lateness import BEHIND_NS
from device.sources.pace import Pacer, Thinner
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.video.frame import VideoFrame as Picture

    from device.clock import Clock
    from device.frames import VideoFrame
    from device.settings import VideoSettings
    from device.sources.demux.reading.connection import Connection
    from device.sources.demux.reading.track_queue import Item

_OPEN_S: Final = 1.0
_LONGEST_READ_NS: Final = NS_PER_S // 5
_IDLE: Final = 4
"""One part of so many is more than handing over takes: a stream was waited for."""


class _Waiting:
    """Packets of a connection, and how long they were waited for."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._waited_ns = 0

    def take(self, track: Track, seconds: float) -> Item | None:
        begin = self._clock.boot_ns()
        try:
            return self._connection.take(track, seconds)
        finally:
            self._waited_ns += self._clock.boot_ns() - begin

    def taken_ns(self) -> int:
        """How long that was since this was asked."""
        waited, self._waited_ns = self._waited_ns, 0
        return waited


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
        self._taken_ns = 0
        self._looked_ns = 0
        self._joining_ns: int | None = None
        self._left_out = 0
        self._waiting: _Waiting | None = None
        self._said = ""
        self.known_until_ns: int | None = None
        self._ended = False

    def open(self) -> None:
        """Join the source where it is by now.

        Raises:
            SourceError: It is missing or holds no pictures.
        """
        self._connection = connection = self._connect()
        connection.attach(Track.VIDEO)
        self._waiting = _Waiting(connection, self._clock)
        late, goes_on = self._pacer.late, self._goes_on
        self._decoding = Decoding(self._source, self._waiting, Track.VIDEO, late, goes_on)
        connection.wait_open(Track.VIDEO, _OPEN_S)

    def read(self) -> VideoFrame | Pause | None:
        """The next picture when it is due; ``None`` after the last.

        Raises:
            SourceError: The source broke off or fell silent.
        """
        began = self._pacer.now()
        while not self._ready:
            if self._ended:
                self.known_until_ns = None
                return None
            if not self._decode():
                return self._nothing()
            self._work_counts()
            if self._watch.remark != self._said or self._pacer.now() - began > _LONGEST_READ_NS:
                return self._pause(late=True)
        if self._pacer.now() < self._ready[0].begin_ns:
            self._watch.lateness.spared(self._pacer.now())
        if not self._pacer.wait(self._ready[0].begin_ns):
            self.known_until_ns = None
            return self._pause()
        self._catch_up_slowly(self._ready[0])
        decoded = self._ready.popleft()
        self._pace_counts(decoded)
        if self._pacer.late(decoded.begin_ns) or not self._in_order(decoded):
            return self._pause()
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
        A machine that needs that time to decode rests no longer. The pace is that of all its pictures, not of
        those that were given: else each that is left out, as it was too late or there are more than wanted,
        costs more time than it makes up for, for ever.
        """
        if self._live or not self._last_ns or self._pacer.late(decoded.begin_ns):
            return
        now, apart = self._pacer.now(), decoded.begin_ns - self._before_ns
        rest = min(apart // 2, apart * 3 // 4 - (now - self._taken_ns))
        if now - decoded.begin_ns > BEHIND_NS and rest > 0:
            self._pacer.rest(rest)
            self._watch.lateness.spared(self._pacer.now())

    def _nothing(self) -> Pause:
        """Nothing is there: of a file, because it is read or decoded too slowly, or has a hole."""
        late = not self._live and self._connection is not None and self._connection.is_behind
        if late:
            self._work_counts()
        else:
            self._watch.lateness.spared(self._pacer.now())
            self.known_until_ns = None
        self._watch.nothing(live=self._live)
        return self._pause(late=late)

    def _work_counts(self) -> None:
        """Count the time that went by with waiting and decoding; that of a stream is its own to take."""
        now = self._pacer.now()
        self._joining_counts(now)
        waited = self._waiting.taken_ns() if self._waiting is not None else 0
        at = self._ready[0].begin_ns if self._ready else self._decoding.at_ns if self._decoding else None
        late = now - (at or 0)
        if waited * _IDLE > now - self._looked_ns and (self._live or late <= BEHIND_NS):
            self._watch.lateness.spared(now)
        else:
            self._watch.lateness.spent(now, late, waited)
        self._looked_ns = now

    def _joining_counts(self, now: int) -> None:
        """Count how far a file was read until it is joined, where the camera is by now: no picture tells."""
        at = self._decoding.at_ns if self._decoding is not None and not self._last_ns else None
        if at is not None and self._joining_ns is not None:
            self._watch.lateness.gained(at - self._joining_ns - (now - self._looked_ns))
        self._joining_ns = at

    def _pace_counts(self, decoded: Decoded) -> None:
        """Count how much less late a picture is than the one before."""
        now, left_out = self._pacer.now(), self._decoding.left_out if self._decoding else 0
        if left_out == self._left_out:
            self._watch.lateness.gained(decoded.begin_ns - self._before_ns - (now - self._taken_ns))
        self._before_ns, self._taken_ns, self._left_out = decoded.begin_ns, now, left_out

    def _goes_on(self, due_ns: int, key: bool) -> bool:
        """Whether what was late is made up for; a machine that is too slow begins anew with a key picture."""
        return not self._watch.lateness.slow or (key and self._pacer.now() - due_ns <= BEHIND_NS)

    def _pause(self, *, late: bool = False) -> Pause:
        self._said = self._watch.remark
        return Pause(self._said, late=late)

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
