"""Where the keys of the ring live: one preallocated, locked buffer that never moves and is zeroed behind us.

Rules:

- A key is made in its slot by the kernel's generator and is read in place: it is never a Python ``bytes``.
- A slot is zeroed before it is free again, when its chunk leaves the window, and on ``close`` (C2).
- The buffer is locked into memory, left out of core dumps and wiped in a child after a fork, where the system
  allows it; ``locked`` says whether the lock held.

It cannot reach the copies that a cipher makes inside OpenSSL, which OpenSSL itself cleanses. What else Python
cannot promise is said in ``docs/security.md``.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from protocol.footage.format.model import Track

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
    """Slots for the keys of chunks, one per chunk and track. Thread-safe.

    Attributes:
        locked: Whether the memory is locked, so that it can never reach swap.
    """

    def __init__(self, slots: int, fill: Callable[[memoryview], None] = fill_from_kernel) -> None:
        """Set the buffer up.

        Args:
            slots: How many keys it can hold at once.
            fill: Writes fresh random bytes into the slot it is given.
        """
        self._memory = mmap.mmap(-1, slots * KEY_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self._view = memoryview(self._memory)
        self._fill = fill
        self._free = list(range(slots - 1, -1, -1))
        self._slots: dict[int, dict[Track, int]] = {}
        self._guard = threading.Lock()
        self.locked = self._protect()

    def new(self, seq: int, track: Track) -> memoryview:
        """Make a key for one part and return its slot.

        Raises:
            MemoryError: Every slot is taken.
            ValueError: The part has a key already.
        """
        with self._guard:
            tracks = self._slots.setdefault(seq, {})
            if track in tracks:
                message = f"internal error: chunk {seq} has a key for {track} already"
                raise ValueError(message)
            if not self._free:
                raise MemoryError("internal error: every key slot is taken")
            slot = tracks[track] = self._free.pop()
            view = self._slot(slot)
            self._fill(view)
            return view

    def of(self, seq: int) -> dict[Track, memoryview]:
        """The keys of a chunk, by track; empty when it has none (any more)."""
        with self._guard:
            return {track: self._slot(slot) for track, slot in self._slots.get(seq, {}).items()}

    def of_all(self, seqs: Iterable[int]) -> dict[tuple[int, Track], memoryview]:
        """The keys of many chunks, by chunk and track: what a commit seals."""
        with self._guard:
            return {
                (seq, track): self._slot(slot)
                for seq in seqs
                for track, slot in self._slots.get(seq, {}).items()
            }

    def drop(self, seq: int) -> None:
        """Zero the keys of a chunk and free their slots. A chunk without keys is nothing to do."""
        with self._guard:
            for slot in self._slots.pop(seq, {}).values():
                self._slot(slot)[:] = bytes(KEY_BYTES)
                self._free.append(slot)

    def close(self) -> None:
        """Zero everything. The buffer holds no key after this."""
        with self._guard:
            self._view[:] = bytes(len(self._view))
            self._free.extend(slot for tracks in self._slots.values() for slot in tracks.values())
            self._slots.clear()

    def room(self) -> int:
        """How many slots are free."""
        with self._guard:
            return len(self._free)

    def __len__(self) -> int:
        with self._guard:
            return sum(len(tracks) for tracks in self._slots.values())

    def _slot(self, slot: int) -> memoryview:
        return self._view[slot * KEY_BYTES : (slot + 1) * KEY_BYTES]

    def _protect(self) -> bool:
        for advice in (mmap.MADV_DONTDUMP, _MADV_WIPEONFORK):
            self._memory.madvise(advice)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        return bool(_libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(len(self._memory))) == 0)
