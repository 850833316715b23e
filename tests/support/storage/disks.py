"""The real disk for tests, counting what is asked of it and failing on command."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from device.storage.filesystem import Bytes, File, PosixFilesystem, Space

PATIENCE_S = 60
"""How long a test waits for what another thread does, before it fails."""


@dataclass
class Call:
    """One operation as it was asked for."""

    name: str
    path: Path
    size: int = 0
    file: int | None = None
    """Which open file it was asked of, counted from 0; None for an operation on a name."""


@dataclass
class WatchedFilesystem(PosixFilesystem):
    """The real disk, with a say in every operation.

    ``before`` is called before each operation; it may raise ``OSError`` in its place, or return how many
    bytes a write may take (a short write).
    """

    calls: list[Call] = field(default_factory=list)
    before: Callable[[Call], int | None] = lambda _: None
    full: bool = False
    reaches_disk: bool = True
    """Whether syncs are passed on; where no power is cut they are only waited for."""
    opened: list[WatchedFile] = field(default_factory=list)

    def watch(self, name: str, path: Path, size: int = 0, file: int | None = None) -> int | None:
        call = Call(name, path, size, file)
        self.calls.append(call)
        return self.before(call)

    def count(self, name: str) -> int:
        return sum(call.name == name for call in self.calls)

    def written(self) -> int:
        return sum(call.size for call in self.calls if call.name == "write")

    def create(self, path: Path, mode: int = 0o600) -> File:
        self.watch("create", path)
        return self._watched(super().create(path, mode), path)

    def open_append(self, path: Path) -> File:
        self.watch("open_append", path)
        return self._watched(super().open_append(path), path)

    def mkdir(self, path: Path, mode: int = 0o700) -> None:
        self.watch("mkdir", path)
        super().mkdir(path, mode)

    def rmdir(self, path: Path) -> None:
        self.watch("rmdir", path)
        super().rmdir(path)

    def link(self, source: Path, target: Path) -> None:
        self.watch("link", target)
        super().link(source, target)

    def unlink(self, path: Path) -> None:
        self.watch("unlink", path)
        super().unlink(path)

    def rename(self, source: Path, target: Path) -> None:
        self.watch("rename", target)
        super().rename(source, target)

    def sync_dir(self, path: Path) -> None:
        self.watch("sync_dir", path)
        if self.reaches_disk:
            super().sync_dir(path)

    def space(self, path: Path) -> Space:
        return Space(total=10**12, free=0) if self.full else super().space(path)

    def end(self) -> None:
        """Close what is still open, unseen: whoever had opened it is gone."""
        for file in self.opened:
            file.let_go()

    def _watched(self, file: File, path: Path) -> WatchedFile:
        self.opened.append(WatchedFile(file, path, self, len(self.opened)))
        return self.opened[-1]


@dataclass
class WatchedFile:
    """A file of a ``WatchedFilesystem``."""

    file: File
    path: Path
    disk: WatchedFilesystem
    number: int = 0
    closed: bool = False

    def write(self, data: Bytes, /) -> int:
        size = len(data)
        allowed = self.disk.watch("write", self.path, size, self.number)
        return self.file.write(data if allowed is None else memoryview(data)[:allowed])

    def sync_data(self) -> None:
        self.disk.watch("sync_data", self.path, file=self.number)
        if self.disk.reaches_disk:
            self.file.sync_data()

    def sync(self) -> None:
        self.disk.watch("sync", self.path, file=self.number)
        if self.disk.reaches_disk:
            self.file.sync()

    def chmod(self, mode: int) -> None:
        self.disk.watch("chmod", self.path, file=self.number)
        self.file.chmod(mode)

    def truncate(self, length: int) -> None:
        self.disk.watch("truncate", self.path, file=self.number)
        self.file.truncate(length)

    def allocate(self, length: int) -> None:
        self.disk.watch("allocate", self.path, file=self.number)
        self.file.allocate(length)

    def close(self) -> None:
        self.let_go()
        self.disk.watch("close", self.path, file=self.number)

    def let_go(self) -> None:
        """Close it unless it is closed."""
        if not self.closed:
            self.closed = True
            self.file.close()


class HangingFilesystem(WatchedFilesystem):
    """A disk on which one operation hangs, from when it is told to until it answers again."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck = threading.Event()
        self.answers = threading.Event()

    def hang(self, name: str, within: str) -> None:
        """Hang at the next operation of that name within that path, and at every one after it."""

        def before(call: Call) -> None:
            if call.name == name and within in str(call.path) and not self.answers.is_set():
                self.stuck.set()
                assert self.answers.wait(PATIENCE_S)

        self.before = before


def until(condition: Callable[[], object]) -> None:
    """Wait for something that another thread brings about."""
    tick = threading.Event()
    for _ in range(PATIENCE_S * 100):
        if condition():
            return
        tick.wait(0.01)
    pytest.fail("it never came to pass")


def refuse(
    code: int, *, name: str | None = None, within: str = "", times: int = 10**9
) -> Callable[[Call], None]:
    """Make a ``before`` that fails operations.

    Args:
        code: An ``errno`` value.
        name: Which operation; any when None.
        within: A regular expression that is found in the path.
        times: How often.
    """
    left = [times]

    def before(call: Call) -> None:
        if name in {None, call.name} and re.search(within, str(call.path)) and left[0] > 0:
            left[0] -= 1
            raise OSError(code, os.strerror(code))

    return before


FULL = errno.ENOSPC
"""No space left on device."""
