"""The picture side of the chunker: where chunks are cut, and where pictures are missing. Pure.

Rules:

- A key picture is a cut. Inside a span without pictures, a cut falls every ``GOP_NS``.
- A picture is shown until the next one; when that would be longer than a second, or nobody knows for two, the
  rest is a hole. A hole lasts until the next picture. Before the first one none is shown: that is a hole,
  however short.
- A picture that cannot be decoded, because the key picture before it did not make it, is left out and stated;
  so is one that is not after the one before it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from device.encode.packets import GOP_NS
from device.gaps import condense
from protocol.footage.format.limits import MAX_CHUNK_NS
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from device.encode.packets import EncodedPacket, Lost

PATIENCE_NS: Final = NS_PER_S
"""How late a picture may come through camera and encoder before its absence is stated."""


@dataclass(slots=True)
class _Hole:
    start: int
    end: int
    cause: GapCause


class PictureTrack:
    """Pictures of chunks that are not complete yet.

    Args:
        start_ns: Where the first chunk begins.
        frame_ns: How long a picture is shown when nothing follows it.

    Attributes:
        cuts: Ends of chunks whose pictures are complete, oldest first; whoever takes one removes it.
        late: Pictures that came after their chunk was complete or after a later one, or need one that did.
    """

    def __init__(self, start_ns: int, frame_ns: int) -> None:
        self.cuts: deque[int] = deque()
        self.late = 0
        self._start = start_ns
        self._frame_ns = frame_ns
        self._longest = max(NS_PER_S, min(frame_ns * 3 // 2, MAX_CHUNK_NS - NS_PER_S // 10))
        self._pictures: deque[EncodedPacket] = deque()
        self._holes: deque[_Hole] = deque()
        self._lost: deque[_Hole] = deque()
        self._open: _Hole | None = None
        self._known = start_ns
        self._latest = start_ns - 1
        self._before_any: GapCause | None = GapCause.STALLED
        self._broken = True

    @property
    def floor(self) -> int:
        """Where the chunk that is being filled begins."""
        return self.cuts[-1] if self.cuts else self._start

    @property
    def end(self) -> int:
        """How far pictures, or their absence, are known."""
        return self._open.end if self._open else self._known

    def push(self, packet: EncodedPacket) -> None:
        """Take the next picture."""
        if packet.pts_ns < self.floor or packet.pts_ns <= self._latest:
            self.late += 1
            self._broken = True
            return
        if self._open is not None:
            self._extend(packet.pts_ns)
        elif self._before_any is not None:
            self.absent(packet.pts_ns, self._before_any)
        elif packet.pts_ns - self._known > self._longest - self._frame_ns:
            self.absent(packet.pts_ns, GapCause.STALLED)
        if not packet.keyframe and self._lacks_key(packet):
            self.late += 1
            self._broken = True
            self.absent(packet.end_ns, GapCause.ENCODER)
            return
        if packet.pts_ns - self.floor > MAX_CHUNK_NS:
            self.absent(packet.pts_ns, GapCause.ENCODER)  # the key picture that was due did not come
        self._end_hole(packet.pts_ns)
        if packet.keyframe and packet.pts_ns > self.floor:
            self.cuts.append(packet.pts_ns)
        self._broken, self._before_any = False, None
        self._pictures.append(packet)
        self._latest = packet.pts_ns
        self._known = packet.pts_ns + self._frame_ns

    def lost(self, lost: Lost) -> None:
        """Take the statement that pictures are missing between two others."""
        self._lost.append(_Hole(lost.start_ns, lost.until_ns, lost.cause))

    def absent(self, until_ns: int, cause: GapCause) -> None:
        """Take it that there is no picture until then, and maybe longer."""
        if self._open is None:
            if until_ns <= self._known:  # the last picture is still being shown, or none has been yet
                self._before_any = None if self._before_any is None else cause
                return
            self._open = _Hole(self._known, self._known, cause)
            self._holes.append(self._open)
        self._open.cause = cause
        self._extend(until_ns)

    def advance(self, now_ns: int) -> None:
        """Say what time it is: silence becomes absence."""
        known_by = now_ns - PATIENCE_NS
        if self._open is not None:
            self._extend(known_by)
        elif known_by - self._known > self._longest:
            self.absent(known_by, GapCause.STALLED)

    def cut(self, now_ns: int) -> None:
        """End the chunk here, where there are no pictures anyway."""
        if self._open is not None and now_ns > self.floor:
            self._extend(now_ns)
            self.cuts.append(now_ns)

    def finish(self, sound_end_ns: int) -> None:
        """Cut at the end of all pictures and sounds."""
        if sound_end_ns - self.end > PATIENCE_NS:
            self.absent(sound_end_ns, GapCause.STALLED)
        last_picture = self._known - self._frame_ns
        end = sound_end_ns if sound_end_ns > last_picture else self.end
        if self._open is not None:
            self._extend(end)
        elif not self._pictures:
            self.absent(end, GapCause.STALLED)  # sound alone began this chunk
        if end > self.floor:
            self.cuts.append(end)

    def take(self, end_ns: int) -> tuple[list[EncodedPacket], list[Gap]]:
        """Give out the pictures and the gaps of the chunk that ends there."""
        start, self._start = self._start, end_ns
        pictures = []
        while self._pictures and self._pictures[0].pts_ns < end_ns:
            pictures.append(self._pictures.popleft())
        gaps = [gap for holes in (self._holes, self._lost) for gap in self._gaps(holes, start, end_ns)]
        if pictures:
            pictures[-1] = self._last_until(pictures[-1], end_ns, gaps)
        return pictures, condense(gaps)

    def _lacks_key(self, packet: EncodedPacket) -> bool:
        """Whether a picture that is not a key picture cannot be decoded in the chunk that is being filled."""
        cut_in_hole = self._open is not None and self.floor > self._open.start
        too_long = packet.end_ns - self.floor > MAX_CHUNK_NS
        return self._broken or cut_in_hole or too_long

    def _end_hole(self, pts_ns: int) -> None:
        """A picture ends the hole before it, maybe earlier than thought."""
        if self._open is None:
            return
        self._open.end = pts_ns
        if self._open.start >= pts_ns:
            self._holes.remove(self._open)
        self._open = None

    def _extend(self, until_ns: int) -> None:
        if self._open is not None and until_ns > self._open.end:
            self._open.end = until_ns
            self._split(until_ns)

    def _split(self, until_ns: int) -> None:
        """Cut the open hole every second, and where the pictures before it end if they last longer."""
        if self._open is None:
            return
        while (at := max(self.floor + GOP_NS, self._open.start)) < until_ns:
            self.cuts.append(at)

    def _gaps(self, holes: deque[_Hole], start: int, end: int) -> list[Gap]:
        """What of the holes lies in a span; holes that are over by its end are forgotten."""
        gaps = []
        for hole in list(holes):
            begin, stop = max(hole.start, start), min(hole.end, end)
            if begin < stop:
                gaps.append(Gap(Track.VIDEO, begin, stop - begin, hole.cause))
            if hole.end <= end and hole is not self._open:
                holes.remove(hole)
        return gaps

    def _last_until(self, picture: EncodedPacket, end_ns: int, gaps: list[Gap]) -> EncodedPacket:
        """The last picture is shown until the chunk or, before that, the pictures end."""
        absent = [
            gap.start_ns
            for gap in gaps
            if gap.start_ns > picture.pts_ns and gap.cause is not GapCause.OVERFLOW
        ]
        return replace(picture, duration_ns=min([end_ns, *absent]) - picture.pts_ns)
