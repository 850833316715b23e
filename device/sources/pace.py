"""Playing a file as if it happened now: when a position of the file is due on the boot clock.

Rules:

- A file runs on the boot clock from the moment it was first opened, again and again if it is looped.
- All files of a camera share one beginning.
- Whoever comes late joins where the file is by now. A machine that is slow for a moment is waited for: what
  is a few seconds late is given out late. What was due longer ago is skipped, not caught up with.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.clock import Clock


LATE_NS: Final = NS_PER_S
"""What a stream had due longer ago than this is skipped: a camera has no past to show either."""

LATE_FILE_NS: Final = 4 * NS_PER_S
"""The same for a file, which can wait: less than the recording waits (``capture.assembly``)."""

_LONGEST_SLEEP_S: Final = 0.05
_LONGEST_WAIT_NS: Final = NS_PER_S // 10


class Start:
    """When a camera's files began to play, on the boot clock: the same for all of them.

    Args:
        at_ns: The time; ``None`` leaves it to the first who asks.
    """

    def __init__(self, at_ns: int | None = None) -> None:
        self._lock = threading.Lock()
        self._at_ns = at_ns

    def at(self, now_ns: int) -> int:
        """The beginning; the first who asks sets it to ``now_ns`` if nobody has."""
        with self._lock:
            if self._at_ns is None:
                self._at_ns = now_ns
            return self._at_ns


class Pacer:
    """Waits until an instant of the boot clock, a little at a time, since a virtual clock may run faster.

    Args:
        clock: The boot clock.
        sleep: Waits; of the same pace as the clock.
    """

    def __init__(self, clock: Clock, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._late_ns = LATE_NS

    def now(self) -> int:
        """The boot clock, in ns."""
        return self._clock.boot_ns()

    def wait_for_slow_machines(self) -> None:
        """From now on, take what is a few seconds late: of a file, once it is being shown."""
        self._late_ns = LATE_FILE_NS

    def late(self, due_ns: int) -> bool:
        """Whether an instant is so long ago that it is to be skipped."""
        return self.now() - due_ns > self._late_ns

    def wait(self, due_ns: int) -> bool:
        """Return at ``due_ns``, or at once if it is past; but not later than a tenth of a second from now.

        Returns:
            Whether it is due.
        """
        until = min(due_ns, self.now() + _LONGEST_WAIT_NS)
        while (left := until - self.now()) > 0:
            self._sleep(min(left / NS_PER_S, _LONGEST_SLEEP_S))
        return until == due_ns or self.now() >= due_ns

    def rest(self, length_ns: int) -> None:
        """Wait for so long, but not longer than a tenth of a second."""
        self._sleep(max(0, min(length_ns, _LONGEST_WAIT_NS)) / NS_PER_S)


class Thinner:
    """Lets through at most so many frames a second, evenly; a source below that rate passes whole.

    Args:
        fps: Frames per second at most.
    """

    def __init__(self, fps: float) -> None:
        self._interval_ns = round(NS_PER_S / fps)
        self._due_ns: int | None = None

    def passes(self, boot_ns: int) -> bool:
        """Whether the frame of that time is wanted."""
        if self._due_ns is None or boot_ns - self._due_ns > self._interval_ns:
            self._due_ns = boot_ns  # the first, or behind: count from here
        elif boot_ns < self._due_ns - self._interval_ns // 2:
            return False
        self._due_ns += self._interval_ns
        return True
