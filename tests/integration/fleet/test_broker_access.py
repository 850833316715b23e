"""Real cameras at a real mosquitto: each speaks, and only as itself (L1)."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from typer.testing import CliRunner

from fleet.cli import app
from fleet.core.database import utc_now
from fleet.pki.authority import open_authority
from fleet.server.broker import MOST_PACKET_BYTES
from protocol.messages.desired import Desired
from protocol.messages.status import Status
from protocol.messages.topics import topic
from protocol.mode import Mode
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet, camera_request, keep_camera
from tests.support.network.mqtt import TestCamera, connected, until
from tests.support.network.tls import stranger, turned_away

pytestmark = pytest.mark.broker

NOT_AUTHORIZED = 0x87


@pytest.fixture(scope="module")
def cameras(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> list[EnrolledCamera]:
    folder = tmp_path_factory.mktemp("cameras")
    return [fleet.enrol(folder) for _ in range(3)]


def at_broker(fleet: RunningFleet, camera: EnrolledCamera, client_id: str = "") -> TestCamera:
    return TestCamera(fleet.context(camera), fleet.mqtt_port, client_id or camera.id)


def status(camera: str, session: str = "s1", *, online: bool = True) -> str:
    return Status(camera=camera, session=session, online=online, state=Mode.READY).model_dump_json()


def shown(api: httpx.Client, camera: str) -> dict[str, object]:
    found: dict[str, object] = api.get(f"/api/v1/cameras/{camera}").raise_for_status().json()
    return found


def test_what_a_camera_says_of_itself_is_shown(fleet: RunningFleet, cameras: list[EnrolledCamera]) -> None:
    one = cameras[0].id
    with fleet.api() as api, connected(at_broker(fleet, cameras[0])) as camera:
        assert not camera.publish(topic(one, "up", "status"), status(one), retain=True).is_failure
        found = until(lambda: (seen := shown(api, one))["online"] and seen)
        assert found["status"]["state"] == "ready"


def test_a_will_shows_it_offline(fleet: RunningFleet, cameras: list[EnrolledCamera]) -> None:
    two = cameras[1].id
    camera = at_broker(fleet, cameras[1])
    camera.client.will_set(topic(two, "up", "status"), status(two, online=False), qos=1, retain=True)
    with fleet.api() as api, connected(camera):
        camera.publish(topic(two, "up", "status"), status(two), retain=True)
        until(lambda: shown(api, two)["online"])
        camera.cut()
        until(lambda: not shown(api, two)["online"])


def test_a_camera_cannot_speak_as_another(
    fleet: RunningFleet, cameras: list[EnrolledCamera]
) -> None:  # proves L1
    one, two = cameras[0].id, cameras[1].id
    with fleet.api() as api, connected(at_broker(fleet, cameras[0])) as camera:
        before = shown(api, two)
        for name in (
            topic(two, "up", "status"),
            topic(two, "up", "event"),
            topic(two, "down", "desired"),
            topic(one, "down", "desired"),
            f"lapel/v1/cameras/{one}/up/other",
            f"lapel/v1/cameras/{one}/up/status/more",
            "lapel/v1/cameras/+/up/status",
            "lapel/v1/other",
            "$SYS/broker/version",
        ):
            if "+" not in name:
                assert camera.publish(name, status(two)).value == NOT_AUTHORIZED, name
        assert camera.publish(topic(one, "up", "status"), status(one)).value == 0
        assert shown(api, two) == before


# proves F9
def test_a_message_longer_than_any_of_ours_ends_its_connection(
    fleet: RunningFleet, cameras: list[EnrolledCamera]
) -> None:
    one, two = cameras[0].id, cameras[1].id
    with connected(at_broker(fleet, cameras[0])) as camera, connected(at_broker(fleet, cameras[1])) as other:
        camera.client.publish(topic(one, "up", "status"), b"x" * MOST_PACKET_BYTES, qos=1)
        assert camera.gone.wait(15)
        assert other.publish(topic(two, "up", "status"), status(two)).value == 0


# proves F9
def test_a_camera_that_subscribes_without_end_is_disconnected_and_nothing_of_it_is_kept(
    fleet: RunningFleet, cameras: list[EnrolledCamera]
) -> None:
    one, two = cameras[0].id, cameras[1].id
    lasting = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho has no types here
    lasting.SessionExpiryInterval = 86_400
    resumed: list[bool] = []
    with connected(at_broker(fleet, cameras[1])) as other:
        for _ in range(3):
            camera = at_broker(fleet, cameras[0])
            camera.client.on_connect = lambda _c, _u, flags, *_: resumed.append(flags.session_present)
            camera.client.connect("127.0.0.1", fleet.mqtt_port, clean_start=False, properties=lasting)
            camera.client.loop_start()
            until(lambda: resumed)
            camera.client.subscribe([(f"some/{one}/{number}", 0) for number in range(200)])
            camera.client.subscribe([(f"more/{one}/{number}", 0) for number in range(2000)])
            assert camera.gone.wait(15)
            camera.client.loop_stop()
            assert resumed.pop() is False
        assert other.publish(topic(two, "up", "status"), status(two)).value == 0
        other.subscribe(topic(two, "down", "desired"))


def test_a_camera_cannot_hear_another(
    fleet: RunningFleet, cameras: list[EnrolledCamera]
) -> None:  # proves L1
    one, two = cameras[0].id, cameras[1].id
    with fleet.api() as api, connected(at_broker(fleet, cameras[0])) as camera:
        for name in (
            topic(two, "down", "desired"),
            "lapel/v1/cameras/+/down/#",
            "#",
            topic(one, "up", "status"),
        ):
            camera.subscribe(name)
        officer = (
            api.post("/api/v1/officers", json={"name": "Officer of two"}).raise_for_status().json()["id"]
        )
        body = {"camera": two, "officer": officer}
        assignment = api.post("/api/v1/assignments", json=body).raise_for_status().json()["id"]
        # What is told to the other goes through the same queue: it would come before what is told to us.
        mine = api.post("/api/v1/officers", json={"name": "Officer of one"}).raise_for_status().json()["id"]
        worn = (
            api.post("/api/v1/assignments", json={"camera": one, "officer": mine}).raise_for_status().json()
        )
        while True:
            name, payload = camera.next()
            assert name == topic(one, "down", "desired")
            told = Desired.model_validate_json(payload)
            if told.assignment is not None:
                break
        assert (told.assignment.id, told.assignment.officer) == (worn["id"], "")  # the broker keeps no name
        api.post(f"/api/v1/assignments/{assignment}/end").raise_for_status()


def test_what_is_wanted_waits_for_the_camera(fleet: RunningFleet, cameras: list[EnrolledCamera]) -> None:
    three = cameras[2].id
    with fleet.api() as api:
        officer = api.post("/api/v1/officers", json={"name": "Officer 3"}).raise_for_status().json()["id"]
        body = {"camera": three, "officer": officer}
        assignment = api.post("/api/v1/assignments", json=body).raise_for_status().json()["id"]
    with connected(at_broker(fleet, cameras[2])) as camera:
        camera.subscribe(topic(three, "down", "desired"))
        told = until(lambda: (wanted := Desired.model_validate_json(camera.next()[1])).assignment and wanted)
        assert told.assignment.id == assignment


def test_nobody_takes_anothers_connection_by_its_id(
    fleet: RunningFleet, cameras: list[EnrolledCamera]
) -> None:  # proves L1
    with connected(at_broker(fleet, cameras[0])) as first:
        with connected(at_broker(fleet, cameras[1], client_id=cameras[0].id)) as second:
            assert second.publish(topic(cameras[1].id, "up", "status"), status(cameras[1].id)).value == 0
        assert not first.gone.is_set()
        assert first.publish(topic(cameras[0].id, "up", "status"), status(cameras[0].id)).value == 0


def test_nobody_comes_in_without_a_certificate_of_this_fleet(
    fleet: RunningFleet, cameras: list[EnrolledCamera], tmp_path: Path
) -> None:  # proves L1
    assert turned_away(fleet.context(), fleet.mqtt_port)
    assert turned_away(fleet.context(stranger(tmp_path)), fleet.mqtt_port)
    assert not turned_away(fleet.context(cameras[0]), fleet.mqtt_port)
    older = fleet.context(cameras[0])
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    assert turned_away(older, fleet.mqtt_port)


def test_a_revoked_camera_is_cut_off_at_once(fleet: RunningFleet, tmp_path: Path) -> None:  # proves L1
    camera = fleet.enrol(tmp_path)
    with fleet.api() as api, connected(at_broker(fleet, camera)) as client:
        assert client.publish(topic(camera.id, "up", "status"), status(camera.id)).value == 0
        api.post(f"/api/v1/cameras/{camera.id}/revoke", json={"purpose": "stolen"}).raise_for_status()
        assert client.gone.wait(15)
    with fleet.camera_api(camera) as own:
        assert own.get("/api/v1/camera/desired").status_code == 403
    assert turned_away(fleet.context(camera), fleet.mqtt_port)
    again = at_broker(fleet, camera)
    assert again.knock().value == NOT_AUTHORIZED
    again.close()


def test_no_other_notices_that_a_camera_is_revoked(
    fleet: RunningFleet, cameras: list[EnrolledCamera], tmp_path: Path
) -> None:  # proves L1
    lost, broker, mine = fleet.enrol(tmp_path), broker_process(fleet), topic(cameras[0].id, "up", "status")
    with (
        fleet.api() as api,
        connected(at_broker(fleet, cameras[0])) as other,
        connected(at_broker(fleet, lost)) as client,
    ):
        api.post(f"/api/v1/cameras/{lost.id}/revoke", json={"purpose": "stolen"}).raise_for_status()
        assert client.gone.wait(15)
        assert other.publish(mine, status(cameras[0].id)).value == 0
        assert not other.gone.is_set()
    assert broker_process(fleet) == broker is not None


def test_a_certificate_that_is_not_on_record_opens_no_broker(
    fleet: RunningFleet, cameras: list[EnrolledCamera], tmp_path: Path
) -> None:  # proves L1
    authority = open_authority(fleet.state / "pki", now=utc_now())
    for name in (cameras[0].id, "cam-98"):
        key, request = camera_request()
        forgotten = keep_camera(
            tmp_path, name, authority.issue_camera(request, camera=name, now=utc_now(), days=90).pem, key
        )
        assert turned_away(fleet.context(forgotten), fleet.mqtt_port), name
        with fleet.camera_api(forgotten) as own:
            assert own.get("/api/v1/camera/desired").status_code == 403


def test_a_camera_revoked_by_a_command_is_cut_off_too(
    fleet: RunningFleet, tmp_path: Path
) -> None:  # proves L1
    camera = fleet.enrol(tmp_path)
    with connected(at_broker(fleet, camera)) as client:
        words = ["camera", "revoke", camera.id, "--state", str(fleet.state), "--reason", "stolen"]
        assert CliRunner().invoke(app, words).exit_code == 0
        assert client.gone.wait(30)
    until(lambda: turned_away(fleet.context(camera), fleet.mqtt_port))


def test_a_broker_that_dies_comes_back(fleet: RunningFleet, cameras: list[EnrolledCamera]) -> None:
    one = cameras[0].id
    first = until(lambda: broker_process(fleet))
    os.kill(first, signal.SIGKILL)
    until(lambda: broker_process(fleet) not in {None, first})

    def connects() -> TestCamera | None:
        camera = at_broker(fleet, cameras[0])
        try:
            camera.connect()
        except OSError:
            return None
        return camera

    camera = until(connects)
    with fleet.api() as api:
        until(lambda: camera.publish(topic(one, "up", "status"), status(one, "after")).value == 0)
        until(lambda: shown(api, one)["online"])
    camera.close()


def broker_process(fleet: RunningFleet) -> int | None:
    """The process id of the fleet's mosquitto, found among its children."""
    listing = subprocess.run(
        ["ps", "-o", "pid=,comm=", "--ppid", str(fleet.process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in listing.stdout.splitlines():
        number, _, name = line.strip().partition(" ")
        if name.strip() == "mosquitto":
            return int(number)
    return None


def test_the_ready_file_says_where_everything_is(fleet: RunningFleet) -> None:
    ready = fleet.state.parent / "ready.json"
    assert ready.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(ready.read_text())) == {"dashboard_url", "cameras_url", "mqtt_port", "setup_url"}
