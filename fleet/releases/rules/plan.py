"""What of each second of a recording is released whole, and what is withheld. Pure.

It is a description and does nothing: whoever makes a release looks each part up in it. Chosen are spans of
time, on the clock that the player shows; what is released are whole parts, a chunk of one track each.

Rules:
- a part is released whole only where one chosen span of its track holds all of it: a span that begins or ends
  within a chunk leaves that chunk out, so that no more goes out than was approved;
- chunks begin and end near whole seconds, not at them: what reaches beyond a span by at most ``SLACK_NS``
  counts as within it;
- whatever is not chosen is withheld.

Of what is chosen, parts in which something is hidden are *changed*: whoever redacts names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from protocol.footage.format.model import Track
from protocol.footage.released.released_part import Treatment

NS_PER_MS: Final = 1_000_000
SLACK_NS: Final = 100 * NS_PER_MS


class TrackChoice(StrEnum):
    """Which tracks of a span are chosen."""

    BOTH = "both"
    PICTURE = "picture"
    SOUND = "sound"


TRACK_WORDS = {
    TrackChoice.BOTH: "picture and sound",
    TrackChoice.PICTURE: "picture without sound",
    TrackChoice.SOUND: "sound without picture",
}
_TRACKS = {
    TrackChoice.BOTH: frozenset({Track.VIDEO, Track.AUDIO}),
    TrackChoice.PICTURE: frozenset({Track.VIDEO}),
    TrackChoice.SOUND: frozenset({Track.AUDIO}),
}


@dataclass(frozen=True, slots=True)
class ChosenSpan:
    """A span of a recording that somebody chose.

    Attributes:
        from_ms: where it begins, in milliseconds after the start of the recording.
        to_ms: where it ends; None for the end of the recording.
        tracks: of which tracks.
    """

    from_ms: int
    to_ms: int | None
    tracks: TrackChoice = TrackChoice.BOTH


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part as a plan needs it.

    Attributes:
        seq: its chunk's number in the run.
        track: its track.
        start_ns: where it begins, in nanoseconds after the start of the recording, as the player shows it.
        end_ns: where it ends.
    """

    seq: int
    track: Track
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """What becomes of each part of a recording, and how much that is.

    Attributes:
        treatments: of each part by its chunk's number and its track.
        sums_ns: how much of each track is treated how, in nanoseconds.
    """

    treatments: Mapping[tuple[int, Track], Treatment]
    sums_ns: Mapping[tuple[Track, Treatment], int]

    def treatment(self, seq: int, track: Track) -> Treatment:
        """Return what becomes of a part; one that the plan does not know is withheld."""
        return self.treatments.get((seq, track), Treatment.WITHHELD)

    def sum_ns(self, track: Track, treatment: Treatment) -> int:
        """Return how much of a track is treated so, in nanoseconds."""
        return self.sums_ns.get((track, treatment), 0)

    def ranges(self, treated: Treatment = Treatment.UNTOUCHED) -> list[list[str | int]]:
        """Return of each track the chunks whose parts are treated so, as ``[track, first, last]``."""
        found: list[list[str | int]] = []
        for track in Track:
            numbers = sorted(
                seq
                for (seq, each), treatment in self.treatments.items()
                if each is track and treatment is treated
            )
            begin = last = None
            for seq in numbers:
                if last is None or seq != last + 1:
                    if begin is not None and last is not None:
                        found.append([str(track), begin, last])
                    begin = seq
                last = seq
            if begin is not None and last is not None:
                found.append([str(track), begin, last])
        return found

    def given(self) -> list[tuple[int, Track]]:
        """Return the parts of which something is given away, in the order of the recording."""
        kept = (each for each, treatment in self.treatments.items() if treatment is not Treatment.WITHHELD)
        return sorted(kept, key=lambda each: (each[0], list(Track).index(each[1])))

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is given away."""
        return all(each is Treatment.WITHHELD for each in self.treatments.values())


def plan_release(
    parts: Iterable[PlannedPart],
    chosen: Sequence[ChosenSpan],
    changed: AbstractSet[tuple[int, Track]] = frozenset(),
) -> ReleasePlan:
    """Return what is released of a recording's parts.

    Args:
        parts: all of them.
        chosen: the spans that somebody chose.
        changed: the parts that are changed where they are released, by chunk and track.
    """
    treatments: dict[tuple[int, Track], Treatment] = {}
    sums: dict[tuple[Track, Treatment], int] = {}
    for part in parts:
        treatment = Treatment.WITHHELD
        if any(_holds(each, part) for each in chosen):
            treatment = Treatment.CHANGED if (part.seq, part.track) in changed else Treatment.UNTOUCHED
        treatments[part.seq, part.track] = treatment
        key = part.track, treatment
        sums[key] = sums.get(key, 0) + part.end_ns - part.start_ns
    return ReleasePlan(treatments, sums)


def _holds(span: ChosenSpan, part: PlannedPart) -> bool:
    starts = span.from_ms * NS_PER_MS <= part.start_ns + SLACK_NS
    ends = span.to_ms is None or part.end_ns <= span.to_ms * NS_PER_MS + SLACK_NS
    return part.track in _TRACKS[span.tracks] and starts and ends
