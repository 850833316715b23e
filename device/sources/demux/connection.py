"""One connection to a file or stream, for its picture and its sound: a thread that reads packets.

    source ─ demux ─ splice ─ schedule ─┬─ queue ─ decode (the picture's reader)
                                        └─ queue ─ decode (the sound's reader)

Rules:

- It opens, reads and closes on a thread of its own. Nobody who takes from it waits longer than he wants to.
- A file is opened anew for each pass: also one that cannot be searched begins again, both tracks together.
- A connection that broke is over. Whoever wants to go on makes another.
- It ends when nobody takes from it any more. A network call that hangs then is left behind, and ends by
  itself within ``opening.PATIENCE_S``.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import av

from device.sources.base import SourceError
from device.sources.demux.due_times import DueTimes
from device.sources.demux.opening import OpenSource, cannot_open, has_none, open_source, why
from device.sources.demux.pulse import Pulse
from device.sources.demux.track_queue import (
    ENOUGH_LIVE_NS,
    ENOUGH_NS,
    DuePacket,
    Item,
    NewPass,
    SourceEnd,
    TrackQueue,
)
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.packet import Packet

    from device.clock import Clock
    from device.settings import RtspTransport
    from device.sources.demux.opening import OpenTrack
    from device.sources.pace import Start

_BOTH: Final = (Track.VIDEO, Track.AUDIO)
_LOOK_AGAIN_S: Final = 0.5


class Connection:
    """Reads a source until nobody takes from it.

    Args:
        source: A path or an address.
        clock: Says when packets come, and paces nothing.
        start: When files begin to play; set by the first that is open.
        period_ns: The length of a pass of a file, where it is known.
        loop: Whether a file begins again at its end.
        transport: How RTSP carries its packets.
        learnt: Is told the length of a file's pass.
    """

    def __init__(
        self,
        source: str,
        clock: Clock,
        *,
        start: Start,
        period_ns: int | None = None,
        loop: bool = True,
        transport: RtspTransport = "auto",
        learnt: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._source = source
        self._clock = clock
        self._loop = loop
        self._transport = transport
        self._learnt = learnt
        self._start = start
        self._due_times = DueTimes(period_ns)
        self._queues = {track: TrackQueue() for track in _BOTH}
        self._change = threading.Condition()
        self._held = False
        self._opened = False
        self._over = False
        self._pictures = 0
        self._first: list[DuePacket] = []
        self._joined: set[Track] = set()
        self._pulse = Pulse()
        self._thread: threading.Thread | None = None

    @property
    def over(self) -> bool:
        """Whether it will read nothing more; what it has read may still be taken."""
        return self._over

    def takes(self, track: Track) -> bool:
        """Whether somebody who comes for a track should join it, instead of making another."""
        with self._change:
            unused = track not in self._joined
            return not self._over or (unused and self._wanted())

    def attach(self, track: Track) -> None:
        """Begin to take a track; the first who does makes it begin."""
        with self._change:
            self._queues[track].taken_from = True
            self._joined.add(track)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="capture-demux", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def detach(self, track: Track) -> None:
        """Take no more of it."""
        with self._change:
            queue = self._queues[track]
            queue.taken_from = False
            queue.clear()
            self._over = self._over or not self._wanted()
            self._change.notify_all()

    def wait_open(self, track: Track, seconds: float) -> None:
        """Wait until it is open, but not longer than that.

        Raises:
            SourceError: It does not open, or lacks the track.
        """
        with self._change:
            queue = self._queues[track]
            self._change.wait_for(lambda: self._opened or queue.failure is not None or self._over, seconds)
            failure = queue.failure if self._opened or queue.is_empty else queue.take()
        if isinstance(failure, SourceError):
            raise failure

    def take(self, track: Track, seconds: float) -> Item | None:
        """What is next of a track; ``None`` if nothing came in that time.

        Raises:
            SourceError: It broke off, or has no such track.
        """
        with self._change:
            queue = self._queues[track]
            self._change.wait_for(lambda: not queue.is_empty or queue.failure is not None, seconds)
            if queue.failure is not None:
                raise queue.failure
            item = queue.take()
            if item is None:
                self._give_up_if_dead()
            self._change.notify_all()
        if isinstance(item, SourceError):
            raise item
        return item

    def _give_up_if_dead(self) -> None:
        """End a connection through which nothing comes any more, by the pace that it had."""
        silent = self._pulse.dead_for(self._clock.boot_ns())
        if silent is not None and not self._over:
            self._over = True
            seconds = f"{silent / NS_PER_S:.0f} s"
            sentence = f"{self._source} has sent nothing for {seconds}: check it and its network."
            for queue in self._queues.values():
                queue.put(SourceError(sentence))

    def _wanted(self) -> bool:
        return any(queue.taken_from for queue in self._queues.values())

    def _run(self) -> None:
        """Read until the end, and let nobody wait for what will not come."""
        try:
            self._read_passes()
        except (SourceError, av.FFmpegError, OSError, ValueError, MemoryError) as error:
            self._fail(error)
        finally:
            with self._change:
                self._over = True
                self._change.notify_all()

    def _fail(self, error: Exception) -> None:
        """Say behind the last packets what broke."""
        with self._change:
            for track, queue in self._queues.items():
                queue.put(self._sentence(track, error))
            self._change.notify_all()

    def _sentence(self, track: Track, error: Exception) -> SourceError:
        if isinstance(error, SourceError):
            return error
        if not self._opened:
            return cannot_open(self._source, track, error)
        what = "The sound" if track is Track.AUDIO else "The picture"
        return SourceError(f"{what} of {self._source} broke off: {why(error)}.")

    def _read_passes(self) -> None:
        while not self._over:
            source = open_source(self._source, self._transport)
            try:
                if not self._begin(source):
                    return
                self._read_all(source)
            finally:
                source.container.close()
            if self.over or not self._next_pass(source):
                return

    def _begin(self, source: OpenSource) -> bool:
        """Say what a pass is decoded with; whether there is anything in it that somebody wants."""
        self._pictures, self._first = 0, []
        with self._change:
            for track, queue in self._queues.items():
                if track in source.tracks:
                    queue.put(NewPass(source.tracks[track]))
                elif queue.failure is None:
                    queue.failure = has_none(self._source, track)
            if not self._opened and not source.live:
                now = self._clock.boot_ns()
                self._due_times.join(self._start.at(now), now)
            self._opened = True
            self._due_times.begin_pass()
            self._change.notify_all()
        return any(queue.failure is None for queue in self._queues.values())

    def _read_all(self, source: OpenSource) -> None:
        tracks = {track.index: track for track in source.tracks.values()}
        for packet in source.container.demux(*(source.container.streams[index] for index in tracks)):
            if self._over:
                return
            if packet.size:  # the last ones are empty: they are PyAV's own way to say that it is over
                self._take(source, tracks[packet.stream_index], packet)
                self._make_room(source)

    def _take(self, source: OpenSource, track: OpenTrack, packet: Packet[Any]) -> None:
        """Put a packet on the boot clock and into its queue."""
        now = self._clock.boot_ns()
        if source.live:
            self._pulse.came(now)
        begin, shift = self._due_times.place(source, track, packet, now, held=self._held)
        self._held = False
        pieces = [DuePacket(packet, begin, shift)]
        if track.track is Track.VIDEO:
            self._pictures += 1
            pieces = self._more_than_one(pieces) if source.still or not source.live else pieces
        with self._change:
            for piece in pieces:
                self._queues[track.track].put(piece)
            self._change.notify_all()

    def _more_than_one(self, pieces: list[DuePacket]) -> list[DuePacket]:
        """Hold the first picture back until there is another: one alone is no video and is not shown."""
        if self._pictures == 1:
            self._first = pieces
            return []
        pieces, self._first = [*self._first, *pieces], []
        return pieces

    def _make_room(self, source: OpenSource) -> None:
        """Wait until somebody needs more."""
        enough = ENOUGH_LIVE_NS if source.live else ENOUGH_NS
        queues = [self._queues[track] for track in source.tracks]
        with self._change:
            while not self._over and self._is_enough([queue for queue in queues if queue.taken_from], enough):
                self._held = True
                self._pulse.held()
                self._change.wait(_LOOK_AGAIN_S)

    def _is_enough(self, queues: list[TrackQueue], enough_ns: int) -> bool:
        now = self._clock.boot_ns()
        if any(queue.is_full(now) for queue in queues):
            return True
        return all(queue.has_enough(enough_ns) for queue in queues)

    def _next_pass(self, source: OpenSource) -> bool:
        """At the end of the source: whether it begins again."""
        self._refuse_stills()
        if source.live:
            self._fail(SourceError(f"{self._source} ended: check that it is on and reachable."))
            return False
        if not self._due_times.end_pass(source, self._clock.boot_ns()) or not self._loop:
            self._end()
            return False
        self._learnt(self._due_times.period_ns or 0)
        return True

    def _refuse_stills(self) -> None:
        """A video of one picture is none: its reader is told so at once, whatever becomes of its sound."""
        if self._pictures == 1 and self._queues[Track.VIDEO].failure is None:
            with self._change:
                self._queues[Track.VIDEO].failure = SourceError(
                    f"{self._source} is a single picture, not a video: give a video, a stream or a camera."
                )
                self._change.notify_all()

    def _end(self) -> None:
        """Say behind the last packets that it is over."""
        with self._change:
            for queue in self._queues.values():
                queue.put(SourceEnd.END)
            self._change.notify_all()
