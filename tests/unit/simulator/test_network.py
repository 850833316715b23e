"""A camera's line passes bytes on, slowly or not at all, as a tester says."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from simulator.network.endpoint import Endpoint
from simulator.network.proxy import Network

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def network() -> Iterator[Network]:
    with Network() as running:
        yield running


@contextmanager
def echoing() -> Iterator[Endpoint]:
    """A server that sends back what it is sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer(connection: socket.socket) -> None:
            with connection:
                while data := connection.recv(65_536):
                    connection.sendall(data)

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield Endpoint("127.0.0.1", server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def dial(to: Endpoint, timeout_s: float = 5) -> socket.socket:
    return socket.create_connection((to.host, to.port), timeout=timeout_s)


def receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (piece := connection.recv(size - len(data))):
        data += piece
    return data


def test_a_good_line_passes_bytes_both_ways(network: Network) -> None:
    sent = bytes(range(256)) * 2000
    with echoing() as server, dial(network.forward(network.line(), server)) as connection:
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        assert receive(connection, len(sent)) == sent


def test_a_cut_line_is_silent_and_loses_nothing(network: Network) -> None:
    line = network.line()
    with echoing() as server, dial(network.forward(line, server)) as connection:
        connection.sendall(b"before")
        assert receive(connection, 6) == b"before"
        line.cut()
        connection.settimeout(0.2)
        connection.sendall(b"during")
        with pytest.raises(TimeoutError):
            connection.recv(1)
        line.good()
        connection.settimeout(5)
        assert receive(connection, 6) == b"during"


def test_a_connection_made_while_cut_waits(network: Network) -> None:
    line = network.line()
    line.cut()
    with echoing() as server, dial(network.forward(line, server)) as connection:
        connection.sendall(b"hello")
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        line.good()
        connection.settimeout(5)
        assert receive(connection, 5) == b"hello"


def test_a_slow_line_keeps_to_its_rate(network: Network) -> None:
    line = network.line()
    line.slow(kbit_s=800)
    sent = bytes(25_000)
    with echoing() as server, dial(network.forward(line, server)) as connection:
        begun = time.monotonic()
        connection.sendall(sent)
        assert receive(connection, len(sent)) == sent
        # 25 kB there and back at 100 kB/s.
        assert time.monotonic() - begun >= 0.45
    assert line.state == "slow"


def test_one_camera_s_line_does_not_concern_another(network: Network) -> None:
    with echoing() as server:
        cut, good = network.line(), network.line()
        cut.cut()
        with dial(network.forward(good, server)) as connection:
            connection.sendall(b"x")
            assert receive(connection, 1) == b"x"


def test_a_server_that_is_not_there_ends_the_connection(network: Network) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    nobody = network.forward(network.line(), Endpoint("127.0.0.1", port))
    with dial(nobody) as connection, suppress(ConnectionResetError):  # a reset is an end, too
        assert connection.recv(1) == b""


def test_ending_the_network_ends_its_connections() -> None:
    with echoing() as server:
        with Network() as network:
            connection = dial(network.forward(network.line(), server))
            connection.sendall(b"x")
            assert receive(connection, 1) == b"x"
        with connection:
            assert connection.recv(1) == b""
