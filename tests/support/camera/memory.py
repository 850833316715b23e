"""Looking for keys in the memory of this very process, without making copies of them by looking.

- A key is noted as XOR with a mask, so that the note is no find.
- All memory is read into one buffer, which is left out of the search and zeroed after it: a search that reads
  into fresh ``bytes`` finds what an earlier one left behind.
- What is compared is never longer than eight bytes, and a find is sixteen: half a key is too much already.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

Note: TypeAlias = tuple[int, ...]
"""A key of 32 bytes, eight at a time, masked."""

_MASK: Final = 0x5A3C_96E1_7B48_D20F
_STEP: Final = 1 << 22
_HALF: Final = 16
_PAGE: Final = mmap.PAGESIZE
_PRESENT: Final = 0xC0  # in memory or in swap, https://docs.kernel.org/admin-guide/mm/pagemap.html
_NOT_OURS: Final = {"[vvar]", "[vvar_vclock]", "[vsyscall]"}


def note(key: memoryview) -> Note:
    """Remember a key in a form that is no find."""
    return tuple(int.from_bytes(key[at : at + 8], "little") ^ _MASK for at in range(0, len(key), 8))


@dataclass(frozen=True)
class Find:
    """Half of a key in memory.

    Attributes:
        name: Which key.
        at: The address.
        area: What the system says about the memory there.
    """

    name: str
    at: int
    area: str


class Memory:
    """The memory of this process; to be made before hardening takes the files of ``/proc`` away."""

    def __init__(self) -> None:
        self._memory = os.open("/proc/self/mem", os.O_RDONLY)
        self._pages = os.open("/proc/self/pagemap", os.O_RDONLY)
        self._read = mmap.mmap(-1, _STEP + _PAGE)
        self._view = memoryview(self._read)
        begin = ctypes.addressof(ctypes.c_char.from_buffer(self._read))
        self._own = range(begin, begin + len(self._read))

    def find(self, notes: Mapping[str, Note]) -> list[Find]:
        """Every half of these keys in all memory that can be read and was ever touched."""
        halves = [
            (name, [(part ^ _MASK).to_bytes(8, "little") for part in note[at : at + 2]])
            for name, note in notes.items()
            for at in (0, 2)
        ]
        finds = [
            Find(name, begin + at, area)
            for begin, size, area in self._runs()
            for name, half in halves
            for at in self._places(half, size)
            if begin + at not in self._own
        ]
        self._view[:] = bytes(len(self._view))
        return finds

    def _runs(self) -> Iterator[tuple[int, int, str]]:
        """Read the memory piece by piece, each with the beginning of the next: address, bytes and area."""
        for area in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
            limits, mode, *_, name = [*area.split(), ""]
            if "r" not in mode or _NOT_OURS & set(area.split()):
                continue
            begin, end = (int(limit, 16) for limit in limits.split("-"))
            for at, size in self._touched(begin, end):
                count = os.preadv(self._memory, [self._view[: min(size + _HALF - 1, end - at)]], at)
                yield at, count, f"{mode} {name}"

    def _touched(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The pages of an area that were ever touched, in runs of at most ``_STEP`` bytes."""
        entries = os.pread(self._pages, (end - begin) // _PAGE * 8, begin // _PAGE * 8)
        at: int | None = None
        for page, flags in enumerate((*entries[7::8], 0)):
            here = begin + page * _PAGE
            if at is not None and (not flags & _PRESENT or here - at == _STEP):
                yield at, here - at
                at = None
            if at is None and flags & _PRESENT:
                at = here

    def _places(self, half: Sequence[bytes], size: int) -> Iterator[int]:
        at = self._read.find(half[0], 0, size)
        while at >= 0:
            if self._read[at + 8 : min(at + _HALF, size)] == half[1]:
                yield at
            at = self._read.find(half[0], at + 1, size)
