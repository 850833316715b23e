"""Which looks at the log are new: the same page within a quarter of an hour is the same look. Pure."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

SAME_LOOK = timedelta(minutes=15)
KEPT = 1000


class LookBook:
    """Remembers who looked at what lately. Safe to use from several threads; the caller gives the time."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, who: str, what: str, now: datetime) -> bool:
        """Say whether this is another look than the last one of the same, and remember it if so."""
        with self._lock:
            last = self._seen.get((who, what))
            if last is not None and timedelta(0) <= now - last < SAME_LOOK:
                return False
            self._seen[who, what] = now
            self._seen.move_to_end((who, what))
            while len(self._seen) > KEPT:
                self._seen.popitem(last=False)
            return True
