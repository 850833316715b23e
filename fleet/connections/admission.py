"""A listener's admission: lets connections in, lets go of those that have to go, and counts them by why."""

from __future__ import annotations

import collections
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fleet.connections.limits import ConnectionBounds
from fleet.connections.table import ConnectionLimits, ConnectionTable


class Why(StrEnum):
    """Why a connection was ended by us, as the end of a sentence that begins with how many."""

    CROWDED = "made room for others"
    FULL = "found everybody else busy"
    HANDSHAKE = "did not agree on TLS"
    SLOW = "took too long to ask"
    STILL = "stood still"
    HEAD = "began with more than a request may"
    INVALID = "sent what is no request"
    STRANGE = "had a certificate that does not count"
    MANY = "were more than one camera needs"
    FLOOD = "sent more than a camera has to say"
    HEARS = "subscribed to more than a camera hears"
    FILES = "came when no more files could be opened"


@dataclass(eq=False, slots=True)
class Guest:
    """A connection that was let in.

    Attributes:
        leave: ends it at once.
    """

    leave: Callable[[], None]


class Admission:
    """Keeps one listener's connections within limits. For the event loop's thread alone.

    Attributes:
        name: what the listener is for, as the log calls it.
        bounds: how long is waited on its connections.
        ended: how many connections were ended, by why, since the process began.
    """

    def __init__(self, name: str, limits: ConnectionLimits, bounds: ConnectionBounds | None = None) -> None:
        self.name = name
        self.bounds = bounds or ConnectionBounds()
        self.ended: collections.Counter[Why] = collections.Counter()
        self._table: ConnectionTable[Guest] = ConnectionTable(limits)

    def __len__(self) -> int:
        return len(self._table)

    @property
    def limits(self) -> ConnectionLimits:
        """What it bears."""
        return self._table.limits

    def come(self, address: str, leave: Callable[[], None]) -> Guest | None:
        """Let a connection in, and another one go if need be; None where this one has to go."""
        guest = Guest(leave)
        going = self._table.come(guest, address)
        if going is guest:
            self.ended[Why.FULL] += 1
            return None
        self._end(going, Why.CROWDED)
        return guest

    def know(self, guest: Guest, peer: str) -> None:
        """Note whose certificate is at the other end."""
        self._end(self._table.know(guest, peer), Why.MANY)

    def answer(self, guest: Guest) -> None:
        """Note that a request has come whole and is being answered."""
        self._table.answer(guest)

    def let_loose(self, guest: Guest) -> None:
        """Note that nobody is being answered on it from now on."""
        self._table.let_loose(guest)

    def gone(self, guest: Guest) -> None:
        """Note that it has ended, for whatever reason."""
        self._table.leave(guest)

    def end(self, guest: Guest, why: Why) -> None:
        """End it."""
        if guest in self._table:
            self._table.leave(guest)
            self._end(guest, why)

    def make_room(self) -> bool:
        """End one because no more files can be opened; False where all are busy."""
        going = self._table.make_room()
        self._end(going, Why.FILES)
        return going is not None

    def _end(self, guest: Guest | None, why: Why) -> None:
        if guest is not None:
            self.ended[why] += 1
            guest.leave()
