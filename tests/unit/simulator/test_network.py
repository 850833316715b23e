"""A camera's line passes bytes on, slowly or not at all, as a tester says."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from simulator.network.conditions import LineConditions, LineState
from simulator.network.endpoint import Endpoint
from simulator.network.line import Traffic, Way
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
            with connection, suppress(ConnectionResetError):
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


def bad(**figures: float) -> LineConditions:
    return LineConditions(LineState.BAD, **figures)  # type: ignore[arg-type]


def ended(connection: socket.socket) -> str:
    """How a connection ended for whoever listens: by a reset, or in good order."""
    connection.settimeout(5)
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        return "reset"
    return "ended"


def test_latency_delays_each_way_and_lets_much_be_under_way(network: Network) -> None:
    line = network.line()
    line.change(bad(latency_s=0.15, slice_bytes=100))
    with echoing() as server, dial(network.forward(line, server)) as connection:
        begun = time.monotonic()
        connection.sendall(bytes(2_000))
        assert receive(connection, 2_000) == bytes(2_000)
        took_s = time.monotonic() - begun
    # There and back once; one after the other, twenty pieces would take six seconds.
    assert 0.3 <= took_s < 3


def test_only_the_way_that_is_slowed_is_slow(network: Network) -> None:
    line = network.line()
    line.change(LineConditions(LineState.CUT), ways=[Way.DOWN])
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = network.forward(line, Endpoint("127.0.0.1", server.getsockname()[1]))
        with dial(here) as connection:
            connection.sendall(b"up")
            far, _ = server.accept()
            with far:
                assert receive(far, 2) == b"up"
                far.sendall(b"down")
                connection.settimeout(0.2)
                with pytest.raises(TimeoutError):
                    connection.recv(1)
                line.good()
                connection.settimeout(5)
                assert receive(connection, 4) == b"down"


def test_only_the_connections_that_are_meant_are_cut(network: Network) -> None:
    line = network.line()
    line.change(LineConditions(LineState.CUT), traffic=[Traffic.UPLOADS])
    assert line.state == "bad"
    with echoing() as server:
        with dial(network.forward(line, server, Traffic.MESSAGES)) as messages:
            messages.sendall(b"x")
            assert receive(messages, 1) == b"x"
        with dial(network.forward(line, server, Traffic.UPLOADS)) as uploads:
            uploads.settimeout(0.2)
            uploads.sendall(b"x")
            with pytest.raises(TimeoutError):
                uploads.recv(1)
            line.good()


def test_a_reset_ends_what_is_there_and_what_comes(network: Network) -> None:
    line = network.line()
    with echoing() as server:
        here = network.forward(line, server)
        with dial(here) as connection:
            connection.sendall(b"x")
            assert receive(connection, 1) == b"x"
            line.change(LineConditions(LineState.RESET))
            assert ended(connection) == "reset"
        with dial(here) as another:
            another.sendall(b"x")
            assert ended(another) == "reset"


def test_a_half_open_connection_is_over_for_the_fleet_alone(network: Network) -> None:
    line = network.line()
    with socket.create_server(("127.0.0.1", 0)) as server:
        here = network.forward(line, Endpoint("127.0.0.1", server.getsockname()[1]))
        with dial(here) as connection:
            connection.sendall(b"x")
            far, _ = server.accept()
            with far:
                assert receive(far, 1) == b"x"
                line.change(LineConditions(LineState.HALF_OPEN))
                assert ended(far) == "reset"
            connection.sendall(b"nobody hears this")
            connection.settimeout(0.2)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            line.good()
            assert ended(connection) == "reset"


def test_a_captive_portal_answers_whatever_is_asked(network: Network) -> None:
    line = network.line()
    line.change(LineConditions(LineState.PORTAL))
    with echoing() as server, dial(network.forward(line, server)) as connection:
        connection.sendall(b"\x16\x03\x01")
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    head, _, page = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 511 ")
    assert f"Content-Length: {len(page)}".encode() in head


def test_a_flapping_line_loses_nothing(network: Network) -> None:
    line = network.line()
    line.change(LineConditions(LineState.FLAPPING, up_s=0.05, down_s=0.1))
    sent = bytes(range(256)) * 400
    with echoing() as server, dial(network.forward(line, server), timeout_s=20) as connection:
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        assert receive(connection, len(sent)) == sent
    assert line.state == "flapping"


def test_loss_delays_and_loses_nothing(network: Network) -> None:
    line = network.line("a seed")
    line.change(bad(loss=0.2, slice_bytes=1000))
    sent = bytes(range(256)) * 100
    with echoing() as server, dial(network.forward(line, server), timeout_s=60) as connection:
        threading.Thread(target=connection.sendall, args=(sent,), daemon=True).start()
        assert receive(connection, len(sent)) == sent
