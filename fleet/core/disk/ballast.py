"""Room kept aside on the state folder's disk, so that the service starts where there is none left (F7, F9).

A file of that size is made while there is room. A start, or a command, that finds the disk full removes it
first: the database, the broker's files and the log can be written again, and a camera can be revoked.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

from protocol.units import MIB

log = logging.getLogger(__name__)

FILE = "ballast"
SIZE = 64 * MIB
_FULL = 16 * MIB
"""Less than this is a full disk."""

Free = Callable[[Path], int]
"""Returns how many bytes of a folder's disk this process may still write; raises OSError."""


def free_bytes(folder: Path) -> int:
    """Return how many bytes of a folder's disk this process may still write.

    Raises:
        OSError: the folder is not there, or its disk does not say.
    """
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def give_back(state: Path, *, free: Free = free_bytes) -> bool:
    """Remove the file where the disk is full; say whether there is more room now."""
    file = state / FILE
    try:
        if not file.exists() or free(state) >= _FULL:
            return False
        file.unlink()
    except OSError as error:
        log.warning("What is kept aside in %s cannot be given back: %s", file, error.strerror)
        return False
    log.warning("The disk of %s is full: the %d MiB that were kept aside are used now.", state, SIZE // MIB)
    return True


def keep_aside(state: Path, *, free: Free = free_bytes, size: int = SIZE) -> None:
    """Make the file where it is not there and the disk has twice as much room."""
    file, new = state / FILE, state / f".{FILE}.new"
    try:
        if file.exists() or free(state) < 2 * size:
            return
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, size)
        finally:
            os.close(handle)
        new.rename(file)
    except OSError as error:
        log.warning("No room can be kept aside on the disk of %s: %s", state, error.strerror)
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
