"""Hands chunks over to whoever stores them, without ever waiting for it.

Rules:

- The queue is bounded. A chunk that finds it full is dropped and counted, and the next one that finds room
  states what was dropped as a gap, and what the dropped ones stated (C6).
- Where live footage does not join the footage before the capture, that is a gap too.
- Footage of one capture is handed over behind all of the captures before it, however long a card keeps those
  waiting. Together they hold no more than one alone may; one that never had a chunk waits for nobody.
- What waits is given up only when somebody says so.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from device.lost import LostFootage
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Gap, GapCause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from protocol.footage.format.model import PlainChunk, Track

DEPTH: Final = 30
"""Chunks, about seconds: what a stalled storage may cost without a loss. At 8 Mbit/s they are 30 MB."""

HAND_OVER_S: Final = 30.0
"""How long a camera that ends waits for its card, and a capture that is closed for its encoder."""


class LineOfFootage:
    """What one capture has still to hand over, for whoever comes after it: the end of a line.

    Args:
        waiting: Counts its chunks that wait.
        behind: The end of the line that it joins; None for the first.
        goes_on: Whether the capture before broke: what lies between its footage and this is stated as a gap.

    Attributes:
        waiting: See above.
        behind: What goes first; None once all of it is over.
        goes_on: See above.
        end_ns: The end of the footage that was handed over; None before any was.
        given_up: Whether nothing is to be handed over any more.
        over: Set once nothing of it will be handed over any more; what goes first may not be over.
    """

    def __init__(self, waiting: Callable[[], int], behind: LineOfFootage | None, *, goes_on: bool) -> None:
        while behind is not None and behind.over.is_set() and behind.end_ns is None:
            goes_on, behind = goes_on and behind.goes_on, behind.behind  # it had nothing to be remembered for
        self.waiting = waiting
        self.behind: LineOfFootage | None = behind
        self.goes_on: bool = goes_on
        self.end_ns: int | None = None
        self.given_up = False
        self.over: threading.Event = threading.Event()

    def __iter__(self) -> Iterator[LineOfFootage]:
        """All of the line, the newest first."""
        each: LineOfFootage | None = self
        while each is not None:
            yield each
            each = each.behind

    def count(self) -> int:
        """The chunks that wait in all of the line."""
        return sum(each.waiting() for each in self if not each.over.is_set())

    def let_go_first(self) -> int | None:
        """Wait until all that goes first is over; return where its footage ends, if this goes on there."""
        line = tuple(self)[1:]
        for each in reversed(line):
            each.over.wait()
        end_ns, goes_on = None, self.goes_on
        for each in line:
            if goes_on and end_ns is None:
                end_ns, goes_on = each.end_ns, each.goes_on
        self.behind = None
        return end_ns

    def finish(self, on_trouble: Callable[[str], None]) -> None:
        """Wait until all of the line is handed over: for ``HAND_OVER_S`` at most.

        What is not by then is given up, but for the chunk that is being handed over, and that is said.
        """
        deadline = time.monotonic() + HAND_OVER_S
        line = tuple(self)
        if all(each.over.wait(max(0.0, deadline - time.monotonic())) for each in reversed(line)):
            return
        for each in line:
            each.given_up = True
        wait = f"{HAND_OVER_S:.0f} s"
        on_trouble(f"The last footage was not stored within {wait} and is lost: check the card.")


class ChunkQueue:
    """A queue of chunks with a stated loss.

    Args:
        tracks: What a chunk usually holds.
        depth: Chunks that may wait, with those of all captures before.
        behind: What the captures before have still to hand over; None for the first.
        goes_on: Whether the capture before broke: what lies between the two is stated as a gap.

    Attributes:
        lost: Chunks that were dropped.
        line: What is still to be handed over, for the capture that comes next.
    """

    def __init__(
        self,
        tracks: Sequence[Track],
        depth: int = DEPTH,
        *,
        behind: LineOfFootage | None = None,
        goes_on: bool = False,
    ) -> None:
        self.lost = 0
        self._tracks = tuple(tracks)
        self._queue: queue.Queue[PlainChunk | None] = queue.Queue(depth + 1)
        self._depth = depth
        self._dropped = LostFootage()
        self._closed = self._holds = False
        self.line = LineOfFootage(self._waiting, behind, goes_on=goes_on)

    def offer(self, chunk: PlainChunk) -> None:
        """Queue a chunk, or drop it; never waits. One thread offers."""
        if self.line.count() >= self._depth or self._queue.qsize() >= self._depth:
            self.lost += 1
            self._dropped.add(chunk, GapCause.OVERFLOW)
            return
        self._queue.put_nowait(self._dropped.carried_by(chunk))
        self._dropped.told()

    def close(self) -> None:
        """Say that no more chunks come; the one place is kept free for this."""
        self._closed = True
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
        line, end = self.line, after_ns
        line.end_ns = after_ns
        try:
            while (live := self._queue.get()) is not None:
                if line.behind is not None:
                    self._holds = True  # it still waits, though no more in the queue
                    before_ns = line.let_go_first()
                    self._holds = False
                    end, cause = (end, cause) if before_ns is None else (before_ns, GapCause.ENCODER)
                if line.given_up:
                    return
                on_chunk(live if end is None else joined(live, end, self._tracks, cause))
                line.end_ns, end = live.start_ns + live.duration_ns, None
        finally:
            self.leave()

    def leave(self) -> None:
        """Hand nothing over from now on: all is, or whoever does it broke. What is behind goes on."""
        self.line.over.set()

    def _waiting(self) -> int:
        return max(0, self._queue.qsize() - self._closed) + self._holds


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
