"""Hands a connection on to the broker once it is known whose it is.

Rules:
- TLS is agreed on here, with a certificate of the fleet's own authority or not at all (L1);
- the certificate is asked about then: one that does not count gets nothing from the broker (``Entrance``);
- the first packet is handed on with the name that the certificate carries, in place of what the client calls
  itself (``first_packet``); all that follows goes byte for byte;
- a connection whose certificate counts no more ends, and no other notices;
- what one sends is bounded here, where it costs nobody else anything (``pace``): it is made to wait, and
  ended where there is no end of it (F9). Who connects again goes on where they were: the pace is the
  certificate's;
- a camera subscribes to so much for each connection (``subscribing``), and its session ends with that.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from fleet.connections.admission import Admission, Guest, Why
from fleet.connections.first_packet import FirstPacketError, end_of_first, named, refusal
from fleet.connections.pace import Pace
from fleet.connections.subscribing import Subscribed
from fleet.connections.unix_socket import address_of
from protocol.naming import is_camera_id

_OTHER, _PACE, _FIRST = "other", "pace", "first"
"""Why an end is not read: the other does not take more, it has sent too much, or it is not known yet."""
_LAST_WORD_S = 1.0
"""For so long whoever is not let in may ask, and is told so."""
_LAST_WORDS_S = 5.0
"""For so long after one end has gone the other may read what it was sent."""
_PACES = 64
"""Of more than so many those that need not be remembered are forgotten."""


class Entrance(Protocol):
    """Says whose certificates count."""

    async def name_of(self, certificate: bytes, address: str) -> str | None:
        """Return the name in a certificate (DER) that counts; None for one that does not."""

    async def ended(self, certificates: Collection[bytes]) -> Collection[bytes]:
        """Return those of these certificates (DER) that count no more."""


class _End(asyncio.Protocol):
    """One end of a connection that is handed on."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._held: set[str] = set()
        self.other: _End | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        if self._held:
            self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        if self.other is not None:
            self.other.say(data)

    def say(self, data: bytes) -> None:
        """Send something to whoever is at this end."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, _exc: Exception | None) -> None:
        self._ended()

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.hold(by=_OTHER)

    def resume_writing(self) -> None:
        if self.other is not None:
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


class _GuestEnd(_End):
    """The end of whoever connected, which sends no faster than its pace lets it."""

    def __init__(self, ended: Callable[[], None], too_much: Callable[[Why], None]) -> None:
        super().__init__(ended)
        self._too_much = too_much
        self._loop = asyncio.get_running_loop()
        self.pace = Pace(self._loop.time())
        self._subscribed = Subscribed()
        self._first: bytes | None = b""
        self._take: Callable[[bytes, bytes], None] | None = None
        self._unusable: Callable[[], None] | None = None
        self.hold(by=_FIRST)

    def data_received(self, data: bytes) -> None:
        self._subscribed.took(data)
        if self._subscribed.is_too_much:
            self._too_much(Why.HEARS)
            return
        if self._first is not None:
            self._first += data
            self._take_first()
        else:
            super().data_received(data)
        wait_s = self.pace.took(len(data), self._loop.time())
        if self.pace.is_flood:
            self._too_much(Why.FLOOD)
        elif wait_s > 0:
            self.hold(by=_PACE)
            self._loop.call_later(wait_s, partial(self.let_go, by=_PACE))

    def read_first(self, take: Callable[[bytes, bytes], None], unusable: Callable[[], None]) -> None:
        """Read on, now that it is known whose end this is.

        Args:
            take: is called with the first packet, and with what came behind it; it may raise
                ``FirstPacketError``.
            unusable: is called where there is no such packet.
        """
        self._take, self._unusable = take, unusable
        self.let_go(by=_FIRST)
        self._take_first()

    def _take_first(self) -> None:
        if self._first is None or self._take is None or self._unusable is None:
            return
        try:
            end = end_of_first(self._first)
            if end is None:
                return
            first, self._first = self._first, None
            self._take(first[:end], first[end:])
        except FirstPacketError:
            self._unusable()


class Relay:
    """Connects whoever its admission lets in, and whose certificate counts, with the broker."""

    def __init__(
        self, admission: Admission, broker: Path, context: ssl.SSLContext, entrance: Entrance
    ) -> None:
        """Prepare it.

        Args:
            admission: lets connections in.
            broker: the broker's Unix socket.
            context: of TLS, which asks for a certificate.
            entrance: says whose certificates count.
        """
        self._admission = admission
        self._broker = broker
        self._context = context
        self._entrance = entrance
        self._here: dict[Guest, bytes] = {}
        self._paces: dict[bytes, Pace] = {}

    async def greet(self, connection: socket.socket, guest: Guest) -> None:
        """Agree on TLS with one, and connect it with the broker where its certificate counts.

        Raises:
            OSError: TLS was not agreed on, or the broker does not answer.
        """
        loop = asyncio.get_running_loop()
        ends: list[_End] = []

        def end() -> None:
            self._here.pop(guest, None)
            self._admission.gone(guest)
            _close(ends)
            loop.call_later(_LAST_WORDS_S, _abort, ends)

        front = _GuestEnd(end, partial(self._admission.end, guest))
        ends.append(front)
        address = str(connection.getpeername()[0])
        try:
            await loop.connect_accepted_socket(
                lambda: front,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=self._admission.bounds.handshake_s,
            )
            await self._let_in(guest, front, ends, address, end)
        except BaseException:
            self._here.pop(guest, None)
            _abort(ends)
            raise

    async def check(self) -> None:
        """End the connections whose certificates count no more."""
        gone = frozenset(await self._entrance.ended(frozenset(self._here.values())))
        for guest in [each for each, certificate in self._here.items() if certificate in gone]:
            self._admission.end(guest, Why.STRANGE)

    def _pace_of(self, certificate: bytes, new: Pace) -> Pace:
        """Return the pace of whoever has a certificate, as it was left on an earlier connection."""
        if len(self._paces) > _PACES:
            now = asyncio.get_running_loop().time()
            here = set(self._here.values())
            self._paces = {
                key: each for key, each in self._paces.items() if key in here or not each.is_whole(now)
            }
        return self._paces.setdefault(certificate, new)

    async def _let_in(
        self, guest: Guest, front: _GuestEnd, ends: list[_End], address: str, end: Callable[[], None]
    ) -> None:
        certificate = _certificate(front)
        # It is among those that are looked at before it is asked about: what changes meanwhile ends it.
        self._here[guest] = certificate
        front.pace = self._pace_of(certificate, front.pace)
        guest.leave = lambda: _abort(ends)
        self._admission.know(guest, hashlib.sha256(certificate).hexdigest())
        name = await self._entrance.name_of(certificate, address)
        if guest not in self._here:
            return
        loop = asyncio.get_running_loop()
        if name is None:
            loop.call_later(_LAST_WORD_S, self._admission.end, guest, Why.STRANGE)
            front.read_first(lambda first, _: front.say(refusal(first)), lambda: None)
            return
        behind = _End(end)
        ends.append(behind)
        behind.other = front
        with address_of(self._broker) as path:
            await loop.create_unix_connection(lambda: behind, path)
        front.other = behind
        timer = loop.call_later(self._admission.bounds.head_s, self._admission.end, guest, Why.SLOW)

        def begin(first: bytes, rest: bytes) -> None:
            behind.say(named(first, name, clean=is_camera_id(name)) + rest)
            timer.cancel()
            self._admission.answer(guest)

        front.read_first(begin, lambda: self._admission.end(guest, Why.INVALID))


def _certificate(end: _End) -> bytes:
    """Return the certificate (DER) at the other end of a connection, which TLS has checked."""
    secured = None if end.transport is None else end.transport.get_extra_info("ssl_object")
    found = None if secured is None else secured.getpeercert(binary_form=True)
    if not isinstance(found, bytes):
        raise ConnectionAbortedError("the connection ended before it was known whose it is")
    return found


def _close(ends: list[_End]) -> None:
    for each in ends:
        if each.transport is not None and not each.transport.is_closing():
            each.transport.close()


def _abort(ends: list[_End]) -> None:
    for each in ends:
        if each.transport is not None:
            each.transport.abort()
