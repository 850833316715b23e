"""Packets of both encoders to chunks, on a thread of its own, so that the chunker needs no lock.

Rules:

- What waits is worked off at once when something in it is urgent, else twenty times a second.
- Time moves in steps. A process that was held up must not take its own delay for a sensor's: it first works
  off what waits, and then moves on by a fifth of a second at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.capture.chunker import SUSPENDED_NS, Chunker
from device.capture.material_queue import Boundary, MaterialQueue
from device.clock import label_at
from protocol.units import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from device.capture.chunk_queue import ChunkQueue
    from device.capture.material_queue import Material
    from device.clock import Clock
    from protocol.footage.format.model import PlainChunk

_TICK_S: Final = 0.05
_STEP_NS: Final = 200 * NS_PER_MS


class Assembly:
    """Collects packets and passes chunks on to the chunk queue.

    Args:
        clock: Gives the time and the chunks' labels.
        chunk_queue: Gets the chunks; closed at the end.
        frame_ns: How long a picture is shown when nothing follows it.
        sound: Whether sound is wanted.

    Attributes:
        chunks: How many were made.
    """

    def __init__(self, clock: Clock, chunk_queue: ChunkQueue, *, frame_ns: int, sound: bool) -> None:
        self.chunks = 0
        self._clock = clock
        self._chunk_queue = chunk_queue
        self._chunker = Chunker(label=lambda at: label_at(clock, at), frame_ns=frame_ns, sound=sound)
        self._material = MaterialQueue()
        self._now_ns = 0

    @property
    def late(self) -> int:
        """Packets that came after their chunk had gone, or need one that did."""
        return self._chunker.late

    def put(self, item: Material) -> None:
        """Take a packet or a statement; from any thread, each track in order."""
        self._material.put(item)

    def cut(self) -> None:
        """End the chunk here if there are no pictures; else the encoder's next key picture ends it."""
        self._material.put(Boundary.CUT)

    def end(self) -> None:
        """Say that nothing more comes."""
        self._material.put(Boundary.END)

    def abandon(self) -> None:
        """Let nobody wait any more: the capture is broken."""
        self._material.abandon()

    def run(self) -> None:
        """Work until the end."""
        try:
            while self._work_off(self._material.take(_TICK_S)):
                if self._material.empty:
                    self._offer(self._chunker.advance(self._patient_time()))
            self._offer(self._chunker.finish())
        finally:
            self._chunk_queue.close()

    def _work_off(self, items: Iterable[Material | Boundary]) -> bool:
        """Take in what has waited; tell whether more may come."""
        for item in items:
            if item is Boundary.END:
                return False
            if isinstance(item, Boundary):
                self._offer(self._chunker.cut(self._clock.boot_ns()))
            else:
                self._offer(self._chunker.push(item))
        return not self._material.abandoned

    def _patient_time(self) -> int:
        now = self._clock.boot_ns()
        asleep = now - self._now_ns > SUSPENDED_NS
        self._now_ns = now if asleep else min(now, self._now_ns + _STEP_NS)
        return self._now_ns

    def _offer(self, chunks: Iterable[PlainChunk]) -> None:
        for chunk in chunks:
            self.chunks += 1
            self._chunk_queue.offer(chunk)
