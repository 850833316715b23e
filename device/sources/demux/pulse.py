"""Whether a stream still sends, by the pace that it had. Pure.

A stream that sends many packets a second is dead when nothing has come for some seconds. Of one that sends a
picture each seven seconds that is not so. Until a pace is known, only the network's own patience counts.
"""

from __future__ import annotations

from typing import Final

from protocol.units import NS_PER_S

DEAD_NS: Final = 6 * NS_PER_S
"""Nothing for so long, from a stream that has sent something more often."""

KNOWN_BY: Final = 25
"""Packets after which a pace is known."""

_TIMES: Final = 3


class Pulse:
    """Watches one connection."""

    def __init__(self) -> None:
        self._last_ns: int | None = None
        self._slowest_ns = 0
        self._came = 0

    def came(self, now_ns: int) -> None:
        """A packet came."""
        if self._last_ns is not None:
            self._slowest_ns = max(self._slowest_ns, now_ns - self._last_ns)
        self._last_ns = now_ns
        self._came += 1

    def held(self) -> None:
        """Nobody reads for a while; what comes next says nothing of the time until then."""
        self._last_ns = None

    def dead_for(self, now_ns: int) -> int | None:
        """For how long nothing has come, where that means that nothing more will; else ``None``."""
        if self._last_ns is None or self._came < KNOWN_BY:
            return None
        silent = now_ns - self._last_ns
        return silent if silent > max(DEAD_NS, _TIMES * self._slowest_ns) else None
