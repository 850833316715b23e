"""A recording's folder as the verifier wants it: each file's content by name, read when it is asked for.

Files are read and not mapped into memory: an unreadable sector of a failing card is then an error that can be
said in a sentence, where touching mapped memory would end the process. One file at a time is held, and of a
file that is longer than the format allows no more than shows that it is.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from protocol.footage.format.limits import MAX_LEDGER_BYTES, MAX_SEGMENT_BYTES
from protocol.footage.ledger.ledger import LEDGER_NAME

if TYPE_CHECKING:
    from pathlib import Path


class UnusableFolderError(Exception):
    """The folder cannot be read as a recording at all; the message is one sentence."""


class Folder(Mapping[str, bytes]):
    """The files of a folder, each read on access and kept by nobody here."""

    def __init__(self, path: Path) -> None:
        """List a folder.

        Raises:
            UnusableFolderError: It is no folder, cannot be read, or holds no ledger.
        """
        self._path = path
        try:
            self._sizes = {entry.name: entry.lstat().st_size for entry in sorted(path.iterdir())}
        except FileNotFoundError as error:
            raise UnusableFolderError(f"{path} does not exist: give the folder of a recording.") from error
        except NotADirectoryError as error:
            raise UnusableFolderError(f"{path} is not a folder: give the folder of a recording.") from error
        except OSError as error:
            raise UnusableFolderError(f"{path} cannot be read: {reason_of(error)}.") from error
        if LEDGER_NAME not in self._sizes:
            raise UnusableFolderError(f"{path} is not a recording: there is no {LEDGER_NAME} in it.")

    @property
    def size(self) -> int:
        """How many bytes there are in all files."""
        return sum(self._sizes.values())

    def __getitem__(self, name: str) -> bytes:
        if name not in self._sizes:
            raise KeyError(name)
        try:
            return _read(self._path / name, MAX_LEDGER_BYTES if name == LEDGER_NAME else MAX_SEGMENT_BYTES)
        except OSError as error:
            raise UnusableFolderError(f"{self._path / name} cannot be read: {reason_of(error)}.") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def __contains__(self, name: object) -> bool:
        return name in self._sizes  # without reading the file


def reason_of(error: OSError) -> str:
    """Return an operating system's error in its own words, to end a sentence with."""
    return (error.strerror or type(error).__name__).lower()


def _read(path: Path, limit: int) -> bytes:
    """Read a file, or one byte more of it than the format allows; its reader then says so."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise OSError(0, "it is not a regular file")  # a pipe would be waited for, for ever
    wanted = min(found.st_size, limit) + 1
    with path.open("rb", buffering=0) as file:
        data = file.read(wanted)
        while len(data) < wanted and (more := file.read(wanted - len(data))):
            data += more
        return data
