"""The sound side of the chunker: which packets a span holds, and what of it has no sound. Pure.

Rules:

- A packet belongs to the span in which it begins.
- What no packet covers is a gap: its cause is what was said about that time, else that the source stalled.
- A packet that comes after its span was given out is left out; the gap has been stated. So is one that lies
  where there is sound already: the muxer refuses stamps that go back, and the picture would go with it.
- Sound and picture need not end in the same instant: at the end of a capture, what the sound ends earlier by
  a few frames is no gap, unless its last span has no sound at all.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from device.encode.packets import AAC_FRAME, Absent, EncodedPacket, Lost, to_ns
from device.gaps import condense
from device.settings import AUDIO_RATE
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.units import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_PACKET_NS: Final = to_ns(AAC_FRAME, AUDIO_RATE) + 1
_LAST_FRAMES_NS: Final = 250 * NS_PER_MS


class SoundTrack:
    """Sound of chunks that are not complete yet.

    Args:
        start_ns: Where the first chunk begins. Sound from before it is no part of anything. The first packet
            may begin up to one packet later, without a gap.
        early: What was heard before that was known.

    Attributes:
        end: How far sound, or its absence, is known.
        late: Packets that came after their chunk was complete, or where there is sound already.
    """

    def __init__(self, start_ns: int, early: Iterable[EncodedPacket | Lost | Absent] = ()) -> None:
        self.end = start_ns
        self.late = 0
        self._origin = start_ns
        self._start = start_ns
        self._covered = start_ns
        self._heard = False
        self._taken = start_ns
        self._last: int | None = None
        self._packets: deque[EncodedPacket] = deque()
        self._notes: deque[Lost | Absent] = deque()
        for item in early:
            self.push(item)

    def push(self, item: EncodedPacket | Lost | Absent) -> None:
        """Take a packet, or what is known about missing sound."""
        if not isinstance(item, EncodedPacket):
            self._notes.append(item)
            self.end = max(self.end, item.until_ns)
        elif item.pts_ns < self._origin:
            return  # from before the first chunk
        elif item.pts_ns < max(self._start, self._taken):
            self.late += 1
        else:
            self._packets.append(item)
            self._taken = item.end_ns
            self.end = max(self.end, item.end_ns)

    def finish(self, end_ns: int) -> None:
        """Say that no more sound comes because the capture ends, and when its last chunk does."""
        self._last = end_ns

    def take(self, end_ns: int) -> tuple[list[EncodedPacket], list[Gap]]:
        """Give out the packets and the gaps of the chunk that ends there."""
        packets: list[EncodedPacket] = []
        gaps: list[Gap] = []
        while self._packets and self._packets[0].pts_ns < end_ns:
            packet = self._packets.popleft()
            self._cover(packet.pts_ns, gaps, heard=True)
            self._covered = max(self._covered, packet.end_ns)
            packets.append(packet)
        if not self._ends_with_the_picture(packets, end_ns):
            self._cover(end_ns, gaps, heard=False)
        self._start = end_ns
        while self._notes and self._notes[0].until_ns <= end_ns:
            self._notes.popleft()
        return packets, condense(gaps)

    def _ends_with_the_picture(self, packets: list[EncodedPacket], end_ns: int) -> bool:
        """Tell whether this is the capture's end, and the sound goes on almost until then."""
        if end_ns != self._last or self.end >= end_ns:
            return False
        return end_ns - self._covered <= (_LAST_FRAMES_NS if packets else CONTINUITY_TOLERANCE_NS)

    def _cover(self, until_ns: int, gaps: list[Gap], *, heard: bool) -> None:
        """State what is missing between what is covered and ``until_ns``."""
        begin, first = self._covered, heard and self._covered == self._origin
        self._heard = self._heard or heard
        if until_ns <= begin:
            return
        cause = self._cause(begin, until_ns)
        self._covered = until_ns
        if first and until_ns - begin < _FIRST_PACKET_NS:
            return
        gaps.append(Gap(Track.AUDIO, begin, until_ns - begin, cause))

    def _cause(self, begin: int, end: int) -> GapCause:
        for note in reversed(self._notes):
            if note.start_ns < end and note.until_ns > begin:
                return note.cause
        return GapCause.STALLED if self._heard else GapCause.JUST_BOOTED
