"""Where the keys of the window live: one preallocated, locked buffer that never moves and is zeroed behind.

Rules:

- A key is made in its slot by the kernel's generator and is read in place: it is never a Python ``bytes``.
- A slot is zeroed before it is free again, when its chunk leaves the window, and on ``close`` (C2).
- The slots of a track are a circle in the order of the chunks: the keys of a range lie end to end, zeros
  where a chunk lacks the track, so that sealing them looks at no key on its own (C4).
- The buffer is locked into memory, left out of core dumps and wiped in a child after a fork, where the system
  allows it; ``locked`` says whether the lock held.

It cannot reach the copies that a cipher makes inside OpenSSL, which OpenSSL itself cleanses. What else Python
cannot promise is said in ``docs/security.md``.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import threading
from typing import TYPE_CHECKING

from protocol.footage.format.model import Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

KEY_BYTES = 32
_MADV_WIPEONFORK = 18  # linux/mman.h; Python's mmap does not name it

_libc = ctypes.CDLL(None, use_errno=True)


def fill_from_kernel(slot: memoryview) -> None:
    """Fill a slot from getrandom(2), in place.

    Raises:
        OSError: The kernel gave fewer bytes than asked for.
    """
    target = (ctypes.c_char * slot.nbytes).from_buffer(slot)
    if _libc.getrandom(ctypes.byref(target), ctypes.c_size_t(slot.nbytes), ctypes.c_uint(0)) != slot.nbytes:
        raise OSError(ctypes.get_errno(), "the kernel gave no random bytes")


def fill_from(random: Callable[[int], bytes]) -> Callable[[memoryview], None]:
    """A filler for an injected generator; the kernel's own is used in place of ``os.urandom``."""
    if random is os.urandom:
        return fill_from_kernel

    def fill(slot: memoryview) -> None:
        slot[:] = random(slot.nbytes)

    return fill


class KeyBuffer:
    """Slots for the keys of consecutive chunks, one per chunk and track. Thread-safe.

    Attributes:
        locked: Whether the memory is locked, so that it can never reach swap.
    """

    def __init__(self, chunks: int, fill: Callable[[memoryview], None] = fill_from_kernel) -> None:
        """Set the buffer up.

        Args:
            chunks: Of how many consecutive chunks it can hold the keys at once.
            fill: Writes fresh random bytes into the slot it is given.
        """
        size = len(Track) * chunks * KEY_BYTES
        self._memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._view = memoryview(self._memory)
        self._fill = fill
        self._chunks = chunks
        self._circle = {track: at * chunks for at, track in enumerate(Track)}
        self._held: dict[Track, bytearray] = {track: bytearray(chunks) for track in Track}
        self._seqs: list[int | None] = [None] * chunks
        self._guard = threading.Lock()
        self.locked = self._protect()

    def new(self, seq: int, track: Track) -> memoryview:
        """Make a key for one part and return its slot.

        Raises:
            MemoryError: The slot is taken by a chunk that came so long before.
            ValueError: The part has a key already.
        """
        with self._guard:
            place = seq % self._chunks
            if self._seqs[place] not in {None, seq}:
                raise MemoryError("internal error: every key slot is taken")
            if self._held[track][place]:
                message = f"internal error: chunk {seq} has a key for {track} already"
                raise ValueError(message)
            view = self._slot(place, track)
            self._seqs[place], self._held[track][place] = seq, 1
            self._fill(view)
            return view

    def of(self, seq: int) -> dict[Track, memoryview]:
        """The keys of a chunk, by track; empty when it has none (any more)."""
        with self._guard:
            place = seq % self._chunks
            if self._seqs[place] != seq:
                return {}
            return {track: self._slot(place, track) for track in Track if self._held[track][place]}

    @contextlib.contextmanager
    def laid_out(
        self, first_seq: int, last_seq: int
    ) -> Iterator[tuple[dict[Track, bytearray], Mapping[Track, int]]]:
        """The keys of a range of chunks end to end, until the end of the block: they are wiped then.

        Args:
            first_seq: The first chunk.
            last_seq: The last, included; no more than the buffer can hold.

        Yields:
            For each track the keys, zeros where a chunk has none, and how many there are.
        """
        with self._guard:
            keys = {track: self._copy(track, first_seq, last_seq) for track in Track}
            counts = {track: self._count(track, first_seq, last_seq) for track in Track}
        try:
            yield keys, counts
        finally:
            for copy in keys.values():
                copy[:] = bytes(len(copy))

    def drop(self, seq: int) -> None:
        """Zero the keys of a chunk and free their slots. A chunk without keys is nothing to do."""
        with self._guard:
            place = seq % self._chunks
            if self._seqs[place] != seq:
                return
            for track in Track:
                self._slot(place, track)[:] = bytes(KEY_BYTES)
                self._held[track][place] = 0
            self._seqs[place] = None

    def close(self) -> None:
        """Zero everything. The buffer holds no key after this."""
        with self._guard:
            self._view[:] = bytes(len(self._view))
            self._held = {track: bytearray(self._chunks) for track in Track}
            self._seqs = [None] * self._chunks

    def __len__(self) -> int:
        with self._guard:
            return sum(sum(held) for held in self._held.values())

    def _spans(self, first_seq: int, last_seq: int) -> tuple[slice, slice]:
        """Where in the circle a range of chunks lies: up to the circle's end, and on from its start."""
        count = last_seq - first_seq + 1
        if not 0 < count <= self._chunks:
            message = f"internal error: {count} chunks in a buffer for {self._chunks}"
            raise ValueError(message)
        start = first_seq % self._chunks
        end = min(start + count, self._chunks)
        return slice(start, end), slice(0, count - (end - start))

    def _copy(self, track: Track, first_seq: int, last_seq: int) -> bytearray:
        copy, at = bytearray((last_seq - first_seq + 1) * KEY_BYTES), 0
        target = memoryview(copy)  # a bytearray makes a copy of what is assigned to a part of it
        for span in self._spans(first_seq, last_seq):
            base = self._circle[track]
            piece = self._view[(base + span.start) * KEY_BYTES : (base + span.stop) * KEY_BYTES]
            target[at : at + piece.nbytes] = piece
            at += piece.nbytes
        return copy

    def _count(self, track: Track, first_seq: int, last_seq: int) -> int:
        held = self._held[track]
        return sum(held.count(1, span.start, span.stop) for span in self._spans(first_seq, last_seq))

    def _slot(self, place: int, track: Track) -> memoryview:
        at = (self._circle[track] + place) * KEY_BYTES
        return self._view[at : at + KEY_BYTES]

    def _protect(self) -> bool:
        for advice in (mmap.MADV_DONTDUMP, _MADV_WIPEONFORK):
            self._memory.madvise(advice)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        return bool(_libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(len(self._memory))) == 0)
