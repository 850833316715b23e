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


class LogCheck:
    """Checks a log, entry by entry.

    Attributes:
        broken: the first thing that does not hold.
        seen: up to which entry a checkpoint fits.
        fitting: how many checkpoints fit.
    """

    def __init__(self, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._waiting = sorted(set(checkpoints), key=lambda each: (each.size, each.root))[::-1]
        self._chain = ChainCheck()
        self._tree = Frontier()
        self.broken: Broken | None = None
        self.seen = 0
        self.fitting = 0
        self._compare()

    @property
    def entries(self) -> int:
        """How many entries were taken."""
        return self._tree.size

    def add(self, entry: Entry, stored: bytes) -> bool:
        """Take the next entry with the digest beside it; False once something does not hold."""
        self.broken = self.broken or self._chain.add(entry, stored)
        if self.broken is None:
            self._tree.append(entry.leaf)
            self._compare()
        return self.broken is None

    def fail(self, reason: str) -> None:
        """Note that the next entry cannot even be read; the reason is the end of the sentence."""
        number = self._tree.size + 1
        self.broken = self.broken or Broken(number, f"Entry {number} cannot be read: {reason}.")

    def finish(self) -> CheckResult:
        """Say what the check came to, once there are no more entries."""
        size = self._tree.size
        if self.broken is None and self._waiting:
            # The longest one tells most.
            told = self._waiting[0].size
            self.broken = Broken(
                size + 1,
                f"The log was cut off: it ends at entry {size}, and a checkpoint shows {told} entries.",
            )
        return CheckResult(size, self.broken, self.seen, self.fitting)

    def _compare(self) -> None:
        size = self._tree.size
        while self.broken is None and self._waiting and self._waiting[-1].size == size:
            if self._waiting.pop().root == self._tree.root():
                self.seen, self.fitting = size, self.fitting + 1
                continue
            self.broken = Broken(
                min(self.seen + 1, size),
                f"The log is not the one that the checkpoint of {size} entries was made of: something between"
                f" entries {min(self.seen + 1, size)} and {size} was changed, removed or put in.",
            )
