"""Taking connections in, one by one, past an admission. Stands in for ``loop.create_server``.

Rules:
- each is let in by its admission before anything is read of it;
- TLS is agreed on within the admission's bounds;
- where no more files can be opened, somebody who is not being answered goes, and the wait is short.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable
from functools import partial

from fleet.connections.admission import Admission, Guest, Why

Greeting = Callable[[socket.socket, Guest], Awaitable[None]]
"""Agrees on TLS, and hands the connection on to whoever answers on it."""

_NO_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_WAIT_S = 0.01


class Acceptor:
    """Takes connections in, from when it is made until it is closed; what uvicorn uses of a server."""

    def __init__(self, listening: socket.socket, admission: Admission, greet: Greeting) -> None:
        """Begin. Called in the event loop.

        Args:
            listening: a bound socket.
            admission: lets them in.
            greet: agrees on TLS with one that was let in.
        """
        listening.setblocking(False)
        listening.listen(admission.limits.in_all)
        self._listening = listening
        self._admission = admission
        self._greet = greet
        self._greetings: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.create_task(self._accept(), name=f"accepting {admission.name}")

    def close(self) -> None:
        """Take in no more, and let go of those with whom TLS is not agreed on yet."""
        self._accepting.cancel()
        for each in self._greetings:
            each.cancel()

    async def wait_closed(self) -> None:
        """Wait until none is being taken in."""
        with contextlib.suppress(asyncio.CancelledError):
            await self._accepting
        await asyncio.gather(*self._greetings, return_exceptions=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(self._listening)
            except OSError as error:
                if error.errno in _NO_FILES:
                    self._admission.make_room()
                await asyncio.sleep(_WAIT_S)  # whatever it was, others are answered meanwhile
                continue
            self._let_in(connection, str(address[0]))

    def _let_in(self, connection: socket.socket, address: str) -> None:
        guest = self._admission.come(address, connection.close)
        if guest is None:
            connection.close()
            return
        task = asyncio.create_task(self._welcome(connection, guest))
        guest.leave = partial(_cancel, task)
        self._greetings.add(task)
        task.add_done_callback(partial(self._greeted, connection, guest))

    async def _welcome(self, connection: socket.socket, guest: Guest) -> None:
        try:
            async with asyncio.timeout(self._admission.bounds.handshake_s):
                await self._greet(connection, guest)
        except OSError:  # of TLS, of the network, or out of time
            self._admission.end(guest, Why.HANDSHAKE)
            connection.close()

    def _greeted(self, connection: socket.socket, guest: Guest, task: asyncio.Task[None]) -> None:
        self._greetings.discard(task)
        if task.cancelled():  # perhaps before it began
            self._admission.gone(guest)
            connection.close()
        elif task.exception() is not None:  # of our own: nobody else would let go of it
            self._admission.end(guest, Why.HANDSHAKE)
            connection.close()


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
