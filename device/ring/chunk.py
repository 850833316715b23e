"""A durable chunk as the ring and a recording know it: where it is and when it was, without its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protocol.footage.format.model import ChunkHeader, Gap, Track


@dataclass(frozen=True, slots=True)
class RingChunk:
    """A sealed, durable chunk as the ring knows it. Times in ns on the boot-time clock, size in bytes.

    ``tracks`` are those of which it holds a part, none when picture and sound were both missing.
    """

    seq: int
    segment: str
    start_ns: int
    duration_ns: int
    size: int
    tracks: tuple[Track, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @classmethod
    def of(cls, header: ChunkHeader, segment: str, size: int) -> RingChunk:
        """A chunk by its header, and where it is."""
        tracks = tuple(part.track for part in header.parts)
        return cls(header.seq, segment, header.start_ns, header.duration_ns, size, tracks, header.gaps)

    @property
    def end_ns(self) -> int:
        """When the chunk ends."""
        return self.start_ns + self.duration_ns
