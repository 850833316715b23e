"""What a recorded disk was asked to do: the entries of its log, and what each does to the nodes of a disk.

A node never changes: an operation puts another in its place, so that disks share what they have in common and
a copy of one is a copy of a dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.harness.crash.disk.fates import KEPT, Fate, How


@dataclass(frozen=True, slots=True)
class Node:
    """A file (``data``) or a folder (``names``); the same number before and after a crash."""

    number: int
    mode: int
    data: bytes = b""
    names: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A file or folder came into being; it counts for nothing until a name leads to it."""

    node: int
    mode: int
    folder: bool


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
class Sync:
    """A file's bytes were made durable, and its mode if ``mode``."""

    node: int
    mode: bool


@dataclass(frozen=True, slots=True)
class SyncFailed:
    """A sync of a file failed: the kernel may have dropped what was pending, no later sync makes it sure."""

    node: int


@dataclass(frozen=True, slots=True)
class SyncDir:
    """A folder's names were made durable."""

    folder: int


@dataclass(frozen=True, slots=True)
class SyncDirFailed:
    """A sync of a folder failed: no later one makes sure what had been done to its names until then."""

    folder: int


@dataclass(frozen=True, slots=True)
class Said:
    """The camera acknowledged something, or is about to try it (see ``acknowledged``)."""

    what: str
    detail: tuple[tuple[str, int | str], ...] = ()


Change = Write | Truncate | Chmod | Names
"""What a power cut can undo until a sync has settled it."""
Operation = Change | Made | Sync | SyncFailed | SyncDir | SyncDirFailed | Said


def apply(nodes: dict[int, Node], operation: Made | Change, fate: Fate = KEPT) -> None:
    """Let an operation happen to nodes, as far as its fate says."""
    if isinstance(operation, Made):
        names: dict[str, int] | None = {} if operation.folder else None
        nodes[operation.node] = Node(operation.node, operation.mode, names=names)
    elif fate.how is How.DROPPED:
        return
    elif isinstance(operation, Names):
        nodes[operation.folder] = _with_names(nodes[operation.folder], operation)
    else:
        node = nodes[operation.node]
        if isinstance(operation, Write):
            nodes[operation.node] = replace(node, data=written(node.data, operation, fate))
        elif isinstance(operation, Truncate):
            length = operation.length
            nodes[operation.node] = replace(node, data=node.data[:length].ljust(length, b"\0"))
        else:
            nodes[operation.node] = replace(node, mode=operation.mode)


def _with_names(folder: Node, operation: Names) -> Node:
    if folder.names is None:
        raise ValueError("internal error: names in a file")
    names = {name: node for name, node in folder.names.items() if name not in operation.removed}
    return replace(folder, names={**names, **dict(operation.added)})


def written(before: bytes, operation: Write, fate: Fate) -> bytes:
    """What a file holds after a write of which the fate tells how much reached the disk."""
    data, at = operation.data, fate.at
    if fate.how is How.FIRST:
        data = data[:at]
    elif fate.how is How.ZEROED:
        data = data[:at].ljust(len(data), b"\0")
    elif fate.how is How.AFTER:
        data = bytes(at) + data[at:]
    head = before[: operation.offset].ljust(operation.offset, b"\0")
    return head + data + before[operation.offset + len(data) :]
