"""A recording laid out for playing: what is shown and heard when, and where footage is missing. Pure.

Rules:
- time is seconds after the start of the first chunk, for both tracks alike, and equals what the player shows;
- each stretch begins where the one before it ends: a hole becomes a stretch of its own, and jitter of the
  clock is absorbed by the stretch before it;
- where the codec of any track changes, both tracks begin anew there (``discontinuity``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fleet.footage.index import ChunkPlace, PartPlace
from protocol.footage.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.model import Track

LONGEST_STRETCH_NS = 2_000_000_000
"""No chunk is longer (``MAX_CHUNK_NS``), and no stretch of a hole is made longer either."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One chunk of a recording, and the segment that it lies in."""

    segment: str
    place: ChunkPlace


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one track.

    Attributes:
        start_ns: where it begins, after the start of the recording.
        duration_ns: up to where the next begins.
        shot: the chunk that fills it, or None for a hole.
        part: the track's part of that chunk; None where the chunk lacks the track.
        era: counts the changes of codec before it.
    """

    start_ns: int
    duration_ns: int
    shot: Shot | None
    part: PartPlace | None
    era: int


@dataclass(frozen=True, slots=True)
class Reel:
    """A recording laid out.

    Attributes:
        first_ns: where it begins on the camera's boot clock.
        duration_ns: its length.
        shots: its chunks by number.
        tracks: the stretches of each track that occurs in it.
        eras: for each track, the codec of each era; None where the track does not occur in it.
    """

    first_ns: int
    duration_ns: int
    shots: dict[int, Shot]
    tracks: dict[Track, tuple[Stretch, ...]]
    eras: dict[Track, tuple[str | None, ...]]


def lay_out(shots: Sequence[Shot], tracks: frozenset[Track]) -> Reel:
    """Lay out the chunks of a recording, which come in order.

    Args:
        shots: at least one chunk.
        tracks: the tracks that may be shown.
    """
    first_ns = shots[0].place.start_ns
    occurring = [
        track for track in Track if track in tracks and any(shot.place.part(track) for shot in shots)
    ]
    marks = _eras(shots, occurring)
    spans = _spans(shots)
    return Reel(
        first_ns=first_ns,
        duration_ns=spans[-1][0] + spans[-1][1] - first_ns,
        shots={shot.place.seq: shot for shot in shots},
        tracks={track: tuple(_stretches(spans, marks, first_ns, track)) for track in occurring},
        eras={track: _codecs(shots, marks, track) for track in occurring},
    )


def _spans(shots: Sequence[Shot]) -> list[tuple[int, int, Shot | None]]:
    """Return start, length and chunk of every stretch, holes cut to the longest that is allowed."""
    spans: list[tuple[int, int, Shot | None]] = []
    at = shots[0].place.start_ns
    for number, shot in enumerate(shots):
        begins = max(shot.place.start_ns, at)
        while begins - at > 0:
            length = min(begins - at, LONGEST_STRETCH_NS)
            spans.append((at, length, None))
            at += length
        end = shot.place.end_ns
        following = shots[number + 1].place.start_ns if number + 1 < len(shots) else end
        if abs(following - end) <= CONTINUITY_TOLERANCE_NS:
            end = following
        spans.append((at, max(end - at, 1), shot))
        at = max(end, at + 1)
    return spans


def _eras(shots: Sequence[Shot], tracks: Sequence[Track]) -> dict[int, int]:
    """Return the era of each chunk: a new one begins where any track's codec is another than before."""
    current: dict[Track, str] = {}
    era = 0
    marks: dict[int, int] = {}
    for shot in shots:
        codecs = {track: part.codec for track in tracks if (part := shot.place.part(track)) is not None}
        if any(current.get(track, codec) != codec for track, codec in codecs.items()):
            era += 1
        current |= codecs
        marks[shot.place.seq] = era
    return marks


def _codecs(shots: Sequence[Shot], marks: dict[int, int], track: Track) -> tuple[str | None, ...]:
    found: list[str | None] = [None] * (max(marks.values()) + 1)
    for shot in shots:
        part = shot.place.part(track)
        if part is not None:
            found[marks[shot.place.seq]] = part.codec
    return tuple(found)


def _stretches(
    spans: Sequence[tuple[int, int, Shot | None]], marks: dict[int, int], first_ns: int, track: Track
) -> list[Stretch]:
    era = 0
    stretches = []
    for start_ns, duration_ns, shot in spans:
        if shot is not None:
            era = marks[shot.place.seq]
        part = shot.place.part(track) if shot is not None else None
        stretches.append(Stretch(start_ns - first_ns, duration_ns, shot, part, era))
    return stretches
