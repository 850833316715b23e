"""Small files of the state folder, written so that a crash leaves the old one or the new one, never half.

Order of a write: temporary file in the same folder, contents, sync, rename, sync of the folder. Footage goes
through its own store and not through here.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import BinaryIO

from fleet.core.errors import FleetConfigError

PRIVATE = 0o600


def make_private_folder(path: Path) -> None:
    """Create ``path`` with mode 0700, or tighten an existing folder to that."""
    make_folder(path)
    path.chmod(0o700)


def make_folder(path: Path) -> None:
    """Create ``path``, and what is missing above it, with mode 0700; one that is there stays as it is."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def keep_private(path: Path, *beside: str) -> None:
    """Make a file that others write through, empty, or have nobody else read the one that is there.

    It is not opened where it is there: closing it would end the locks that SQLite has on it in this process.

    Args:
        path: the file.
        beside: ends of names of files beside it, which are as private where they are there.

    Raises:
        OSError: it can be neither made nor changed.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE))
    except FileExistsError:
        for each in (path, *(path.with_name(path.name + end) for end in beside)):
            if each.exists() and stat.S_IMODE(each.stat().st_mode) & ~PRIVATE:
                each.chmod(PRIVATE)


def write_file(path: Path, data: bytes, *, mode: int = PRIVATE) -> None:
    """Replace ``path`` with ``data`` durably; ``mode`` holds from the first byte.

    Raises:
        OSError: the folder cannot be written; the old file is untouched.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_new_file(path: Path, data: bytes, *, mode: int = PRIVATE) -> bool:
    """Make ``path`` with ``data`` durably unless it is there; say whether this call made it.

    Of two processes that do so at once one makes it, and neither ever sees half of it.

    Raises:
        OSError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_file(temporary, data, mode=mode)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
        sync_folder(path.parent)
    return True


def keep_sqlite_private(file: str | None) -> None:
    """Have nobody else read the files of an SQLite database; None and one in memory have none.

    Raises:
        FleetConfigError: they can be neither made nor changed.
    """
    if not file or file == ":memory:":
        return
    try:
        keep_private(Path(file), "-wal", "-shm")
    except OSError as error:
        raise FleetConfigError(f"The database {file} cannot be used: {error.strerror}.") from error


def sync_file(file: BinaryIO) -> None:
    """Make what was written to an open file durable.

    Raises:
        OSError: it cannot be written.
    """
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make the entries of a folder durable."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
