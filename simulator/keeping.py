"""Where a run keeps what it leaves behind, and how its report is written."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import ScenarioError
from simulator.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOCK: Final = "in-use"
UNFINISHED: Final = (
    "It has not come to its end: it is still under way, or was ended without a chance to say so."
)
"""What a report says from the beginning, until there is more to say."""


@contextmanager
def kept_in(keep: Path | None) -> Iterator[Path]:
    """Give the folder to keep everything in: the one that was asked for, or one that goes again.

    Raises:
        ScenarioError: It cannot be used, or holds something.
    """
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="lapel-") as temporary:
            yield Path(temporary)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        if any(keep.iterdir()):
            raise ScenarioError(
                f"{keep} is not empty; give a new folder, so that nothing in it is overwritten."
            )
    except OSError as error:
        raise ScenarioError(f"{keep} cannot be used to keep things in: {error.strerror}.") from error
    yield keep.resolve()


def write_report(file: Path, report: Mapping[str, Any]) -> None:
    """Write a report as JSON: the whole of it, or what was there before stays.

    Raises:
        ScenarioError: It cannot be written.
    """
    write_text(file, json.dumps(report, indent=2) + "\n")


def write_text(file: Path, text: str) -> None:
    """Write a text: the whole of it, or what was there before stays.

    Raises:
        ScenarioError: It cannot be written.
    """
    try:
        with whole_file(file) as output:
            output.write(text.encode())
    except OSError as error:
        raise ScenarioError(f"The report cannot be written to {file}: {error.strerror}.") from error


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep every other bench and run out of a folder of cameras, for the length of the context.

    Raises:
        ScenarioError: Somebody uses it, or it cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ScenarioError(f"The folder {folder} cannot be used: {error.strerror}.") from error
    try:
        _lock(lock, folder)
        yield
    finally:
        os.close(lock)


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ScenarioError(
            f"Another bench or run uses {folder}; stop it, or give another folder."
        ) from error
