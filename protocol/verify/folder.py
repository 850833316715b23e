"""A recording's folder as the verifier wants it: each file's content by name, read when it is asked for.

Files are read and not mapped into memory: an unreadable sector of a failing card is then an error that can be
said in a sentence, where touching mapped memory would end the process. One file at a time is held, and of a
file that is longer than the format allows no more than shows that it is.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from protocol.footage.format.limits import MAX_LEDGER_BYTES, MAX_SEGMENT_BYTES
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import SegmentDigest
from protocol.footage.released.release import LONGEST, RELEASE_NAME
from protocol.footage.released.released_segment import MAX_RELEASED_BYTES, segment_of
from protocol.units import MIB

if TYPE_CHECKING:
    from pathlib import Path


_BLOCK_BYTES: Final = MIB


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
        if LEDGER_NAME not in self._sizes and RELEASE_NAME not in self._sizes:
            raise UnusableFolderError(f"{path} is not a recording: there is no {LEDGER_NAME} in it.")

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    @property
    def size(self) -> int:
        """How many bytes there are in all files."""
        return sum(self._sizes.values())

    def __getitem__(self, name: str) -> bytes:
        if name not in self._sizes:
            raise KeyError(name)
        try:
            return read_at_most(self._path / name, _limit(name))
        except OSError as error:
            raise UnusableFolderError(f"{self._path / name} cannot be read: {reason_of(error)}.") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def digests(self) -> list[SegmentDigest]:
        """Return size and SHA-256 of every file, none of which is held in memory whole.

        Raises:
            UnusableFolderError: One cannot be read.
        """
        return [self._digest(name) for name in self._sizes]

    def _digest(self, name: str) -> SegmentDigest:
        path, sha256, size = self._path / name, hashlib.sha256(), 0
        try:
            _refuse_unless_regular(path)
            with path.open("rb", buffering=0) as file:
                while block := file.read(_BLOCK_BYTES):
                    sha256.update(block)
                    size += len(block)
        except OSError as error:
            raise UnusableFolderError(f"{path} cannot be read: {reason_of(error)}.") from error
        return SegmentDigest(name, size, sha256.digest())

    def __contains__(self, name: object) -> bool:
        return name in self._sizes  # without reading the file


def reason_of(error: OSError) -> str:
    """Return an operating system's error in its own words, to end a sentence with."""
    return (error.strerror or type(error).__name__).lower()


def read_at_most(path: Path, limit: int) -> bytes:
    """Read a file, or one byte more of it than the format allows; its reader then says so.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    wanted = min(_refuse_unless_regular(path), limit) + 1
    with path.open("rb", buffering=0) as file:
        data = file.read(wanted)
        while len(data) < wanted and (more := file.read(wanted - len(data))):
            data += more
        return data


def _refuse_unless_regular(path: Path) -> int:
    """Return a file's size; a pipe would be waited for, for ever."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise OSError(0, "it is not a regular file")
    return found.st_size


def _limit(name: str) -> int:
    """Return the most bytes that a file may have."""
    if name == LEDGER_NAME:
        return MAX_LEDGER_BYTES
    if name == RELEASE_NAME:
        return LONGEST
    return MAX_SEGMENT_BYTES if segment_of(name) is None else MAX_RELEASED_BYTES
