"""Whether what has to be done in time is: pictures decoded, a file read, a camera waited for. Pure.

It is told what the time goes by with, and says nothing itself: ``demux.watch`` and ``live_video`` do.
"""

from __future__ import annotations

from typing import Final

from protocol.units import NS_PER_MS, NS_PER_S

BEHIND_NS: Final = 500 * NS_PER_MS
"""So late may pictures be, as on a machine that does other work besides."""

TOO_LONG_NS: Final = 5 * NS_PER_S
"""For so long may they be later than that, with no moment to spare."""

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
