"""What the uploader needs to know of a recording's files, read from the files once and remembered.

Rules:

- Files are only read. What is asked for is durable and never changes: a closed segment, the head of a ledger.
- A segment belongs to the pre-record when its first chunk was durable at the press (``Open.last_seq``).
- Nothing is kept for recordings that have left the shelf.
"""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.storage.layout import HEAD_BYTES
from protocol.footage.format.segment import RunEntry, iter_segment
from protocol.footage.ledger.ledger import LEDGER_NAME, Open, iter_ledger
from protocol.units import KIB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from device.storage.filesystem import Filesystem

BLOCK_BYTES = 64 * KIB
"""Footage is read and sent in blocks of this size."""


@dataclass(frozen=True, slots=True)
class Digest:
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: bytes


class Contents:
    """Facts about recordings' files. Thread-safe."""

    def __init__(self, filesystem: Filesystem) -> None:
        self._filesystem = filesystem
        self._opens: dict[Path, Open] = {}
        self._first_seqs: dict[Path, int] = {}
        self._digests: dict[Path, Digest] = {}
        self._lock = threading.Lock()

    def opening(self, folder: Path) -> Open:
        """The ledger's first record.

        Raises:
            OSError: the ledger cannot be read.
            FormatError: it does not begin with a complete record.
        """
        with self._lock:
            known = self._opens.get(folder)
        if known is not None:
            return known
        record = next(iter_ledger(self._filesystem.read(folder / LEDGER_NAME, 0, HEAD_BYTES))).record
        if not isinstance(record, Open):
            raise TypeError("internal error: a ledger's first record is its open")
        with self._lock:
            self._opens[folder] = record
        return record

    def before_press(self, folder: Path, segments: Sequence[str]) -> int:
        """How many of a recording's segments begin before the press. It looks at a few of them alone.

        Args:
            folder: The recording's.
            segments: Their names, in order.

        Raises:
            OSError: a file cannot be read.
            FormatError: a file does not begin as it should.
        """
        last_seq = self.opening(folder).last_seq
        return bisect_right(segments, last_seq, key=lambda name: self._first_seq(folder / name))

    def digest(self, path: Path, length: int) -> Digest:
        """Size and SHA-256 of the first ``length`` bytes of a file, which do not change any more.

        Raises:
            OSError: it cannot be read.
        """
        with self._lock:
            known = self._digests.get(path)
        if known is not None and known.size == length:
            return known
        digest = _digest(self.blocks(path, length))
        with self._lock:
            self._digests[path] = digest
        return digest

    def prefix_digest(self, path: Path, length: int) -> Digest:
        """Size and SHA-256 of the first ``length`` bytes of a file.

        Raises:
            OSError: it cannot be read.
        """
        return _digest(self.blocks(path, length))

    def blocks(self, path: Path, length: int, offset: int = 0) -> Iterator[bytes]:
        """The bytes of a file in blocks; fewer than ``length`` when the file is shorter.

        Raises:
            OSError: it cannot be read.
        """
        end = offset + length
        while offset < end:
            block = self._filesystem.read(path, offset, min(BLOCK_BYTES, end - offset))
            if not block:
                return
            yield block
            offset += len(block)

    def forget_all_but(self, folders: Iterable[Path]) -> None:
        """Drop what is remembered of recordings that are not in ``folders``."""
        keep = frozenset(folders)
        with self._lock:
            self._opens = {folder: value for folder, value in self._opens.items() if folder in keep}
            self._first_seqs = {path: seq for path, seq in self._first_seqs.items() if path.parent in keep}
            self._digests = {path: value for path, value in self._digests.items() if path.parent in keep}

    def _first_seq(self, path: Path) -> int:
        with self._lock:
            known = self._first_seqs.get(path)
        if known is not None:
            return known
        entry = next(iter_segment(self._filesystem.read(path, 0, HEAD_BYTES)))
        if not isinstance(entry, RunEntry):
            raise TypeError("internal error: a segment's first record is its run record")
        with self._lock:
            self._first_seqs[path] = entry.record.first_seq
        return entry.record.first_seq


def _digest(blocks: Iterable[bytes]) -> Digest:
    size, sha256 = 0, hashlib.sha256()
    for block in blocks:
        sha256.update(block)
        size += len(block)
    return Digest(size, sha256.digest())
