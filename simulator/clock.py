"""The clock of a virtual camera: it may start minutes back, and live through them at once.

Rules:

* A camera that is to begin with a full ring starts with both its clocks back by the window. Its clock then
  pauses while footage encoded ahead is taken in, moves on with each chunk of it, and runs on from the present
  after the last.
* The boot-time clock never goes back (C10), and wall time never steps against it by more than a chunk takes
  to make.
* Each boot begins at a few seconds, as a board's does, whatever the machine's own clock shows.

Example:
    >>> clock = CatchingUpClock(SystemClock(), behind_ns=181 * NS_PER_S)
    >>> begin_ns = clock.pause()
    >>> clock.move_to(begin_ns + NS_PER_S)
    >>> clock.run()  # in the present, 180 s of which nobody saw
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from protocol.units import NS_PER_S, NS_PER_US

if TYPE_CHECKING:
    from device.clock import Clock
    from protocol.footage.format.model import ClockLabel

BOOT_TOOK_NS = 5 * NS_PER_S


class CatchingUpClock:
    """A clock that starts ``behind_ns`` late. All methods may be called from any thread.

    Args:
        inner: The clock that counts.
        behind_ns: How late it is at first, in nanoseconds.
    """

    def __init__(self, inner: Clock, behind_ns: int = 0) -> None:
        self._inner = inner
        self._ahead_ns = BOOT_TOOK_NS - inner.boot_ns()
        self._behind_ns = behind_ns
        self._paused_ns: int | None = None
        self._guard = threading.Lock()

    def boot_ns(self) -> int:
        """Return nanoseconds since this camera's boot."""
        with self._guard:
            return self._now()

    def label(self) -> ClockLabel:
        """Return the wall time as this camera has it, with the wrapped clock's quality."""
        with self._guard:
            label = self._inner.label()
            return replace(label, utc_us=label.utc_us - self._behind_ns // NS_PER_US)

    @property
    def behind_ns(self) -> int:
        """How late it is, in nanoseconds."""
        with self._guard:
            return self._behind_ns

    def pause(self) -> int:
        """Stop at this instant of the boot clock, and return it."""
        with self._guard:
            self._paused_ns = self._now()
            return self._paused_ns

    def move_to(self, boot_ns: int) -> None:
        """Pause at a later instant of the boot clock, and be late by so much less."""
        with self._guard:
            paused_ns = self._now()
            self._paused_ns = max(boot_ns, paused_ns)
            self._behind_ns = max(0, self._behind_ns - (self._paused_ns - paused_ns))

    def run(self) -> None:
        """Run on from where it paused, in the present."""
        with self._guard:
            self._ahead_ns = self._now() - self._inner.boot_ns()
            self._paused_ns = None
            self._behind_ns = 0

    def _now(self) -> int:
        if self._paused_ns is not None:
            return self._paused_ns
        return self._inner.boot_ns() + self._ahead_ns
