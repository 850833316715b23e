"""Where something lies in what is shown, and how long after the beginning it was, where a hole is cut. Pure.

A hole that a camera's clock makes absurdly long is shown shorter than it is
(``fleet.footage.timeline.holes``). What comes after it lies earlier in the player than it was in the world: a
time of day reckoned from its place alone would be false by all that is not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.footage.timeline.events import TimelineGap

_ROUNDING_S = 1.0
"""What a gap is shown shorter by for other reasons than that a hole was cut."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """The holes that are cut, in order: each with its place, its length, and how much is shown."""

    holes: tuple[tuple[float, float, float], ...]

    @classmethod
    def of(cls, gaps: Sequence[TimelineGap]) -> Shortened:
        """Find them: a hole lacks picture and sound alike, so the track that lacks most tells of all."""
        by_track: dict[str, list[tuple[float, float, float]]] = {}
        for gap in gaps:
            if gap.shown_s is not None and gap.duration_s - gap.shown_s > _ROUNDING_S:
                by_track.setdefault(gap.track, []).append((gap.offset_s, gap.duration_s, gap.shown_s))
        most = max(by_track.values(), key=lambda holes: sum(hole[1] - hole[2] for hole in holes), default=[])
        return cls(tuple(sorted(most)))

    def recorded(self, place_s: float) -> float:
        """Return how long after the beginning something was that lies at a place in what is shown."""
        return place_s + sum(long - shown for at, long, shown in self.holes if at + shown < place_s)

    def shown(self, after_s: float) -> float:
        """Return where something lies in what is shown that was so long after the beginning."""
        left_out = 0.0
        for at, long, shown in self.holes:
            into = after_s - left_out - at
            if into > shown:
                left_out += min(into, long) - shown
        return after_s - left_out

    @property
    def dated_s(self) -> float | None:
        """Up to which place the time of day goes on evenly; None where it does to the end."""
        return self.holes[0][0] if self.holes else None
