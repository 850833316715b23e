"""What was read of one track and waits to be decoded: bounded in time and in bytes.

Rules:

- Who reads packets for both tracks reads on while one of them has nothing: a source may hold its tracks far
  apart. A track that is full makes him wait as long as it is taken from in time; if it is not, its oldest
  packets go, so that it cannot take the other track down.
- A track that nobody takes from keeps its newest seconds, for whoever comes soon.
- An end is said behind the last packet; a track that has failed gives nothing more, not even that.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from device.sources.base import SourceError
from protocol.units import MIB, NS_PER_S

if TYPE_CHECKING:
    from av.packet import Packet

    from device.sources.demux.open_track import OpenTrack

ENOUGH_NS: Final = 3 * NS_PER_S
"""A file is read so far ahead."""

ENOUGH_LIVE_NS: Final = 12 * NS_PER_S
"""A stream may send so much at once, as a list of segments does."""

MOST_NS: Final = 15 * NS_PER_S
MOST_BYTES: Final = 48 * MIB

_UNTAKEN_NS: Final = 5 * NS_PER_S
_IN_TIME_NS: Final = 3 * NS_PER_S


@dataclass(frozen=True, slots=True)
class DuePacket:
    """A packet.

    Attributes:
        packet: To decode.
        begin_ns: When it is due, by its decoding time, on the boot clock.
        shift_ns: What to add to its own stamps for the boot clock.
    """

    packet: Packet[Any]
    begin_ns: int
    shift_ns: int


@dataclass(frozen=True, slots=True)
class NewPass:
    """What comes now is decoded anew, with this."""

    track: OpenTrack


class SourceEnd(Enum):
    """Nothing more will come, and that is as it should be."""

    END = "end"


Item = DuePacket | NewPass | SourceEnd | SourceError
"""What waits; an error says that it broke off behind what waits before it."""


class TrackQueue:
    """One track's packets. Not locked: whoever shares it between threads does that."""

    def __init__(self) -> None:
        self.taken_from = False
        self.failure: SourceError | None = None
        self._items: deque[Item] = deque()
        self._bytes = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to take."""
        return not self._items

    def has_enough(self, enough_ns: int) -> bool:
        """Whether no more needs to be read for it."""
        return self._span() >= enough_ns or self._bytes >= MOST_BYTES // 2

    def is_full(self, now_ns: int) -> bool:
        """Whether it has no room; what nobody takes in time makes some."""
        while self._bytes > MOST_BYTES or self._span() > MOST_NS:
            if now_ns - self._first_ns() < _IN_TIME_NS:
                return True
            self._drop_oldest()
        return False

    def put(self, item: Item) -> None:
        """Take what was read."""
        self._items.append(item)
        if isinstance(item, DuePacket):
            self._bytes += item.packet.size
        while not self.taken_from and (self._bytes > MOST_BYTES or self._span() > _UNTAKEN_NS):
            self._drop_oldest()

    def take(self) -> Item | None:
        """What is next."""
        if not self._items:
            return None
        item = self._items.popleft()
        if isinstance(item, DuePacket):
            self._bytes -= item.packet.size
        return item

    def clear(self) -> None:
        """Forget everything but how to decode it."""
        passes = [item for item in self._items if isinstance(item, NewPass)]
        self._items = deque(passes[-1:])
        self._bytes = 0

    def _drop_oldest(self) -> None:
        """Drop the oldest packet; of the passes that began before what is left, the last one counts."""
        kept: list[NewPass] = []
        while self._items:
            item = self._items.popleft()
            if isinstance(item, NewPass):
                kept = [item]
            elif isinstance(item, DuePacket):
                self._bytes -= item.packet.size
                break
        self._items.extendleft(kept)

    def _first_ns(self) -> int:
        return next((item.begin_ns for item in self._items if isinstance(item, DuePacket)), 0)

    def _span(self) -> int:
        last = next((item.begin_ns for item in reversed(self._items) if isinstance(item, DuePacket)), 0)
        return last - self._first_ns()
