"""How fast one camera may send, over however many connections, and when there is no end of it. Pure.

Time is in seconds that only go forward, from the caller.
"""

from __future__ import annotations

from protocol.units import KIB

BURST_BYTES = 256 * KIB
EACH_S = 32 * KIB
"""Bytes a second, once the burst is used up. A camera says some hundred; what it kept while it was away is
read in a few seconds."""
LONGEST_S = 30.0
"""So many seconds of waiting, and not one with the burst whole again in between, are a flood."""


class Pace:
    """What somebody has sent lately.

    Attributes:
        waited_s: for how long it was made to wait since its burst was whole.
    """

    def __init__(self, now_s: float) -> None:
        self.waited_s = 0.0
        self._left = float(BURST_BYTES)
        self._at_s = now_s

    def took(self, size: int, now_s: float) -> float:
        """Note that so many bytes came; return for how many seconds nothing more is to be read."""
        self._left = min(BURST_BYTES, self._left + max(0.0, now_s - self._at_s) * EACH_S)
        self._at_s = now_s
        if self._left == BURST_BYTES:
            self.waited_s = 0.0
        self._left -= size
        wait_s = max(0.0, -self._left / EACH_S)
        self.waited_s += wait_s
        return wait_s

    def is_whole(self, now_s: float) -> bool:
        """Whether all of the burst is there again, so that nothing is left to remember."""
        return self._left + max(0.0, now_s - self._at_s) * EACH_S >= BURST_BYTES

    @property
    def is_flood(self) -> bool:
        """Whether it has been made to wait for too long."""
        return self.waited_s > LONGEST_S
