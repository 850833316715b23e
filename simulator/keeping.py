"""Where a run keeps what it leaves behind, and how its report is written."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from simulator.errors import ScenarioError
from simulator.files import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

log = logging.getLogger(__name__)

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
        # What it came to is said by the time that the folder goes, and not changed by what cannot be removed.
        with tempfile.TemporaryDirectory(prefix="lapel-", ignore_cleanup_errors=True) as temporary:
            yield Path(temporary)
        if Path(temporary).exists():
            log.warning("Not all of %s could be removed: remove it.", temporary)
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
    write_texts({file: report_text(report)})


def report_text(report: Mapping[str, Any]) -> str:
    """Return a report as JSON."""
    return json.dumps(report, indent=2) + "\n"


def write_text(file: Path, text: str) -> None:
    """Write a text: the whole of it, or what was there before stays.

    Raises:
        ScenarioError: It cannot be written.
    """
    write_texts({file: text})


def write_texts(texts: Mapping[Path, str]) -> None:
    """Write texts: all of them, each whole, or what was there before stays everywhere.

    Raises:
        ScenarioError: One cannot be written.
    """
    with ExitStack() as written:
        # What is no plain file, such as /dev/stdout, comes last: nothing that went there is taken back.
        for file, text in sorted(texts.items(), key=lambda each: each[0].exists() and not each[0].is_file()):
            try:
                output = written.enter_context(_said_of(file))
                output.write(text.encode())
                output.flush()  # a full disk says so before anything has taken its name
            except OSError as error:
                raise _unwritten(file, error) from error


@contextmanager
def _said_of(file: Path) -> Iterator[IO[bytes]]:
    """A whole file; what goes wrong at its end is said of it."""
    try:
        with whole_file(file) as output:
            yield output
    except OSError as error:
        raise _unwritten(file, error) from error


def _unwritten(file: Path, error: OSError) -> ScenarioError:
    return ScenarioError(f"The report cannot be written to {file}: {error.strerror}.")


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
