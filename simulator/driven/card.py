"""A camera's card in virtual time: a folder of this machine, and nothing that waits for a disk.

Rules:

* Whoever has no power writes nothing: once it is pulled, everything that is asked of the card fails. What was
  written before is there. What a card's cache loses is the subject of ``tests/harness/crash``.
* It is full, failing or read-only as ``simulator.cameras.card`` says; slow it cannot be, since nothing waits.
* A card of no given size always says the same of its room, whatever this machine's disk has.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from device.storage.filesystem import PRIVATE_FILE, Space
from protocol.units import MIB
from simulator.cameras.card import VirtualCard

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Bytes, File
    from simulator.cameras.card import CardConditions

ROOM = Space(total=262_144 * MIB, free=196_608 * MIB)


class DrivenCard(VirtualCard):
    """The card, for one boot.

    Args:
        root: The camera's state folder.
        conditions: What it is like at first.
        seed: Draws which operations of a failing card fail.

    Attributes:
        powered: Whether anything can be written.
    """

    def __init__(self, root: Path, conditions: CardConditions, seed: str) -> None:
        self.powered = True
        super().__init__(root, conditions, seed)

    def need(self) -> None:
        """Go on only with power.

        Raises:
            OSError: There is none.
        """
        if not self.powered:
            raise OSError(errno.EIO, "the power is gone")

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> File:  # noqa: D102 - as the base says
        return _UnsyncedFile(self, super().create(path, mode), path)

    def open_append(self, path: Path) -> File:  # noqa: D102 - as the base says
        return _UnsyncedFile(self, super().open_append(path), path)

    def space(self, path: Path) -> Space:  # noqa: D102 - as the base says
        del path
        return self.room(ROOM)

    def sync_dir(self, path: Path) -> None:  # noqa: D102 - as the base says
        self.before_syncing(path)

    def before_writing(self, path: Path) -> None:  # noqa: D102 - as the base says
        self.need()
        super().before_writing(path)


class _UnsyncedFile:
    """An open file of the card: what is written is there, and nobody waits for the disk to say so."""

    def __init__(self, card: DrivenCard, file: File, path: Path) -> None:
        self._card = card
        self._file = file
        self._path = path

    def write(self, data: Bytes, /) -> int:
        return self._file.write(data)

    def sync_data(self) -> None:
        self._card.before_syncing(self._path)

    def sync(self) -> None:
        self._card.before_syncing(self._path)

    def chmod(self, mode: int) -> None:
        self._file.chmod(mode)

    def truncate(self, length: int) -> None:
        self._file.truncate(length)

    def allocate(self, length: int) -> None:
        self._file.allocate(length)

    def close(self) -> None:
        self._file.close()
