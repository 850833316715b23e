"""The control socket: commands in, answers out, and nothing that comes in can end it."""

from __future__ import annotations

import json
import re
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.control import MAX_LINE, ControlServer, answer, ask
from device.errors import ControlError, NotReadyError


def _refuse(_: object) -> dict[str, Any]:
    raise NotReadyError("Not now.")


COMMANDS = {"status": lambda request: {"ok": True, "asked": dict(request)}, "refuse": _refuse}


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    server = ControlServer(tmp_path / "control.sock", COMMANDS)
    yield tmp_path / "control.sock"
    server.close()
    assert not (tmp_path / "control.sock").exists()


def test_a_command_is_answered(path: Path) -> None:
    assert ask(path, "status", more=1) == {"ok": True, "asked": {"do": "status", "more": 1}}


def test_only_the_cameras_own_user_may_ask(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_refused_comes_with_its_sentence(path: Path) -> None:
    assert ask(path, "refuse") == {"ok": False, "error": "Not now."}
    assert ask(path, "fly") == {"ok": False, "error": "This camera can: status, refuse."}


def test_several_commands_go_over_one_connection(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(b'{"do": "status"}\nnonsense\n{"do": "status"}\n')
        with connection.makefile("rb") as lines:
            assert [json.loads(lines.readline())["ok"] for _ in range(3)] == [True, False, True]


def test_a_line_that_never_ends_is_cut_off_with_an_answer(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(b"x" * (MAX_LINE + 1))
        with connection.makefile("rb") as lines:
            assert "bytes" in json.loads(lines.readline())["error"]
            assert lines.readline() == b"", "the connection is closed"
    assert ask(path, "status")["ok"], "and the server is there for the next one"


def test_a_connection_that_breaks_off_leaves_the_server_well(path: Path) -> None:
    for sent in (b"", b'{"do"', b'{"do": "status"}\n'):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(sent)
    assert ask(path, "status")["ok"]


def test_a_socket_that_was_left_from_before_is_replaced(tmp_path: Path) -> None:
    left = tmp_path / "control.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(left))
    with pytest.raises(ControlError, match="No camera listens"):
        ask(left, "status")
    server = ControlServer(left, COMMANDS)
    assert ask(left, "status")["ok"]
    server.close()


def test_a_path_too_long_for_a_socket_address_works_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    server = ControlServer(folder / "control.sock", COMMANDS)
    assert ask(folder / "control.sock", "status")["ok"]
    server.close()


def test_no_camera_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ControlError, match=r"No camera listens at .*: start one with lapel-device run\."):
        ask(tmp_path / "control.sock", "status")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
lines = st.one_of(
    st.binary(max_size=200),
    json_values.map(lambda value: json.dumps(value).encode()),
    json_values.map(lambda value: json.dumps({"do": value}).encode()),
    st.just(b"[" * 3000),
    st.binary(min_size=MAX_LINE + 1, max_size=MAX_LINE + 10),
)


@pytest.mark.slow
@given(line=lines)
def test_whatever_comes_is_answered_with_one_json_object(line: bytes) -> None:
    given_back = answer(COMMANDS, line)
    assert isinstance(given_back["ok"], bool)
    assert given_back["ok"] or isinstance(given_back["error"], str)
    assert json.loads(json.dumps(given_back)) is not None


def test_a_server_that_nobody_asks_does_not_wake_up(path: Path) -> None:
    assert ask(path, "status")["ok"]
    thread = next(thread for thread in threading.enumerate() if thread.name == "control")

    def wakes() -> int:
        status = Path(f"/proc/self/task/{thread.native_id}/status").read_text(encoding="utf-8")
        return int(re.findall(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.MULTILINE)[0])

    def stays_asleep() -> bool:
        before = wakes()
        threading.Event().wait(0.3)  # looking twenty times a second it would wake up in each of these
        return wakes() == before

    assert any(stays_asleep() for _ in range(50))
    before = wakes()
    assert ask(path, "status")["ok"]
    assert wakes() > before


def test_closing_does_not_wait_for_a_connection_that_says_nothing(tmp_path: Path) -> None:
    server = ControlServer(tmp_path / "control.sock", COMMANDS)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(tmp_path / "control.sock"))
        server.close()
    with pytest.raises(ControlError, match="No camera listens"):
        ask(tmp_path / "control.sock", "status")
