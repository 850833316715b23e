"""Bytes on their way in: received into a private file, measured and digested, synced, and only then offered.

Rules:
- what arrives is sealed footage or a signed ledger, never plaintext;
- nothing in the spool is visible to anybody else; a file leaves it by a hard link or a copy, whole or not at
  all;
- a file offered to the store is durable: written, synced, closed;
- no body takes what is kept of the disk for the database; our own, such as receipts, may;
- what a crash left in the spool is removed at the next start: it was never acknowledged.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from fleet.core.disk.ballast import Free, free_bytes
from fleet.core.files import make_folder


class TooLargeError(Exception):
    """More bytes arrived than are allowed."""


class ReservedError(OSError):
    """What is left of the disk is kept for the database."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, "what is left of its disk is kept for the database")


@dataclass(frozen=True, slots=True)
class Spooled:
    """A complete body in the spool.

    Attributes:
        path: the file, synced and closed.
        size: its length in bytes.
        sha256: the digest of its bytes.
    """

    path: Path
    size: int
    sha256: bytes

    def read(self) -> bytes:
        """Return all of its bytes; for ledger pieces and other small bodies."""
        return self.path.read_bytes()


class Incoming:
    """One body being received. ``write`` each block, then ``finish``; leaving the block removes the file.

    Not for several threads at once.
    """

    def __init__(self, path: Path, limit: int, *, reserve: int = 0, free: Free = free_bytes) -> None:
        self._path = path
        self._limit = limit
        self._reserve = reserve
        self._free = free
        self._check_room(0)
        self._size = 0
        self._hash = hashlib.sha256()
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)

    def write(self, block: bytes | bytearray) -> None:
        """Append a block.

        Raises:
            TooLargeError: the body exceeds the limit.
            OSError: the disk is full, or what is left of it is kept, or it is failing.
        """
        self._size += len(block)
        if self._size > self._limit:
            raise TooLargeError
        self._check_room(len(block))
        self._hash.update(block)
        rest = memoryview(block)
        while rest:
            rest = rest[self._file.write(rest) :]

    def _check_room(self, size: int) -> None:
        if self._reserve and self._free(self._path.parent) - size < self._reserve:
            raise ReservedError

    def finish(self) -> Spooled:
        """Sync and close the file. A failed sync is final: the body must be sent again, to another file.

        Raises:
            OSError: the sync failed.
        """
        os.fsync(self._file.fileno())
        self._file.close()
        return Spooled(self._path, self._size, self._hash.digest())

    def close(self) -> None:
        """Close and remove the file, whatever became of it; the object that was linked from it stays."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()


class Spool:
    """The folder of bodies on their way in, made if it is not there."""

    def __init__(self, folder: Path, *, reserve: int = 0, free: Free = free_bytes) -> None:
        """Make the folder.

        Args:
            folder: where bodies lie.
            reserve: bytes of its disk that no body takes.
            free: says how many there are.
        """
        self._folder = folder
        self._reserve = reserve
        self._free = free
        make_folder(folder)

    def clear(self) -> None:
        """Remove what a crash left. For the one process that takes bodies in, before it does."""
        for left in self._folder.iterdir():
            left.unlink()

    def check_room(self) -> None:
        """Refuse what would take of what is kept of the disk, where it does not come through here.

        Raises:
            ReservedError: no more is left than is kept.
        """
        if self._reserve and self._free(self._folder) < self._reserve:
            raise ReservedError

    def receive(self, limit: int) -> Incoming:
        """Begin a body of at most ``limit`` bytes.

        Raises:
            OSError: the disk is full, or what is left of it is kept, or it is failing.
        """
        return Incoming(self._new(), limit, reserve=self._reserve, free=self._free)

    def keep(self, data: bytes) -> Incoming:
        """Begin a body that is already here in full, as a receipt is; call ``finish`` on it."""
        incoming = Incoming(self._new(), len(data))
        incoming.write(data)
        return incoming

    def _new(self) -> Path:
        return self._folder / secrets.token_hex(16)
