"""A disk in memory that remembers, operation by operation, what was done to it and what was made durable.

``MemoryDisk`` behaves as ``device.storage.filesystem.Filesystem`` promises and writes a log.
``tests.harness.crash.disk.states`` replays the log up to any point and decides what a power cut there may
have left.

What a sync makes durable is the least that POSIX allows, not what a kind filesystem does beyond it:

- ``sync_data`` and ``sync`` of a file: its bytes and its length; ``sync`` its mode too. Never its name.
- ``sync_dir``: the names in that one folder.
- A rename inside one folder is one step: both names change or neither. One from folder to folder is two: a
  name that is added and a name that is removed, and a power cut may leave both, either or none of them.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from device.storage.filesystem import PRIVATE_FILE, PRIVATE_FOLDER, Bytes, Space
from tests.harness.crash.disk.operations import (
    Change,
    Chmod,
    Made,
    Names,
    Node,
    Operation,
    Said,
    Sync,
    SyncDir,
    SyncDirFailed,
    SyncFailed,
    Truncate,
    Write,
    apply,
)
from tests.support.storage.disks import Call

CAPACITY = 1 << 34
ROOT = 0


class MemoryFile:
    """An open file of a ``MemoryDisk``."""

    def __init__(self, disk: MemoryDisk, path: Path, number: int) -> None:
        self._disk = disk
        self._path = path
        self._number = number

    def write(self, data: Bytes, /) -> int:
        taken = bytes(data)
        allowed = self._disk.watch("write", self._path, len(taken))
        if allowed is not None:
            taken = taken[:allowed]
        self._disk.change(Write(self._number, len(self._disk.nodes[self._number].data), taken))
        return len(taken)

    def sync_data(self) -> None:
        self._sync("sync_data", mode=False)

    def sync(self) -> None:
        self._sync("sync", mode=True)

    def chmod(self, mode: int) -> None:
        self._disk.watch("chmod", self._path)
        self._disk.change(Chmod(self._number, mode))

    def truncate(self, length: int) -> None:
        self._disk.watch("truncate", self._path)
        self._disk.change(Truncate(self._number, length))

    def allocate(self, length: int) -> None:
        """Space is not modelled: the reserve stays empty."""
        self._disk.watch("allocate", self._path, length)

    def close(self) -> None:
        """Nothing is decided at a close."""
        self._disk.watch("close", self._path)

    def _sync(self, name: str, *, mode: bool) -> None:
        try:
            self._disk.watch(name, self._path)
        except OSError:
            self._disk.log.append(SyncFailed(self._number))
            raise
        self._disk.log.append(Sync(self._number, mode))


class MemoryDisk:
    """A ``Filesystem`` in memory, rooted at ``/``. ``log`` holds every change, in order.

    Attributes:
        nodes: By number; what no name leads to any more stays among them.
        before: Called before each operation; it may raise in its place, or return how many bytes a write may
            take (a short write), as with ``tests.support.storage.disks``.
    """

    def __init__(self, nodes: Mapping[int, Node] | None = None) -> None:
        self.nodes = dict(nodes) if nodes is not None else {ROOT: Node(ROOT, PRIVATE_FOLDER, names={})}
        self.log: list[Operation] = []
        self.before: Callable[[Call], int | None] | None = None
        self._next = max(self.nodes) + 1

    def say(self, what: str, detail: Mapping[str, int | str]) -> None:
        """Note what the camera acknowledged, or is about to try."""
        self.log.append(Said(what, tuple(sorted(detail.items()))))

    def watch(self, name: str, path: Path, size: int = 0) -> int | None:
        """Ask ``before``."""
        return None if self.before is None else self.before(Call(name, path, size))

    def change(self, operation: Made | Change) -> None:
        """Do it, and log it."""
        self.log.append(operation)
        apply(self.nodes, operation)

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> MemoryFile:
        self.watch("create", path)
        folder = self._vacant(path)
        number = self._make(mode, folder=False)
        self.change(Names(folder.number, "create", added=((path.name, number),)))
        return MemoryFile(self, path, number)

    def open_append(self, path: Path) -> MemoryFile:
        self.watch("open_append", path)
        return MemoryFile(self, path, self._file(path).number)

    def read(self, path: Path, offset: int = 0, length: int = -1) -> bytes:
        data = self._file(path).data
        return data[offset:] if length < 0 else data[offset : offset + length]

    def size(self, path: Path) -> int:
        return len(self._file(path).data)

    def mode(self, path: Path) -> int:
        return self._node(path).mode

    def exists(self, path: Path) -> bool:
        return self._find(path) is not None

    def listdir(self, path: Path) -> tuple[str, ...]:
        return tuple(sorted(_names(self._node(path))))

    def mkdir(self, path: Path, mode: int = PRIVATE_FOLDER) -> None:
        self.watch("mkdir", path)
        folder = self._vacant(path)
        number = self._make(mode, folder=True)
        self.change(Names(folder.number, "mkdir", added=((path.name, number),)))

    def rmdir(self, path: Path) -> None:
        self.watch("rmdir", path)
        if _names(self._node(path)):
            raise OSError(errno.ENOTEMPTY, "the folder is not empty", str(path))
        self.change(Names(self._node(path.parent).number, "rmdir", removed=(path.name,)))

    def link(self, source: Path, target: Path) -> None:
        self.watch("link", target)
        folder = self._vacant(target)
        self.change(Names(folder.number, "link", added=((target.name, self._file(source).number),)))

    def unlink(self, path: Path) -> None:
        self.watch("unlink", path)
        self._file(path)
        self.change(Names(self._node(path.parent).number, "unlink", removed=(path.name,)))

    def rename(self, source: Path, target: Path) -> None:
        self.watch("rename", target)
        moved, replaced = self._node(source), self._find(target)
        if replaced is not None and (replaced.names is not None or moved.names is not None):
            raise OSError(errno.ENOTEMPTY, "a folder is there", str(target))
        before, after = self._node(source.parent).number, self._node(target.parent).number
        added, removed = ((target.name, moved.number),), (source.name,)
        if before == after:
            self.change(Names(after, "rename", added, removed))
        else:
            self.change(Names(after, "rename", added=added))
            self.change(Names(before, "rename", removed=removed))

    def sync_dir(self, path: Path) -> None:
        node = self._node(path)
        _names(node)
        try:
            self.watch("sync_dir", path)
        except OSError:
            self.log.append(SyncDirFailed(node.number))
            raise
        self.log.append(SyncDir(node.number))

    def space(self, path: Path) -> Space:
        del path
        return Space(total=CAPACITY, free=CAPACITY - sum(len(node.data) for node in self.nodes.values()))

    def walk(self, number: int = ROOT, path: str = "") -> Iterator[tuple[str, Node]]:
        """Every name and what it leads to, folders before what is in them."""
        for name, child in sorted((self.nodes[number].names or {}).items()):
            node = self.nodes[child]
            yield f"{path}/{name}", node
            if node.names is not None:
                yield from self.walk(child, f"{path}/{name}")

    def _make(self, mode: int, *, folder: bool) -> int:
        number, self._next = self._next, self._next + 1
        self.change(Made(number, mode, folder))
        return number

    def _find(self, path: Path) -> Node | None:
        node: Node | None = self.nodes[ROOT]
        for name in path.parts[1:]:
            child = (node.names or {}).get(name) if node is not None else None
            if child is None:
                return None
            node = self.nodes[child]
        return node

    def _node(self, path: Path) -> Node:
        node = self._find(path)
        if node is None:
            raise FileNotFoundError(errno.ENOENT, "no such file or folder", str(path))
        return node

    def _file(self, path: Path) -> Node:
        node = self._node(path)
        if node.names is not None:
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
        return node

    def _vacant(self, path: Path) -> Node:
        if self.exists(path):
            raise FileExistsError(errno.EEXIST, "it exists", str(path))
        folder = self._node(path.parent)
        _names(folder)
        return folder


def _names(node: Node) -> Mapping[str, int]:
    if node.names is None:
        raise NotADirectoryError(errno.ENOTDIR, "is not a folder")
    return node.names
