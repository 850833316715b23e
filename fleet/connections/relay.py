"""Hands a connection on to the broker, byte for byte, once it was let in.

What one sends is bounded here, where it costs nobody else anything (``pace``): it is made to wait, and ended
where there is no end of it (F9).

The broker itself agrees on TLS and asks for a certificate; nothing here can read what is said. In TLS 1.3
(RFC 8446, section 2) a server speaks for the second time once it has checked the client's certificate, so
whoever has been spoken to twice is no stranger, and is not let go of for others. A refusal is a second word
too, and the end of the connection.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

from fleet.connections.admission import Admission, Guest, Why
from fleet.connections.pace import Pace
from fleet.connections.unix_socket import address_of

_WORDS = 2
_OTHER, _PACE = "other", "pace"
"""Why an end is not read: the other does not take more, or it has sent too much."""
_LAST_WORDS_S = 5.0
"""For so long after one end has gone the other may read what it was sent."""


class _End(asyncio.Protocol):
    """One end of a connection that is handed on. ``other`` is set before anything is read."""

    other: _End

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._held: set[str] = set()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self.other.transport is not None:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        self._ended()

    def pause_writing(self) -> None:
        self.other.hold(by=_OTHER)

    def resume_writing(self) -> None:
        self.other.let_go(by=_OTHER)

    def hold(self, *, by: str) -> None:
        """Read nothing more for that reason."""
        self._held.add(by)
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()

    def let_go(self, *, by: str) -> None:
        """Read on, where there is no other reason not to."""
        self._held.discard(by)
        if not self._held and self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()


class _BrokerEnd(_End):
    """The broker's end, which counts how often the broker has spoken in turn."""

    def __init__(self, ended: Callable[[], None], known: Callable[[], None]) -> None:
        super().__init__(ended)
        self._known = known
        self._words = 0
        self.was_asked = True

    def data_received(self, data: bytes) -> None:
        if self.was_asked:
            self.was_asked = False
            self._words += 1
            if self._words == _WORDS:
                self._known()
        super().data_received(data)


class _GuestEnd(_End):
    """The other end, of whoever connected, which sends no faster than its pace lets it."""

    def __init__(self, ended: Callable[[], None], flooded: Callable[[], None]) -> None:
        super().__init__(ended)
        self._flooded = flooded
        self._loop = asyncio.get_running_loop()
        self._pace = Pace(self._loop.time())

    def data_received(self, data: bytes) -> None:
        cast("_BrokerEnd", self.other).was_asked = True
        super().data_received(data)
        wait_s = self._pace.took(len(data), self._loop.time())
        if self._pace.is_flood:
            self._flooded()
        elif wait_s > 0:
            self.hold(by=_PACE)
            self._loop.call_later(wait_s, partial(self.let_go, by=_PACE))


class Relay:
    """Connects whoever its admission lets in with the broker behind a Unix socket."""

    def __init__(self, admission: Admission, broker: Path) -> None:
        self._admission = admission
        self._broker = broker

    async def greet(self, connection: socket.socket, guest: Guest) -> None:
        """Connect one with the broker.

        Raises:
            OSError: the broker does not answer.
        """
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle | None = None
        ends: list[_End] = []

        def end() -> None:
            if timer is not None:
                timer.cancel()
            self._admission.gone(guest)
            _close(ends)
            loop.call_later(_LAST_WORDS_S, _abort, ends)

        def known() -> None:
            if timer is not None:
                timer.cancel()
            self._admission.answer(guest)

        def flooded() -> None:
            self._admission.end(guest, Why.FLOOD)

        behind, front = _BrokerEnd(end, known), _GuestEnd(end, flooded)
        behind.other, front.other = front, behind
        ends.extend((behind, front))
        with address_of(self._broker) as address:
            await loop.create_unix_connection(lambda: behind, address)
        timer = loop.call_later(self._admission.bounds.handshake_s, self._admission.end, guest, Why.HANDSHAKE)
        guest.leave = lambda: _abort(ends)
        try:
            await loop.connect_accepted_socket(lambda: front, connection)
        except BaseException:
            timer.cancel()
            _abort(ends)
            raise


def _close(ends: list[_End]) -> None:
    for each in ends:
        if each.transport is not None and not each.transport.is_closing():
            each.transport.close()


def _abort(ends: list[_End]) -> None:
    for each in ends:
        if each.transport is not None:
            each.transport.abort()
