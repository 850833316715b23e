"""The card of a virtual camera: the real disk, as large, as full, as slow and as broken as a tester wants.

Rules:

* It answers as a kernel does, with ``OSError`` and the number that means it: ENOSPC for a full card, EIO for
  a failing one, EROFS for one that is read-only.
* What is used is what the camera's files take: counted when it starts, and with every byte from then on.
* A card in good order of no given size is the disk itself.
"""

from __future__ import annotations

import errno
import os
import random
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from device.storage.filesystem import PRIVATE_FILE, PRIVATE_FOLDER, PosixFilesystem, Space

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Bytes, File

MIB = 1024 * 1024
KIB = 1024


@dataclass(frozen=True, slots=True)
class CardConditions:
    """What a card is like.

    Attributes:
        size_bytes: How large it is; None for as large as the disk.
        free_bytes: What it has left when it is made full, from then on; None for one that is not.
        bytes_per_s: How fast it takes what is written; None for as fast as the disk.
        sync_s: How much longer than the disk it takes to say that something is durable.
        failing: The share of operations that fail, from 0 to 1.
        read_only: Whether it takes nothing at all.
    """

    size_bytes: int | None = None
    free_bytes: int | None = None
    bytes_per_s: float | None = None
    sync_s: float = 0.0
    failing: float = 0.0
    read_only: bool = False


class VirtualCard(PosixFilesystem):
    """A card. Thread-safe.

    Args:
        root: The camera's state folder, whose files are what is used of it.
        conditions: What it is like at first.
        seed: Draws which operations of a failing card fail.
    """

    def __init__(self, root: Path, conditions: CardConditions, seed: str) -> None:
        self._root = root
        self._draw = random.Random(f"card {seed}")  # noqa: S311 - seeded chance of a test, not a secret
        self._guard = threading.Lock()
        self._used = _used_below(root)
        self._conditions = conditions
        self.change(conditions)

    def change(self, conditions: CardConditions) -> None:
        """Be like this from now on."""
        with self._guard:
            if conditions.free_bytes is not None:
                size = self._used + conditions.free_bytes
                conditions = CardConditions(size_bytes=size)
            self._conditions = conditions

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> File:
        """See ``Filesystem``."""
        self.before_writing(path)
        return _CardFile(super().create(path, mode), self, path, 0)

    def open_append(self, path: Path) -> File:
        """See ``Filesystem``."""
        self.before_writing(path)
        return _CardFile(super().open_append(path), self, path, self.size(path))

    def read(self, path: Path, offset: int = 0, length: int = -1) -> bytes:
        """See ``Filesystem``."""
        self._perhaps_fail(path)
        return super().read(path, offset, length)

    def mkdir(self, path: Path, mode: int = PRIVATE_FOLDER) -> None:
        """See ``Filesystem``."""
        self.before_writing(path)
        super().mkdir(path, mode)

    def rmdir(self, path: Path) -> None:
        """See ``Filesystem``."""
        self.before_writing(path)
        super().rmdir(path)

    def link(self, source: Path, target: Path) -> None:
        """See ``Filesystem``."""
        self.before_writing(target)
        super().link(source, target)

    def unlink(self, path: Path) -> None:
        """See ``Filesystem``."""
        self.before_writing(path)
        freed = _last_name(path)
        super().unlink(path)
        self.took(-freed)

    def rename(self, source: Path, target: Path) -> None:
        """See ``Filesystem``."""
        self.before_writing(target)
        freed = _last_name(target)
        super().rename(source, target)
        self.took(-freed)

    def sync_dir(self, path: Path) -> None:
        """See ``Filesystem``."""
        self.before_syncing(path)
        super().sync_dir(path)

    def space(self, path: Path) -> Space:
        """See ``Filesystem``."""
        return self.room(super().space(path))

    def room(self, disk: Space) -> Space:
        """Say what room the card has on a disk that has so much."""
        with self._guard:
            size = self._conditions.size_bytes
            if size is None:
                return disk
            return Space(total=max(size, self._used), free=min(disk.free, max(0, size - self._used)))

    def before_writing(self, path: Path) -> None:
        """Refuse what the card does not do."""
        if self._conditions.read_only:
            _refuse(errno.EROFS, path)
        self._perhaps_fail(path)

    def before_syncing(self, path: Path) -> None:
        """Refuse to say that something is durable, or take long over it."""
        self.before_writing(path)
        if self._conditions.sync_s:
            time.sleep(self._conditions.sync_s)

    def take(self, path: Path, size: int) -> int:
        """Make room for bytes, and return for how many there is.

        Raises:
            OSError: There is none, or the card does not take any.
        """
        self.before_writing(path)
        with self._guard:
            conditions = self._conditions
            room = size if conditions.size_bytes is None else min(size, conditions.size_bytes - self._used)
            if room <= 0 < size:
                _refuse(errno.ENOSPC, path)
            self._used += room
        if conditions.bytes_per_s is not None:
            time.sleep(room / conditions.bytes_per_s)
        return room

    def took(self, size: int) -> None:
        """Count bytes that are there now, or gone where negative."""
        with self._guard:
            self._used += size

    def _perhaps_fail(self, path: Path) -> None:
        with self._guard:
            fails = self._conditions.failing and self._draw.random() < self._conditions.failing
        if fails:
            _refuse(errno.EIO, path)


class _CardFile:
    """An open file of a card; see ``File``."""

    def __init__(self, file: File, card: VirtualCard, path: Path, length: int) -> None:
        self._file = file
        self._card = card
        self._path = path
        self._length = length

    def write(self, data: Bytes, /) -> int:
        """See ``File``."""
        room = self._card.take(self._path, len(data))
        written = self._file.write(memoryview(data)[:room])
        self._card.took(written - room)
        self._length += written
        return written

    def sync_data(self) -> None:
        """See ``File``."""
        self._card.before_syncing(self._path)
        self._file.sync_data()

    def sync(self) -> None:
        """See ``File``."""
        self._card.before_syncing(self._path)
        self._file.sync()

    def chmod(self, mode: int) -> None:
        """See ``File``."""
        self._card.before_writing(self._path)
        self._file.chmod(mode)

    def truncate(self, length: int) -> None:
        """See ``File``."""
        self._card.before_writing(self._path)
        self._file.truncate(length)
        self._card.took(length - self._length)
        self._length = length

    def allocate(self, length: int) -> None:
        """See ``File``."""
        more = max(0, length - self._length)
        room = self._card.take(self._path, more)
        if room < more:
            self._card.took(-room)
            _refuse(errno.ENOSPC, self._path)
        self._file.allocate(length)
        self._length += more

    def close(self) -> None:
        """See ``File``."""
        self._file.close()


def _refuse(number: int, path: Path) -> NoReturn:
    raise OSError(number, os.strerror(number), str(path))


def _last_name(path: Path) -> int:
    """How many bytes go with a name; none where the file has another, or there is none."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0
    return found.st_size if found.st_nlink == 1 else 0


def _used_below(root: Path) -> int:
    """The bytes of all files of a folder, each counted once however many names it has."""
    sizes: dict[tuple[int, int], int] = {}
    for folder, _, names in os.walk(root):
        for name in names:
            found = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - as os.walk gives them
            sizes[found.st_dev, found.st_ino] = found.st_size
    return sum(sizes.values())
