"""Where the parts of a segment lie, so that playing reads only the bytes it needs. Pure.

The index holds what the chunk headers say in the clear anyway: times, codecs, offsets, lengths, gaps. It is
made from a segment's bytes when they are verified or first asked for, and can be made again at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from protocol.footage.format.chunk import ChunkRecord
from protocol.footage.format.errors import FormatError
from protocol.footage.format.model import Buffer, Gap, GapCause, Track
from protocol.footage.format.segment import iter_segment


@dataclass(frozen=True, slots=True)
class PartRef:
    """Where a part's ciphertext lies in its segment, in bytes."""

    track: Track
    codec: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class ChunkRef:
    """One chunk of a recording: what it holds, and where that lies.

    Attributes:
        segment: the name of the segment that it lies in.
        seq: its number in the run.
        start_ns: on the boot clock.
        duration_ns: its length.
        utc_us: wall time at its start.
        parts: video before audio.
        gaps: what the camera says is missing in or right before it.
    """

    segment: str
    seq: int
    start_ns: int
    duration_ns: int
    utc_us: int
    parts: tuple[PartRef, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def end_ns(self) -> int:
        """Where it ends on the boot clock."""
        return self.start_ns + self.duration_ns

    def part(self, track: Track) -> PartRef | None:
        """Return a track's part, or None where the chunk lacks it."""
        return next((part for part in self.parts if part.track is track), None)


def chunk_ref(segment: str, record: ChunkRecord) -> ChunkRef:
    """Return where the parts of one chunk lie in the segment ``segment``."""
    header = record.header
    return ChunkRef(
        segment,
        header.seq,
        header.start_ns,
        header.duration_ns,
        header.label.utc_us,
        tuple(
            PartRef(part.track, part.codec, record.part_offsets[part.track], part.length)
            for part in header.parts
        ),
        header.gaps,
    )


def index_segment(name: str, data: Buffer) -> tuple[ChunkRef, ...]:
    """Return the chunks of the segment ``name`` that can be read, up to the first bytes that are none."""
    chunks: list[ChunkRef] = []
    try:
        chunks.extend(chunk_ref(name, item) for item in iter_segment(data) if isinstance(item, ChunkRecord))
    except FormatError:
        return tuple(chunks)  # what is wrong with the rest, the verifier says
    return tuple(chunks)


def to_json(chunks: Iterable[ChunkRef]) -> list[Any]:
    """Return the index of one segment as the table keeps it, beside the name of the segment."""
    return [
        [
            chunk.seq,
            chunk.start_ns,
            chunk.duration_ns,
            chunk.utc_us,
            [[str(part.track), part.codec, part.offset, part.length] for part in chunk.parts],
            [[str(gap.track), gap.start_ns, gap.duration_ns, str(gap.cause)] for gap in chunk.gaps],
        ]
        for chunk in chunks
    ]


def from_json(segment: str, rows: Sequence[Any]) -> tuple[ChunkRef, ...]:
    """Read the index of a segment that ``to_json`` made."""
    return tuple(
        ChunkRef(
            segment,
            seq,
            start_ns,
            duration_ns,
            utc_us,
            tuple(PartRef(Track(track), codec, offset, length) for track, codec, offset, length in parts),
            tuple(Gap(Track(track), start, length, GapCause(cause)) for track, start, length, cause in gaps),
        )
        for seq, start_ns, duration_ns, utc_us, parts, gaps in rows
    )
