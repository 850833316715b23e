"""What is missing of a recording, in words; where picture and sound are missing alike, that is one gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.footage.timeline.events import TimelineGap
from fleet.web.views.moments import length, sentence_list
from fleet.web.views.recording.causes import cause_words

_SENSORS = {"video": "picture", "audio": "sound"}


@dataclass(frozen=True, slots=True)
class ShownGap:
    """A time without picture or sound.

    Attributes:
        tracks: which of them.
        offset_s: seconds after the first picture.
        duration_s: how long it is.
        cause: why.
        shown_s: how long it is in the player, where that is shorter.
    """

    tracks: tuple[str, ...]
    offset_s: float
    duration_s: float
    cause: str
    shown_s: float | None = None

    @property
    def span_s(self) -> float:
        """How long it is in the player."""
        return self.duration_s if self.shown_s is None else self.shown_s

    @property
    def words(self) -> str:
        """What is missing and why, and when the player shows only some of it; without a full stop."""
        what = " and ".join(f"no {_SENSORS.get(track, track)}" for track in sorted(self.tracks, reverse=True))
        words = f"{what.capitalize()} for {length(self.duration_s)}: {cause_words(self.cause)}"
        return words if self.shown_s is None else f"{words}. Only {length(self.shown_s)} of it are shown"


def shown_gaps(gaps: Sequence[TimelineGap]) -> tuple[ShownGap, ...]:
    """Return the gaps as pages show them."""
    tracks: dict[tuple[float, float, str, float | None], list[str]] = {}
    for gap in gaps:
        shorter = gap.shown_s is not None and gap.shown_s < gap.duration_s
        alike = (gap.offset_s, gap.duration_s, gap.cause, gap.shown_s if shorter else None)
        tracks.setdefault(alike, []).append(gap.track)
    return tuple(ShownGap(tuple(of), *alike) for alike, of in tracks.items())


def gap_sum(gaps: Sequence[ShownGap]) -> str:
    """Say how much is missing in all, by what is missing; without a full stop."""
    lengths: dict[str, float] = {}
    for gap in gaps:
        for track in gap.tracks:
            lengths[track] = lengths.get(track, 0.0) + gap.duration_s
    parts = [
        f"no {_SENSORS.get(track, track)} for {length(lengths[track])}"
        for track in sorted(lengths, reverse=True)
    ]
    return f"{sentence_list(parts)} in all"
