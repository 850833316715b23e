"""A fleet that is there already is judged by the same cameras; and a fleet that cannot start says why."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from device.link.identity.enrol import enrol
from simulator.errors import FleetServiceError
from simulator.fleet.api import FleetApi
from simulator.fleet.authority import find_authority
from simulator.fleet.service import ANY_PORTS, FleetService
from simulator.fleet.site import OtherFleet
from simulator.progress import TerminalProgress
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Run
from tests.support.scenarios import scenario, step, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

SIMULATOR = Path(sys.executable).with_name("lapel-simulator")
SCENARIO = scenario(
    "short",
    "wait_ring_full",
    "press",
    wait(1.5),
    "stop",
    "wait_held",
    title="One camera, one press",
    recordings_each=1,
    listed_within_s=20,
)


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


def command(fleet: FleetService, folder: Path, text: str, *more: str) -> list[str]:
    (folder / "short.toml").write_text(text)
    return [
        str(SIMULATOR), "run", str(folder / "short.toml"), "--json", str(folder / "report.json"),
        "--fleet", fleet.addresses.dashboard_url, "--token-env", "LAPEL_TOKEN", *more,
    ]  # fmt: skip


def run(
    fleet: FleetService, token: str, folder: Path, *more: str, text: str = SCENARIO
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(fleet, folder, text, *more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"LAPEL_TOKEN": token},
    )


@dataclass(frozen=True)
class Traces:
    """What is at a fleet and in force."""

    cameras: frozenset[str]
    officers: frozenset[str]
    assignments: frozenset[str]

    @classmethod
    def at(cls, api: FleetApi) -> Traces:
        """Look at a fleet."""
        return cls(frozenset(api.cameras()), frozenset(api.officers()), frozenset(api.assignments()))


@pytest.fixture
def api(fleet: FleetService, token: str) -> Iterator[FleetApi]:
    url = fleet.addresses.dashboard_url
    with FleetApi(url, token, find_authority(url)) as api:
        yield api


def test_a_scenario_against_a_fleet_that_is_there_already_leaves_no_trace(
    fleet: FleetService, token: str, tmp_path: Path, api: FleetApi
) -> None:
    api.officer("Officer 1")  # a person, who is handed nothing
    before = Traces.at(api)
    text = SCENARIO.replace("[promises]", f"{step('hold')}\n[promises]")
    done = run(fleet, token, tmp_path, text=text)
    report = json.loads((tmp_path / "report.json").read_text())

    assert [check["sentence"] for check in report["checks"] if not check["passed"]] == []
    assert done.returncode == 0
    assert 0 < report["camera_cores"] < 1
    assert Traces.at(api) == before
    # The camera went by the name that this fleet gave it, and its recording stays, as evidence does.
    [made] = report["recordings"]
    assert [each.state for each in api.recordings(made["camera"])] == ["held"]
    assert "a hold is kept" in {each["promise"] for each in report["promises"]}
    assert api.holds(made["recording"]) == (), "nothing keeps it for ever once the run is over"
    assert fleet.running


@pytest.mark.hunt
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_interrupted_leaves_no_trace_either(
    fleet: FleetService, token: str, tmp_path: Path, api: FleetApi, by: signal.Signals
) -> None:
    before = Traces.at(api)
    text = scenario("long", "wait_ring_full", "press", wait(600), "stop", "wait_held")
    process = subprocess.Popen(
        command(fleet, tmp_path, text), env=os.environ | {"LAPEL_TOKEN": token}, stderr=subprocess.PIPE
    )
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if b"2/5 Pressing (" in line:
                break
        assert len(Traces.at(api).cameras) == len(before.cameras) + 1
        process.send_signal(by)
        process.communicate(timeout=60)

    assert process.returncode == 128 + by
    assert Traces.at(api) == before


def test_a_fleet_without_room_for_all_gets_none(tmp_path: Path) -> None:
    """Places are taken first: no camera is switched on, and those that fitted are gone again."""
    state = tmp_path / "small" / "state"
    state.mkdir(parents=True, mode=0o700)
    (state / "fleet.toml").write_text("[cameras]\nlimit = 2\n")
    small = FleetService(state, tmp_path / "fleet.log", ports=ANY_PORTS)
    small.start()
    try:
        token = small.make_token("tests")
        done = run(small, token, tmp_path, text=scenario("three", "press", "stop", "wait_held", count=3))
        url = small.addresses.dashboard_url
        with FleetApi(url, token, find_authority(url)) as api:
            assert Traces.at(api) == Traces(frozenset(), frozenset(), frozenset())
    finally:
        small.stop()

    assert done.returncode == 3
    assert "limit" in done.stderr or "2 cameras" in done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert {each["result"] for each in report["steps"]} == {"not begun"}


@pytest.mark.hunt
def test_a_step_that_fails_leaves_no_trace(
    fleet: FleetService, token: str, tmp_path: Path, api: FleetApi
) -> None:
    before = Traces.at(api)
    text = scenario("wrong", "wait_ring_full", step("expect", state="recording"))
    assert run(fleet, token, tmp_path, text=text).returncode == 1
    assert Traces.at(api) == before


def test_steps_that_need_power_over_the_fleet_are_refused(
    fleet: FleetService, token: str, tmp_path: Path, api: FleetApi
) -> None:
    before = Traces.at(api)
    done = run(
        fleet,
        token,
        tmp_path,
        text=scenario("away", "stop_fleet", "start_fleet", "press", "stop", "wait_held"),
    )

    assert done.returncode == 2
    assert "step 1 (stop_fleet), step 2 (start_fleet) need power over the fleet" in done.stderr
    assert Traces.at(api) == before


def test_cameras_that_are_kept_are_used_again(
    fleet: FleetService, token: str, tmp_path: Path, api: FleetApi
) -> None:
    before = Traces.at(api)
    kept = str(tmp_path / "kept")
    first, second = (run(fleet, token, tmp_path, "--reuse", kept) for _ in range(2))
    report = json.loads((tmp_path / "report.json").read_text())

    assert (first.returncode, second.returncode) == (0, 0), second.stdout + second.stderr
    [camera] = Traces.at(api).cameras - before.cameras
    # What it recorded in the run before is none of this one's, and its numbers go on.
    assert [(each["camera"], each["number"]) for each in report["recordings"]] == [(camera, 2)]
    assert len(api.recordings(camera)) == 2
    api.revoke(camera, "the tests are over")


def test_a_folder_for_cameras_goes_with_a_fleet(tmp_path: Path) -> None:
    done = subprocess.run(
        [SIMULATOR, "run", "first_press", "--reuse", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--reuse goes with --fleet" in done.stderr


@pytest.mark.hunt
def test_what_cannot_be_taken_away_is_said(
    fleet: FleetService, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose every check held has not passed while it leaves something behind."""
    loaded = LoadedScenario(parse_scenario(SCENARIO, origin="short.toml"), SCENARIO)
    other = OtherFleet(fleet.addresses.dashboard_url, token)
    draft = draft_of(loaded, None, other, kept=True)

    def refuse(_: FleetApi, officer: str) -> None:
        raise FleetServiceError(f"not {officer}")

    monkeypatch.setattr(FleetApi, "retire", refuse)
    with TerminalProgress() as progress:
        Run(loaded, 1, tmp_path, other, {}, threading.Event(), progress, draft).perform()

    report = draft.report()
    assert (report.outcome, report.exit_status) == ("error", 3)
    assert [each.sentence for each in report.checks if not each.passed] == []
    [left] = report.left
    assert left.startswith("officer 'Simulator ")
    assert left in str(report.error)


def test_a_camera_that_somebody_wears_is_left_to_them(
    fleet: FleetService, token: str, tmp_path: Path, api: FleetApi
) -> None:
    # Or a demonstration in which a camera was handed to somebody else could not start again.
    camera = enrol(fleet.addresses.dashboard_url, SecretStr(api.enrolment_code()), tmp_path / "worn").camera
    api.hand_out(camera, ["Anna"])
    wearer = api.cameras()[camera]["officer_name"]
    assert wearer
    api.hand_out(camera, ["Somebody else"])
    assert api.cameras()[camera]["officer_name"] == wearer
    api.revoke(camera, "the tests are over")


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
