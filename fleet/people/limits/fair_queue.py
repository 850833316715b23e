"""Whose turn it is, of those who ask for what costs: few at a time, some wait, each so many. Pure.

Rules:
- few are at work at a time, and the next is whose peer has the fewest at work, the first that came of these;
- so many wait, of each peer so many; one more takes the place of the last that came of whoever has most,
  where that is more than it would have itself; else it is turned away.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

Guest = TypeVar("Guest")


class Come(Enum):
    """What becomes of one that came."""

    WORKS = "works"
    WAITS = "waits"
    GOES = "goes"


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many are at work at a time, how many wait beside them, and how many of both one peer may have."""

    at_once: int
    waiting: int
    each_peer: int


class FairQueue(Generic[Guest]):
    """Who works and who waits. The caller holds a lock where several threads ask."""

    def __init__(self, limits: QueueLimits) -> None:
        self._limits = limits
        self._working: dict[Guest, str] = {}
        self._waiting: dict[Guest, str] = {}

    def __len__(self) -> int:
        return len(self._working) + len(self._waiting)

    def come(self, guest: Guest, peer: str) -> tuple[Come, Guest | None]:
        """Take one in, and return whoever goes for it; None where nobody does."""
        counted = Counter((*self._working.values(), *self._waiting.values()))
        if counted[peer] >= self._limits.each_peer:
            return Come.GOES, None
        if len(self._working) < self._limits.at_once:
            self._working[guest] = peer
            return Come.WORKS, None
        going: Guest | None = None
        if len(self._waiting) >= self._limits.waiting:
            going = self._last_of_most(counted, peer)
            if going is None:
                return Come.GOES, None
            del self._waiting[going]
        self._waiting[guest] = peer
        return Come.WAITS, going

    def leave(self, guest: Guest) -> Guest | None:
        """Let one go, whether it worked or waited or is gone already; return whose turn it is now."""
        self._waiting.pop(guest, None)
        if self._working.pop(guest, None) is None or not self._waiting:
            return None
        at_work = Counter(self._working.values())
        following = min(self._waiting, key=lambda each: at_work[self._waiting[each]])
        self._working[following] = self._waiting.pop(following)
        return following

    def _last_of_most(self, counted: Counter[str], peer: str) -> Guest | None:
        most = max(self._waiting.values(), key=lambda each: counted[each], default=peer)
        if counted[most] <= counted[peer] + 1:
            return None
        return next(each for each in reversed(self._waiting) if self._waiting[each] == most)
