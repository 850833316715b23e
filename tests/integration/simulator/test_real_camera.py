"""A real camera takes part in a run, through ``lapel-device`` over ssh, and is judged at its fleet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from device.link.identity.enrol import enrol
from simulator.fleet.api import FleetApi
from simulator.fleet.authority import find_authority
from simulator.fleet.service import ANY_PORTS, FleetService
from tests.support.camera.camera_process import Camera
from tests.support.network.ssh_server import SshServer, ssh_server
from tests.support.scenarios import on, scenario, step, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

SIMULATOR = str(Path(sys.executable).with_name("lapel-simulator"))
DEVICE = str(Path(sys.executable).with_name("lapel-device"))


@dataclass(frozen=True)
class Scene:
    """A fleet, a real camera of it that runs, and an sshd beside it.

    Attributes:
        fleet: The fleet.
        token: One of its tokens.
        camera: The camera.
        called: What the fleet calls it.
        sshd: The sshd.
    """

    fleet: FleetService
    token: str
    camera: Camera
    called: str
    sshd: SshServer

    @property
    def url(self) -> str:
        return self.fleet.addresses.dashboard_url

    def text(self, *steps: str, **driver: str) -> str:
        """A scenario with a virtual camera and the real one."""
        told = {"ssh": self.sshd.address, "config": str(self.camera.config), "program": DEVICE} | driver
        cameras = {
            "count": 2, "source": "synthetic", "width": 320, "height": 180, "window_s": 5,
            **{f"driver.cam-02.{key}": value for key, value in told.items()},
        }  # fmt: skip
        return scenario("both", *steps, cameras=cameras, full_prerecord=False, listed_within_s=60)

    def run(self, text: str, folder: Path, config: Path) -> tuple[int, dict[str, Any]]:
        (folder / "both.toml").write_text(text)
        came = subprocess.run(
            [
                SIMULATOR, "run", str(folder / "both.toml"), "--json", str(folder / "report.json"),
                "--fleet", self.url, "--token-env", "LAPEL_TOKEN", "--ssh-config", str(config),
            ],
            capture_output=True, text=True, check=False, timeout=200,
            env=os.environ | {"LAPEL_TOKEN": self.token},
        )  # fmt: skip
        report: dict[str, Any] = json.loads((folder / "report.json").read_text())
        return came.returncode, report


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("real")
    fleet = FleetService(folder / "fleet", folder / "fleet.log", ports=ANY_PORTS)
    fleet.start()
    try:
        url, token = fleet.addresses.dashboard_url, fleet.make_token("tests")
        camera = Camera(folder / "camera")
        camera.write_config()
        with FleetApi(url, token, find_authority(url)) as api:
            called = enrol(url, SecretStr(api.enrolment_code()), camera.state).camera
            api.hand_out(called, iter(["Officer 1"]))
        with camera.running(), ssh_server(folder / "ssh") as sshd:
            yield Scene(fleet, token, camera, called, sshd)
    finally:
        fleet.stop()


def test_a_real_camera_is_pressed_stopped_and_judged_and_stays_who_it_is(
    scene: Scene, tmp_path: Path
) -> None:
    text = scene.text(
        "wait_ring_full", "press", wait(2), on("bookmark", "cam-02"), step("expect", state="recording"),
        "stop", step("bookmark", cameras=["cam-02"], refused=True),
        step("consent", kind="refused", wording="en 2"), step("expect", state="private"),
        step("consent", kind="not asked", why="danger"), step("private", state="off"),
        "wait_held", step("expect", state="held"),
    )  # fmt: skip
    status, report = scene.run(text, tmp_path, scene.sshd.client_config())

    assert [each["sentence"] for each in report["checks"] if each["result"] == "broken"] == []
    assert [report["outcome"], status, report["error"]] == ["held", 0, None]
    assert report["cameras"]["cam-02"] == scene.called
    [made] = [each for each in report["recordings"] if each["camera"] == scene.called]
    assert made["acknowledged"]
    assert made["fleet_state"] == "held"
    assert not made["on_camera"]  # nobody looked at its card
    assert made["timings"]["stop_held_s"] >= 0  # the receipt may come before the answer does
    said = [each for each in report["checks"] if each["promise"] == "what was said is kept"]
    assert [each["result"] for each in said if each["camera"] == scene.called] == ["held"] * 4
    # It is somebody's: it is neither revoked nor taken from its officer, and runs on.
    with FleetApi(scene.url, scene.token, find_authority(scene.url)) as api:
        assert not api.cameras()[scene.called].get("revoked")
        assert scene.called in api.assignments().values()
    assert scene.camera.ask("status")["state"] == "ready"


@pytest.mark.parametrize(
    ("driver", "config", "says"),
    [
        ({}, {"knows_host": False}, "ssh did not get through to 127.0.0.1: Host key verification failed"),
        pytest.param(
            {}, {"has_key": False}, "ssh did not get through to 127.0.0.1: ", marks=pytest.mark.hunt
        ),
        pytest.param(
            {"program": "/nowhere/lapel-device"},
            {},
            "gave no answer that a camera gives",
            marks=pytest.mark.hunt,
        ),
        ({"config": "/nowhere/camera.toml"}, {}, "gave no answer that a camera gives: "),
        pytest.param(
            {"program": "/bin/yes"}, {}, "gave no answer that a camera gives", marks=pytest.mark.hunt
        ),
    ],
)
def test_a_camera_that_cannot_be_reached_ends_the_run_with_a_sentence(
    scene: Scene, tmp_path: Path, driver: dict[str, str], config: dict[str, bool], says: str
) -> None:
    text = scene.text("press", wait(1), "stop", "wait_held", **driver)
    status, report = scene.run(text, tmp_path, scene.sshd.client_config(**config))

    assert (status, report["outcome"]) == (3, "error")
    assert says in report["error"]
    assert report["left"] == []
