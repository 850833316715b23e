"""A fleet that is there already is judged by the same cameras; and a fleet that cannot start says why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.errors import FleetServiceError
from simulator.fleet.api import FleetApi, find_authority
from simulator.fleet.service import ANY_PORTS, FleetService

if TYPE_CHECKING:
    from collections.abc import Iterator

SIMULATOR = Path(sys.executable).with_name("lapel-simulator")
SCENARIO = """
name = "short"
title = "One camera, one press"

[cameras]
source = "synthetic"
width = 320
height = 180
window_s = 5

[[steps]]
do = "wait_ring_full"

[[steps]]
do = "press"

[[steps]]
do = "wait"
seconds = 1.5

[[steps]]
do = "stop"

[[steps]]
do = "wait_held"

[promises]
recordings_each = 1
listed_within_s = 20
"""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetService]:
    folder = tmp_path_factory.mktemp("fleet")
    service = FleetService(folder / "state", folder / "fleet.log", ports=ANY_PORTS)
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def token(fleet: FleetService) -> str:
    return fleet.make_token("tests")


def run(fleet: FleetService, token: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    (folder / "short.toml").write_text(SCENARIO)
    command = [
        str(SIMULATOR), "run", str(folder / "short.toml"), "--json", str(folder / "report.json"),
        "--fleet", fleet.addresses.dashboard_url, "--token-env", "LAPEL_TOKEN", *more,
    ]  # fmt: skip
    surroundings = os.environ | {"LAPEL_TOKEN": token}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=surroundings)


def test_a_scenario_against_a_fleet_that_is_there_already(
    fleet: FleetService, token: str, tmp_path: Path
) -> None:
    with FleetApi(fleet.addresses.dashboard_url, token, find_authority(fleet.addresses.dashboard_url)) as api:
        before = set(api.cameras())
        done = run(fleet, token, tmp_path)
        enrolled = set(api.cameras()) - before
    report = json.loads((tmp_path / "report.json").read_text())

    assert [check["sentence"] for check in report["checks"] if not check["passed"]] == []
    assert done.returncode == 0
    assert 0 < report["camera_cores"] < 1
    # The camera goes by the name that this fleet gave it.
    assert {each["camera"] for each in report["recordings"]} == enrolled
    # It was somebody else's fleet, which runs on.
    assert fleet.running


def test_a_camera_that_somebody_wears_is_left_to_them(fleet: FleetService, token: str) -> None:
    # Or a demonstration in which a camera was handed to somebody else could not start again.
    with FleetApi(fleet.addresses.dashboard_url, token, find_authority(fleet.addresses.dashboard_url)) as api:
        camera = next(iter(api.cameras()))
        api.hand_out(camera, ["Anna"])
        wearer = api.cameras()[camera]["officer_name"]
        assert wearer
        api.hand_out(camera, ["Somebody else"])
        assert api.cameras()[camera]["officer_name"] == wearer


def test_a_wrong_token_is_one_sentence(fleet: FleetService, tmp_path: Path) -> None:
    done = run(fleet, "guessed", tmp_path)

    assert done.returncode == 3
    assert "The fleet refused" in done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["outcome"], report["exit_status"]) == ("error", 3)
    assert "The fleet refused" in report["error"]
    assert "Traceback" not in done.stderr


def test_a_fleet_comes_back_on_the_same_ports(fleet: FleetService) -> None:
    before = fleet.addresses.ports
    fleet.kill()
    assert not fleet.running

    assert fleet.start().ports == before


def test_a_fleet_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, where a folder is wanted")
    service = FleetService(tmp_path / "state", tmp_path / "fleet.log")

    with pytest.raises(FleetServiceError, match=r"The fleet did not start\. Its last words: .*state"):
        service.start()
    assert not service.running
