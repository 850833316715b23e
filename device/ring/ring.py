"""The ring: which chunks are still inside the window. Pure; it holds no footage and no key.

Rules:

- A chunk leaves when its start is older than the window: the ring never keeps more than was promised.
- It leaves earlier when the ring would hold more bytes or chunks than it may: a burst cannot fill the card.
- Chunks come in order and leave in order.
- A segment may be unlinked once it is closed, all its chunks have left and nobody claims it; a recording's
  own link keeps its bytes.
- What a press asks of it is kept up to date as chunks come and go, so that the answer takes no longer for a
  longer window (C4).

It opens nothing, deletes nothing and reads no clock: the recorder does what it says.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from device.ring.prerecord import Before, Coverage, PreRecord, Tail
from device.ring.segment_names import SegmentNames

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from device.ring.chunk import RingChunk
    from protocol.footage.format.model import Track


@dataclass(frozen=True, slots=True)
class RingRange:
    """All consecutive chunks of the window at one moment, of which there is at least one.

    Attributes:
        first: The oldest.
        last: The newest.
        segments: The names of the segments that hold them, in order. It does not change.
        parts: How many of them hold a part of each track.
    """

    first: RingChunk
    last: RingChunk
    segments: Sequence[str]
    parts: Mapping[Track, int]

    @property
    def count(self) -> int:
        """How many chunks there are."""
        return self.last.seq - self.first.seq + 1

    @property
    def tracks(self) -> frozenset[Track]:
        """Tracks that occur."""
        return frozenset(track for track, count in self.parts.items() if count)


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
    _segments: SegmentNames = field(default_factory=SegmentNames)
    _parts: Counter[Track] = field(default_factory=Counter)
    _coverage: Coverage = field(default_factory=Coverage)

    @property
    def chunks(self) -> tuple[RingChunk, ...]:
        """Everything inside, oldest first."""
        return tuple(self._chunks)

    @property
    def segments(self) -> Sequence[str]:
        """The segments that hold a chunk of the ring, oldest first. What is returned does not change."""
        return self._segments.inside

    @property
    def oldest_ns(self) -> int | None:
        """Start of the oldest chunk; None when the ring is empty."""
        return self._chunks[0].start_ns if self._chunks else None

    @property
    def newest_ns(self) -> int | None:
        """End of the newest chunk; None when the ring is empty."""
        return self._chunks[-1].end_ns if self._chunks else None

    @property
    def range(self) -> RingRange | None:
        """Everything inside, as a commit takes it; None when the ring is empty."""
        if not self._chunks:
            return None
        return RingRange(self._chunks[0], self._chunks[-1], self.segments, Counter(self._parts))

    def account(self, *, press_ns: int, now_ns: int, before: Before, tail: Tail) -> PreRecord:
        """Account for the window before a press (see ``Coverage.account``)."""
        return self._coverage.account(
            self._chunks, press_ns=press_ns, now_ns=now_ns, asked_ns=self.window_ns, before=before, tail=tail
        )

    def add(self, chunk: RingChunk) -> None:
        """Take a chunk in; the caller expires before it looks.

        Raises:
            ValueError: The chunk does not follow the newest one: numbers have no holes.
        """
        if self._chunks and chunk.seq != self._chunks[-1].seq + 1:
            message = f"internal error: chunk {chunk.seq} after {self._chunks[-1].seq}"
            raise ValueError(message)
        self._chunks.append(chunk)
        self._coverage.add(chunk)
        self._parts.update(chunk.tracks)
        self.size += chunk.size
        self._segments.add(chunk.segment)

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

    def take_unneeded(self, kept: Collection[str]) -> tuple[str, ...]:
        """Segments that may be unlinked now; each is named once.

        Args:
            kept: Those that stay: the one that is still being written, and what a recording claims.
        """
        return self._segments.take_left(kept)

    def _pop(self) -> RingChunk:
        chunk = self._chunks.popleft()
        self._coverage.remove(chunk, self._chunks[0] if self._chunks else None)
        self._parts.subtract(chunk.tracks)
        self.size -= chunk.size
        self._segments.leave(chunk.segment)
        return chunk
