"""Where the parts of a segment lie, so that playing reads only the bytes it needs. Pure.

The index holds what the chunk headers say in the clear anyway: times, codecs, offsets, lengths, gaps. It is
made from a segment's bytes when they are verified or first asked for, and can be made again at any time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from protocol.footage.format.chunk import ChunkRecord
from protocol.footage.format.errors import FormatError
from protocol.footage.format.model import Buffer, ClockLabel, Gap, GapCause, Track
from protocol.footage.format.segment import iter_segment
from protocol.footage.sealing.part import PartContext, open_part

_NOTHING = ClockLabel(0, synchronised=False)


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where a part's ciphertext lies in its segment, in bytes."""

    track: Track
    codec: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class ChunkPlace:
    """One chunk of a segment.

    Attributes:
        seq: its number in the run.
        start_ns: on the boot clock.
        duration_ns: its length.
        utc_us: wall time at its start.
        parts: video before audio.
        gaps: what the camera says is missing in or right before it.
    """

    seq: int
    start_ns: int
    duration_ns: int
    utc_us: int
    parts: tuple[PartPlace, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def end_ns(self) -> int:
        """Where it ends on the boot clock."""
        return self.start_ns + self.duration_ns

    def part(self, track: Track) -> PartPlace | None:
        """Return a track's part, or None where the chunk lacks it."""
        return next((part for part in self.parts if part.track is track), None)


def index_segment(data: Buffer) -> tuple[ChunkPlace, ...]:
    """Return the chunks of a segment that can be read, up to the first bytes that are none."""
    chunks: list[ChunkPlace] = []
    try:
        chunks.extend(_place(item) for item in iter_segment(data) if isinstance(item, ChunkRecord))
    except FormatError:
        return tuple(chunks)  # what is wrong with the rest, the verifier says
    return tuple(chunks)


def to_json(chunks: Iterable[ChunkPlace]) -> list[Any]:
    """Return an index as the table keeps it."""
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


def from_json(rows: Sequence[Any]) -> tuple[ChunkPlace, ...]:
    """Read an index that ``to_json`` made."""
    return tuple(
        ChunkPlace(
            seq,
            start_ns,
            duration_ns,
            utc_us,
            tuple(PartPlace(Track(track), codec, offset, length) for track, codec, offset, length in parts),
            tuple(Gap(Track(track), start, length, GapCause(cause)) for track, start, length, cause in gaps),
        )
        for seq, start_ns, duration_ns, utc_us, parts, gaps in rows
    )


def open_ciphertext(
    camera: str, run: bytes, chunk: ChunkPlace, track: Track, sealed: bytes, key: Buffer
) -> bytes:
    """Decrypt one part that was read by itself.

    Raises:
        KeysError: the key does not open it, or it is another part.
    """
    return open_part(sealed, key, PartContext(camera, run, chunk.seq, track))


def _place(record: ChunkRecord) -> ChunkPlace:
    header = record.header
    return ChunkPlace(
        header.seq,
        header.start_ns,
        header.duration_ns,
        header.label.utc_us,
        tuple(
            PartPlace(part.track, part.codec, record.part_offsets[part.track], part.length)
            for part in header.parts
        ),
        header.gaps,
    )
