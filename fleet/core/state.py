"""The state folder and its lock: one fleet per folder.

A folder that is there already is a state folder where it is empty or holds what a fleet has put there; any
other is refused, and nothing of it is changed.

The lock is an ``flock`` on ``fleet.lock``: the kernel lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fleet.core.database import SQLITE_NAME
from fleet.core.errors import StateError
from fleet.core.files import make_private_folder

SETUP_LINK: Final = "setup-link"
"""File with the link that sets up the first user, until somebody has used it and the service starts again."""
_MARKS: Final = frozenset({"fleet.lock", "fleet.toml", SQLITE_NAME, "pki"})
"""One of these is in every state folder; a configuration may be there before the first start."""
_OF_DISKS: Final = frozenset({"lost+found"})


def refuse_other_folder(state: Path) -> None:
    """Refuse a folder with files of something else in it; it is read and not changed.

    Raises:
        StateError: it is such a folder, or none that can be read.
    """
    try:
        found = {each.name for each in state.iterdir()} - _OF_DISKS
    except FileNotFoundError:
        return
    except OSError as error:
        raise StateError(f"The state folder {state} cannot be used: {error.strerror}.") from error
    if found and not found & _MARKS:
        raise StateError(
            f"The folder {state} is no state folder of a fleet, and is not empty; name another one. "
            "Nothing in it was changed."
        )


def use_state_folder(state: Path) -> None:
    """Make the folder where it is missing, and have nobody else look into it.

    Raises:
        StateError: it holds something else, or cannot be made.
    """
    refuse_other_folder(state)
    try:
        make_private_folder(state)
    except OSError as error:
        raise StateError(f"The state folder {state} cannot be used: {error.strerror}.") from error


@contextlib.contextmanager
def locked_state(state: Path) -> Iterator[None]:
    """Make the folder if it is missing and hold its lock for the length of the block.

    Raises:
        StateError: another fleet holds it, or the folder cannot be made.
    """
    use_state_folder(state)
    try:
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
