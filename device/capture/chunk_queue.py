"""Hands chunks over to whoever stores them, without ever waiting for it.

Rules:

- The queue is bounded. A chunk that finds it full is dropped and counted, and the next one that finds room
  states what was dropped as a gap, and what the dropped ones stated (C6).
- Where live footage does not join the footage before the capture, that is a gap too.
"""

from __future__ import annotations

import queue
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from device.lost import LostFootage
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Gap, GapCause

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from protocol.footage.format.model import PlainChunk, Track

DEPTH: Final = 30
"""Chunks, about seconds: what a stalled storage may cost without a loss. At 8 Mbit/s they are 30 MB."""


class ChunkQueue:
    """A queue of chunks with a stated loss.

    Args:
        tracks: What a chunk usually holds.
        depth: Chunks that may wait.

    Attributes:
        lost: Chunks that were dropped.
    """

    def __init__(self, tracks: Sequence[Track], depth: int = DEPTH) -> None:
        self.lost = 0
        self._tracks = tuple(tracks)
        self._queue: queue.Queue[PlainChunk | None] = queue.Queue(depth + 1)
        self._depth = depth
        self._dropped = LostFootage()

    def offer(self, chunk: PlainChunk) -> None:
        """Queue a chunk, or drop it; never waits. One thread offers."""
        if self._queue.qsize() >= self._depth:
            self.lost += 1
            self._dropped.add(chunk, GapCause.OVERFLOW)
            return
        self._queue.put_nowait(self._dropped.carried_by(chunk))
        self._dropped.told()

    def close(self) -> None:
        """Say that no more chunks come; the one place is kept free for this."""
        self._queue.put(None)

    def deliver(
        self,
        on_chunk: Callable[[PlainChunk], None],
        after_ns: int | None = None,
        cause: GapCause = GapCause.JUST_BOOTED,
    ) -> None:
        """Hand over all that is offered, until closed. Runs on a thread of its own.

        Args:
            on_chunk: Gets the chunks; may be slow.
            after_ns: The end of footage that the first chunk is to follow; ``None`` where there is none.
            cause: Why there may be nothing between the two.
        """
        end = after_ns
        while (live := self._queue.get()) is not None:
            on_chunk(live if end is None else joined(live, end, self._tracks, cause))
            end = None


def with_gap_before(chunk: PlainChunk, from_ns: int, cause: GapCause, tracks: Sequence[Track]) -> PlainChunk:
    """The chunk with the statement that there is nothing from then to its beginning."""
    missing = tuple(Gap(track, from_ns, chunk.start_ns - from_ns, cause) for track in tracks)
    return replace(chunk, gaps=(*missing, *chunk.gaps))


def joined(
    chunk: PlainChunk, end_ns: int, tracks: Sequence[Track], cause: GapCause = GapCause.JUST_BOOTED
) -> PlainChunk:
    """The first live chunk as successor of footage that ends at ``end_ns``: moved up to it, or with a gap."""
    missing = chunk.start_ns - end_ns
    if abs(missing) <= CONTINUITY_TOLERANCE_NS:
        return replace(chunk, start_ns=end_ns, duration_ns=chunk.duration_ns + missing)
    return with_gap_before(chunk, end_ns, cause, tracks) if missing > 0 else chunk
