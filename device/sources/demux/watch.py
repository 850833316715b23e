"""What a person should know of a file or stream that works, but not as a camera does.

Rules:

- A stream that has not given a picture for five seconds is said to be silent.
- One that gives a picture every few seconds is said to be that slow, once; and that it no longer is. One that
  has been quick may pause once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from device.sources.base import Pause
from protocol.addresses import without_secrets
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from device.clock import Clock

SILENT_NS: Final = 5 * NS_PER_S
SLOW_NS: Final = 1_200 * NS_PER_MS
BEHIND_NS: Final = 500 * NS_PER_MS
"""So late may pictures be, as on a machine that does other work besides."""

TOO_LONG_NS: Final = 5 * NS_PER_S
"""For so long may they be later than that, with no moment to spare."""

_SLOW_PICTURES: Final = 2
_AT_ONCE_NS: Final = 2 * NS_PER_S
_HELD_NS: Final = 10 * NS_PER_S
_CATCHES_UP: Final = 10


class Lateness:
    """Whether pictures are decoded, and a file read, as quickly as they are due. Pure.

    Attributes:
        slow: Whether they are not, and ten seconds on.
    """

    def __init__(self, now_ns: int) -> None:
        self.slow = False
        self._now_ns = now_ns
        self._slow_ns = 0
        self._since_ns = self._spent_ns = self._waited_ns = self._gained_ns = 0

    @property
    def starved(self) -> bool:
        """Whether more of that time went by waiting for a file than by decoding."""
        return 2 * self._waited_ns > self._spent_ns

    def spent(self, now_ns: int, late_ns: int, waited_ns: int = 0) -> None:
        """Some time went by without a moment to spare.

        Args:
            now_ns: The boot clock behind it.
            late_ns: How late it is what was worked at, or waited for.
            waited_ns: For how much of it a file was waited for.
        """
        took = min(now_ns - self._now_ns, _AT_ONCE_NS)  # a machine that stood still was not at work
        self._now_ns = now_ns
        if late_ns <= BEHIND_NS:
            self._settle()
            return
        self._since_ns += took
        self._spent_ns += took
        self._waited_ns += min(waited_ns, took)
        if self._since_ns >= NS_PER_S:
            self._settle()
        if self._spent_ns > TOO_LONG_NS:
            self.slow, self._slow_ns = True, now_ns

    def gained(self, gained_ns: int) -> None:
        """So much less late is a picture than the one before, without any left out between them."""
        self._gained_ns += gained_ns

    def spared(self, now_ns: int) -> None:
        """There was a moment to spare."""
        self._now_ns = now_ns
        if not self.slow or now_ns - self._slow_ns > _HELD_NS:
            self.slow = False
            self._begin_anew()

    def _settle(self) -> None:
        """See whether it catches up: then that it is late says nothing."""
        if self._gained_ns * _CATCHES_UP > self._since_ns and not self.slow:
            self._begin_anew()
        self._since_ns = self._gained_ns = 0

    def _begin_anew(self) -> None:
        self._since_ns = self._spent_ns = self._waited_ns = self._gained_ns = 0


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
