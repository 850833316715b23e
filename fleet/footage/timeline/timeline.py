"""A recording laid out for playing: what is shown and heard when, and where footage is missing. Pure.

Rules:
- time is seconds after the start of the recording, for both tracks alike, and equals what the player shows;
- it begins where the recording does, as far as that is known: what has not arrived is a hole too;
- each span begins where the one before it ends: a hole becomes a span of its own, and jitter of the
  clock is absorbed by the span before it;
- an absurdly long hole is shown shorter (``fleet.footage.timeline.holes``), and times after it are moved up;
- where the codec of any track changes, and after a hole that is shown shorter, both tracks begin anew
  (``discontinuity``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from fleet.footage.timeline.arrived import NotArrived
from fleet.footage.timeline.chunks import ChunkRef, PartRef
from fleet.footage.timeline.holes import LONGEST_SPAN_NS, Cut, cut_holes
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Track

__all__ = ["LONGEST_SPAN_NS", "Span", "Timeline", "heads_of", "lay_out"]


@dataclass(frozen=True, slots=True)
class Span:
    """A span of one track.

    Attributes:
        start_ns: where it begins, after the start of the recording.
        duration_ns: up to where the next begins.
        chunk: the chunk that fills it, or None for a hole.
        part: the track's part of that chunk; None where the chunk lacks the track.
        era: counts the changes of codec, and the cuts, before it.
        cut_ns: how much of the holes before it is not shown: it began so much later than ``start_ns`` says.
    """

    start_ns: int
    duration_ns: int
    chunk: ChunkRef | None
    part: PartRef | None
    era: int
    cut_ns: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """A recording laid out.

    Attributes:
        first_ns: where it begins on the camera's boot clock.
        duration_ns: its length as shown.
        chunks: its chunks by number.
        tracks: the spans of each track that occurs in it.
        eras: for each track, the codec of each era; None where the track does not occur in it.
        heads: for each track and era, the era whose initialisation a decoder is given: the last that has the
            track, or the first that will.
        cuts: the holes that are shown shorter than they are.
        absent: the spans that have not arrived.
    """

    first_ns: int
    duration_ns: int
    chunks: dict[int, ChunkRef]
    tracks: dict[Track, tuple[Span, ...]]
    eras: dict[Track, tuple[str | None, ...]]
    heads: dict[Track, tuple[int, ...]]
    cuts: tuple[Cut, ...] = ()
    absent: tuple[NotArrived, ...] = ()

    @property
    def starts_ns(self) -> int:
        """Where the first footage lies, after the start of the recording."""
        spans = (span for track in self.tracks.values() for span in track if span.part is not None)
        return min((span.start_ns for span in spans), default=0)


def lay_out(
    chunks: Sequence[ChunkRef], tracks: frozenset[Track], *, absent: Sequence[NotArrived] = ()
) -> Timeline:
    """Lay out the chunks of a recording, which come in order.

    Args:
        chunks: at least one chunk.
        tracks: the tracks that may be shown.
        absent: the spans before and between them that have not arrived.
    """
    first_ns = min([chunks[0].start_ns, *(span.start_ns for span in absent)])
    occurring = [track for track in Track if track in tracks and any(chunk.part(track) for chunk in chunks)]
    cuts = _cuts(chunks, first_ns)
    marks = _eras(chunks, occurring, frozenset(cut.chunk for cut in cuts))
    slots = _slots(chunks, first_ns, {cut.chunk: cut.left_out_ns for cut in cuts})
    last = slots[-1]
    eras = {track: _codecs(chunks, marks, track) for track in occurring}
    return Timeline(
        first_ns=first_ns,
        duration_ns=last.start_ns + last.duration_ns - first_ns,
        chunks={chunk.seq: chunk for chunk in chunks},
        tracks={track: tuple(_spans(slots, marks, first_ns, track)) for track in occurring},
        eras=eras,
        heads={track: heads_of(codecs) for track, codecs in eras.items()},
        cuts=cuts,
        absent=tuple(absent),
    )


def _cuts(chunks: Sequence[ChunkRef], first_ns: int) -> tuple[Cut, ...]:
    """Say which holes are shown shorter; the first may lie before the first chunk."""
    beginning = (first_ns, first_ns)
    cuts = cut_holes([beginning, *((chunk.start_ns, chunk.end_ns) for chunk in chunks)])
    return tuple(replace(cut, chunk=cut.chunk - 1) for cut in cuts)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A span of all tracks alike: where it is shown, on the boot clock less what was cut before it."""

    start_ns: int
    duration_ns: int
    chunk: ChunkRef | None
    cut_ns: int


def _slots(chunks: Sequence[ChunkRef], first_ns: int, left_out: Mapping[int, int]) -> list[_Slot]:
    """Return every span, holes in pieces of the longest that is allowed.

    Args:
        chunks: the chunks.
        first_ns: where the recording begins.
        left_out: how much of the hole before a chunk is not shown, where that is not all of it.
    """
    slots: list[_Slot] = []
    at, cut = first_ns, 0
    for number, chunk in enumerate(chunks):
        cut += left_out.get(number, 0)
        begins = max(chunk.start_ns - cut, at)
        while begins - at > 0:
            length = min(begins - at, LONGEST_SPAN_NS)
            slots.append(_Slot(at, length, None, cut))
            at += length
        end = chunk.end_ns - cut
        following = chunks[number + 1].start_ns - cut if number + 1 < len(chunks) else end
        if abs(following - end) <= CONTINUITY_TOLERANCE_NS:
            end = following
        slots.append(_Slot(at, max(end - at, 1), chunk, cut))
        at = max(end, at + 1)
    return slots


def _eras(chunks: Sequence[ChunkRef], tracks: Sequence[Track], cuts: AbstractSet[int]) -> dict[int, int]:
    """Return the era of each chunk: a new one begins after a cut, and where a track's codec changes."""
    current: dict[Track, str] = {}
    era = 0
    marks: dict[int, int] = {}
    for number, chunk in enumerate(chunks):
        codecs = {track: part.codec for track in tracks if (part := chunk.part(track)) is not None}
        if number in cuts or any(current.get(track, codec) != codec for track, codec in codecs.items()):
            era += 1
        current |= codecs
        marks[chunk.seq] = era
    return marks


def _codecs(chunks: Sequence[ChunkRef], marks: dict[int, int], track: Track) -> tuple[str | None, ...]:
    found: list[str | None] = [None] * (max(marks.values()) + 1)
    for chunk in chunks:
        part = chunk.part(track)
        if part is not None:
            found[marks[chunk.seq]] = part.codec
    return tuple(found)


def heads_of(codecs: Sequence[str | None]) -> tuple[int, ...]:
    """Return for each era the one whose initialisation a decoder is given; one of them has a codec."""
    last = next(era for era, codec in enumerate(codecs) if codec is not None)
    heads = []
    for era, codec in enumerate(codecs):
        last = era if codec is not None else last
        heads.append(last)
    return tuple(heads)


def _spans(slots: Sequence[_Slot], marks: dict[int, int], first_ns: int, track: Track) -> list[Span]:
    era = 0
    spans = []
    for slot in slots:
        chunk = slot.chunk
        if chunk is not None:
            era = marks[chunk.seq]
        part = chunk.part(track) if chunk is not None else None
        start_ns = slot.start_ns - first_ns
        spans.append(Span(start_ns, slot.duration_ns, chunk, part, era, slot.cut_ns))
    return spans
