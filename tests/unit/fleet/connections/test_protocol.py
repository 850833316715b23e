"""What one connection may do, and when it is ended: over a real socket, with short bounds and no TLS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from fleet.connections.acceptor import Acceptor
from fleet.connections.admission import Admission, Guest, Why
from fleet.connections.limits import ConnectionBounds, connection_limits
from fleet.connections.protocol import BoundedProtocol

SHORT = ConnectionBounds(handshake_s=5, head_s=0.2, still_s=0.3)
GET = b"GET /{} HTTP/1.1\r\nHost: here\r\n\r\n"
LARGE = 40 * 1024 * 1024


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the path: ``/early`` before the body is read, ``/slow`` after a while, ``/large`` long."""
    path = scope["path"]
    if path == "/slow":
        await asyncio.sleep(3 * SHORT.still_s)
    while path != "/early" and (await receive()).get("more_body"):
        pass
    body = b"x" * LARGE if path == "/large" else path.encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class WatchedAdmission(Admission):
    """Says when it has let go of somebody."""

    def __init__(self) -> None:
        super().__init__("test", connection_limits(1024), SHORT)
        self.emptied = asyncio.Event()

    def end(self, guest: Guest, why: Why) -> None:
        super().end(guest, why)
        self.emptied.set()


class Wire:
    """A client's end, which reads what comes until the other end is done."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, admission: WatchedAdmission
    ) -> None:
        self.reader, self.writer, self.admission = reader, writer, admission

    async def say(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    async def answer(self) -> bytes:
        """One answer, head and body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
        return head + await self.reader.readexactly(length)

    async def to_the_end(self) -> bytes:
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""


@asynccontextmanager
async def wired() -> AsyncIterator[Wire]:
    admission = WatchedAdmission()
    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()

    async def greet(connection: socket.socket, guest: Guest) -> None:
        await loop.connect_accepted_socket(
            lambda: BoundedProtocol(config, state, {}, admission=admission, guest=guest), connection
        )

    listening = socket.create_server(("127.0.0.1", 0))
    acceptor = Acceptor(listening, admission, greet)
    reader, writer = await asyncio.open_connection(*listening.getsockname())
    try:
        yield Wire(reader, writer, admission)
    finally:
        writer.close()
        acceptor.close()
        await acceptor.wait_closed()
        listening.close()


def over_a_wire(test: Callable[[Wire], Awaitable[None]]) -> Callable[[], None]:
    """Run a test that is a coroutine, with a wire."""

    async def run() -> None:
        async with asyncio.timeout(30), wired() as wire:
            await test(wire)

    def plain() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run())

    plain.__name__ = test.__name__
    return plain


@over_a_wire
async def test_requests_are_answered_one_after_another_and_at_once(wire: Wire) -> None:
    await wire.say(b"GET /one HTTP/1.1\r\nHost: here\r\n\r\nGET /two HTTP/1.1\r\nHost: here\r\n\r\n")
    assert (await wire.answer()).endswith(b"/one")
    assert (await wire.answer()).endswith(b"/two")
    await wire.say(b"POST /three HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc")
    assert (await wire.answer()).endswith(b"/three")
    assert not wire.admission.ended


# proves F9
@over_a_wire
async def test_whoever_says_nothing_is_let_go_of_without_a_word(wire: Wire) -> None:
    assert await wire.to_the_end() == b""
    assert wire.admission.ended == {Why.SLOW: 1}


# proves F9
@over_a_wire
async def test_half_a_request_is_told_that_it_came_too_slowly(wire: Wire) -> None:
    await wire.say(b"GET / HTTP/1.1\r\nHo")
    assert (await wire.to_the_end()).startswith(b"HTTP/1.1 408 ")
    assert wire.admission.ended == {Why.SLOW: 1}


# proves F9
@over_a_wire
async def test_so_is_half_of_the_next_one(wire: Wire) -> None:
    await wire.say(b"GET /one HTTP/1.1\r\nHost: here\r\n\r\n")
    assert (await wire.answer()).endswith(b"/one")
    await wire.say(b"GET / HTTP/1.1\r\nHo")
    assert (await wire.to_the_end()).startswith(b"HTTP/1.1 408 ")


# proves F9
@over_a_wire
async def test_a_body_that_stops_coming_ends_the_connection(wire: Wire) -> None:
    await wire.say(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc")
    assert await wire.to_the_end() == b""
    assert wire.admission.ended == {Why.STILL: 1}


# proves F9
@over_a_wire
async def test_whoever_does_not_read_an_answer_loses_it(wire: Wire) -> None:
    wire.writer.transport.pause_reading()  # type: ignore[attr-defined] # of its reader
    await wire.say(b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n")
    await wire.admission.emptied.wait()
    assert wire.admission.ended == {Why.STILL: 1}
    assert len(wire.admission) == 0


@over_a_wire
async def test_a_service_that_takes_its_time_is_waited_for(wire: Wire) -> None:
    body = b"x" * 200_000
    await wire.say(b"POST /slow HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert (await wire.answer()).endswith(b"/slow")
    assert not wire.admission.ended


# proves F9
@over_a_wire
async def test_what_was_answered_before_it_came_whole_does_not_stay_for_ever(wire: Wire) -> None:
    await wire.say(b"POST /early HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\na")
    assert (await wire.answer()).endswith(b"/early")
    await wire.say(b"bc")
    assert await wire.to_the_end() == b""
    assert wire.admission.ended == {Why.SLOW: 1}


@over_a_wire
async def test_what_is_no_request_is_answered_once_and_counted(wire: Wire) -> None:
    await wire.say(b"\x00\x01\x02\r\n\r\n" * 100)
    said = await wire.to_the_end()
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1") == 1
    assert wire.admission.ended == {Why.INVALID: 1}


# proves F9
@pytest.mark.parametrize("error", [ValueError("of our own"), OSError("of the network")])
def test_whoever_could_not_be_taken_in_takes_no_place(error: Exception) -> None:
    async def run() -> None:
        admission = WatchedAdmission()

        async def greet(_connection: socket.socket, _guest: Guest) -> None:
            raise error

        listening = socket.create_server(("127.0.0.1", 0))
        acceptor = Acceptor(listening, admission, greet)
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        async with asyncio.timeout(30):
            assert await reader.read() == b""
            await admission.emptied.wait()
        assert len(admission) == 0
        assert admission.ended == {Why.HANDSHAKE: 1}
        writer.close()
        acceptor.close()
        await acceptor.wait_closed()
        listening.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
