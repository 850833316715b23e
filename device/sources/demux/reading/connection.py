"""One connection to a file or stream, for its picture and its sound: a thread that reads packets.

    source ─ demux ─ splice ─ schedule ─┬─ queue ─ decode (the picture's reader)
                                        └─ queue ─ decode (the sound's reader)

Rules:

- It opens, reads and closes on a thread of its own. Nobody who takes from it waits longer than he wants to.
- A file is opened anew for each pass: also one that cannot be searched begins again, both tracks together.
- A connection that broke is over: who goes on makes another. A stream that only changed is opened anew.
- One that hangs is given up by those who take from it, whatever call its thread hangs in: while it opens,
  after the patience that it was given; later, by the pace that it had. The thread is left behind, and a call
  to the network ends by itself within ``source_memory.PATIENCE_S``.
- It ends when nobody takes from it any more.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

import av

from device.settings import StreamAccess
from device.sources.base import SourceError
from device.sources.demux.reading import troubles
from device.sources.demux.reading.address import is_stream
from device.sources.demux.reading.due_times import DueTimes
from device.sources.demux.reading.handover import Handover
from device.sources.demux.reading.opening import OpenSource, links_of, open_source, packets
from device.sources.demux.reading.pulse import Pulse
from device.sources.demux.reading.track_queue import ENOUGH_LIVE_NS, ENOUGH_NS, DuePacket, Item, SourceEnd
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.packet import Packet

    from device.clock import Clock
    from device.sources.demux.open_track import OpenTrack
    from device.sources.demux.reading.source_memory import SourceMemory
    from device.sources.pace import Start

_SOON_NS: Final = 2 * NS_PER_S
_GRACE_S: Final = 1.0
"""So much longer than its patience may opening take: FFmpeg's own word on what is wrong says more."""


class Connection:
    """Reads a source until nobody takes from it.

    Args:
        source: A path or an address.
        clock: Says when packets come, and paces nothing.
        start: When files begin to play; set by the first that is open.
        memory: What is known of the source, and learns more.
        loop: Whether a file begins again at its end.
        access: How a stream is reached.
        monotonic: Seconds that go forward; times how long opening takes.
    """

    def __init__(
        self,
        source: str,
        clock: Clock,
        *,
        start: Start,
        memory: SourceMemory,
        loop: bool = True,
        access: StreamAccess | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._clock = clock
        self._loop = loop
        self._access = access or StreamAccess()
        self._start = start
        self._memory = memory
        self._monotonic = monotonic
        self._patience_s = memory.patience_s
        self._began_s: float | None = None
        self._due_times = DueTimes(memory.period_ns)
        self._handover = Handover()
        self._held = False
        self._front_ns = 0
        self._pictures = 0
        self._given: set[Track] = set()
        self._first: list[DuePacket] = []
        self._pulse = Pulse()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    @property
    def hangs(self) -> bool:
        """Whether its thread still runs though nothing more will come of it."""
        return self._handover.over and self._thread is not None and self._thread.is_alive()

    @property
    def is_behind(self) -> bool:
        """Whether it has read no further than to what is due now."""
        return not self._handover.over and self._front_ns <= self._clock.boot_ns()

    def takes(self, track: Track) -> bool:
        """Whether somebody who comes for a track should join it, instead of making another."""
        return self._handover.takes(track)

    def attach(self, track: Track) -> None:
        """Begin to take a track; the first who does makes it begin."""
        self._handover.attach(track)
        with self._starting:
            if self._thread is None:
                self._began_s = self._monotonic()
                self._memory.tried()
                self._thread = threading.Thread(target=self._run, name="capture-demux", daemon=True)
                self._thread.start()

    def detach(self, track: Track) -> None:
        """Take no more of it."""
        self._handover.detach(track)

    def wait_open(self, track: Track, seconds: float) -> None:
        """Wait until it is open, but not longer than that.

        Raises:
            SourceError: It does not open, or lacks the track.
        """
        self._handover.wait_open(track, seconds)

    def take(self, track: Track, seconds: float) -> Item | None:
        """What is next of a track; ``None`` if nothing came in that time.

        Raises:
            SourceError: It broke off, hangs, or has no such track.
        """
        item = self._handover.take(track, seconds)
        if item is None:
            self._give_up_if_dead()
        return item

    def _give_up_if_dead(self) -> None:
        """End a connection that does not open, or through which nothing comes any more."""
        if not self._handover.opened:
            took = self._monotonic() - (self._began_s if self._began_s is not None else self._monotonic())
            if took > self._patience_s + _GRACE_S:
                self._handover.give_up(troubles.unanswered(self._source, took))
            return
        silent = self._pulse.dead_for(self._clock.boot_ns())
        if silent is not None:
            self._handover.give_up(troubles.fell_silent(self._source, silent / NS_PER_S))

    def _run(self) -> None:
        """Read until the end, and let nobody wait for what will not come."""
        try:
            self._read_passes()
        except (SourceError, av.FFmpegError, OSError, ValueError, MemoryError) as error:
            failure = error
            self._handover.say(lambda track: self._sentence(track, failure))
        finally:
            self._handover.end()

    def _sentence(self, track: Track, error: Exception) -> SourceError:
        if isinstance(error, SourceError):
            return error
        say = troubles.broke_off if self._handover.opened else troubles.cannot_open
        return say(self._source, track, error)

    def _read_passes(self) -> None:
        while not self._handover.over:
            began = self._clock.boot_ns()
            try:
                source = self._read_links()
            except troubles.CHANGED:
                if self._clock.boot_ns() - began < _SOON_NS or not self._given or not is_stream(self._source):
                    raise
                self._due_times.join_anew()
            else:
                if source is None or not self._next_pass(source):
                    return

    def _read_links(self) -> OpenSource | None:
        """Read a pass: all files that there are in the source, each opened by itself; the last one.

        What cannot be opened behind the first is none: recorders leave something behind their last file.
        """
        self._pictures = 0
        self._given.clear()
        read: OpenSource | None = None
        for link in links_of(self._source) or (None,):
            try:
                source = open_source(self._source, self._access, self._patience_s, link)
            except (av.FFmpegError, OSError, ValueError):
                if read is None:
                    raise
                break
            self._memory.answered()
            try:
                if not self._begin(source, read):
                    return None
                self._read_all(source)
            finally:
                source.close()
            read = source
        return read

    def _begin(self, source: OpenSource, before: OpenSource | None) -> bool:
        """Say what comes now is decoded with; whether there is anything in it that somebody wants."""
        self._first = []
        now = self._clock.boot_ns()
        if not self._handover.opened and not source.live:
            self._due_times.join(self._start.at(now), now)
        if before is None:
            self._due_times.begin_pass()
        else:
            self._due_times.next_link(before)
        self._pulse.reading(now)
        for track, refused in source.refused.items():
            self._handover.refuse(track, refused)
        lacking = (lambda track: troubles.has_none(self._source, track)) if before is None else None
        gives = self._handover.begin(source.tracks, lacking)
        if not source.live:
            self._handover.wait_until(self._is_near, self._hold)
        return gives

    def _read_all(self, source: OpenSource) -> None:
        tracks = {track.index: track for track in source.tracks.values()}
        for packet in packets(source):
            if self._handover.over:
                return
            if packet is not None:
                self._take(source, tracks[packet.stream_index], packet)
                self._make_room(source)

    def _take(self, source: OpenSource, track: OpenTrack, packet: Packet[Any]) -> None:
        """Put a packet on the boot clock and into its queue."""
        now = self._clock.boot_ns()
        begin, shift = self._due_times.place(source, track, packet, now, held=self._held)
        self._pulse.came(now, begin)
        self._front_ns = max(self._front_ns, begin)
        self._held = False
        self._given.add(track.track)
        pieces = [DuePacket(packet, begin, shift)]
        if track.track is Track.VIDEO:
            self._pictures += 1
            pieces = self._more_than_one(pieces) if source.still or not source.live else pieces
        self._handover.put(track.track, pieces)

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
        self._handover.wait_for_room(source.tracks, enough, self._clock.boot_ns, self._hold)
        self._pulse.reading(self._clock.boot_ns())

    def _hold(self) -> None:
        self._held = True
        self._pulse.held()

    def _next_pass(self, source: OpenSource) -> bool:
        """At the end of the source: whether it begins again."""
        if self._handover.over:
            return False
        if source.live:
            self._refuse_stills()
            ended = SourceError(f"{self._source} ended: check that it is on and reachable.")
            self._handover.say(lambda _: ended)
            return False
        if not self._refuse_empty(source):
            return False
        if not self._due_times.end_pass(source, self._clock.boot_ns()) or not self._loop:
            self._handover.say(lambda _: SourceEnd.END)
            return False
        self._memory.period_ns = self._due_times.period_ns
        self._front_ns = max(self._front_ns, self._due_times.pass_begins_ns)  # nothing comes before that
        return True

    def _is_near(self) -> bool:  # else passes of which nothing fills the queues follow one another
        return self._due_times.pass_begins_ns <= self._clock.boot_ns() + ENOUGH_NS

    def _refuse_empty(self, source: OpenSource) -> bool:
        """Say of a track that a whole pass had nothing of that there is none; whether there is another."""
        self._refuse_stills()
        left = True
        for track in source.tracks.keys() - self._given:
            left = self._handover.refuse(track, troubles.has_none(self._source, track))
        return left

    def _refuse_stills(self) -> None:
        """A video of one picture is none: its reader is told so at once, whatever becomes of its sound."""
        if self._pictures == 1:
            self._handover.refuse(Track.VIDEO, troubles.is_still(self._source))
