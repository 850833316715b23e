"""Checking the whole log against its own chain and against checkpoints from elsewhere. Pure.

Rules:
- entries are taken in the order of their numbers, once, in bounded memory;
- each checkpoint is compared with the tree as it was at its size: an entry that was edited, removed, put in,
  swapped or numbered anew before it gives another root, however well the chain was made anew;
- a log with fewer entries than a checkpoint was cut off;
- what is newer than the newest checkpoint is shown by the chain alone, which whoever owns the database can
  write anew: ``LogCheck.seen`` says up to where more than that is known.

Whose the checkpoints are is for the caller to ask (``SignedCheckpoint.signed_by``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.audit.chain import Broken, ChainCheck, Entry
from fleet.audit.checkpoints.checkpoint import Checkpoint
from fleet.audit.merkle.tree import Frontier


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check of the log came to.

    Attributes:
        entries: how many entries were looked at.
        broken: where the log does not hold; None when it does.
        seen: how many entries, from the first on, the checkpoints show.
        checkpoints: how many checkpoints fit.
    """

    entries: int
    broken: Broken | None
    seen: int
    checkpoints: int


class TreeCheck:
    """Compares a tree that grows with checkpoints.

    Attributes:
        frontier: the tree so far; who adds to it calls ``compare``.
        broken: the first checkpoint that does not fit.
        seen: up to which entry a checkpoint fits.
        fitting: how many checkpoints fit.
        skipped: the sizes of checkpoints that the tree grew past in one step.
    """

    def __init__(self, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._waiting = sorted(set(checkpoints), key=lambda each: (each.size, each.root))[::-1]
        self.frontier = Frontier()
        self.broken: Broken | None = None
        self.seen = 0
        self.fitting = 0
        self.skipped: list[int] = []
        self.compare()

    @property
    def size(self) -> int:
        """How many entries the tree has."""
        return self.frontier.size

    @property
    def waiting(self) -> tuple[Checkpoint, ...]:
        """The checkpoints of more entries than there are, the longest first."""
        return tuple(self._waiting)

    def compare(self) -> None:
        """Compare the tree with the checkpoints of its size."""
        size = self.frontier.size
        while self.broken is None and self._waiting and self._waiting[-1].size <= size:
            told = self._waiting.pop()
            if told.size < size:
                self.skipped.append(told.size)
            elif told.root == self.frontier.root():
                self.seen, self.fitting = size, self.fitting + 1
            else:
                first = min(self.seen + 1, size)
                self.broken = Broken(
                    first,
                    f"The log is not the one that the checkpoint of {size} entries was made of: something "
                    f"between entries {first} and {size} was changed, removed or put in.",
                )


class LogCheck:
    """Checks a log, entry by entry.

    Attributes:
        broken: the first thing that does not hold.
    """

    def __init__(self, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._tree = TreeCheck(checkpoints)
        self._chain = ChainCheck()
        self.broken: Broken | None = self._tree.broken

    @property
    def entries(self) -> int:
        """How many entries were taken."""
        return self._tree.size

    def add(self, entry: Entry, stored: bytes) -> bool:
        """Take the next entry with the digest beside it; False once something does not hold."""
        self.broken = self.broken or self._chain.add(entry, stored)
        if self.broken is None:
            self._tree.frontier.append(entry.leaf)
            self._tree.compare()
            self.broken = self._tree.broken
        return self.broken is None

    def fail(self, reason: str) -> None:
        """Note that the next entry cannot even be read; the reason is the end of the sentence."""
        number = self._tree.size + 1
        self.broken = self.broken or Broken(number, f"Entry {number} cannot be read: {reason}.")

    def finish(self) -> CheckResult:
        """Say what the check came to, once there are no more entries."""
        size, waiting = self._tree.size, self._tree.waiting
        if self.broken is None and waiting:
            # The longest one tells most.
            self.broken = Broken(
                size + 1,
                f"The log was cut off, or is an older copy: it ends at entry {size}, and a checkpoint shows "
                f"{waiting[0].size} entries.",
            )
        return CheckResult(size, self.broken, self._tree.seen, self._tree.fitting)
