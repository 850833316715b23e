"""Has the writers of this process take turns at SQLite's write lock, first come, first served.

SQLite lets a connection that finds the lock taken try again after ever longer pauses, up to a tenth of a
second. Whoever asks anew is mostly quicker, so that under load some wait for many seconds while most wait
for none. Here the lock is handed on. Other processes, such as ``lapel-fleet`` on the command line, wait as
SQLite has it.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class WriteQueue:
    """Turns of one database's writers. Thread-safe; a turn may be left by another thread than took it."""

    _taken: bool = False
    _waiting: deque[threading.Lock] = field(default_factory=deque)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        with self._guard:
            return len(self._waiting)

    def enter(self, timeout_s: float) -> bool:
        """Wait for a turn and take it; False where it did not come in time."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            signal = threading.Lock()
            signal.acquire()
            self._waiting.append(signal)
        if signal.acquire(timeout=timeout_s):
            return True
        with self._guard:
            if signal in self._waiting:
                self._waiting.remove(signal)
                return False
        return True  # it was given just now

    def leave(self) -> None:
        """Hand the turn on to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
