"""A camera that says things without end blinds the fleet to no other, and is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.cameras.messages import Inbox
from fleet.footage.recordings.lookup import RecordingClaim, find, get
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from protocol.messages.topics import topic
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet
from tests.support.fleet.fleet_footage import Link, running
from tests.support.media.recordings import record
from tests.support.network.mqtt import TestCamera, connected, until

pytestmark = pytest.mark.broker

MANY = 3000


# proves F9
def test_thousands_of_messages_of_one_camera_delay_no_other_and_are_said(
    fleet: RunningFleet, camera: EnrolledCamera, tmp_path: Path
) -> None:
    other = fleet.enrol(tmp_path)
    said = topic(camera.id, "up", "event")
    news = CameraEvent(id="e", kind=NewsKind.FAULT, camera=camera.id, at_utc_us=1).model_dump_json(
        exclude_none=True
    )
    status = Status(camera=other.id, session="s1").to_json()
    with (
        fleet.api() as api,
        connected(TestCamera(fleet.context(camera), fleet.mqtt_port, camera.id)) as flooding,
        connected(TestCamera(fleet.context(other), fleet.mqtt_port, other.id)) as speaking,
    ):
        for _ in range(MANY):
            flooding.client.publish(said, news, qos=0)
        assert not speaking.publish(topic(other.id, "up", "status"), status, retain=True).is_failure
        until(lambda: api.get(f"/api/v1/cameras/{other.id}").json()["online"])
        until(lambda: f"{camera.id} says more than is read" in (fleet.state.parent / "fleet.log").read_text())
        until(lambda: any(each["kind"] == "camera.floods" for each in api.get("/api/v1/alerts").json()))


# proves F9
@pytest.mark.hunt
def test_a_flood_ends_its_connection_and_so_it_does_when_it_comes_again_each_second(
    fleet: RunningFleet, tmp_path: Path
) -> None:
    flooding, other = fleet.enrol(tmp_path), fleet.enrol(tmp_path)
    said, block = topic(flooding.id, "up", "event"), b"x" * 32_768

    with connected(TestCamera(fleet.context(other), fleet.mqtt_port, other.id)) as speaking:
        camera = TestCamera(fleet.context(flooding), fleet.mqtt_port, flooding.id)
        camera.connect()
        for _ in range(200):
            camera.client.publish(said, block, qos=0)
        assert camera.gone.wait(120)
        camera.client.loop_stop()
        for _ in range(3):
            camera = TestCamera(fleet.context(flooding), fleet.mqtt_port, flooding.id)
            camera.client.connect("127.0.0.1", fleet.mqtt_port)
            camera.client.loop_start()
            assert camera.gone.wait(15), "it goes on where it was"
            camera.client.loop_stop()
        status = Status(camera=other.id, session="s1").to_json()
        assert not speaking.publish(topic(other.id, "up", "status"), status, retain=True).is_failure
    with fleet.api() as api:
        settings = api.get("/settings", headers={"Accept": "text/html"}).text
    assert "sent more than a camera has to say" in settings


# proves L2 and F9
def test_an_announcement_never_stands_in_the_way_of_another_camera_s_ledger(tmp_path: Path) -> None:
    with running(tmp_path / "fleet") as stopped:
        ours = Link(stopped, record(stopped.identity()), named=True)
        stopped.identity("cam-02")
        name = ours.take.recording.hex()
        stolen = CameraEvent(
            id="e", kind=NewsKind.RECORDING_OPENED, camera="cam-02", at_utc_us=1, number=1, recording=name
        )
        inbox = Inbox(stopped.services.cameras)
        inbox.take(topic("cam-02", "up", "event"), stolen.model_dump_json().encode(), retained=False)
        with stopped.services.readers() as session:
            claimed = find(session, RecordingClaim("cam-02", 1))
            assert claimed is not None
            assert claimed.recording == name
        ours.everything()
        assert ours.complete().status_code == 202
        assert ours.wait_for_receipt().status_code == 200
        inbox.take(topic("cam-02", "up", "event"), stolen.model_dump_json().encode(), retained=False)
        with stopped.services.readers() as session:
            assert get(session, name).camera_id == "cam-01"
