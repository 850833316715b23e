"""Has the writers of this process take turns at SQLite's write lock, first come, first served.

SQLite lets a connection that finds the lock taken try again after ever longer pauses, up to a tenth of a
second. Whoever asks anew is mostly quicker, so that under load some wait for many seconds while most wait
for none. Here the lock is handed on. Other processes, such as ``lapel-fleet`` on the command line, wait as
SQLite has it.

A write within a write would wait for itself: it is refused at once, as the mistake that it is.
"""

from __future__ import annotations

import threading
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Taken:
    """A turn that was taken; ``queue`` is None once it was left, by whatever thread."""

    queue: WriteQueue | None


_taken_here: ContextVar[_Taken | None] = ContextVar("taken_here", default=None)
"""The turn that what runs here has taken."""


@dataclass(slots=True)
class WriteQueue:
    """Turns of one database's writers. Thread-safe; a turn may be left by another thread than took it."""

    _taken: bool = False
    _holder: _Taken | None = None
    _waiting: deque[threading.Lock] = field(default_factory=deque)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        with self._guard:
            return len(self._waiting)

    def enter(self, timeout_s: float) -> bool:
        """Wait for a turn and take it; False where it did not come in time.

        Raises:
            RuntimeError: whoever asks has the turn, and would wait for itself.
        """
        here = _taken_here.get()
        if here is not None and here.queue is self:
            raise RuntimeError("internal error: a write was begun within a write")
        is_mine = self._wait(timeout_s)
        if is_mine:
            self._holder = _Taken(self)
            _taken_here.set(self._holder)
        return is_mine

    def _wait(self, timeout_s: float) -> bool:
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
            if self._holder is not None:
                self._holder.queue, self._holder = None, None
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
