"""Where a track of a timeline is missing, and why, as far as the camera said. Pure.

What has not arrived is missing here, whatever the camera says of what it lost; that is told first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from fleet.footage.timeline.arrived import NOT_ARRIVED
from fleet.footage.timeline.events import TimelineGap, seconds
from fleet.footage.timeline.timeline import Span, Timeline
from protocol.footage.format.model import Gap, Track

UNEXPLAINED = "unexplained"


def gaps_of(timeline: Timeline, stated: Sequence[Gap] = ()) -> tuple[TimelineGap, ...]:
    """Return where each track is missing; holes that touch are one, with the cause of its beginning.

    A chunk may hold a part of a track and say that some of it is missing: that is a hole as well. What has
    not arrived is one of its own.

    Args:
        timeline: the recording, laid out.
        stated: gaps that its ledger states besides those of its chunks.
    """
    signed = (*(gap for chunk in timeline.chunks.values() for gap in chunk.gaps), *stated)
    return tuple(gap for track in timeline.tracks for gap in _gaps_of_track(timeline, track, signed))


def _gaps_of_track(timeline: Timeline, track: Track, signed: Sequence[Gap]) -> list[TimelineGap]:
    causes = _Causes(gap for gap in signed if gap.track is track)
    gaps: list[TimelineGap] = []
    for run in _joined(_holes(timeline, track, causes)):
        first = run[0]
        cause = NOT_ARRIVED if first.away else causes.of(first.at_ns, first.at_ns + first.length_ns)
        length_s = seconds(sum(hole.length_ns for hole in run))
        gaps.append(TimelineGap(str(track), seconds(first.start_ns), length_s, cause))
    return gaps


@dataclass(frozen=True, slots=True)
class _Hole:
    """A piece of a gap, within one span.

    Attributes:
        start_ns: where it begins in what is shown.
        at_ns: where on the boot clock.
        length_ns: how long it is.
        away: whether it has not arrived.
    """

    start_ns: int
    at_ns: int
    length_ns: int
    away: bool = False


def _holes(timeline: Timeline, track: Track, causes: _Causes) -> Iterator[_Hole]:
    """Go through all that a track lacks, span by span."""
    away = _Away(timeline)
    for span in timeline.tracks[track]:
        at_ns = timeline.first_ns + span.start_ns + span.cut_ns
        if span.part is None:
            yield _Hole(span.start_ns, at_ns, span.duration_ns, away.has(span))
            continue
        for start_ns, end_ns in causes.within(at_ns, at_ns + span.duration_ns):
            yield _Hole(span.start_ns + start_ns - at_ns, start_ns, end_ns - start_ns)


def _joined(holes: Iterable[_Hole]) -> list[list[_Hole]]:
    """Return the holes, those that follow each other together if they are missing alike."""
    runs: list[list[_Hole]] = []
    for hole in holes:
        last = runs[-1][-1] if runs else None
        if last and last.start_ns + last.length_ns == hole.start_ns and last.away == hole.away:
            runs[-1].append(hole)
        else:
            runs.append([hole])
    return runs


class _Away:
    """The spans of a timeline that have not arrived."""

    def __init__(self, timeline: Timeline) -> None:
        self._first_ns = timeline.first_ns
        self._absent = timeline.absent
        self._starts = [each.start_ns for each in timeline.absent]

    def has(self, span: Span) -> bool:
        """Say whether a span is a part of one of them."""
        start_ns = self._first_ns + span.start_ns + span.cut_ns
        at = bisect_right(self._starts, start_ns) - 1
        return span.chunk is None and at >= 0 and start_ns < self._absent[at].end_ns


class _Causes:
    """The gaps that a camera signed for one track, found by time."""

    def __init__(self, gaps: Iterable[Gap]) -> None:
        self._gaps = sorted(gaps, key=lambda gap: gap.start_ns)
        # The furthest end up to each gap only grows, so that the first gap after a time is found by halving.
        self._ends = list(accumulate((gap.start_ns + gap.duration_ns for gap in self._gaps), max))

    def of(self, start_ns: int, end_ns: int) -> str:
        """Return the cause of the first gap that shares some of this time."""
        at = bisect_right(self._ends, start_ns)
        if at < len(self._gaps) and self._gaps[at].start_ns < end_ns:
            return str(self._gaps[at].cause)
        return UNEXPLAINED

    def within(self, start_ns: int, end_ns: int) -> Iterator[tuple[int, int]]:
        """Go through what of a time lies in any gap: from when to when, in order, each instant once."""
        for at in range(bisect_right(self._ends, start_ns), len(self._gaps)):
            gap = self._gaps[at]
            if gap.start_ns >= end_ns:
                return
            begins, ends = max(gap.start_ns, start_ns), min(gap.start_ns + gap.duration_ns, end_ns)
            if begins < ends:
                yield begins, ends
                start_ns = ends
