"""Stamps that stand: what gives each packet the same time has none. Pure.

Encoders without a clock write zeros, and relays that lost theirs write the last one again and again. By such
stamps all is due at once, and nothing of it would be seen.

Rules:

- Two packets of one stamp are believed, as two fields or two pieces of one picture have it. From the third on
  each follows the one before.
- A stamp that differs counts again. Where the line goes on from there is left to ``splice``.
"""

from __future__ import annotations

from typing import Final

_BELIEVED: Final = 2


class StandingStamps:
    """Watches the stamps of one track."""

    def __init__(self) -> None:
        self._last_ns: int | None = None
        self._alike = 0
        self._follows_ns = 0

    def follows(self, stamp_ns: int, length_ns: int) -> int | None:
        """Take the next packet.

        Args:
            stamp_ns: Its stamp.
            length_ns: How long it lasts; 0 where nobody knows, and then its stamp counts.

        Returns:
            When it is to be decoded where its stamp stands; None where it counts.
        """
        alike = stamp_ns == self._last_ns
        self._alike, self._last_ns = self._alike + 1 if alike else 1, stamp_ns
        follows = self._follows_ns if alike else stamp_ns
        self._follows_ns = follows + length_ns
        return follows if self._alike > _BELIEVED and length_ns > 0 else None
