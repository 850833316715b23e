"""Stores chunks: seals each as the next of the run, makes it durable, and knows what was lost.

    writer = SegmentWriter(sealer, log)
    stored = writer.append(chunk)

Rules:

- A chunk that ``append`` returned for is durable, and has its place in the run's chain (C5).
- A chunk that it raised for leaves nothing: its keys are zeroed, its number is the next one's, and it is
  remembered as lost until the next stored chunk has said so (C6). This is the one place that knows it.
- A segment that closes, for whatever reason, is handed out once by ``take_closed``.

It decides nothing about windows or recordings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.errors import StorageError
from device.lost import LostFootage
from device.ring.chunk import RingChunk
from protocol.footage.format.errors import FootageError
from protocol.footage.format.model import GapCause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from device.ring.sealer import Sealer
    from device.ring.segment_log import SegmentLog
    from device.storage.segment import ClosedSegment
    from protocol.footage.format.model import Gap, PlainChunk, Track


class SegmentWriter:
    """The segments of one run. Not thread-safe, and guarded by no lock.

    While a chunk is being stored it belongs to the thread that brought the chunk (``Recorder.push``), else to
    the one that deals with messages. Meanwhile that one only reads it, and has ``unlinked`` forget segments.

    Attributes:
        lost: What was lost of each track since the last chunk that was stored; any thread may read it.
        missing: That, and what was stated of the time besides, with its cause; any thread may read it.
    """

    def __init__(self, sealer: Sealer, log: SegmentLog) -> None:
        """Begin a run.

        Args:
            sealer: The run's chain.
            log: Where its segments go.
        """
        self._sealer = sealer
        self._log = log
        self.lost: tuple[Gap, ...] = ()
        self.missing: tuple[Gap, ...] = ()
        self._lost = LostFootage()
        self._just_closed: list[ClosedSegment] = []

    @property
    def run(self) -> bytes:
        """The 16 random bytes that name this run."""
        return self._sealer.run

    @property
    def next_seq(self) -> int:
        """The number of the next chunk."""
        return self._sealer.next_seq

    @property
    def writing(self) -> str | None:
        """Name of the segment being written; None between two."""
        return self._log.writing

    @property
    def full(self) -> bool:
        """Whether the segment being written has had enough."""
        return self._log.full

    def append(self, chunk: PlainChunk) -> RingChunk:
        """Store a chunk durably, with the statement of what was lost before it.

        Raises:
            FootageError: It breaks a limit of the format, and is lost.
            StorageError: The card did not take it, and it is lost; the segment is closed.
        """
        try:
            sealed = self._sealer.seal(self._lost.carried_by(chunk))
        except FootageError:
            self._lose(chunk, GapCause.ENCODER)
            raise
        before = self._log.open_segment
        try:
            segment = self._log.append(sealed)
        except StorageError:
            self._sealer.forget(sealed)
            self._lose(chunk, GapCause.STORAGE)
            self._note_closed(before)
            raise
        self._sealer.advance(sealed)
        self.begin_anew()
        return RingChunk.of(sealed.header, segment, len(sealed.record))

    def finish(self) -> None:
        """Close the segment being written, if there is one.

        Raises:
            StorageError: Its chunks are durable all the same; recovery makes it read-only.
        """
        before = self._log.open_segment
        try:
            self._log.finish()
        finally:
            self._note_closed(before)

    def break_off(self, chunk: PlainChunk, from_seq: int) -> None:
        """After an error of our own: leave the segment as it is, and go on without a chunk. Never raises.

        Args:
            chunk: What was being taken in. It counts as lost.
            from_seq: The number that it would have had; its keys are zeroed, stored or not.
        """
        before = self._log.open_segment
        self._log.abandon()
        self._note_closed(before)
        self._lose(chunk, GapCause.ENCODER)
        self._sealer.forget_from(from_seq)

    def state_gap(self, chunk: PlainChunk, tracks: Iterable[Track], from_ns: int, cause: GapCause) -> None:
        """Have the next chunk that is stored say what is missing before one, where no other statement does.

        Args:
            chunk: What is about to be stored.
            tracks: Which tracks it is missing of.
            from_ns: Where the footage before it ends.
            cause: Why there is nothing between the two.
        """
        self._lost.add_gap_before(chunk, tracks, from_ns, cause)
        self._note_lost()

    def begin_anew(self) -> None:
        """What comes next is no sequel to what was lost."""
        self._lost.told()
        self._note_lost()

    def take_closed(self) -> tuple[ClosedSegment, ...]:
        """The segments that were closed since this was last asked."""
        closed, self._just_closed = tuple(self._just_closed), []
        return closed

    def closed(self, name: str) -> ClosedSegment | None:
        """A closed segment that is in the ring's folder; None for any other."""
        return self._log.closed.get(name)

    def unlinked(self, name: str) -> None:
        """A segment has left the ring's folder."""
        self._log.closed.pop(name, None)

    def in_order(self, names: Iterable[str]) -> bool:
        """Whether all of these segments could be closed as they should be, so that nobody looks again."""
        return self._log.abandoned.isdisjoint(names)

    def _lose(self, chunk: PlainChunk, cause: GapCause) -> None:
        self._lost.add(chunk, cause)
        self._note_lost()

    def _note_lost(self) -> None:
        self.lost, self.missing = self._lost.spans, self._lost.missing

    def _note_closed(self, before: ClosedSegment | None) -> None:
        """Remember a segment that was open, with chunks in it, until what was just done."""
        if before is not None and before.name != self._log.writing:
            self._just_closed.append(before)
