"""A file that only grows, and whose every append is durable when it returns.

Rules:

- When ``append`` returns, the bytes are durable. The *name* is not: whoever made the file syncs its folder.
- A failed sync is final for the file. The kernel may have dropped the pages it could not write, so a second
  sync that succeeds shows nothing (https://wiki.postgresql.org/wiki/Fsync_Errors). The file refuses all
  later work with the first error.
- A failed or short write is undone: the file is cut back to its durable length and may be used again.

It does not decide what to do about a failure: it raises ``StorageError`` and leaves that to the caller.
"""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING

from device.errors import StorageError, storage_error
from device.storage.filesystem import PRIVATE_FILE, READ_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from device.storage.filesystem import Bytes, File, Filesystem


@contextlib.contextmanager
def doing(operation: str, path: Path) -> Iterator[None]:
    """Turn an ``OSError`` inside into a ``StorageError`` that names the operation and the path."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, operation=operation, path=path) from error


class AppendFile:
    """A file that only grows; what ``append`` returned for is durable.

    Attributes:
        path: The name it was created under.
        length: Durable length in bytes.
    """

    def __init__(self, path: Path, file: File, length: int) -> None:
        self.path = path
        self.length = length
        self._file: File | None = file
        self._failure: StorageError | None = None
        self._cut = False

    @classmethod
    def create(cls, filesystem: Filesystem, path: Path, mode: int = PRIVATE_FILE) -> AppendFile:
        """Create the file. It must not exist yet.

        Raises:
            StorageError: The system refused.
        """
        with doing("create", path):
            return cls(path, filesystem.create(path, mode), 0)

    def append(self, data: Bytes) -> None:
        """Write ``data`` at the end and make it durable.

        Raises:
            StorageError: Nothing of ``data`` is in the file any more, or the file has failed for good.
        """
        file = self._usable()
        try:
            with doing("write", self.path):
                write_all(file, data)
        except StorageError:
            self._undo(file)
            raise
        self._sync(file.sync_data, "sync_data")
        self._cut = False
        self.length += len(data)

    def finish(self) -> None:
        """Make the file read-only, durably, and close it. Nothing may be appended after that.

        Raises:
            StorageError: What was appended before stays durable; the mode may not be.
        """
        file = self._usable()
        if self._cut:  # the mode says that the content is final, so the cut comes first
            self._sync(file.sync_data, "sync_data")
        with doing("chmod", self.path):
            file.chmod(READ_ONLY)
        self._sync(file.sync, "sync")
        self._file = None
        with doing("close", self.path):
            file.close()

    def close(self) -> None:
        """Close the file as it is, writable: whoever starts next looks at it again.

        Raises:
            StorageError: What was appended is durable all the same.
        """
        file = self._usable()
        self._file = None
        with doing("close", self.path):
            file.close()

    def abandon(self) -> None:
        """Cut off what is not durable as well as can be and let go; recovery does the rest. Never raises."""
        file, self._file = self._file, None
        if file is None:
            return
        with contextlib.suppress(OSError):  # the failure that led here has been reported already
            file.truncate(self.length)
        with contextlib.suppress(OSError):
            file.close()

    @property
    def in_doubt(self) -> bool:
        """Whether a sync failed, so that what it was for may be on the card or not."""
        return self._failure is not None and self._failure.operation in {"sync", "sync_data"}

    @property
    def open(self) -> bool:
        """Whether more can be appended."""
        return self._file is not None and self._failure is None

    def _usable(self) -> File:
        if self._failure is not None:
            raise self._failure
        if self._file is None:
            message = f"internal error: {self.path.name} is closed"
            raise ValueError(message)
        return self._file

    def _undo(self, file: File) -> None:
        try:
            with doing("truncate", self.path):
                file.truncate(self.length)
            self._cut = True
        except StorageError as error:
            self._failure = error

    def _sync(self, sync: Callable[[], None], operation: str) -> None:
        try:
            with doing(operation, self.path):
                sync()
        except StorageError as error:
            self._failure = error
            raise


def write_all(file: File, data: Bytes) -> None:
    """Write all of ``data``, in as many steps as the system needs.

    Raises:
        OSError: The system refused, or took nothing at all.
    """
    rest = memoryview(data)
    while rest.nbytes:
        taken = file.write(rest)
        if taken <= 0:
            raise OSError(errno.EIO, "the system took no bytes")
        rest = rest[taken:]
