"""What a person should know of a file or stream that works, but not as a camera does.

Rules:

- A stream that has not given a picture for five seconds is said to be silent.
- One that gives a picture every few seconds is said to be that slow, once; and that it no longer is. One that
  has been quick may pause once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.sources.base import Pause
from device.sources.lateness import Lateness
from protocol.addresses import without_secrets
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from device.clock import Clock

SILENT_NS: Final = 5 * NS_PER_S
SLOW_NS: Final = 1_200 * NS_PER_MS
_SLOW_PICTURES: Final = 2


class Watch:
    """Watches the pictures of one source.

    Args:
        source: For sentences.
        clock: Says for how long nothing came.

    Attributes:
        lateness: Learns what the time goes by with.
    """

    def __init__(self, source: str, clock: Clock) -> None:
        self.lateness = Lateness(clock.boot_ns())
        self._remark = ""
        self._name = without_secrets(source)
        self._clock = clock
        self._since_ns = clock.boot_ns()
        self._last_ns: int | None = None
        self._slow = 0
        self._quick = False

    @property
    def remark(self) -> str:
        """What is to be known of it now; empty where all is well."""
        if not self.lateness.slow:
            return self._remark
        if self.lateness.starved:
            return f"{self._name} is read more slowly than it plays: check what it is stored on."
        return f"This machine is too slow for the picture of {self._name}: give a smaller one."

    def came(self, begin_ns: int) -> None:
        """A picture came, with that time."""
        apart = 0 if self._last_ns is None else begin_ns - self._last_ns
        self._last_ns, self._since_ns = begin_ns, self._clock.boot_ns()
        self._slow = self._slow + 1 if apart > SLOW_NS else 0
        self._quick = self._quick or 0 < apart <= SLOW_NS
        if self._slow >= (_SLOW_PICTURES if self._quick else 1):
            self._remark = (
                f"{self._name} gives one picture each {apart / NS_PER_S:.0f} s: "
                "set it to more, a video needs some a second."
            )
        else:
            self._remark = ""

    def nothing(self, *, live: bool) -> Pause:
        """Nothing is there."""
        silent = self._clock.boot_ns() - self._since_ns
        if live and silent > SILENT_NS and not self._slow:
            self._remark = f"{self._name} has given no picture for some seconds: check it and its network."
        return Pause(self.remark)
