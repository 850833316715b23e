"""The ring: which chunks are still inside the window. Pure; it holds no footage and no key.

Rules:

- A chunk leaves when its start is older than the window: the ring never keeps more than was promised.
- It leaves earlier when the ring would hold more bytes or chunks than it may: a burst cannot fill the card.
- Chunks come in order and leave in order.
- A segment may be unlinked once it is closed and all its chunks have left; a recording's own link keeps
  its bytes.

It opens nothing, deletes nothing and reads no clock: the recorder does what it says.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Ring:
    """The chunks inside the window, oldest first.

    Attributes:
        window_ns: How far back a chunk may start.
        max_bytes: Most that the chunks may weigh together.
        max_chunks: Most chunks there may be.
    """

    window_ns: int
    max_bytes: int
    max_chunks: int
    size: int = 0
    _chunks: deque[RingChunk] = field(default_factory=deque)
    _segments: dict[str, int] = field(default_factory=dict)

    @property
    def chunks(self) -> tuple[RingChunk, ...]:
        """Everything inside, oldest first."""
        return tuple(self._chunks)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments that hold a chunk of the ring, oldest first."""
        return tuple(name for name, count in self._segments.items() if count)

    @property
    def oldest_ns(self) -> int | None:
        """Start of the oldest chunk; None when the ring is empty."""
        return self._chunks[0].start_ns if self._chunks else None

    def add(self, chunk: RingChunk) -> None:
        """Take a chunk in; the caller expires before it looks.

        Raises:
            ValueError: The chunk does not follow the newest one.
        """
        if self._chunks and chunk.seq <= self._chunks[-1].seq:
            message = f"internal error: chunk {chunk.seq} after {self._chunks[-1].seq}"
            raise ValueError(message)
        self._chunks.append(chunk)
        self.size += chunk.size
        self._segments[chunk.segment] = self._segments.get(chunk.segment, 0) + 1

    def expire(self, now_ns: int) -> tuple[RingChunk, ...]:
        """Let go of what is outside the window or over a bound; return it, oldest first."""
        gone = []
        while self._chunks and (
            self._chunks[0].start_ns < now_ns - self.window_ns
            or self.size > self.max_bytes
            or len(self._chunks) > self.max_chunks
        ):
            gone.append(self._pop())
        return tuple(gone)

    def clear(self) -> tuple[RingChunk, ...]:
        """Let go of everything; return it."""
        gone = []
        while self._chunks:
            gone.append(self._pop())
        return tuple(gone)

    def take_unneeded(self, writing: str | None) -> tuple[str, ...]:
        """Segments that may be unlinked now; each is named once.

        Args:
            writing: The segment that is still being written, if any: it stays.
        """
        names = tuple(name for name, count in self._segments.items() if not count and name != writing)
        for name in names:
            del self._segments[name]
        return names

    def _pop(self) -> RingChunk:
        chunk = self._chunks.popleft()
        self.size -= chunk.size
        self._segments[chunk.segment] -= 1
        return chunk
