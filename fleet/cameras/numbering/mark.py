"""The highest number that a camera of this fleet was given, in a file beside the authority (L1).

The database knows the numbers too; this is for a database that is older than what it says, as one that was
copied back by hand.

Rules:
- a number is in the file, durably, before anybody is given it: a crash costs a number and gives none twice;
- the file never says less than before, whoever raises it at once: each holds its lock meanwhile;
- what cannot be read is no number, and nothing is written over it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fleet.core.errors import StateError
from fleet.core.files import PRIVATE, write_file

MARK: Final = "camera-numbers"
_LOCK: Final = f".{MARK}.lock"  # with a dot, so that it is in no backup
_MOST_BYTES: Final = 11
_FORM: Final = re.compile(rb"(0|[1-9][0-9]{0,8})\n")
HIGHEST: Final = 999_999_999
"""The highest number that a camera's id can be made of and read back from."""


def mark_bytes(number: int) -> bytes:
    """Return what the file holds for a number. Pure."""
    return b"%d\n" % number


def read_mark(data: bytes) -> int:
    """Return the number that the file holds. Pure.

    Raises:
        ValueError: it is nothing that ``mark_bytes`` makes.
    """
    found = _FORM.fullmatch(data)
    if found is None:
        raise ValueError("it does not hold a number on a line")
    return int(found[1])


def next_number(known: int, mark: int | None) -> int:
    """Return the number to give next, by the database and by the mark; None where there is none. Pure.

    Raises:
        ValueError: no number is left.
    """
    number = max(known, mark or 0) + 1
    if number > HIGHEST:
        raise ValueError("it says that no number is left")
    return number


class NumberMark:
    """The file, whose folder is the authority's. Safe to use from several threads and processes.

    Attributes:
        file: where it is.
    """

    def __init__(self, folder: Path) -> None:
        """Prepare it; nothing is read."""
        self.file = folder / MARK

    def read(self) -> int | None:
        """Return the number that it says; None where it is not there.

        Raises:
            StateError: it cannot be read, or says no number.
        """
        try:
            with self.file.open("rb") as file:
                return read_mark(file.read(_MOST_BYTES))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._unreadable(error) from error

    def take(self, known: int) -> int:
        """Return the next number, which it says from now on, durably.

        Args:
            known: the highest number that the database knows of; 0 for none.

        Raises:
            StateError: it cannot be read, or no number is left.
            OSError: it cannot be written; no number was given.
        """
        with self._locked():
            try:
                number = next_number(known, self.read())
            except ValueError as error:
                raise self._unreadable(error) from error
            write_file(self.file, mark_bytes(number))
        return number

    def raise_to(self, number: int) -> int:
        """Have it say no less than a number, durably; return what it says.

        Raises:
            StateError: it cannot be read.
            OSError: it cannot be written; it says what it said.
        """
        with self._locked():
            before = self.read()
            if before is not None and before >= number:
                return before
            write_file(self.file, mark_bytes(number))
        return number

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold its lock, which the kernel lets go of when a process ends."""
        handle = os.open(self.file.with_name(_LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _unreadable(self, error: Exception) -> StateError:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return StateError(
            f"The highest number of a camera cannot be read from {self.file} ({why}), so no camera is "
            "enrolled. Put it back from a backup; or take it away, if the database is the newest that there "
            "ever was, and it is made of that."
        )
