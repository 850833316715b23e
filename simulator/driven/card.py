"""A camera's card in virtual time: a folder of this machine, and nothing that waits for a disk.

Whoever has no power writes nothing: once it is pulled, everything that is asked of the card fails. What was
written before is there. What a card's cache loses is the subject of ``tests/harness/crash``.

It always says the same of its room, whatever this machine's disk has: it does not fill.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from device.storage.filesystem import PRIVATE_FILE, PRIVATE_FOLDER, PosixFilesystem, Space
from protocol.units import MIB

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Bytes, File


ROOM = Space(total=262_144 * MIB, free=196_608 * MIB)


class DrivenCard(PosixFilesystem):
    """The card, for one boot.

    Attributes:
        powered: Whether anything can be written.
    """

    def __init__(self) -> None:
        self.powered = True

    def need(self) -> None:
        """Go on only with power.

        Raises:
            OSError: There is none.
        """
        if not self.powered:
            raise OSError(errno.EIO, "the power is gone")

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> File:  # noqa: D102 - as the base says
        self.need()
        return _PoweredFile(self, super().create(path, mode))

    def open_append(self, path: Path) -> File:  # noqa: D102 - as the base says
        self.need()
        return _PoweredFile(self, super().open_append(path))

    def mkdir(self, path: Path, mode: int = PRIVATE_FOLDER) -> None:  # noqa: D102 - as the base says
        self.need()
        super().mkdir(path, mode)

    def rmdir(self, path: Path) -> None:  # noqa: D102 - as the base says
        self.need()
        super().rmdir(path)

    def link(self, source: Path, target: Path) -> None:  # noqa: D102 - as the base says
        self.need()
        super().link(source, target)

    def unlink(self, path: Path) -> None:  # noqa: D102 - as the base says
        self.need()
        super().unlink(path)

    def rename(self, source: Path, target: Path) -> None:  # noqa: D102 - as the base says
        self.need()
        super().rename(source, target)

    def space(self, path: Path) -> Space:  # noqa: D102 - as the base says
        del path
        return ROOM

    def sync_dir(self, path: Path) -> None:  # noqa: D102 - as the base says
        del path
        self.need()


class _PoweredFile:
    """An open file of the card."""

    def __init__(self, card: DrivenCard, file: File) -> None:
        self._card = card
        self._file = file

    def write(self, data: Bytes, /) -> int:
        self._card.need()
        return self._file.write(data)

    def sync_data(self) -> None:
        self._card.need()

    def sync(self) -> None:
        self._card.need()

    def chmod(self, mode: int) -> None:
        self._card.need()
        self._file.chmod(mode)

    def truncate(self, length: int) -> None:
        self._card.need()
        self._file.truncate(length)

    def allocate(self, length: int) -> None:
        self._card.need()
        self._file.allocate(length)

    def close(self) -> None:
        self._file.close()
