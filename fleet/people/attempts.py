"""How often somebody may fail to sign in. Pure but for the state it holds; the caller gives the time.

Failures are counted per name and per address within ``WINDOW``; the count is in memory, so a restart
forgives. Old entries go as new ones come, and at most ``KEPT`` keys are held.
"""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
KEPT = 10_000


class Attempts:
    """Failed sign-ins by key (a name or an address)."""

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """Return how long this key has to wait, or None when it may try."""
        with self._lock:
            recent = self._recent(key, now)
            if len(recent) < self._allowed:
                return None
            return recent[-self._allowed] + WINDOW - now

    def failed(self, key: str, now: datetime) -> None:
        """Count a failure."""
        with self._lock:
            self._failures[key] = [*self._recent(key, now), now][-self._allowed :]
            self._failures.move_to_end(key)
            while len(self._failures) > KEPT:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        with self._lock:
            self._failures.pop(key, None)

    def _recent(self, key: str, now: datetime) -> list[datetime]:
        return [moment for moment in self._failures.get(key, ()) if now - moment < WINDOW]
