"""Whether a source still sends, by the pace that it had. Pure.

A stream that sends many packets a second is dead when nothing has come for some seconds. Of one that sends a
picture each seven seconds that is not so, and a stream in bursts may be silent for as long as what it sent
lasts. Until a pace is known, it is given as long as the slowest streams there are.
"""

from __future__ import annotations

from typing import Final

from protocol.units import NS_PER_S

DEAD_NS: Final = 6 * NS_PER_S
"""Nothing for so long, from a stream that has sent something more often."""

UNKNOWN_NS: Final = 20 * NS_PER_S
"""The same, while its pace is not known."""

KNOWN_BY: Final = 5
"""Packets after which a pace is known."""

_TIMES: Final = 3


class Pulse:
    """Watches one connection."""

    def __init__(self) -> None:
        self._last_ns: int | None = None
        self._lasts_until_ns = 0
        self._slowest_ns = 0
        self._came = 0

    def came(self, now_ns: int, lasts_until_ns: int | None = None) -> None:
        """A packet came.

        Args:
            now_ns: The boot clock.
            lasts_until_ns: Until when what has come by now lasts, where that is later.
        """
        if self._last_ns is not None:
            self._slowest_ns = max(self._slowest_ns, self._silent(now_ns))
        self._last_ns = now_ns
        self._lasts_until_ns = max(self._lasts_until_ns, lasts_until_ns or 0)
        self._came += 1

    def held(self) -> None:
        """Nobody reads for a while; what comes next says nothing of the time until then."""
        self._last_ns = None

    def reading(self, now_ns: int) -> None:
        """Somebody begins to read, or reads on after it was held."""
        if self._last_ns is None:
            self._last_ns = now_ns

    def dead_for(self, now_ns: int) -> int | None:
        """For how long nothing has come, where that means that nothing more will; else ``None``."""
        if self._last_ns is None:
            return None
        patience = max(DEAD_NS, _TIMES * self._slowest_ns) if self._came >= KNOWN_BY else UNKNOWN_NS
        return now_ns - self._last_ns if self._silent(now_ns) > patience else None

    def _silent(self, now_ns: int) -> int:
        """For how long there has been nothing, what had come until then being over."""
        return now_ns - max(self._last_ns or 0, self._lasts_until_ns)
