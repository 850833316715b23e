"""A card that fails at one of its changes and at every one after it."""

from __future__ import annotations

import errno
from pathlib import Path

from device.storage.filesystem import PRIVATE_FILE, File, PosixFilesystem


class FailingCard(PosixFilesystem):
    """A card of which so many changes work."""

    def __init__(self, works: int) -> None:
        self.left = works

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.EIO, "Input/output error")

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> File:
        self._spend()
        return super().create(path, mode)

    def rename(self, source: Path, target: Path) -> None:
        self._spend()
        super().rename(source, target)

    def sync_dir(self, path: Path) -> None:
        self._spend()
        super().sync_dir(path)
