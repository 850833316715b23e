"""Procedures that make a promise out of filesystem operations: what returned is safe from a power cut.

Rules:

- ``AppendFile``: when ``append`` returns, the bytes are durable. The *name* is not: whoever publishes the
  folder syncs it.
- A failed sync is final for that file. The kernel may have dropped the pages it could not write, so a second
  sync that succeeds proves nothing (https://wiki.postgresql.org/wiki/Fsync_Errors). The file refuses all
  later work with the first error.
- A failed or short write is undone: the file is cut back to its durable length and may be used again.
- ``replace`` and ``write_new``: the name holds either the old content or all of the new, never a part.
- ``publish`` makes a folder appear with everything in it, or not at all.

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

NEW_SUFFIX = ".new"
"""A name that ends so was never published: recovery finishes or discards it."""


@contextlib.contextmanager
def _doing(operation: str, path: Path) -> Iterator[None]:
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
        with _doing("create", path):
            return cls(path, filesystem.create(path, mode), 0)

    def append(self, data: Bytes) -> None:
        """Write ``data`` at the end and make it durable.

        Raises:
            StorageError: Nothing of ``data`` is in the file any more, or the file has failed for good.
        """
        file = self._usable()
        try:
            with _doing("write", self.path):
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
        with _doing("chmod", self.path):
            file.chmod(READ_ONLY)
        self._sync(file.sync, "sync")
        self._file = None
        with _doing("close", self.path):
            file.close()

    def close(self) -> None:
        """Close the file as it is, writable: whoever starts next looks at it again.

        Raises:
            StorageError: What was appended is durable all the same.
        """
        file = self._usable()
        self._file = None
        with _doing("close", self.path):
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
            with _doing("truncate", self.path):
                file.truncate(self.length)
            self._cut = True
        except StorageError as error:
            self._failure = error

    def _sync(self, sync: Callable[[], None], operation: str) -> None:
        try:
            with _doing(operation, self.path):
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


def replace(filesystem: Filesystem, path: Path, data: Bytes, mode: int = PRIVATE_FILE) -> None:
    """Give ``path`` the content ``data``, durably and in one step: a power cut leaves the old or the new.

    Raises:
        StorageError: ``path`` holds what it held before; when the last step (``sync_dir``) failed it may
            already show the new content, which a power cut can take away again.
    """
    temporary = path.with_name(path.name + NEW_SUFFIX)
    if filesystem.exists(temporary):
        remove(filesystem, temporary)
    try:
        _write_file(filesystem, temporary, data, mode)
        with _doing("rename", path):
            filesystem.rename(temporary, path)
    except StorageError:
        with contextlib.suppress(OSError):  # a leftover is removed by the next replace
            filesystem.unlink(temporary)
        raise
    sync_dir(filesystem, path.parent)


def write_new(filesystem: Filesystem, path: Path, data: Bytes, mode: int = PRIVATE_FILE) -> None:
    """Write a file that must not exist yet, durably and in one step.

    Raises:
        StorageError: It exists, or the system refused.
    """
    if filesystem.exists(path):
        raise storage_error(FileExistsError(errno.EEXIST, "it exists"), operation="create", path=path)
    replace(filesystem, path, data, mode)


def publish(filesystem: Filesystem, folder: Path, target: Path) -> None:
    """Make ``folder`` appear as ``target`` with every name in it. The files in it must be durable already.

    Raises:
        StorageError: From the operation "rename" or before, ``target`` does not exist. From "sync_dir" on the
            parent, it does, and a power cut may take it away.
    """
    sync_dir(filesystem, folder)
    with _doing("rename", target):
        filesystem.rename(folder, target)
    sync_dir(filesystem, target.parent)


def link_into(filesystem: Filesystem, source: Path, folder: Path) -> None:
    """Give ``source`` the same name in ``folder``. Durable once the folder is synced.

    Raises:
        StorageError: The system refused.
    """
    target = folder / source.name
    with _doing("link", target):
        filesystem.link(source, target)


def begin_folder(filesystem: Filesystem, path: Path) -> None:
    """Create a folder that ``publish`` will make appear.

    Raises:
        StorageError: The system refused.
    """
    with _doing("mkdir", path):
        filesystem.mkdir(path)


def move(filesystem: Filesystem, source: Path, target: Path) -> None:
    """Give something another name. Not durable: after a power cut either name may be there.

    Raises:
        StorageError: The system refused.
    """
    with _doing("rename", target):
        filesystem.rename(source, target)


def remove(filesystem: Filesystem, path: Path) -> None:
    """Remove a file. Not durable: after a power cut the name may be back.

    Raises:
        StorageError: The system refused.
    """
    with _doing("unlink", path):
        filesystem.unlink(path)


def make_folder(filesystem: Filesystem, path: Path) -> None:
    """Create a folder unless it is there already; either way its name is durable after this.

    One that is there may have been made by a process that was killed before it could make the name durable.

    Raises:
        StorageError: The system refused; an empty folder is taken away again, because no later sync could be
            trusted to have its name.
    """
    if not filesystem.exists(path):
        with _doing("mkdir", path):
            filesystem.mkdir(path)
    try:
        sync_dir(filesystem, path.parent)
    except StorageError:
        with contextlib.suppress(OSError):  # what is in it stays
            filesystem.rmdir(path)
        raise


def sync_dir(filesystem: Filesystem, path: Path) -> None:
    """Make the names in a folder durable.

    Raises:
        StorageError: The system refused.
    """
    with _doing("sync_dir", path):
        filesystem.sync_dir(path)


def sync_file(filesystem: Filesystem, path: Path) -> None:
    """Make what a writable file holds durable, whoever wrote it: a process that was killed may not have.

    Raises:
        StorageError: The system refused.
    """
    with _doing("open_append", path):
        file = filesystem.open_append(path)
    try:
        with _doing("sync_data", path):
            file.sync_data()
    finally:
        with _doing("close", path):
            file.close()


def cut_tail(filesystem: Filesystem, path: Path, length: int) -> None:
    """Cut a file to ``length`` bytes, make it durable and read-only: what recovery does to a torn file.

    Raises:
        StorageError: The system refused.
    """
    with _doing("open_append", path):
        file = filesystem.open_append(path)
    try:
        with _doing("truncate", path):
            file.truncate(length)
        with _doing("sync_data", path):  # the mode says that the cut is done, so the cut comes first
            file.sync_data()
        with _doing("chmod", path):
            file.chmod(READ_ONLY)
        with _doing("sync", path):
            file.sync()
    finally:
        with _doing("close", path):
            file.close()


def remove_folder(filesystem: Filesystem, folder: Path) -> None:
    """Remove a folder and the files in it.

    Not durable: a power cut may bring names back, and recovery removes them again.

    Raises:
        StorageError: The system refused; some files may be gone.
    """
    for name in filesystem.listdir(folder):
        remove(filesystem, folder / name)
    with _doing("rmdir", folder):
        filesystem.rmdir(folder)


def _write_file(filesystem: Filesystem, path: Path, data: Bytes, mode: int) -> None:
    with _doing("create", path):
        file = filesystem.create(path, mode)
    try:
        with _doing("write", path):
            write_all(file, data)
        with _doing("sync", path):
            file.sync()
    finally:
        with _doing("close", path):
            file.close()
