"""Which spans of time a recording lacks, and which of them the camera explained.

Rules (``docs/footage-format.md``, section 9, step 5):

- A span is covered for a track by gaps of that very track, but for ``CONTINUITY_TOLERANCE_NS``. The ledger
  may state them for any span, a chunk's header for what lies in the chunk or at its edges.
- What is not covered is an unexplained gap, of each track of the recording for itself. Its tracks are those
  that occur in any chunk, the picture where none does.
- Consecutive chunks may miss each other by that tolerance either way. A longer hole must be covered.
- A press before the first chunk: the span between them must be covered, or the ledger's open says why there
  was no pre-record.
- A track of the recording must be in every chunk, or the chunk's whole length is covered.
- A recording that was closed must reach its close, or what is missing until then is covered.
- What the camera states is reported as it is stated; gaps of one track and cause that touch are one gap.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import ChunkHeader, Gap, GapCause, Track
from protocol.footage.verifying.results.gap_result import GapResult

if TYPE_CHECKING:
    from collections.abc import Iterable

_WITHOUT_TRACKS: Final = frozenset({Track.VIDEO})
"""What a recording in which no track occurs is taken to lack."""


class Continuity:
    """Collects the headers of a recording's chunks in order, and says what is lacking."""

    def __init__(self, stated: Iterable[Gap] = ()) -> None:
        """Begin before the first chunk.

        Args:
            stated: The gaps that the ledger states, in any order.
        """
        self._first: ChunkHeader | None = None
        self._last: ChunkHeader | None = None
        self._found: dict[tuple[Track, GapCause | None], list[GapResult]] = {}
        self._overlaps: list[GapResult] = []
        self.tracks: set[Track] = set()
        in_ledger = tuple(stated)
        self._cover = {track: _Cover(gap for gap in in_ledger if gap.track is track) for track in Track}
        for gap in in_ledger:
            self._note(_result(gap))

    def add(self, header: ChunkHeader, *, follows: bool = True) -> None:
        """Take the next chunk.

        Args:
            header: Its header.
            follows: False when chunks before it are missing or unreadable: the hole is then not the camera's.
        """
        if self._last is not None and follows:
            self._compare(self._last, header)
        for gap in header.gaps:
            self._note(_result(gap, stated_in=header.seq))
        self.tracks |= {part.track for part in header.parts}
        for track in Track:
            if header.part(track) is None:
                self._demand(track, header.start_ns, header.end_ns, header.gaps)
        self._first = self._first or header
        self._last = header

    def begin(self, press_ns: int, *, explained: bool) -> None:
        """Take the press, which may have come before the first chunk.

        Args:
            press_ns: The press.
            explained: Whether the ledger says why there was nothing before it.
        """
        first = self._first
        if first is not None and not explained:
            self._hole(press_ns, first.start_ns, first.gaps)

    def end(self, at_ns: int, *, press_ns: int) -> None:
        """Take the end of a recording that has to reach its close.

        Args:
            at_ns: When it was closed.
            press_ns: The press. Without any chunk nothing was recorded from there on.
        """
        last = self._last
        if last is None:
            self._hole(press_ns, at_ns, ())
        else:
            self._hole(last.end_ns, at_ns, last.gaps)

    def gaps(self) -> tuple[GapResult, ...]:
        """Return everything that is lacking, in order of time."""
        tracks = self.tracks or _WITHOUT_TRACKS
        everything = list(self._overlaps)
        for (track, cause), gaps in self._found.items():
            if cause is not None or track in tracks:
                everything += _joined(gaps)
        return tuple(sorted(everything, key=lambda gap: (gap.start_ns, gap.track)))

    def _compare(self, before: ChunkHeader, after: ChunkHeader) -> None:
        self._hole(before.end_ns, after.start_ns, (*before.gaps, *after.gaps))
        overlap_ns = before.end_ns - after.start_ns
        if overlap_ns > CONTINUITY_TOLERANCE_NS:
            self._overlaps.append(GapResult(Track.VIDEO, after.start_ns, overlap_ns, None, overlap=True))

    def _hole(self, start_ns: int, end_ns: int, gaps: tuple[Gap, ...]) -> None:
        """Demand that a span without any chunk, if it is one, is covered for every track."""
        for track in Track:
            self._demand(track, start_ns, end_ns, gaps)

    def _demand(self, track: Track, start_ns: int, end_ns: int, gaps: Iterable[Gap]) -> None:
        """Note a span that is not covered; it counts if the track turns out to be one of the recording."""
        if end_ns - start_ns <= CONTINUITY_TOLERANCE_NS:
            return
        own = (gap for gap in gaps if gap.track is track)
        if _open_ns(start_ns, end_ns, own, self._cover[track]) > CONTINUITY_TOLERANCE_NS:
            self._note(GapResult(track, start_ns, end_ns - start_ns, None))

    def _note(self, gap: GapResult) -> None:
        _extend(self._found.setdefault((gap.track, gap.cause), []), gap)


class _Cover:
    """What the ledger states as missing of one track.

    There may be a million gaps in a ledger and nearly as many spans to be covered, so a span is
    answered in logarithmic time.
    """

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for gap in sorted(gaps, key=lambda gap: gap.start_ns):
            if self._ends and gap.start_ns <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], gap.end_ns)
            else:
                self._starts.append(gap.start_ns)
                self._ends.append(gap.end_ns)
        lengths = (end - start for start, end in zip(self._starts, self._ends, strict=True))
        self._sums = [0, *accumulate(lengths)]

    def open_ns(self, start_ns: int, end_ns: int) -> int:
        """How much of a span is not stated; a span that ends before it begins is empty."""
        return end_ns - start_ns - self._until(end_ns) + self._until(start_ns) if end_ns > start_ns else 0

    def _until(self, at_ns: int) -> int:
        """How much is stated of the time before a moment."""
        begun = bisect_left(self._starts, at_ns)
        return self._sums[begun] - max(0, self._ends[begun - 1] - at_ns) if begun else 0


def _open_ns(start_ns: int, end_ns: int, gaps: Iterable[Gap], cover: _Cover) -> int:
    """How much of a span neither these gaps nor the ledger's cover."""
    open_ns, at_ns = 0, start_ns
    for gap in sorted(gaps, key=lambda gap: gap.start_ns):
        open_ns += cover.open_ns(at_ns, min(gap.start_ns, end_ns))
        at_ns = max(at_ns, gap.end_ns)
    return open_ns + cover.open_ns(at_ns, end_ns)


def _result(gap: Gap, *, stated_in: int | None = None) -> GapResult:
    return GapResult(gap.track, gap.start_ns, gap.duration_ns, gap.cause, stated_in=stated_in)


def _joined(gaps: Iterable[GapResult]) -> list[GapResult]:
    """Join gaps of one track and cause, in whatever order they were stated."""
    joined: list[GapResult] = []
    for gap in sorted(gaps, key=lambda gap: (gap.start_ns, gap.stated_in is None)):
        _extend(joined, gap)
    return joined


def _extend(gaps: list[GapResult], gap: GapResult) -> None:
    """Add a gap to others of its track and cause, joined to the last one where they touch."""
    if gaps and gaps[-1].start_ns <= gap.start_ns <= gaps[-1].end_ns + CONTINUITY_TOLERANCE_NS:
        last = gaps[-1]
        gaps[-1] = replace(last, duration_ns=max(last.end_ns, gap.end_ns) - last.start_ns)
    else:
        gaps.append(gap)
