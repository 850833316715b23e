"""A ZIP archive whose length is known before its first byte (PKWARE's APPNOTE.TXT 6.3.10). Pure.

Nothing is compressed, and size and CRC-32 of each file are known beforehand, so that any program that reads
ZIP archives reads it, also from a stream. What does not fit 32 bits is in the ZIP64 extra fields (4.5.3).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_MOST_32: Final = 0xFFFFFFFF
_MOST_16: Final = 0xFFFF
_VERSION: Final = 45
_UTF8: Final = 0x0800
_REGULAR_FILE: Final = 0o100644 << 16
_ZIP64: Final = 1


@dataclass(frozen=True, slots=True)
class ZippedFile:
    """A file of an archive.

    Attributes:
        name: its path in it, with ``/``.
        size: its bytes.
        crc32: its CRC-32.
    """

    name: str
    size: int
    crc32: int


class ZipLayout:
    """Where everything of an archive lies."""

    def __init__(self, files: Sequence[ZippedFile]) -> None:
        """Lay the files out in this order."""
        self.files = tuple(files)
        self._heads = [_local(each) for each in self.files]
        self._offsets: list[int] = []
        at = 0
        for head, each in zip(self._heads, self.files, strict=True):
            self._offsets.append(at)
            at += len(head) + each.size
        self._directory_at = at
        self.tail = self._tail()
        self.length = at + len(self.tail)

    def head(self, index: int) -> bytes:
        """Return what comes right before the content of a file."""
        return self._heads[index]

    def _tail(self) -> bytes:
        """Return what comes after the last file: the central directory and its end."""
        entries = [_central(each, offset) for each, offset in zip(self.files, self._offsets, strict=True)]
        directory = b"".join(entries)
        count, at, size = len(entries), self._directory_at, len(directory)
        end = struct.pack(
            "<IHHHHIIH",
            0x06054B50,
            0,
            0,
            min(count, _MOST_16),
            min(count, _MOST_16),
            min(size, _MOST_32),
            min(at, _MOST_32),
            0,
        )
        if count < _MOST_16 and size < _MOST_32 and at < _MOST_32:
            return directory + end
        record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, _VERSION, _VERSION, 0, 0, count, count, size, at)
        locator = struct.pack("<IIQI", 0x07064B50, 0, at + size, 1)
        return directory + record + locator + end


def _local(each: ZippedFile) -> bytes:
    name, is_large = each.name.encode("utf-8"), each.size >= _MOST_32
    extra = struct.pack("<HHQQ", _ZIP64, 16, each.size, each.size) if is_large else b""
    size = _MOST_32 if is_large else each.size
    date = (1 << 5) | 1  # 1 January 1980: a date of its own would say when nothing happened
    fields = (0x04034B50, _VERSION, _UTF8, 0, 0, date, each.crc32, size, size, len(name), len(extra))
    return struct.pack("<IHHHHHIIIHH", *fields) + name + extra


def _central(each: ZippedFile, offset: int) -> bytes:
    name, is_large, is_far = each.name.encode("utf-8"), each.size >= _MOST_32, offset >= _MOST_32
    values = ([each.size, each.size] if is_large else []) + ([offset] if is_far else [])
    extra = struct.pack(f"<HH{len(values)}Q", _ZIP64, 8 * len(values), *values) if values else b""
    size = _MOST_32 if is_large else each.size
    date = (1 << 5) | 1
    made_by = (3 << 8) | _VERSION  # its attributes are those of a Unix file
    fields = (
        *(0x02014B50, made_by, _VERSION, _UTF8, 0, 0, date, each.crc32, size, size),
        *(len(name), len(extra), 0, 0, 0, _REGULAR_FILE, _MOST_32 if is_far else offset),
    )
    return struct.pack("<IHHHHHHIIIHHHHHII", *fields) + name + extra
