"""A recording laid out for playing: what is shown and heard when, and where footage is missing. Pure.

Rules:
- time is seconds after the start of the first chunk, for both tracks alike, and equals what the player shows;
- each stretch begins where the one before it ends: a hole becomes a stretch of its own, and jitter of the
  clock is absorbed by the stretch before it;
- an absurdly long hole is shown shorter (``fleet.footage.holes``), and times after it are moved up;
- where the codec of any track changes, and after a hole that is shown shorter, both tracks begin anew
  (``discontinuity``).
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from fleet.footage.holes import LONGEST_STRETCH_NS, Cut, cut_holes
from fleet.footage.index import ChunkPlace, PartPlace
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Track

__all__ = ["LONGEST_STRETCH_NS", "Reel", "Shot", "Stretch", "lay_out"]


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
        era: counts the changes of codec, and the cuts, before it.
        cut_ns: how much of the holes before it is not shown: it began so much later than ``start_ns`` says.
    """

    start_ns: int
    duration_ns: int
    shot: Shot | None
    part: PartPlace | None
    era: int
    cut_ns: int = 0


@dataclass(frozen=True, slots=True)
class Reel:
    """A recording laid out.

    Attributes:
        first_ns: where it begins on the camera's boot clock.
        duration_ns: its length as shown.
        shots: its chunks by number.
        tracks: the stretches of each track that occurs in it.
        eras: for each track, the codec of each era; None where the track does not occur in it.
        cuts: the holes that are shown shorter than they are.
    """

    first_ns: int
    duration_ns: int
    shots: dict[int, Shot]
    tracks: dict[Track, tuple[Stretch, ...]]
    eras: dict[Track, tuple[str | None, ...]]
    cuts: tuple[Cut, ...] = ()


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
    cuts = cut_holes((shot.place.start_ns, shot.place.end_ns) for shot in shots)
    marks = _eras(shots, occurring, frozenset(cut.chunk for cut in cuts))
    spans = _spans(shots, {cut.chunk: cut.left_out_ns for cut in cuts})
    last = spans[-1]
    return Reel(
        first_ns=first_ns,
        duration_ns=last.start_ns + last.duration_ns - first_ns,
        shots={shot.place.seq: shot for shot in shots},
        tracks={track: tuple(_stretches(spans, marks, first_ns, track)) for track in occurring},
        eras={track: _codecs(shots, marks, track) for track in occurring},
        cuts=cuts,
    )


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of all tracks: where it is shown, on the boot clock less what was cut before it."""

    start_ns: int
    duration_ns: int
    shot: Shot | None
    cut_ns: int


def _spans(shots: Sequence[Shot], left_out: Mapping[int, int]) -> list[_Span]:
    """Return every stretch, holes in pieces of the longest that is allowed.

    Args:
        shots: the chunks.
        left_out: how much of the hole before a chunk is not shown, where that is not all of it.
    """
    spans: list[_Span] = []
    at, cut = shots[0].place.start_ns, 0
    for number, shot in enumerate(shots):
        cut += left_out.get(number, 0)
        begins = max(shot.place.start_ns - cut, at)
        while begins - at > 0:
            length = min(begins - at, LONGEST_STRETCH_NS)
            spans.append(_Span(at, length, None, cut))
            at += length
        end = shot.place.end_ns - cut
        following = shots[number + 1].place.start_ns - cut if number + 1 < len(shots) else end
        if abs(following - end) <= CONTINUITY_TOLERANCE_NS:
            end = following
        spans.append(_Span(at, max(end - at, 1), shot, cut))
        at = max(end, at + 1)
    return spans


def _eras(shots: Sequence[Shot], tracks: Sequence[Track], cuts: AbstractSet[int]) -> dict[int, int]:
    """Return the era of each chunk: a new one begins after a cut, and where a track's codec changes."""
    current: dict[Track, str] = {}
    era = 0
    marks: dict[int, int] = {}
    for number, shot in enumerate(shots):
        codecs = {track: part.codec for track in tracks if (part := shot.place.part(track)) is not None}
        if number in cuts or any(current.get(track, codec) != codec for track, codec in codecs.items()):
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


def _stretches(spans: Sequence[_Span], marks: dict[int, int], first_ns: int, track: Track) -> list[Stretch]:
    era = 0
    stretches = []
    for span in spans:
        shot = span.shot
        if shot is not None:
            era = marks[shot.place.seq]
        part = shot.place.part(track) if shot is not None else None
        start_ns = span.start_ns - first_ns
        stretches.append(Stretch(start_ns, span.duration_ns, shot, part, era, span.cut_ns))
    return stretches
