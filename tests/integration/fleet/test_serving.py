"""The service as a process: how it starts, refuses to start, stops, dies and comes back."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from fleet.cli import app
from tests.support.fleet.fleet import END_SECONDS, EnrolledCamera, RunningFleet, running_fleet, start_fleet
from tests.support.network.mqtt import until
from tests.support.network.tls import stranger, turned_away

pytestmark = pytest.mark.broker


def port_of(url: str) -> int:
    return httpx.URL(url).port or 0


def refused(state: Path, *more: str) -> tuple[int, str]:
    """Try to serve; return the status and the one sentence of the refusal."""
    result = CliRunner().invoke(app, ["serve", "--state", str(state), *more])
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return result.exit_code, lines[0]


@pytest.fixture(scope="module")
def camera(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> EnrolledCamera:
    return fleet.enrol(tmp_path_factory.mktemp("cameras"))


def test_the_cameras_listener_takes_cameras_of_this_fleet_only(
    fleet: RunningFleet, camera: EnrolledCamera, tmp_path: Path
) -> None:  # proves L1
    port = port_of(fleet.cameras_url)
    assert turned_away(fleet.context(), port)
    assert turned_away(fleet.context(stranger(tmp_path, camera.id)), port)
    older = fleet.context(camera)
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    assert turned_away(older, port)
    with fleet.camera_api(camera) as own:
        assert own.get("/api/v1/camera/desired").json()["camera"] == camera.id


def test_the_dashboard_needs_no_certificate_and_gives_cameras_nothing(
    fleet: RunningFleet, camera: EnrolledCamera
) -> None:
    with httpx.Client(base_url=fleet.dashboard_url, verify=fleet.context(camera), timeout=20) as client:
        assert client.get("/api/v1/authority").text == fleet.authority.read_text()
        assert client.get("/api/v1/cameras").status_code == 401
        assert client.get("/api/v1/camera/desired").status_code == 404


def test_nothing_is_said_to_who_speaks_no_tls(fleet: RunningFleet) -> None:
    for each in (fleet.dashboard_url, fleet.cameras_url):
        with socket.create_connection(("127.0.0.1", port_of(each)), 20) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                assert not plain.recv(100).startswith(b"HTTP"), each


def test_a_second_fleet_on_the_same_folder_is_refused(fleet: RunningFleet) -> None:
    status, sentence = refused(fleet.state, "--any-port")
    assert status == 2
    assert sentence == (
        f"The state folder {fleet.state} is in use by another program of the fleet "
        f"(process {fleet.process.pid}); stop it first."
    )


def test_a_taken_port_is_said_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, sentence = refused(tmp_path / "state", "--dashboard-port", str(port))
    assert status == 1
    assert sentence.startswith(f"Port {port} for dashboard is taken by ")
    assert sentence.endswith("choose another with --dashboard-port, or let the fleet choose by --any-port.")


@pytest.mark.parametrize(
    ("config", "status", "words"),
    [
        ('[broker]\nprogram = "no-such-broker"\n', 1, "install Debian's package mosquitto"),
        ("[cameras]\nlimit = 0\n", 2, "cameras.limit = 0 cannot be used"),
        ('[database]\nurl = "postgresql+psycopg://127.0.0.1:1/fleet"\n', 2, "does not answer"),
        (
            '[server]\naddress = "192.0.2.1"\n',
            2,
            "'192.0.2.1' is not an address of this machine",
        ),
    ],
)
def test_what_stops_the_start_is_one_sentence(tmp_path: Path, config: str, status: int, words: str) -> None:
    (tmp_path / "fleet.toml").write_text(config)
    ports = ["--dashboard-port", "0", "--cameras-port", "0", "--mqtt-port", "0"]
    got, sentence = refused(tmp_path, *ports)
    assert got == status
    assert words in sentence


def test_it_stops_without_waiting_for_open_pages(tmp_path: Path) -> None:
    with running_fleet(tmp_path) as fleet, fleet.api() as api, api.stream("GET", "/live") as stream:
        lines = stream.iter_lines()
        assert next(lines).startswith("event: hello")
        broker = child_named(fleet.process.pid, "mosquitto")
        assert fleet.stop() == 0
        assert "timeout graceful shutdown exceeded" not in (tmp_path / "fleet.log").read_text()
        until(lambda: not Path(f"/proc/{broker}").exists())


def test_killed_at_any_instant_it_comes_back_with_all_it_had(tmp_path: Path) -> None:  # proves F7
    fleet = start_fleet(tmp_path)
    broker = child_named(fleet.process.pid, "mosquitto")
    camera = fleet.enrol(tmp_path / "camera")
    with fleet.api() as api:
        officer = api.post("/api/v1/officers", json={"name": "Officer 1"}).raise_for_status().json()["id"]
        body = {"camera": camera.id, "officer": officer}
        assignment = api.post("/api/v1/assignments", json=body).raise_for_status().json()
        fleet.kill()
    until(lambda: not Path(f"/proc/{broker}").exists())  # the broker goes with it
    with running_fleet(tmp_path) as again:
        assert (again.dashboard_url, again.cameras_url) == (fleet.dashboard_url, fleet.cameras_url)
        assert again.mqtt_port == fleet.mqtt_port
        with again.api() as api, again.camera_api(camera) as own:
            assert api.get("/api/v1/assignments").json() == [assignment]
            assert own.get("/api/v1/camera/desired").json()["assignment"]["id"] == assignment["id"]
        os.kill(again.process.pid, signal.SIGINT)
        assert again.process.wait(timeout=END_SECONDS) == 0


def child_named(parent: int, name: str) -> int:
    """The process id of a child, by the name of its program."""
    command = ["ps", "-o", "pid=,comm=", "--ppid", str(parent)]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return next(int(line.split()[0]) for line in listing.splitlines() if line.split()[1] == name)
