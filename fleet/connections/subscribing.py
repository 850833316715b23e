"""How much a client of MQTT has subscribed to, read off what it sends, in whatever pieces that comes. Pure.

The broker takes every subscription and keeps it for as long as the session: what a camera may hear is judged
as messages go out. So whoever subscribes without end costs memory without end, unless that ends here (F9).
MQTT 5.0, sections 2.1 and 3.8: of a packet its kind, its length, and for a subscription the filters.
"""

from __future__ import annotations

from typing import Final

from protocol.units import KIB

MOST_BYTES: Final = 4 * KIB
"""Of the subscriptions of one connection; a camera needs some hundred."""
_SUBSCRIBE: Final = 8
_MORE, _LENGTH_BYTES = 0x80, 4


class Subscribed:
    """Follows one connection from its first byte.

    Attributes:
        size: how many bytes of subscriptions it has sent.
    """

    def __init__(self) -> None:
        self.size = 0
        self._kind: int | None = None
        self._length, self._read = 0, 0
        self._left = 0

    @property
    def is_too_much(self) -> bool:
        """Whether it has subscribed to more than a camera hears."""
        return self.size > MOST_BYTES

    def took(self, data: bytes) -> None:
        """Read on."""
        at = 0
        while at < len(data):
            if self._left:
                step = min(self._left, len(data) - at)
                self.size += step if self._kind == _SUBSCRIBE else 0
                self._left, at = self._left - step, at + step
                if not self._left:
                    self._kind = None
                continue
            self._head(data[at])
            at += 1

    def _head(self, byte: int) -> None:
        """Take one byte of a packet's kind and length; a length without an end the broker refuses."""
        if self._kind is None:
            self._kind, self._length, self._read = byte >> 4, 0, 0
            return
        self._length |= (byte & ~_MORE) << (7 * self._read)
        self._read += 1
        if not byte & _MORE or self._read == _LENGTH_BYTES:
            self._left = self._length
            if not self._left:
                self._kind = None
