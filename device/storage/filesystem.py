"""The one door to the disk: every operation that must survive a power cut goes through ``Filesystem``.

Rules:

- Operations raise ``OSError`` and mean what POSIX says, no more: ``durable.py`` makes promises out of them.
- A name is never opened for writing twice: files are created exclusively and only ever grow.
- Nothing else in ``device`` opens a file for writing; a test reads the source to be sure.

It is a protocol so that tests can put a tracing, failing or slow disk in its place.
"""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from device.errors import NoEntryLeftError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Bytes = bytes | bytearray | memoryview

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class Space:
    """Room on the filesystem, in bytes, as an ordinary user sees it."""

    total: int
    free: int

    @property
    def used_percent(self) -> float:
        """How full it is, 0 to 100."""
        return 100.0 * (self.total - self.free) / self.total if self.total else 100.0


class File(Protocol):
    """An open file that grows at its end."""

    def write(self, data: Bytes, /) -> int:
        """Append some of ``data``; return how many bytes were taken, which may be fewer than given."""
        ...

    def sync_data(self) -> None:
        """Make the bytes, and the length, durable (fdatasync)."""
        ...

    def sync(self) -> None:
        """Make the bytes and the mode durable (fsync)."""
        ...

    def chmod(self, mode: int) -> None:
        """Set the permission bits."""
        ...

    def truncate(self, length: int) -> None:
        """Cut the file to ``length`` bytes."""
        ...

    def allocate(self, length: int) -> None:
        """Reserve ``length`` bytes of storage for it."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Filesystem(Protocol):
    """The disk as the camera uses it. Every method raises ``OSError`` when the system refuses."""

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> File:
        """Create a file that does not exist yet and open it for appending."""
        ...

    def open_append(self, path: Path) -> File:
        """Open a file that exists for appending (recovery of a truncated tail)."""
        ...

    def read(self, path: Path, offset: int = 0, length: int = -1) -> bytes:
        """Read ``length`` bytes from ``offset``, or to the end when negative; fewer at the end."""
        ...

    def size(self, path: Path) -> int:
        """Length of a file in bytes."""
        ...

    def mode(self, path: Path) -> int:
        """Permission bits of a file."""
        ...

    def exists(self, path: Path) -> bool:
        """Whether the name is there."""
        ...

    def listdir(self, path: Path) -> tuple[str, ...]:
        """Names in a folder, sorted."""
        ...

    def mkdir(self, path: Path, mode: int = PRIVATE_FOLDER) -> None:
        """Create a folder that does not exist yet."""
        ...

    def rmdir(self, path: Path) -> None:
        """Remove an empty folder."""
        ...

    def link(self, source: Path, target: Path) -> None:
        """Give the file at ``source`` a second name."""
        ...

    def unlink(self, path: Path) -> None:
        """Remove a name."""
        ...

    def rename(self, source: Path, target: Path) -> None:
        """Move a name, replacing a file at ``target`` in one step."""
        ...

    def sync_dir(self, path: Path) -> None:
        """Make the names in a folder durable."""
        ...

    def space(self, path: Path) -> Space:
        """Room on the filesystem that holds ``path``."""
        ...


class PosixFile:
    """A file descriptor opened with O_APPEND."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: Bytes, /) -> int:
        """See ``File``."""
        return os.write(self._descriptor, data)

    def sync_data(self) -> None:
        """See ``File``."""
        os.fdatasync(self._descriptor)

    def sync(self) -> None:
        """See ``File``."""
        os.fsync(self._descriptor)

    def chmod(self, mode: int) -> None:
        """See ``File``."""
        os.fchmod(self._descriptor, mode)

    def truncate(self, length: int) -> None:
        """See ``File``."""
        os.ftruncate(self._descriptor, length)

    def allocate(self, length: int) -> None:
        """See ``File``."""
        os.posix_fallocate(self._descriptor, 0, length)

    def close(self) -> None:
        """See ``File``."""
        os.close(self._descriptor)


@contextlib.contextmanager
def _entries_left(path: Path) -> Iterator[None]:
    """Tell why there is no space for a new file or folder."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        room = os.statvfs(path.parent)
        if room.f_files and not room.f_favail:  # filesystems that make entries as needed count none at all
            raise NoEntryLeftError(error.errno, "No file entry left", str(path)) from error
        raise


class PosixFilesystem:
    """The real disk."""

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> File:
        """See ``Filesystem``."""
        flags = os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW
        with _entries_left(path):
            return PosixFile(os.open(path, flags, mode))

    def open_append(self, path: Path) -> File:
        """See ``Filesystem``."""
        return PosixFile(os.open(path, os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW))

    def read(self, path: Path, offset: int = 0, length: int = -1) -> bytes:
        """See ``Filesystem``."""
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def size(self, path: Path) -> int:
        """See ``Filesystem``."""
        return path.stat().st_size

    def mode(self, path: Path) -> int:
        """See ``Filesystem``."""
        return path.stat().st_mode & 0o7777

    def exists(self, path: Path) -> bool:
        """See ``Filesystem``."""
        return path.exists()

    def listdir(self, path: Path) -> tuple[str, ...]:
        """See ``Filesystem``."""
        return tuple(sorted(entry.name for entry in path.iterdir()))

    def mkdir(self, path: Path, mode: int = PRIVATE_FOLDER) -> None:
        """See ``Filesystem``."""
        with _entries_left(path):
            path.mkdir(mode)

    def rmdir(self, path: Path) -> None:
        """See ``Filesystem``."""
        path.rmdir()

    def link(self, source: Path, target: Path) -> None:
        """See ``Filesystem``."""
        target.hardlink_to(source)

    def unlink(self, path: Path) -> None:
        """See ``Filesystem``."""
        path.unlink()

    def rename(self, source: Path, target: Path) -> None:
        """See ``Filesystem``."""
        source.rename(target)

    def sync_dir(self, path: Path) -> None:
        """See ``Filesystem``."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def space(self, path: Path) -> Space:
        """See ``Filesystem``."""
        room = os.statvfs(path)
        used = room.f_blocks - room.f_bfree  # as df counts: what the system reserves is nobody's room
        return Space(total=(used + room.f_bavail) * room.f_frsize, free=room.f_bavail * room.f_frsize)
