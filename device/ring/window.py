"""The ring together with its keys: the one place where a chunk's keys live and end.

Rules:

- A chunk's keys are zeroed in the same step in which it leaves the ring (C2).
- Keys are sealed for a recording while nothing can expire, so that what is committed is what was counted, and
  a chunk that comes late, as after a sleep, is sealed before it leaves.
- The lock here is never held while anything is written: expiry does not wait for storage.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.ring.prerecord import OF_OTHERS, Before, PreRecord
from protocol.footage.format.model import GapCause, Track
from protocol.footage.sealing.keys import seal_key_range

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from device.ring.chunk import RingChunk
    from device.ring.keys import KeyBuffer
    from device.ring.prerecord import Tail
    from device.ring.ring import Ring, RingRange
    from protocol.footage.ledger.ledger import Keys
    from protocol.footage.sealing.keys import Recipient


@dataclass(frozen=True, slots=True)
class Recorded:
    """Which recording keys are sealed for: its 16 bytes, and its recipients."""

    recording: bytes
    recipients: Sequence[Recipient]


class Window:
    """A ring and the keys of its chunks. Thread-safe."""

    def __init__(self, ring: Ring, keys: KeyBuffer) -> None:
        self._ring = ring
        self._keys = keys
        self._before = Before(0, GapCause.JUST_BOOTED)
        self._closed = False
        self._guard = threading.Lock()

    @property
    def window_ns(self) -> int:
        """How far back it reaches."""
        return self._ring.window_ns

    @property
    def size(self) -> int:
        """Bytes of the chunks inside."""
        return self._ring.size

    @property
    def empty(self) -> bool:
        """Whether there is no chunk inside."""
        return self._ring.oldest_ns is None

    @property
    def end_ns(self) -> int | None:
        """Where the newest chunk inside ends; None where there is none."""
        with self._guard:
            return self._ring.newest_ns

    @property
    def since_ns(self) -> int:
        """What is older is not for this window: another's, or private. 0 where all is the wearer's own."""
        return self._before.since_ns if self._before.cause in OF_OTHERS else 0

    def begin(self, now_ns: int, cause: GapCause) -> None:
        """The window fills from now on; there is nothing older, for this cause (see ``Before``)."""
        with self._guard:
            self._before = Before(now_ns, cause)

    def add(self, chunk: RingChunk, now_ns: int, sealed_for: Recorded | None = None) -> Keys | None:
        """Take in a durable chunk whose keys are in the key buffer.

        Args:
            chunk: The chunk, maybe so late that it leaves the window at once.
            now_ns: What is older than the window now is let go of.
            sealed_for: The recording under way, if there is one.

        Returns:
            The chunk's keys, sealed for that recording before anything was let go of.
        """
        with self._guard:
            self._ring.add(chunk)
            keys = None
            if sealed_for is not None:
                keys = self._seal(chunk.seq, chunk.seq, Counter(chunk.tracks), sealed_for)
            self._zero(self._ring.expire(now_ns))
            return keys

    def expire(self, now_ns: int) -> None:
        """Let go of what is older than the window."""
        with self._guard:
            self._zero(self._ring.expire(now_ns))

    def clear(self) -> None:
        """Let go of everything."""
        with self._guard:
            self._zero(self._ring.clear())

    def take_unneeded(self, kept: Collection[str]) -> tuple[str, ...]:
        """Segments that may be unlinked from the ring's folder; each is named once (see ``Ring``)."""
        with self._guard:
            return self._ring.take_unneeded(kept)

    def filled_ns(self, now_ns: int) -> int:
        """How far back the window reaches now."""
        with self._guard:
            oldest = self._ring.oldest_ns
        return 0 if oldest is None else max(0, min(now_ns - oldest, self._ring.window_ns))

    def collect(
        self, *, press_ns: int, now_ns: int, tail: Tail, sealed_for: Recorded
    ) -> tuple[RingRange | None, PreRecord, Keys | None]:
        """Everything that a press commits: the chunks, the account of them, and their sealed keys.

        Args:
            press_ns: When the button was pressed.
            now_ns: What is older than the window now is let go of first.
            tail: What is known of the time since the newest chunk.
            sealed_for: The recording that they are sealed for.

        Returns:
            The chunks and their keys, None where there are no chunks.
        """
        with self._guard:
            self._zero(self._ring.expire(now_ns))
            held = self._ring.range
            told = self._ring.account(press_ns=press_ns, now_ns=now_ns, before=self._before, tail=tail)
            if held is None:
                return None, told, None
            return held, told, self._seal(held.first.seq, held.last.seq, held.parts, sealed_for)

    def close(self) -> None:
        """Zero every key; nothing can be sealed after this."""
        with self._guard:
            self._closed = True
            self._ring.clear()
            self._keys.close()

    def _seal(self, first_seq: int, last_seq: int, parts: Mapping[Track, int], sealed_for: Recorded) -> Keys:
        if self._closed:
            raise RuntimeError("internal error: the window is closed, its keys are gone")
        with self._keys.laid_out(first_seq, last_seq) as (keys, counts):
            if any(counts[track] != parts.get(track, 0) for track in Track):
                raise RuntimeError("internal error: the keys of a chunk are gone before they were sealed")
            return seal_key_range(
                sealed_for.recipients,
                recording=sealed_for.recording,
                first_seq=first_seq,
                last_seq=last_seq,
                laid_out=keys,
            )

    def _zero(self, gone: tuple[RingChunk, ...]) -> None:
        for chunk in gone:
            self._keys.drop(chunk.seq)
