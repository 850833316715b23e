"""How often somebody may fail, as in signing in. Pure but for the state it holds; the caller gives the time.

Rules:
- attempts are counted per name and per address within ``WINDOW``, before the password is looked at: many at
  once are no way around the limit;
- one that succeeded, or that nobody could judge, is given back; so what stays counted are failures;
- the count is in memory, so a restart forgives. Old entries go as new ones come, and at most ``KEPT`` keys
  are held. Where several processes can be asked they count in the database (``fleet.people.trying``).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from fleet.core.one_time import AHEAD
from fleet.core.problems import ProblemError

WINDOW = timedelta(minutes=15)
KEPT = 10_000


class AttemptCount(Protocol):
    """Counts attempts by key (a name or an address). Safe to use from several threads."""

    def begin(self, keys: Sequence[str], now: datetime) -> timedelta | None:
        """Count an attempt under each key in one step, or return how long to wait and count nothing."""

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """Say how long to wait before an attempt under this key would be counted; None for not at all."""

    def give_back(self, keys: Sequence[str], began: datetime) -> None:
        """Uncount an attempt that was no failure."""

    def forgive(self, key: str) -> None:
        """Forget everything about a key."""


class Attempts:
    """Attempts in the memory of one process. Thread-safe."""

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._counted: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, keys: Sequence[str], now: datetime) -> timedelta | None:
        """Count an attempt under each key in one step, or return how long to wait and count nothing."""
        with self._lock:
            waits = [wait for key in keys if (wait := self._wait(key, now)) is not None]
            if waits:
                return max(waits)
            for key in keys:
                self._counted[key] = [*self._recent(key, now), now]
                self._counted.move_to_end(key)
            while len(self._counted) > KEPT:
                self._counted.popitem(last=False)
        return None

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """Say how long to wait before an attempt under this key would be counted; None for not at all."""
        with self._lock:
            return self._wait(key, now)

    def give_back(self, keys: Sequence[str], began: datetime) -> None:
        """Uncount an attempt that was no failure."""
        with self._lock:
            for key in keys:
                counted = self._counted.get(key, [])
                if began in counted:
                    counted.remove(began)
                if not counted:
                    self._counted.pop(key, None)

    def forgive(self, key: str) -> None:
        """Forget everything about a key."""
        with self._lock:
            self._counted.pop(key, None)

    def _wait(self, key: str, now: datetime) -> timedelta | None:
        recent = self._recent(key, now)
        return None if len(recent) < self._allowed else recent[-self._allowed] + WINDOW - now

    def _recent(self, key: str, now: datetime) -> list[datetime]:
        # What lies ahead was counted by a clock that was wrong, and must not lock anybody out until then.
        return [moment for moment in self._counted.get(key, ()) if -AHEAD <= now - moment < WINDOW]


def too_many(wait: timedelta) -> ProblemError:
    """Say how long to wait after too many failures."""
    seconds = max(1, int(wait.total_seconds()))
    minutes = -(-seconds // 60)
    detail = f"Too many failed attempts; try again in {minutes} minute{'s' if minutes > 1 else ''}."
    return ProblemError(429, "too_many_attempts", detail, headers={"Retry-After": str(seconds)})
