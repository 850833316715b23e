"""The state folder and its lock: one fleet per folder.

The lock is an ``flock`` on ``fleet.lock``: the kernel lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from fleet.core.errors import StateError
from fleet.core.files import make_private_folder


@contextlib.contextmanager
def locked_state(state: Path) -> Iterator[None]:
    """Make the folder if it is missing and hold its lock for the length of the block.

    Raises:
        StateError: another fleet holds it, or the folder cannot be made.
    """
    try:
        make_private_folder(state)
        handle = os.open(state / "fleet.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StateError(f"The state folder {state} cannot be used: {error.strerror}.") from error
    try:
        _take(handle, state)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, 0)  # or whoever takes it next would be taken for this process
    finally:
        os.close(handle)


def _take(handle: int, state: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
        raise StateError(
            f"The state folder {state} is in use by another program of the fleet (process {holder or '?'}); "
            "stop it first."
        ) from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
