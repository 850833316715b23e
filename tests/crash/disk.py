"""A disk in memory that remembers, operation by operation, what was done to it and what was made durable.

``MemoryDisk`` behaves as ``device.filesystem.Filesystem`` promises and writes a log. ``tests.crash.states``
replays the log up to any point and decides what a power cut there may have left.

What a sync makes durable is the least that POSIX allows, not what a kind filesystem does beyond it:

- ``sync_data`` and ``sync`` of a file: its bytes and its length; ``sync`` its mode too. Never its name.
- ``sync_dir``: the names in that one folder.
- A rename inside one folder is one step: both names change or neither.
"""

import errno
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from device.filesystem import PRIVATE_FILE, PRIVATE_FOLDER, Bytes, Space

CAPACITY = 1 << 34


@dataclass(slots=True)
class Node:
    """A file (``data``) or a folder (``names``); the same number before and after a crash."""

    number: int
    mode: int
    data: bytearray = field(default_factory=bytearray)
    names: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes of a file changed from ``offset`` on, its length with them."""

    node: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file's length was set."""

    node: int
    length: int


@dataclass(frozen=True, slots=True)
class Chmod:
    """A file's mode was set."""

    node: int
    mode: int


@dataclass(frozen=True, slots=True)
class Names:
    """Names in one folder changed in one step: ``added`` name to node, ``removed`` names."""

    folder: int
    what: str
    added: tuple[tuple[str, int], ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A file or folder came into being; it counts for nothing until a name leads to it."""

    node: int
    mode: int
    folder: bool


@dataclass(frozen=True, slots=True)
class Sync:
    """A file's bytes were made durable, and its mode if ``mode``."""

    node: int
    mode: bool


@dataclass(frozen=True, slots=True)
class SyncDir:
    """A folder's names were made durable."""

    folder: int


@dataclass(frozen=True, slots=True)
class Said:
    """The camera acknowledged something; from here on it must hold after any crash."""

    what: str
    detail: tuple[tuple[str, int], ...] = ()


Operation = Write | Truncate | Chmod | Names | Made | Sync | SyncDir | Said
ROOT = 0


class MemoryFile:
    """An open file of a ``MemoryDisk``."""

    def __init__(self, disk: "MemoryDisk", node: Node) -> None:
        self._disk = disk
        self._node = node

    def write(self, data: Bytes, /) -> int:
        taken = bytes(data)
        self._disk.log.append(Write(self._node.number, len(self._node.data), taken))
        self._node.data += taken
        return len(taken)

    def sync_data(self) -> None:
        self._disk.log.append(Sync(self._node.number, mode=False))

    def sync(self) -> None:
        self._disk.log.append(Sync(self._node.number, mode=True))

    def chmod(self, mode: int) -> None:
        self._disk.log.append(Chmod(self._node.number, mode))
        self._node.mode = mode

    def truncate(self, length: int) -> None:
        self._disk.log.append(Truncate(self._node.number, length))
        del self._node.data[length:]
        self._node.data += bytes(length - len(self._node.data))

    def allocate(self, length: int) -> None:
        """Space is not modelled: the reserve stays empty."""

    def close(self) -> None:
        """Nothing is decided at a close."""


class MemoryDisk:
    """A ``Filesystem`` in memory, rooted at ``/``. ``log`` holds every change, in order."""

    def __init__(self, nodes: dict[int, Node] | None = None) -> None:
        self.nodes = nodes if nodes is not None else {ROOT: Node(ROOT, PRIVATE_FOLDER, names={})}
        self.log: list[Operation] = []
        self._next = max(self.nodes) + 1

    def say(self, what: str, detail: Mapping[str, int]) -> None:
        """Note that the camera acknowledged something."""
        self.log.append(Said(what, tuple(sorted(detail.items()))))

    def create(self, path: Path, mode: int = PRIVATE_FILE) -> MemoryFile:
        folder = self._vacant(path)
        node = self._make(mode, folder=False)
        self._change(folder, "create", added=((path.name, node.number),))
        return MemoryFile(self, node)

    def open_append(self, path: Path) -> MemoryFile:
        return MemoryFile(self, self._file(path))

    def read(self, path: Path, offset: int = 0, length: int = -1) -> bytes:
        data = self._file(path).data
        return bytes(data[offset:] if length < 0 else data[offset : offset + length])

    def size(self, path: Path) -> int:
        return len(self._file(path).data)

    def mode(self, path: Path) -> int:
        return self._node(path).mode

    def exists(self, path: Path) -> bool:
        try:
            self._node(path)
        except OSError:
            return False
        return True

    def listdir(self, path: Path) -> tuple[str, ...]:
        return tuple(sorted(self._names(self._node(path))))

    def mkdir(self, path: Path, mode: int = PRIVATE_FOLDER) -> None:
        folder = self._vacant(path)
        node = self._make(mode, folder=True)
        self._change(folder, "mkdir", added=((path.name, node.number),))

    def rmdir(self, path: Path) -> None:
        if self._names(self._node(path)):
            raise OSError(errno.ENOTEMPTY, "the folder is not empty", str(path))
        self._change(self._node(path.parent), "rmdir", removed=(path.name,))

    def link(self, source: Path, target: Path) -> None:
        folder = self._vacant(target)
        self._change(folder, "link", added=((target.name, self._file(source).number),))

    def unlink(self, path: Path) -> None:
        self._file(path)
        self._change(self._node(path.parent), "unlink", removed=(path.name,))

    def rename(self, source: Path, target: Path) -> None:
        if source.parent != target.parent:
            raise OSError(errno.EXDEV, "only renames inside one folder are modelled", str(target))
        moved = self._node(source)
        folder = self._node(target.parent)
        self._change(folder, "rename", added=((target.name, moved.number),), removed=(source.name,))

    def sync_dir(self, path: Path) -> None:
        node = self._node(path)
        self._names(node)
        self.log.append(SyncDir(node.number))

    def space(self, path: Path) -> Space:
        del path
        return Space(total=CAPACITY, free=CAPACITY - sum(len(node.data) for node in self.nodes.values()))

    def walk(self, number: int = ROOT, path: Path = Path("/")) -> Iterator[tuple[Path, Node]]:
        """Every name and what it leads to, folders before what is in them."""
        for name, child in sorted((self.nodes[number].names or {}).items()):
            node = self.nodes[child]
            yield path / name, node
            if node.names is not None:
                yield from self.walk(child, path / name)

    def _make(self, mode: int, *, folder: bool) -> Node:
        node = Node(self._next, mode, names={} if folder else None)
        self._next += 1
        self.nodes[node.number] = node
        self.log.append(Made(node.number, mode, folder))
        return node

    def _change(
        self, folder: Node, what: str, added: tuple[tuple[str, int], ...] = (), removed: tuple[str, ...] = ()
    ) -> None:
        operation = Names(folder.number, what, added, removed)
        self.log.append(operation)
        apply_names(self._names(folder), operation)

    def _node(self, path: Path) -> Node:
        node = self.nodes[ROOT]
        for name in path.parts[1:]:
            child = (node.names or {}).get(name)
            if child is None:
                raise FileNotFoundError(errno.ENOENT, "no such file or folder", str(path))
            node = self.nodes[child]
        return node

    def _file(self, path: Path) -> Node:
        node = self._node(path)
        if node.names is not None:
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
        return node

    def _names(self, node: Node) -> dict[str, int]:
        if node.names is None:
            raise NotADirectoryError(errno.ENOTDIR, "is not a folder")
        return node.names

    def _vacant(self, path: Path) -> Node:
        if self.exists(path):
            raise FileExistsError(errno.EEXIST, "it exists", str(path))
        return self._node(path.parent)


def copy_nodes(nodes: Mapping[int, Node]) -> dict[int, Node]:
    """A copy that shares nothing with the original."""
    return {
        number: Node(
            number, node.mode, bytearray(node.data), None if node.names is None else dict(node.names)
        )
        for number, node in nodes.items()
    }


def apply_names(names: dict[str, int], operation: Names) -> None:
    """Change a folder's names as the operation says."""
    for name in operation.removed:
        names.pop(name, None)
    names.update(operation.added)
