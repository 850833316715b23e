"""Whoever opens connections by the thousand, or never finishes asking, keeps nobody else from an answer."""

from __future__ import annotations

import os
import selectors
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fleet.connections.limits import EACH_PEER, MOST
from protocol.messages.status import Status
from protocol.messages.topics import topic
from protocol.mode import Mode
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet
from tests.support.network.mqtt import TestCamera, until

pytestmark = pytest.mark.broker

MANY = MOST + 200
PATIENCE_S = 20
LEFT = 64
DASHBOARD, CAMERAS, BROKER = "dashboard", "cameras", "broker"


def port_of(fleet: RunningFleet, listener: str) -> int:
    urls = {DASHBOARD: fleet.dashboard_url, CAMERAS: fleet.cameras_url}
    return urlsplit(urls[listener]).port or 0 if listener in urls else fleet.mqtt_port


@contextmanager
def low_numbers_left() -> Iterator[None]:
    """Leave low file numbers to the test's own clients: paho waits by select(2), which knows 1,024."""
    low = [os.open(os.devnull, os.O_RDONLY) for _ in range(LEFT)]
    try:
        yield
    finally:
        for number in low:
            os.close(number)


@contextmanager
def opened(port: int, count: int, first: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections, each of which sends that and nothing more."""
    found = []
    with low_numbers_left():
        for _ in range(count):
            each = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
            with suppress(ConnectionError):  # it may be one that is let go of at once
                each.sendall(first)
            found.append(each)
    try:
        yield found
    finally:
        for each in found:
            each.close()


def still_open(sockets: Sequence[socket.socket]) -> int:
    """How many the other end has not ended, as far as can be seen now."""
    with selectors.DefaultSelector() as ready:
        for each in sockets:
            ready.register(each, selectors.EVENT_READ)
        ended = 0
        for key, _ in ready.select(0):
            try:
                ended += key.fileobj.recv(65_536) == b""  # type: ignore[union-attr] # a socket
            except ConnectionError:
                ended += 1
    return len(sockets) - ended


def somebody_is_answered(fleet: RunningFleet, camera: EnrolledCamera) -> None:
    """A page, a camera's request and a camera's message, each over a connection of its own."""
    with fleet.api() as api:
        assert api.get("/sign-in").status_code == 303
        assert api.get("/api/v1/cameras").is_success
    with fleet.camera_api(camera) as client:
        assert client.get("/api/v1/camera/recordings/1/receipt").status_code == 404
    said = Status(camera=camera.id, session="s1", online=True, state=Mode.READY).model_dump_json()
    speaking = TestCamera(fleet.context(camera), fleet.mqtt_port, camera.id)
    try:
        until(lambda: is_let_in(speaking))
        assert not speaking.publish(topic(camera.id, "up", "status"), said, retain=True).is_failure
    finally:
        speaking.close()


def is_let_in(speaking: TestCamera) -> bool:
    """Whether it was: in a crowd any connection may be let go of, and a camera comes again then."""
    try:
        return not speaking.knock().is_failure
    except ConnectionError:
        return False


# proves F9
@pytest.mark.parametrize("first", [b"", b"\x16\x03\x01\x02\x00\x01"], ids=["nothing", "half a hello"])
@pytest.mark.parametrize("listener", [DASHBOARD, CAMERAS, BROKER])
def test_connections_that_say_nothing_are_let_go_of_for_others(
    fleet: RunningFleet, camera: EnrolledCamera, listener: str, first: bytes
) -> None:
    with opened(port_of(fleet, listener), MANY, first) as hostile:
        somebody_is_answered(fleet, camera)
        until(lambda: still_open(hostile) <= MOST)


# proves F9
def test_requests_that_never_end_are_let_go_of_for_others(
    fleet: RunningFleet, camera: EnrolledCamera
) -> None:
    context = fleet.context()
    with ExitStack() as stack:
        hostile = []
        with low_numbers_left():
            for _ in range(MOST // 2 + 60):
                plain = socket.create_connection(("localhost", port_of(fleet, DASHBOARD)), timeout=PATIENCE_S)
                one = stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))
                one.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nname=")
                hostile.append(one)
        somebody_is_answered(fleet, camera)
        until(lambda: still_open(hostile) <= MOST // 2)


def secured(fleet: RunningFleet) -> ssl.SSLSocket:
    plain = socket.create_connection(("localhost", port_of(fleet, DASHBOARD)), timeout=PATIENCE_S)
    return fleet.context().wrap_socket(plain, server_hostname="localhost")


# proves F9
def test_a_header_without_an_end_is_refused_soon(fleet: RunningFleet, camera: EnrolledCamera) -> None:
    sent, block = 0, b"a" * 65_536
    with secured(fleet) as hostile:
        hostile.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Endless: ")
        try:
            while sent < 2048 * len(block):
                hostile.sendall(block)
                sent += len(block)
        except OSError:
            pass
    assert sent < 2048 * len(block), "it was read for ever"
    somebody_is_answered(fleet, camera)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 101 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"a" * 40_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 90 + b"\r\n", b"401"),
        (b"\r\n" * 20_000, b"431"),
        (b"\x00 nonsense\r\n\r\n", b"400"),
    ],
    ids=[
        "address",
        "many headers",
        "long header",
        "as many as may be",
        "nothing but ends of lines",
        "no HTTP",
    ],
)
def test_a_head_that_is_too_large_is_answered_and_ends_the_connection(
    fleet: RunningFleet, request_: bytes, status: bytes
) -> None:
    with secured(fleet) as one:
        one.sendall(request_)
        assert one.recv(65_536).split(b" ", 2)[1] == status


# proves F9
def test_one_camera_has_so_many_connections_and_no_more(
    fleet: RunningFleet, camera: EnrolledCamera, tmp_path: Path
) -> None:
    other = fleet.enrol(tmp_path)
    context = fleet.context(camera)
    with ExitStack() as stack:
        hostile = [
            stack.enter_context(
                context.wrap_socket(
                    socket.create_connection(("localhost", port_of(fleet, CAMERAS)), timeout=PATIENCE_S),
                    server_hostname="localhost",
                )
            )
            for _ in range(3 * EACH_PEER)
        ]
        until(lambda: still_open(hostile) <= EACH_PEER)
        somebody_is_answered(fleet, other)
