"""Whether what a camera calls all of a recording can be all of it, by its ledger. Pure.

A camera's word is final: from then on nothing more is taken, and what is here is judged. So a word that
comes too early, or over a ledger that lacks what the camera itself has told of, is refused with what is
missing, and the camera goes on sending. What the records say is not judged here, and neither is damage: that
is the verifier's.

Rules:
- a ledger has an ``open`` record, the keys of the pre-record that it names, and ends with a whole record;
- one that was ever said to be closed ends with a ``close`` record: without it, it is a version cut short;
- a recording that lost its power has no such record, and nobody ever said that it was closed;
- the segments are as many as the ``close`` counts; without one they follow each other, and reach from the
  first to the last chunk that the ledger names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from protocol.footage.format.errors import CutShortError, FormatError
from protocol.footage.format.model import Buffer
from protocol.footage.format.segment import ChunkRecord, iter_segment, parse_segment_name, segment_name
from protocol.footage.ledger.ledger import Close, Keys, Open, iter_ledger

_SAID: Final = "The camera said that it had sent everything, but"
NO_BEGINNING: Final = f"{_SAID} the beginning of what it keeps about this recording is not here."
NO_END: Final = f"{_SAID} the end of what it keeps about this recording is not here."
NO_FOOTAGE: Final = f"{_SAID} some of the footage is not here."
CUT_SHORT: Final = "The camera said that this recording was closed, but its end is not here."


@dataclass(frozen=True, slots=True)
class LedgerOutline:
    """What a ledger says of the whole recording.

    Attributes:
        opening: its first record; None when it cannot be read.
        keyed_to: the last chunk that it holds keys of; without any, the one before the first.
        close: its last record, None when it has no end.
        readable: how many bytes of it are whole records.
        cut_short: whether it ends within a record.
        damaged: whether what follows the whole records is no beginning of another.
    """

    opening: Open | None
    keyed_to: int
    close: Close | None
    readable: int
    cut_short: bool
    damaged: bool


@dataclass(frozen=True, slots=True)
class ChunkSpan:
    """The numbers of the first and the last chunk that the segments hold."""

    first: int
    last: int


def outline(ledger: bytes) -> LedgerOutline:
    """Read what a ledger says of the whole recording, as far as it can be read."""
    opening, close, keyed_to, readable = None, None, -1, 0
    cut_short = damaged = False
    try:
        for entry in iter_ledger(ledger):
            record, readable = entry.record, entry.end
            if isinstance(record, Open):
                opening, keyed_to = record, record.first_seq - 1
            elif isinstance(record, Close):
                close = record
            elif isinstance(record, Keys):
                keyed_to = max(keyed_to, record.last_seq)
    except CutShortError:
        cut_short = True
    except FormatError:
        damaged = True
    return LedgerOutline(opening, keyed_to, close, readable, cut_short, damaged)


@dataclass(frozen=True, slots=True)
class Lack:
    """What is not here of a recording that its camera calls complete.

    Attributes:
        detail: what exactly, for the camera and the log.
        plain: the same for people.
    """

    detail: str
    plain: str


def span_of(first: Buffer, last: Buffer) -> ChunkSpan | None:
    """Return which chunks lie between the beginning of one segment and the end of another, or of the same.

    None where one of them is damaged or holds no chunk: that is the verifier's to judge.
    """
    begins, ends = _numbers(first), _numbers(last)
    return ChunkSpan(begins[0], ends[-1]) if begins and ends else None


def lacking(
    found: LedgerOutline, segments: Sequence[str], span: ChunkSpan | None, *, told_closed: bool
) -> Lack | None:
    """Return what a recording lacks of what its own ledger and its camera tell of, or None.

    Args:
        found: what the ledger says.
        segments: the names of all segments.
        span: the chunks that they hold; None where that cannot be read, or was not looked at.
        told_closed: whether the camera ever said that the recording was closed.
    """
    return next(_lacking(found, segments, span, told_closed), None)


def _numbers(segment: Buffer) -> list[int]:
    try:
        return [item.header.seq for item in iter_segment(segment) if isinstance(item, ChunkRecord)]
    except FormatError:
        return []


def _lacking(
    found: LedgerOutline, segments: Sequence[str], span: ChunkSpan | None, told_closed: bool
) -> Iterator[Lack]:
    opening = found.opening
    if found.cut_short and opening is None:
        yield Lack("The first record of its ledger is not held yet.", NO_BEGINNING)
    if found.cut_short:
        yield Lack(f"Its ledger breaks off within the record that begins at byte {found.readable}.", NO_END)
    if opening is None or found.damaged:
        return  # all of it is here, and the verifier says what is wrong with it
    if found.close is None and told_closed:
        yield Lack(
            "Its ledger has no end, although the camera said that the recording was closed: the records "
            f"from byte {found.readable} on are not held.",
            CUT_SHORT,
        )
    if found.keyed_to < opening.last_seq:
        first = max(found.keyed_to + 1, opening.first_seq)
        chunks = _chunks(first, opening.last_seq)
        yield Lack(f"The keys of {chunks}, which its ledger begins with, are not held.", NO_BEGINNING)
    yield from _segments(found, opening, segments, span)


def _segments(
    found: LedgerOutline, opening: Open, segments: Sequence[str], span: ChunkSpan | None
) -> Iterator[Lack]:
    listed = max(found.keyed_to, opening.last_seq)
    if not segments and listed >= opening.first_seq:
        chunks = _chunks(opening.first_seq, listed)
        yield Lack(f"No segment is held, and its ledger lists {chunks}.", NO_FOOTAGE)
    if found.close is not None and len(segments) < found.close.segments:
        counted = found.close.segments
        held = f"{len(segments)} of {counted} segments"
        yield Lack(f"{held} are held, as its ledger counts them.", NO_FOOTAGE)
    if found.close is None:
        yield from _hole(opening.run, segments)
    if span is not None and span.first > opening.first_seq:
        chunks = _chunks(opening.first_seq, span.first - 1)
        yield Lack(f"The segment that holds {chunks} is not held.", NO_FOOTAGE)
    if span is not None and span.last < listed:
        chunks = _chunks(span.last + 1, listed)
        yield Lack(f"The segment that holds {chunks} is not held.", NO_FOOTAGE)


def _hole(run: bytes, segments: Sequence[str]) -> Iterator[Lack]:
    """Name the first segment that the others leave out; one of another run is the verifier's to judge."""
    places = [parse_segment_name(name) for name in segments]
    indices = sorted(place[1] for place in places if place is not None and place[0] == run)
    for before, after in pairwise(indices):
        if after > before + 1:
            name = segment_name(run, before + 1)
            yield Lack(f"Segment {name} is not held, and the next one is.", NO_FOOTAGE)


def _chunks(first: int, last: int) -> str:
    return f"chunk {first}" if first == last else f"chunks {first} to {last}"
