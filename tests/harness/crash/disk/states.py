"""What a power cut may leave behind: every crash point of a log, and the disks that are possible there.

At a crash point, an operation is *settled* when a later sync before the point covers it, else *pending*. Of
what is pending, any part may have reached the disk, in any order:

- bytes written: all, none, or a part up to a 512-byte boundary, from the front or from the back, with the
  length that was written or without; a later write may be there without an earlier one, the hole between them
  reads as zeros;
- a truncation, a mode: there or not;
- a change of a folder's names: there or not, each on its own. A folder whose name is not there takes all in
  it along.

After a failed sync of a file nothing of it is ever settled, whatever syncs succeed later. After one of a
folder that goes for what had been done to its names until then; a name that is changed anew is written anew.

The choices at one point are too many to try all. Those where single operations are missing, alone there, or
incomplete are always tried; the rest are drawn at random, the same for the same seed. What the disk could
have been at the point before is not tried again: the newest operation, when a crash can undo it, always left
something.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tests.harness.crash.disk.disk import MemoryDisk
from tests.harness.crash.disk.fates import DROPPED, KEPT, Fate, Fates, How, fate_of
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
            None where the disks are those of the point before, and only more is acknowledged.
    """

    after: int
    pending: tuple[int, ...]
    newest: int | None


class Pending:
    """Follows a log: what is pending, and who is told when something is settled."""

    def __init__(self) -> None:
        self.changes: dict[int, Change] = {}
        self._failed: set[int] = set()
        self._never: dict[int, Names] = {}
        self._anew: set[tuple[int, str]] = set()

    def take(self, position: int, operation: Operation) -> dict[int, Change]:
        """Take the next operation; return what is settled by it, in order, by its position."""
        if isinstance(operation, Sync | SyncDir):
            return self._settle(operation)
        if isinstance(operation, SyncFailed):
            self._failed.add(operation.node)
        elif isinstance(operation, SyncDirFailed):
            self._never |= self._names_in(operation.folder)
            self._anew = {(folder, name) for folder, name in self._anew if folder != operation.folder}
        elif not isinstance(operation, Made | Said):
            self.changes[position] = operation
        return {}

    def behind(self, position: int, change: Change) -> bool:
        """Whether a failed sync left something of the same folder pending that was done before."""
        return isinstance(change, Names) and any(
            at < position and earlier.folder == change.folder for at, earlier in self._never.items()
        )

    def _settle(self, sync: Sync | SyncDir) -> dict[int, Change]:
        if isinstance(sync, Sync):
            settled: Iterable[int] = [
                at for at, change in self.changes.items() if self._settles(sync, change)
            ]
        else:
            named = {at: names for at, names in self._names_in(sync.folder).items() if at not in self._never}
            self._forget_overwritten(named.values())
            settled = named
        return {at: self.changes.pop(at) for at in settled}

    def _settles(self, sync: Sync, change: Change) -> bool:
        if isinstance(change, Names) or change.node != sync.node or sync.node in self._failed:
            return False
        return sync.mode or not isinstance(change, Chmod)

    def _names_in(self, folder: int) -> dict[int, Names]:
        """What is pending of the names in a folder."""
        return {
            at: change
            for at, change in self.changes.items()
            if isinstance(change, Names) and change.folder == folder
        }

    def _forget_overwritten(self, settled: Iterable[Names]) -> None:
        """What a failed sync left pending matters no more once each of its names was made sure anew."""
        for change in settled if self._never else ():
            self._anew |= _touched(change)
        for at in [at for at, change in self._never.items() if _touched(change) <= self._anew]:
            del self.changes[at], self._never[at]


def _touched(change: Names) -> set[tuple[int, str]]:
    """The names that it adds or removes, with their folder."""
    return {(change.folder, name) for name in (*change.removed, *(name for name, _ in change.added))}


def points(log: Sequence[Operation]) -> Iterator[Point]:
    """Every point at which a crash can leave something else, or more is acknowledged, than at the one before.

    After a run of ``Said`` there is one point, at its end: what each of them says is acknowledged there.
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
        for fate in incomplete(log[position]):
            yield everything | {position: fate}
            yield nothing | newest | {position: fate}
    yield from draws(log, point, random.Random(f"{seed}/{point.after}"), drawn)


def draws(log: Sequence[Operation], point: Point, draw: random.Random, count: int) -> Iterator[Fates]:
    """Random ways in which the crash may have gone."""
    for _ in range(count if len(point.pending) > 1 else 0):
        fates = {
            at: draw.choice((KEPT, DROPPED, draw.choice(incomplete(log[at]) or (KEPT,))))
            for at in point.pending
        }
        if point.newest is not None and fates[point.newest] == DROPPED:
            fates[point.newest] = KEPT
        yield fates


@lru_cache(maxsize=4096)
def incomplete(operation: Operation) -> tuple[Fate, ...]:
    """How a write may be incomplete: at each boundary of a sector, in each way; or its length alone."""
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
        self._later: dict[int, Change] = {}
        self._at = 0

    def disk(self, point: Point, fates: Fates) -> MemoryDisk:
        """The disk that the crash left, as a machine that starts again sees it."""
        self._advance(point.after)
        nodes = dict(self._settled)
        for position, change in sorted((self._pending.changes | self._later).items()):
            apply(nodes, change, KEPT if position in self._later else fate_of(fates, position))
        return MemoryDisk(nodes)

    def _advance(self, after: int) -> None:
        """Let happen for good what no crash from here on can undo.

        What is settled of one file or folder happened before what is pending of it, so it can go first; where
        a sync of the folder had failed, it keeps its place behind what that left pending.
        """
        if after < self._at:
            raise ValueError("internal error: a replayer goes forward only")
        for position in range(self._at, after):
            operation = self._log[position]
            if isinstance(operation, Made):
                apply(self._settled, operation)
            for at, change in self._pending.take(position, operation).items():
                self._later[at] = change
            for at in sorted(self._later):
                if not self._pending.behind(at, self._later[at]):
                    apply(self._settled, self._later.pop(at))
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
