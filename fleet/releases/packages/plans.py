"""What of an opened recording is released, on the times that its player shows."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from fleet.footage.timeline.timeline import Timeline
from fleet.footage.watching.footage_player import PlayedFootage
from fleet.releases.rules.clock import PlayerClock
from fleet.releases.rules.plan import ChosenSpan, PlannedPart, ReleasePlan, plan_release
from protocol.footage.format.model import Track


def plan_of(
    opened: PlayedFootage, chosen: list[ChosenSpan], changed: AbstractSet[tuple[int, Track]] = frozenset()
) -> ReleasePlan:
    """Return what is released of a recording, on the times that its player shows."""
    timeline = opened.arrived.timeline
    parts = [
        PlannedPart(span.chunk.seq, track, span.start_ns, span.start_ns + span.duration_ns)
        for track, spans in timeline.tracks.items()
        for span in spans
        if span.chunk is not None and span.part is not None
    ]
    return plan_release(parts, chosen, changed)


def clock_of(timeline: Timeline) -> PlayerClock:
    """Return how the clock of a player goes together with that of the recording."""
    steps: dict[int, int] = {0: 0}
    for spans in timeline.tracks.values():
        for span in spans:
            if span.cut_ns != steps[max(steps)] and span.start_ns >= max(steps):
                steps[span.start_ns] = span.cut_ns
    return PlayerClock(tuple(sorted(steps.items())))


def in_ranges(ranges: list[list[str | int]]) -> frozenset[tuple[int, Track]]:
    """Return the parts that ``ReleasePlan.ranges`` wrote down."""
    return frozenset(
        (seq, Track(str(track))) for track, first, last in ranges for seq in range(int(first), int(last) + 1)
    )
