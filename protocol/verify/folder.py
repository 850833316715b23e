"""A recording's folder as the verifier wants it: each file's content by name, mapped when it is asked for."""

import mmap
from collections.abc import Iterator, Mapping
from pathlib import Path

from protocol.footage.ledger import LEDGER_NAME


class UnusableFolderError(Exception):
    """The folder cannot be read as a recording at all; the message is one sentence."""


class Folder(Mapping[str, memoryview]):
    """The files of a folder. Each is mapped into memory on access and unmapped when the view is dropped."""

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
            raise UnusableFolderError(f"{path} cannot be read: {_reason(error)}.") from error
        if LEDGER_NAME not in self._sizes:
            raise UnusableFolderError(f"{path} is not a recording: there is no {LEDGER_NAME} in it.")

    @property
    def size(self) -> int:
        """How many bytes there are in all files."""
        return sum(self._sizes.values())

    def __getitem__(self, name: str) -> memoryview:
        if name not in self._sizes:
            raise KeyError(name)
        try:
            return _map(self._path / name)
        except OSError as error:
            raise UnusableFolderError(f"{self._path / name} cannot be read: {_reason(error)}.") from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)

    def __contains__(self, name: object) -> bool:
        return name in self._sizes  # without mapping the file


def _map(path: Path) -> memoryview:
    with path.open("rb") as file:
        if not path.stat().st_size:
            return memoryview(b"")  # an empty file cannot be mapped
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))  # keeps the mapping alive


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
