"""Procedures that make a promise out of filesystem operations: what returned is safe from a power cut.

Rules:

- ``replace`` and ``write_new``: the name holds either the old content or all of the new, never a part.
- ``publish`` makes a folder appear with everything in it, or not at all.
- What a failed sync was for is in doubt, whatever later syncs say (see ``AppendFile``).

It does not decide what to do about a failure: it raises ``StorageError`` and leaves that to the caller.
"""

from __future__ import annotations

import contextlib
import errno
from typing import TYPE_CHECKING

from device.errors import StorageError, storage_error
from device.storage.append_file import AppendFile, doing, write_all
from device.storage.filesystem import PRIVATE_FILE, READ_ONLY

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Bytes, Filesystem

__all__ = [
    "NEW_SUFFIX",
    "AppendFile",
    "begin_folder",
    "cut_tail",
    "link_into",
    "make_folder",
    "move",
    "publish",
    "remove",
    "remove_folder",
    "replace",
    "sync_dir",
    "sync_file",
    "write_new",
]

NEW_SUFFIX = ".new"
"""A name that ends so was never published: recovery finishes or discards it."""


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
        with doing("rename", path):
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
    with doing("rename", target):
        filesystem.rename(folder, target)
    sync_dir(filesystem, target.parent)


def link_into(filesystem: Filesystem, source: Path, folder: Path, name: str | None = None) -> None:
    """Give ``source`` a name in ``folder``, its own or another. Durable once the folder is synced.

    Raises:
        StorageError: The system refused.
    """
    target = folder / (name or source.name)
    with doing("link", target):
        filesystem.link(source, target)


def begin_folder(filesystem: Filesystem, path: Path) -> None:
    """Create a folder that ``publish`` will make appear.

    Raises:
        StorageError: The system refused.
    """
    with doing("mkdir", path):
        filesystem.mkdir(path)


def move(filesystem: Filesystem, source: Path, target: Path) -> None:
    """Give something another name. Not durable: after a power cut either name may be there.

    Raises:
        StorageError: The system refused.
    """
    with doing("rename", target):
        filesystem.rename(source, target)


def remove(filesystem: Filesystem, path: Path) -> None:
    """Remove a file. Not durable: after a power cut the name may be back.

    Raises:
        StorageError: The system refused.
    """
    with doing("unlink", path):
        filesystem.unlink(path)


def make_folder(filesystem: Filesystem, path: Path) -> None:
    """Create a folder unless it is there already; either way its name is durable after this.

    One that is there may have been made by a process that was killed before it could make the name durable.

    Raises:
        StorageError: The system refused; an empty folder is taken away again, because no later sync could be
            trusted to have its name.
    """
    if not filesystem.exists(path):
        with doing("mkdir", path):
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
    with doing("sync_dir", path):
        filesystem.sync_dir(path)


def sync_file(filesystem: Filesystem, path: Path) -> None:
    """Make what a writable file holds durable, whoever wrote it: a process that was killed may not have.

    Raises:
        StorageError: The system refused.
    """
    with doing("open_append", path):
        file = filesystem.open_append(path)
    try:
        with doing("sync_data", path):
            file.sync_data()
    finally:
        with doing("close", path):
            file.close()


def cut_tail(filesystem: Filesystem, path: Path, length: int) -> None:
    """Cut a file to ``length`` bytes, make it durable and read-only: what recovery does to a truncated file.

    Raises:
        StorageError: The system refused.
    """
    with doing("open_append", path):
        file = filesystem.open_append(path)
    try:
        with doing("truncate", path):
            file.truncate(length)
        with doing("sync_data", path):  # the mode says that the cut is done, so the cut comes first
            file.sync_data()
        with doing("chmod", path):
            file.chmod(READ_ONLY)
        with doing("sync", path):
            file.sync()
    finally:
        with doing("close", path):
            file.close()


def remove_folder(filesystem: Filesystem, folder: Path) -> None:
    """Remove a folder and the files in it.

    Not durable: a power cut may bring names back, and recovery removes them again.

    Raises:
        StorageError: The system refused; some files may be gone.
    """
    for name in filesystem.listdir(folder):
        remove(filesystem, folder / name)
    with doing("rmdir", folder):
        filesystem.rmdir(folder)


def _write_file(filesystem: Filesystem, path: Path, data: Bytes, mode: int) -> None:
    with doing("create", path):
        file = filesystem.create(path, mode)
    try:
        with doing("write", path):
            write_all(file, data)
        with doing("sync", path):
            file.sync()
    finally:
        with doing("close", path):
            file.close()
