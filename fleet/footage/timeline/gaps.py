"""Where a track of a timeline is missing, and why, as far as the camera said. Pure.

What has not arrived is missing here, whatever the camera says of what it lost; that is told first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from fleet.footage.timeline.arrived import NOT_ARRIVED
from fleet.footage.timeline.events import TimelineGap, seconds
from fleet.footage.timeline.timeline import Span, Timeline
from protocol.footage.format.model import Gap, Track

UNEXPLAINED = "unexplained"


def gaps_of(timeline: Timeline) -> tuple[TimelineGap, ...]:
    """Return where each track is missing; holes that touch are one, with the cause of its beginning.

    What has not arrived is one of its own.
    """
    return tuple(gap for track in timeline.tracks for gap in _gaps_of_track(timeline, track))


def _gaps_of_track(timeline: Timeline, track: Track) -> list[TimelineGap]:
    causes = _Causes(gap for chunk in timeline.chunks.values() for gap in chunk.gaps if gap.track is track)
    gaps: list[TimelineGap] = []
    away = _Away(timeline)
    for run in _joined(timeline.tracks[track], away):
        first = run[0]
        start_ns = timeline.first_ns + first.start_ns + first.cut_ns
        length_s = seconds(first.duration_ns)
        for span in run[1:]:
            length_s = round(length_s + seconds(span.duration_ns), 6)
        cause = NOT_ARRIVED if away.has(first) else causes.of(start_ns, start_ns + first.duration_ns)
        gaps.append(TimelineGap(str(track), seconds(first.start_ns), length_s, cause))
    return gaps


def _joined(spans: Iterable[Span], away: _Away) -> list[list[Span]]:
    """Return the spans that lack their track, those that follow each other together if they lack it alike."""
    runs: list[list[Span]] = []
    end_ns = -1
    for span in spans:
        if span.part is not None:
            continue
        if span.start_ns == end_ns and away.has(runs[-1][0]) == away.has(span):
            runs[-1].append(span)
        else:
            runs.append([span])
        end_ns = span.start_ns + span.duration_ns
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
