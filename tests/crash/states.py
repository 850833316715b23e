"""What a power cut may leave behind: every crash point of a log, and the disks that are possible there.

At a crash point, an operation is *settled* when a later sync before the point covers it, else *pending*. Of
what is pending, any part may have reached the disk, in any order:

- bytes written: all, none, or a part up to a 512-byte boundary, from the front or from the back, with the
  length that was written or without; a later write may be there without an earlier one, the hole between them
  reads as zeros;
- a truncation, a mode: there or not;
- a change of a folder's names: there or not, each on its own. A folder whose name is not there takes all in
  it along.

After a failed sync of a file nothing of it is ever settled, whatever syncs succeed later.

The choices at one point are too many to try all. Those where single operations are missing, alone there, or
torn are always tried; the rest are drawn at random, the same for the same seed. What the disk could have been
at the point before is not tried again: the newest operation, when a crash can undo it, always left something.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tests.crash.disk import MemoryDisk
from tests.crash.fates import DROPPED, KEPT, Fate, Fates, How, fate_of
from tests.crash.operations import (
    Change,
    Chmod,
    Made,
    Names,
    Node,
    Operation,
    Said,
    Sync,
    SyncDir,
    SyncFailed,
    Write,
    apply,
)

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Point:
    """A crash after ``after`` operations.

    Attributes:
        pending: The positions of those not made durable.
        newest: The last operation, when it is one of them; no crash at an earlier point can have left it.
            None where the disks are those of the point before, and only more is owed.
    """

    after: int
    pending: tuple[int, ...]
    newest: int | None


class Pending:
    """Follows a log: what is pending, and who is told when something is settled."""

    def __init__(self) -> None:
        self.changes: dict[int, Change] = {}
        self._failed: set[int] = set()

    def take(self, position: int, operation: Operation) -> list[Change]:
        """Take the next operation; return what is settled by it, in order."""
        if isinstance(operation, Sync | SyncDir):
            settled = [at for at, change in self.changes.items() if self._settles(operation, change)]
            return [self.changes.pop(at) for at in settled]
        if isinstance(operation, SyncFailed):
            self._failed.add(operation.node)
        elif not isinstance(operation, Made | Said):
            self.changes[position] = operation
        return []

    def _settles(self, sync: Sync | SyncDir, change: Change) -> bool:
        if isinstance(sync, SyncDir):
            return isinstance(change, Names) and change.folder == sync.folder
        if isinstance(change, Names) or change.node != sync.node or sync.node in self._failed:
            return False
        return sync.mode or not isinstance(change, Chmod)


def points(log: Sequence[Operation]) -> Iterator[Point]:
    """Every point at which a crash can leave something else, or more is owed, than at the one before.

    After a run of ``Said`` there is one point, at its end: it owes what each of them does.
    """
    pending = Pending()
    yield Point(0, (), None)
    for position, operation in enumerate(log):
        pending.take(position, operation)
        newest = position if position in pending.changes else None
        last_said = isinstance(operation, Said) and not isinstance(_at(log, position + 1), Said)
        if newest is not None or last_said:
            yield Point(position + 1, tuple(pending.changes), newest)


def _at(log: Sequence[Operation], position: int) -> Operation | None:
    return log[position] if position < len(log) else None


def choices(log: Sequence[Operation], point: Point, seed: int, drawn: int) -> Iterator[Fates]:
    """Ways in which the crash may have gone: the systematic ones, then ``drawn`` random ones."""
    everything = dict.fromkeys(point.pending, KEPT)
    nothing = dict.fromkeys(point.pending, DROPPED)
    newest = {} if point.newest is None else {point.newest: KEPT}
    yield everything
    if not point.pending:
        return
    yield nothing | newest
    for position in reversed(point.pending):
        if position != point.newest:
            yield everything | {position: DROPPED}
            yield nothing | newest | {position: KEPT}
        for fate in torn(log[position]):
            yield everything | {position: fate}
            yield nothing | newest | {position: fate}
    yield from draws(log, point, random.Random(f"{seed}/{point.after}"), drawn)


def draws(log: Sequence[Operation], point: Point, draw: random.Random, count: int) -> Iterator[Fates]:
    """Random ways in which the crash may have gone."""
    for _ in range(count if len(point.pending) > 1 else 0):
        fates = {
            at: draw.choice((KEPT, DROPPED, draw.choice(torn(log[at]) or (KEPT,)))) for at in point.pending
        }
        if point.newest is not None and fates[point.newest] == DROPPED:
            fates[point.newest] = KEPT
        yield fates


@lru_cache(maxsize=4096)
def torn(operation: Operation) -> tuple[Fate, ...]:
    """How a write may be torn: at each boundary of a sector of the file, in each way; or its length alone."""
    if not isinstance(operation, Write):
        return ()
    boundaries = range(SECTOR - operation.offset % SECTOR, len(operation.data), SECTOR)
    ways = (How.FIRST, How.ZEROED, How.AFTER)
    return (Fate(How.ZEROED), *(Fate(how, at) for at in boundaries for how in ways))


class Replayer:
    """Rebuilds disks from a log and from what the disk held before it; goes forward only."""

    def __init__(self, before: Mapping[int, Node], log: Sequence[Operation]) -> None:
        self._settled = dict(before)
        self._log = log
        self._pending = Pending()
        self._at = 0

    def disk(self, point: Point, fates: Fates) -> MemoryDisk:
        """The disk that the crash left, as a machine that starts again sees it."""
        self._advance(point.after)
        nodes = dict(self._settled)
        for position, change in self._pending.changes.items():
            apply(nodes, change, fate_of(fates, position))
        return MemoryDisk(nodes)

    def _advance(self, after: int) -> None:
        """Let happen for good what no crash from here on can undo.

        What is settled of one file or folder happened before what is pending of it, so it can go first.
        """
        if after < self._at:
            raise ValueError("internal error: a replayer goes forward only")
        for position in range(self._at, after):
            operation = self._log[position]
            if isinstance(operation, Made):
                apply(self._settled, operation)
            for change in self._pending.take(position, operation):
                apply(self._settled, change)
        self._at = after


def fingerprint(disk: MemoryDisk) -> bytes:
    """A digest of all that a restarted machine can see: names, links, modes and bytes."""
    state = hashlib.blake2b(digest_size=16)
    links: dict[int, int] = {}
    for path, node in disk.walk():
        link = links.setdefault(node.number, len(links))
        kind = "file" if node.names is None else "folder"
        state.update(f"{path}\0{link}\0{node.mode}\0{kind}\0".encode())
        state.update(digest(node.data))
    return state.digest()


@lru_cache(maxsize=8192)
def digest(data: bytes) -> bytes:
    """A digest of a file's bytes, remembered: most files are the same in most states."""
    return hashlib.blake2b(data, digest_size=16).digest()
