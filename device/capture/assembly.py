"""Packets of both encoders to chunks, on a thread of its own, so that the chunker needs no lock.

Rules:

- What waits is worked off at once when something in it is urgent, else ten times a second.
- Time moves in steps. A process that was held up must not take its own delay for a sensor's: it first works
  off what waits, and then moves on by a fifth of a second at a time. Nor does time go past a picture that
  waits for the encoder: that is late, and not missing.
- An encoder that hangs at the end is waited for as long as whoever ends it says.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from device.capture.chunker import SUSPENDED_NS, Chunker
from device.capture.frame_queue import LONGEST_NS
from device.capture.material_queue import Boundary, MaterialQueue
from device.clock import label_at
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from device.capture.chunk_queue import ChunkQueue
    from device.capture.material_queue import Material
    from device.clock import Clock
    from protocol.footage.format.model import PlainChunk

_TICK_S: Final = 0.1
_STEP_NS: Final = 200 * NS_PER_MS


class Assembly:
    """Collects packets and passes chunks on to the chunk queue.

    Args:
        clock: Gives the time and the chunks' labels.
        chunk_queue: Gets the chunks; closed at the end.
        frame_ns: How long a picture is shown when nothing follows it.
        sound: Whether sound is wanted.
        waits_since: When the picture was taken that has waited longest for the encoder, or the last one of a
            file that is behind; None where neither is so.

    Attributes:
        chunks: How many were made.
        overdue: Whether its end did not come in time, and what was still to come is lost.
    """

    def __init__(
        self,
        clock: Clock,
        chunk_queue: ChunkQueue,
        *,
        frame_ns: int,
        sound: bool,
        waits_since: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.chunks = 0
        self.overdue = False
        self._until_s: float | None = None
        self._clock = clock
        self._chunk_queue = chunk_queue
        self._chunker = Chunker(label=lambda at: label_at(clock, at), frame_ns=frame_ns, sound=sound)
        self._material = MaterialQueue()
        self._waits_since = waits_since
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

    def end_within(self, seconds: float) -> None:
        """Wait no longer than so many seconds for the end; the first that say so count."""
        if self._until_s is None:
            self._until_s = time.monotonic() + seconds

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
        if self._until_s is not None and time.monotonic() >= self._until_s:
            self.overdue = True
            self.abandon()
        return not self._material.abandoned

    def _patient_time(self) -> int:
        self._now_ns = moved_on(self._now_ns, self._clock.boot_ns())
        return patient(self._now_ns, self._waits_since())

    def _offer(self, chunks: Iterable[PlainChunk]) -> None:
        for chunk in chunks:
            self.chunks += 1
            self._chunk_queue.offer(chunk)


def earliest(*times: int | None) -> int | None:
    """The earliest of those that there are."""
    return min((at for at in times if at is not None), default=None)


def moved_on(before_ns: int, clock_ns: int) -> int:
    """The time, a step after what it was before; after a sleep of the machine it is what the clock says."""
    asleep = clock_ns - before_ns > SUSPENDED_NS
    return clock_ns if asleep else min(clock_ns, before_ns + _STEP_NS)


def patient(now_ns: int, waits_since_ns: int | None) -> int:
    """The time up to which a picture can be missing, where one from then waits for the encoder.

    An encoder that hangs keeps nothing else waiting: time lags by as long as pictures may
    wait at most, and a second.
    """
    if waits_since_ns is None:
        return now_ns
    return max(min(now_ns, waits_since_ns), now_ns - LONGEST_NS - NS_PER_S)
