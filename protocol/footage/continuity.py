"""Which stretches of time a recording lacks, and which of them the camera explained.

Rules:

- Consecutive chunks may miss each other by ``CONTINUITY_TOLERANCE_NS`` either way. A longer hole must be
  covered, up to that tolerance, by gaps that the chunk before or after it states; else it is an unexplained
  gap.
- A track that occurs anywhere in the recording must be in every chunk, or the chunk states a gap of that
  track that covers it.
- What the camera states is reported as it is stated; neighbours with one track and cause are one gap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from protocol.footage.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.model import ChunkHeader, Gap, Track
from protocol.footage.report import GapResult


@dataclass(slots=True)
class _Lack:
    """A chunk without a track, which matters only if the track occurs elsewhere."""

    track: Track
    start_ns: int
    duration_ns: int


class Continuity:
    """Collects the headers of a recording's chunks in order, and says what is lacking."""

    def __init__(self) -> None:
        """Begin before the first chunk."""
        self._last: ChunkHeader | None = None
        self._stated: list[GapResult] = []
        self._holes: list[GapResult] = []
        self._lacking: list[_Lack] = []
        self.tracks: set[Track] = set()

    def add(self, header: ChunkHeader, *, follows: bool = True) -> None:
        """Take the next chunk.

        Args:
            header: Its header.
            follows: False when chunks before it are missing or unreadable: the hole is then not the camera's.
        """
        if self._last is not None and follows:
            self._compare(self._last, header)
        for gap in header.gaps:
            stated = GapResult(gap.track, gap.start_ns, gap.duration_ns, gap.cause, stated_in=header.seq)
            _extend(self._stated, stated)
        self.tracks |= {part.track for part in header.parts}
        for track in Track:
            if header.part(track) is None and not _covered(
                header.start_ns, header.end_ns, header.gaps, {track}
            ):
                self._lacking.append(_Lack(track, header.start_ns, header.duration_ns))
        self._last = header

    def gaps(self) -> tuple[GapResult, ...]:
        """Return everything that is lacking, in order of time."""
        silent: list[GapResult] = []
        for lack in self._lacking:
            if lack.track in self.tracks:
                _extend(silent, GapResult(lack.track, lack.start_ns, lack.duration_ns, None))
        return tuple(
            sorted([*self._stated, *self._holes, *silent], key=lambda gap: (gap.start_ns, gap.track))
        )

    def _compare(self, before: ChunkHeader, after: ChunkHeader) -> None:
        difference = after.start_ns - before.end_ns
        if difference > CONTINUITY_TOLERANCE_NS:
            gaps = (*before.gaps, *after.gaps)
            if not _covered(before.end_ns, after.start_ns, gaps, set(Track)):
                self._holes.append(GapResult(Track.VIDEO, before.end_ns, difference, None))
        elif difference < -CONTINUITY_TOLERANCE_NS:
            self._holes.append(GapResult(Track.VIDEO, after.start_ns, -difference, None, overlap=True))


def _covered(start_ns: int, end_ns: int, gaps: Iterable[Gap], tracks: set[Track]) -> bool:
    """Tell whether stated gaps cover a stretch but for the tolerance."""
    open_ns, at_ns = 0, start_ns
    for gap in sorted((gap for gap in gaps if gap.track in tracks), key=lambda gap: gap.start_ns):
        open_ns += max(0, min(gap.start_ns, end_ns) - at_ns)
        at_ns = max(at_ns, gap.start_ns + gap.duration_ns)
    return open_ns + max(0, end_ns - at_ns) <= CONTINUITY_TOLERANCE_NS


def _extend(gaps: list[GapResult], gap: GapResult) -> None:
    """Add a gap, joined to the last one of its track when they touch and have one cause."""
    at = _last_of(gaps, gap.track)
    if at is not None:
        last = gaps[at]
        end_ns = last.start_ns + last.duration_ns
        if last.cause is gap.cause and last.start_ns <= gap.start_ns <= end_ns + CONTINUITY_TOLERANCE_NS:
            end_ns = max(end_ns, gap.start_ns + gap.duration_ns)
            gaps[at] = replace(last, duration_ns=end_ns - last.start_ns)
            return
    gaps.append(gap)


def _last_of(gaps: Sequence[GapResult], track: Track) -> int | None:
    return next((at for at in range(len(gaps) - 1, -1, -1) if gaps[at].track is track), None)
