"""Previews, processor time, tokens, addresses, the demo's words, and the command line's errors."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from simulator.cameras.preview import WIDTH, Preview, small_jpeg
from simulator.cli import app
from simulator.demo import welcome
from simulator.demo_stack import DemoStack
from simulator.errors import FleetServiceError, ScenarioError
from simulator.fleet.authority import find_authority, is_loopback
from simulator.fleet.service import Addresses
from simulator.fleet.site import read_token
from simulator.usage import processor_s

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = np.full((360, 640, 3), 90, dtype=np.uint8)


def test_a_preview_is_small() -> None:
    decoded = cv2.imdecode(np.frombuffer(small_jpeg(PICTURE), np.uint8), cv2.IMREAD_COLOR)

    assert decoded is not None
    assert decoded.shape == (180, WIDTH, 3)
    assert abs(int(decoded[90, 160, 0]) - 90) < 4


def test_a_preview_is_made_only_while_somebody_watches() -> None:
    made, came = [], threading.Event()

    def send(jpeg: bytes) -> None:
        made.append(jpeg)
        came.set()

    preview = Preview(send)
    preview.start()
    preview.show(PICTURE)
    assert not made
    preview.watch(on=True)
    preview.show(PICTURE)
    assert came.wait(5)
    preview.watch(on=False)
    preview.show(PICTURE)
    preview.stop()
    assert len(made) == 1


def test_a_preview_ends_when_nobody_takes_it() -> None:
    def gone(_: bytes) -> None:
        raise BrokenPipeError

    preview = Preview(gone)
    preview.start()
    preview.watch(on=True)
    preview.show(PICTURE)
    preview.stop()


def test_processor_time_of_this_process_and_of_none() -> None:
    assert processor_s([os.getpid()]) > 0
    assert processor_s([2**22 + 1]) == 0


@pytest.mark.parametrize(("variable", "said"), [(None, "--token-env"), ("EMPTY", "EMPTY is empty")])
def test_another_fleet_needs_a_token(variable: str | None, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        read_token(variable, {"EMPTY": " "})


def test_a_token_is_read_from_its_variable() -> None:
    assert read_token("TOKEN", {"TOKEN": " abc\n"}) == "abc"


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.4", False), ("fleet.example", False)],
)
def test_only_loopback_is_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_a_fleet_elsewhere_is_not_trusted_by_its_own_word(tmp_path: Path) -> None:
    nothing = tmp_path / "authority.pem"
    nothing.write_text("no certificate")

    with pytest.raises(ScenarioError, match="--authority FILE"):
        find_authority("https://fleet.example:8443")
    with pytest.raises(ScenarioError, match="not a fleet's address"):
        find_authority("fleet.example")
    with pytest.raises(ScenarioError, match="no certificate in PEM"):
        find_authority("https://fleet.example:8443", nothing)


def test_a_fleet_that_is_not_there_is_said(unused_port: int) -> None:
    with pytest.raises(FleetServiceError, match="No fleet answers"):
        find_authority(f"https://127.0.0.1:{unused_port}")


def test_addresses_are_read_whole_or_not_at_all() -> None:
    text = '{"dashboard_url": "https://localhost:1", "cameras_url": "https://localhost:2", "mqtt_port": 3}'

    assert Addresses.read(text).ports == (1, 2, 3)
    assert Addresses.read(text).setup_url is None
    with pytest.raises(ValueError, match="Expecting"):
        Addresses.read('{"dashboard_url":')
    with pytest.raises(ValueError, match="'cameras_url' is missing"):
        Addresses.read('{"dashboard_url": "x"}')


@pytest.mark.parametrize("setup", [None, "https://localhost:8443/setup/abc"])
def test_the_demo_says_where_everything_is_and_what_to_try(setup: str | None) -> None:
    remark = "The bench is on port 40000, since 8500 was taken."
    up = DemoStack("https://localhost:8443", setup, "http://127.0.0.1:40000", (remark,), real_footage=False)
    text = "\n".join(welcome(up, 15))

    assert "https://localhost:8443" in text
    assert "http://127.0.0.1:40000" in text
    assert remark in text
    assert "LAPEL_MEDIA" in text
    assert ("works once" in text) is (setup is not None)
    assert "  5. " in text
    assert "  6. " not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "no-such"], "There is no scenario 'no-such'"),
        (["run", "first_press", "--fleet", "https://localhost:1"], "--fleet needs --token-env"),
        (["run", "first_press", "--token-env", "HOME"], "goes with --fleet"),
        (["run", "first_press", "--json", "/"], "The report cannot be written to /"),
        (["bench", "--fleet", "http://localhost:1", "--token-env", "HOME"], "not a fleet's address"),
    ],
)
def test_unusable_input_is_one_sentence_and_status_2(arguments: list[str], said: str, tmp_path: Path) -> None:
    more = ["--state", str(tmp_path / "bench")] if arguments[0] == "bench" else []
    result = CliRunner().invoke(app, [*arguments, *more])

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_folder_with_something_in_it_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    result = CliRunner().invoke(app, ["run", "first_press", "--keep", str(tmp_path)])

    assert result.exit_code == 2
    assert "is not empty" in result.stderr


def test_scenarios_are_listed() -> None:
    assert "first_press: " in CliRunner().invoke(app, ["scenarios"]).stdout


LEAST = 19
"""More nobody gives way (nice(2))."""


@pytest.mark.parametrize(("niceness", "expected"), [(0, (0, "0")), (7, (7, "3"))])
def test_a_camera_gives_way_as_far_as_it_is_asked_to(niceness: int, expected: tuple[int, str]) -> None:
    code = (
        "import os, threading; from simulator.cameras.process import give_way; before = os.nice(0); "
        f"give_way({niceness}); thread = threading.Thread(target=lambda: "
        "print(os.nice(0) - before, os.sched_getscheduler(threading.get_native_id()))); thread.start()"
    )
    wanted = min(os.nice(0) + expected[0], LEAST) - os.nice(0)  # whoever runs this may give way already
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == [str(wanted), expected[1]], "and its threads with it"
