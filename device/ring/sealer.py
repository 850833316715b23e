"""Seals chunks one after the other into the run's signed hash chain, under keys from the key buffer.

Rules:

- A chunk takes its place in the chain only when it is durable (``advance``). Until then ``forget`` undoes it:
  its keys are zeroed and the next chunk takes the same number, so that the chain on the card has no hole.
- Every chunk has fresh keys, whether or not it takes over a number.

It writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.footage.format.segment import RunRecord, segment_name, write_run_record
from protocol.footage.format.sizes import FIRST_PREVIOUS, RUN_BYTES
from protocol.footage.sealing.sealed_chunk import seal_chunk

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock
    from device.credentials import Credentials
    from device.ring.keys import KeyBuffer
    from protocol.footage.format.model import PlainChunk
    from protocol.footage.sealing.sealed_chunk import SealedChunk


class Sealer:
    """The chain of one run. Not thread-safe: whoever has the ``SegmentWriter`` at the time has it too.

    Attributes:
        run: The run's 16 random bytes.
        next_seq: The number of the next chunk.
        previous: The digest that the next chunk refers to.
    """

    def __init__(
        self,
        credentials: Credentials,
        keys: KeyBuffer,
        clock: Clock,
        random: Callable[[int], bytes],
        window_ns: int,
    ) -> None:
        self.run = random(RUN_BYTES)
        self.next_seq = 0
        self.previous = FIRST_PREVIOUS
        self._credentials = credentials
        self._keys = keys
        self._clock = clock
        self._window_ns = window_ns

    def seal(self, chunk: PlainChunk) -> SealedChunk:
        """Encrypt and sign a chunk as the next one.

        Raises:
            FootageError: The chunk breaks a limit of the format; it left no trace.
        """
        seq = self.next_seq
        try:
            return seal_chunk(
                chunk,
                camera=self._credentials.camera,
                run=self.run,
                seq=seq,
                previous=self.previous,
                keys={part.track: self._keys.new(seq, part.track) for part in chunk.parts},
                sign=self._credentials.sign,
            )
        except BaseException:
            self._keys.drop(seq)
            raise

    def advance(self, sealed: SealedChunk) -> None:
        """The chunk is durable: the chain goes on from it."""
        self.next_seq = sealed.header.seq + 1
        self.previous = sealed.digest

    def forget(self, sealed: SealedChunk) -> None:
        """The chunk could not be stored: zero its keys; the next chunk takes its number."""
        self._keys.drop(sealed.header.seq)

    def forget_from(self, seq: int) -> None:
        """Zero the keys of a chunk, and of all that came after it or were to come."""
        for each in range(seq, self.next_seq + 1):
            self._keys.drop(each)

    def segment(self, index: int) -> str:
        """The name of a segment of this run."""
        return segment_name(self.run, index)

    def run_record(self, index: int) -> bytes:
        """How a segment begins whose first chunk is the next one."""
        record = RunRecord(
            camera=self._credentials.camera,
            run=self.run,
            index=index,
            first_seq=self.next_seq,
            previous=self.previous,
            certificates=self._credentials.certificates,
            window_ns=self._window_ns,
            label=self._clock.label(),
            started_ns=self._clock.boot_ns(),
        )
        return write_run_record(record, self._credentials.sign)
