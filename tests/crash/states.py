"""What a power cut may leave behind: every crash point of a log, and the disks that are possible there.

At a crash point, an operation is *settled* when a later sync before the point covers it, else *pending*. Of
what is pending, any part may have reached the disk, in any order:

- bytes written: all, none, or a part up to a 512-byte boundary; a later write may be there without an
  earlier one, the hole between them reads as zeros; the length may have grown without the bytes;
- a truncation, a mode: there or not;
- a change of a folder's names: there or not, each on its own. A folder whose name is not there takes all in
  it along.

The choices at one point are too many to try all. Those where single operations are missing, alone there, or
torn are always tried; the rest are drawn at random, the same for the same seed.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.crash.disk import (
    Chmod,
    Made,
    MemoryDisk,
    Names,
    Node,
    Operation,
    Said,
    Sync,
    SyncDir,
    Truncate,
    Write,
    apply_names,
    copy_nodes,
)

SECTOR = 512
KEPT, DROPPED = -1, -2
"""A pending operation's fate; 0 and above: a write torn after so many bytes; see also ``ZEROED``."""
ZEROED = -3
"""A write whose length reached the disk and whose bytes did not."""

Fates = dict[int, int]


@dataclass(frozen=True, slots=True)
class Point:
    """A crash after ``after`` operations; ``pending`` are the positions of those not made durable."""

    after: int
    pending: tuple[int, ...]


def points(log: Sequence[Operation]) -> Iterator[Point]:
    """Every point at which a crash can leave something else than at the point before."""
    pending: dict[int, Operation] = {}
    yield Point(0, ())
    for position, operation in enumerate(log):
        if isinstance(operation, Sync | SyncDir):
            for other in [at for at, candidate in pending.items() if settles(operation, candidate)]:
                del pending[other]
        elif not isinstance(operation, Made | Said):
            pending[position] = operation
        yield Point(position + 1, tuple(pending))


def settles(sync: Sync | SyncDir, operation: Operation) -> bool:
    """Whether a sync makes an earlier operation durable."""
    if isinstance(sync, SyncDir):
        return isinstance(operation, Names) and operation.folder == sync.folder
    if isinstance(operation, Chmod):
        return sync.mode and operation.node == sync.node
    return isinstance(operation, Write | Truncate) and operation.node == sync.node


def choices(log: Sequence[Operation], point: Point, seed: int, drawn: int) -> Iterator[Fates]:
    """Ways in which the crash may have gone: the systematic ones, then ``drawn`` random ones."""
    everything = dict.fromkeys(point.pending, KEPT)
    nothing = dict.fromkeys(point.pending, DROPPED)
    yield everything
    if not point.pending:
        return
    yield nothing
    for position in point.pending:
        yield everything | {position: DROPPED}
        yield nothing | {position: KEPT}
        for fate in torn(log[position]):
            yield everything | {position: fate}
            yield nothing | {position: fate}
    draw = random.Random(f"{seed}/{point.after}")
    for _ in range(drawn if len(point.pending) > 1 else 0):
        yield {position: draw.choice((KEPT, DROPPED, *torn(log[position]))) for position in point.pending}


def torn(operation: Operation) -> tuple[int, ...]:
    """Where a write may be torn: at each boundary of a sector of the file, and "length without bytes"."""
    if not isinstance(operation, Write):
        return ()
    first = SECTOR - operation.offset % SECTOR
    return (ZEROED, *range(first, len(operation.data), SECTOR))


class Replayer:
    """Rebuilds disks from a log and from what the disk held before it."""

    def __init__(self, before: Mapping[int, Node], log: Sequence[Operation]) -> None:
        self._before = before
        self._log = log

    def disk(self, point: Point, fates: Fates) -> MemoryDisk:
        """The disk that the crash left, as a machine that starts again sees it."""
        nodes = copy_nodes(self._before)
        for position in range(point.after):
            _apply(nodes, self._log[position], fates.get(position, KEPT))
        return MemoryDisk(nodes)


def _apply(nodes: dict[int, Node], operation: Operation, fate: int) -> None:
    if isinstance(operation, Made):
        nodes[operation.node] = Node(operation.node, operation.mode, names={} if operation.folder else None)
    elif fate == DROPPED:
        return
    elif isinstance(operation, Names):
        apply_names(_names(nodes[operation.folder]), operation)
    elif isinstance(operation, Write):
        _write(nodes[operation.node].data, operation, fate)
    elif isinstance(operation, Truncate):
        data = nodes[operation.node].data
        del data[operation.length :]
        data += bytes(operation.length - len(data))
    elif isinstance(operation, Chmod):
        nodes[operation.node].mode = operation.mode


def _names(node: Node) -> dict[str, int]:
    if node.names is None:
        raise ValueError("internal error: names in a file")
    return node.names


def _write(data: bytearray, operation: Write, fate: int) -> None:
    content = operation.data
    if fate == ZEROED:
        content = bytes(len(content))
    elif fate != KEPT:
        content = content[:fate]
    if len(data) < operation.offset:
        data += bytes(operation.offset - len(data))
    data[operation.offset : operation.offset + len(content)] = content


def fingerprint(disk: MemoryDisk) -> bytes:
    """A digest of all that a restarted machine can see: names, links, modes and bytes."""
    state = hashlib.blake2b(digest_size=16)
    for path, node in disk.walk():
        state.update(f"{path}\0{node.number}\0{node.mode}\0{len(node.data)}\0".encode())
        state.update(node.data)
    return state.digest()
