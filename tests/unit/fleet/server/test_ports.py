from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from fleet.core.errors import FleetConfigError, PortTakenError
from fleet.server.ports import PortBook, WantedPort, holder, remembered_ports


@pytest.fixture
def taken() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def port_of(listener: socket.socket) -> int:
    number: int = listener.getsockname()[1]
    return number


def test_a_taken_port_says_which_what_for_and_who(tmp_path: Path, taken: socket.socket) -> None:
    port = port_of(taken)
    book = PortBook(tmp_path, "127.0.0.1", any_port=False)
    with taken, pytest.raises(PortTakenError) as caught:
        book.claim(WantedPort("dashboard", port))
    message = str(caught.value)
    assert message.startswith(f"Port {port} for dashboard is taken by ")
    assert f"(process {os.getpid()})" in message
    assert message.endswith("choose another with --dashboard-port, or let the fleet choose by --any-port.")


def test_any_port_takes_another_says_so_and_keeps_to_it(
    tmp_path: Path, taken: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    book = PortBook(tmp_path, "127.0.0.1", any_port=True)
    with taken, book.claim(WantedPort("cameras", port_of(taken))) as got:
        book.close()
        chosen = port_of(got)
    assert chosen != port_of(taken) if taken.fileno() != -1 else True
    assert f"Using port {chosen} for cameras instead." in caplog.text
    assert remembered_ports(tmp_path) == {"cameras": chosen}
    with PortBook(tmp_path, "127.0.0.1", any_port=True).claim(WantedPort("cameras", 0)) as again:
        assert port_of(again) == chosen


def test_what_was_remembered_does_not_override_what_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text(json.dumps({"cameras": 1}))
    with PortBook(tmp_path, "127.0.0.1", any_port=False).claim(WantedPort("cameras", 0)) as got:
        assert port_of(got) != 1


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cameras": "x"}'])
def test_a_damaged_memory_is_no_obstacle(tmp_path: Path, text: str) -> None:
    (tmp_path / "ports.json").write_text(text)
    assert remembered_ports(tmp_path) == {}


def test_an_address_that_is_not_ours_is_named(tmp_path: Path) -> None:
    book = PortBook(tmp_path, "192.0.2.1", any_port=True)
    with pytest.raises(
        FleetConfigError, match=r"server\.address = '192\.0\.2\.1' is not an address of this machine"
    ):
        book.claim(WantedPort("dashboard", 0))


def test_nobody_holds_a_free_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = port_of(listener)
        assert holder(port) is not None
    assert holder(port) is None


def test_a_port_for_later_is_the_one_that_is_asked_for_or_was_taken_before(tmp_path: Path) -> None:
    book = PortBook(tmp_path, "127.0.0.1", any_port=False)
    with pytest.raises(FleetConfigError, match=r"server\.mqtt_port is needed"):
        book.expect(WantedPort("mqtt", 0))
    assert book.expect(WantedPort("mqtt", 8883)) == 8883
    book.close()
    assert PortBook(tmp_path, "127.0.0.1", any_port=False).expect(WantedPort("mqtt", 0)) == 8883
