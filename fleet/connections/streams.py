"""The live streams that are open: so many for each reader and in all; who has most loses their oldest (F9).

A page opens a stream of its own for as long as it is shown, and nobody lets go of a connection on which
something is being answered. Without a bound somebody who is signed in would fill the dashboard's listener
with streams that are all busy.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from fleet.connections.admission import Guest
from fleet.connections.table import ConnectionLimits, ConnectionTable

EACH_READER = 16
"""Streams of one person or program, in however many browsers."""
_SHARE = 4  # of the dashboard's connections


def stream_limits(connections: int) -> ConnectionLimits:
    """Return how many streams there may be where the dashboard bears so many connections. Pure."""
    in_all = max(1, connections // _SHARE)
    return ConnectionLimits(in_all=in_all, loose=in_all, each_peer=EACH_READER)


class LiveStreams:
    """Keeps open streams within limits. For the event loop's thread alone.

    Attributes:
        ended: how many were ended for others, since the process began.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self.ended = 0
        self._table: ConnectionTable[Guest] = ConnectionTable(limits)

    def __len__(self) -> int:
        return len(self._table)

    @contextlib.contextmanager
    def open(self, reader: str, leave: Callable[[], None]) -> Iterator[None]:
        """Count one as open for the length of the block, and end another if need be.

        Args:
            reader: who reads it.
            leave: ends it at once.
        """
        guest = Guest(leave)
        self._end(self._table.come(guest, reader))
        self._end(self._table.know(guest, reader))
        try:
            yield
        finally:
            self._table.leave(guest)

    def _end(self, guest: Guest | None) -> None:
        if guest is not None:
            self.ended += 1
            guest.leave()
