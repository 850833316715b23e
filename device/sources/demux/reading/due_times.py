"""Packets of one connection on the boot clock: their own stamps, spliced, and then due by the schedule.

It takes the clock's time as an argument and waits for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from device.sources.demux.reading.schedule import FileSchedule, LiveSchedule, pass_length
from device.sources.demux.reading.splice import BACK_NS, LONGEST_HOLE_NS, WAVERS_NS, Splice, Stamps
from device.sources.demux.standing_stamps import StandingStamps
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from av.packet import Packet

    from device.sources.demux.open_track import OpenTrack
    from device.sources.demux.reading.opening import OpenSource

_PICTURES: Final = 3


class DueTimes:
    """Says of each packet when it is due.

    Args:
        period_ns: The length of a pass of a file, where it is known.
    """

    def __init__(self, period_ns: int | None) -> None:
        self._file = FileSchedule(0, period_ns)
        self._live = LiveSchedule()
        self._splice = Splice()
        self._arrived: dict[Track, int] = {}
        self._stamps: dict[Track, StandingStamps] = {}
        self._ordered: set[Track] = set()
        self._end: int | None = None
        self._before_ns = 0

    @property
    def period_ns(self) -> int | None:
        """The length of a pass of a file, once one is over."""
        return self._file.period_ns

    @property
    def pass_begins_ns(self) -> int:
        """When the pass of a file begins that is read now or next."""
        return self._file.begin_ns

    def join(self, begin_ns: int, now_ns: int) -> None:
        """Say when a file began to play, and leave out the passes that are over by now."""
        self._file.begin_ns = begin_ns
        self._file.join(now_ns)

    def join_anew(self) -> None:
        """A live source was opened again: what its times say has nothing to do with those before."""
        self._live = LiveSchedule()

    def begin_pass(self) -> None:
        """The source begins, or begins again."""
        self._before_ns = 0
        self._begin_line()

    def next_link(self, source: OpenSource) -> None:
        """One of several files in a file is at its end: the next one follows it, on stamps of its own."""
        self._before_ns += max(self._length(source), 0)
        self._begin_line()

    def end_pass(self, source: OpenSource, now_ns: int) -> bool:
        """A file is at its end: whether there was anything in it that can be played again."""
        length = self._before_ns + max(self._length(source), 0)
        if length > 0:
            self._file.over(length, now_ns)
        return length > 0

    def _begin_line(self) -> None:
        self._splice, self._end = Splice(), None
        self._arrived.clear()
        self._stamps.clear()
        self._ordered.clear()

    def _length(self, source: OpenSource) -> int:
        return pass_length(source.duration_ns, (self._end or 0) - (source.start_ns or 0))

    def place(
        self, source: OpenSource, track: OpenTrack, packet: Packet[Any], now_ns: int, *, held: bool
    ) -> tuple[int, int]:
        """Take the next packet; one without stamps is given them.

        Args:
            source: Where it comes from.
            track: Whose it is.
            packet: As it was read.
            now_ns: When it was read.
            held: Whether it might have been read earlier.

        Returns:
            When it is due to be decoded, on the boot clock, and what to add to its own stamps for that clock.
        """
        length = round((packet.duration or 0) * track.tick_ns) or track.length_ns
        shown = None if source.says_when_decoded or packet.pts is None else round(packet.pts * track.tick_ns)
        stamps = self._kind(source, track.track, packet)
        own = self._own_time(source, track, packet, now_ns, length)
        longest = self._longest_hole(source, track, now_ns, held=held)
        if shown is not None and packet.pts is not None:
            shift = self._splice.place(track.track, shown, length, longest, stamps)
            own = own if 0 <= shown - own <= BACK_NS else shown  # what FFmpeg reckons goes astray at a jump
        else:
            shift = self._splice.place(track.track, own, length, longest, stamps)
        line = own + shift
        self._arrived[track.track] = now_ns
        self._end = line + length if self._end is None else max(self._end, line + length)
        if source.live:
            shift += self._live.arrived(line, now_ns, held=held)
        else:
            shift += self._file.begin_ns + self._before_ns - (source.start_ns or 0)
        return own + shift, shift

    def _kind(self, source: OpenSource, track: Track, packet: Packet[Any]) -> Stamps:
        """By how much a packet's stamp may lie before the last: of those for showing by more.

        Both tracks are treated alike: a jump that is seen in one of them alone would part them. Pictures that
        are further apart than what is no jump still go forwards where their sound jumps.
        """
        before, now = track in self._ordered, packet.dts is not None
        (self._ordered.add if now else self._ordered.discard)(track)
        quick = all(each.length_ns <= WAVERS_NS for each in source.tracks.values())
        if before and now and quick and source.stamps_each:
            return Stamps.ORDERED
        if not quick or source.says_when_decoded or source.corrected:
            return Stamps.LOOSE
        if track is Track.AUDIO:
            return Stamps.BESIDE
        return Stamps.KEY if packet.is_keyframe else Stamps.LOOSE

    def _own_time(
        self, source: OpenSource, track: OpenTrack, packet: Packet[Any], now_ns: int, length: int
    ) -> int:
        """A packet's own decoding time. One without a stamp gets that of its coming, or follows the last.

        So does one whose stamp stands. The stamps of a picture in a container that has none are FFmpeg's
        guess of 25 a second.
        """
        if source.stamped or track.track is Track.AUDIO:
            ticks = packet.dts if packet.dts is not None else packet.pts
            if ticks is not None:
                if not source.says_when_shown and track.track is Track.VIDEO:
                    packet.pts, packet.dts = None, ticks  # what is there is FFmpeg's guess
                stamps = self._stamps.setdefault(track.track, StandingStamps())
                stated = round(ticks * track.tick_ns)
                follows = stamps.follows(stated, track.frame_ns or length)
                if follows is None:
                    return stated
                own = now_ns if source.live else follows
                packet.pts, packet.dts = None, round(own / track.tick_ns)
                return own
        own = now_ns if source.live else (self._end or source.start_ns or 0)
        packet.pts, packet.dts = None, round(own / track.tick_ns)  # when it is decoded; it may be shown later
        return own

    def _longest_hole(self, source: OpenSource, track: OpenTrack, now_ns: int, *, held: bool) -> int:
        """How much may be missing of all tracks before it is a jump: of a live one, what passed meanwhile."""
        since = self._arrived.get(track.track)
        if not source.live or held or since is None:
            return max(LONGEST_HOLE_NS, _PICTURES * track.length_ns)
        return now_ns - since + NS_PER_S
