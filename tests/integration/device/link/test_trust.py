"""Only enrolled cameras speak, and only as themselves (L1): over HTTPS, over MQTT, with a sentence each."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Queue

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from device.link.errors import LinkError
from device.link.fleet_http import FleetHttp
from device.link.identity.identity import CameraIdentity
from device.link.identity.mutual_tls import enrolled_context
from device.link.messages.client import DesiredStateClient
from device.link.uploads.client import UploadClient
from protocol.messages.topics import topic
from tests.support.camera.identities import enrol_without_fleet
from tests.support.fleet.authorities import plain_key
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera, eventually
from tests.support.media.recordings import make_identity


def sentence(identity: CameraIdentity) -> str:
    """What the camera says when it asks the fleet's listener for cameras something."""
    http = FleetHttp(identity.cameras_url, enrolled_context(identity), at_once=1)
    try:
        with pytest.raises(LinkError) as caught:
            DesiredStateClient(http).desired()
    finally:
        http.close()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def stranger(camera: Camera, tmp_path: Path) -> CameraIdentity:
    """A camera of another landlord, pointed at this fleet."""
    foreign = enrol_without_fleet(tmp_path / "stranger", make_identity("cam-07", 7))
    mine = camera.identity
    return replace(foreign, cameras_url=mine.cameras_url, mqtt_host=mine.mqtt_host, mqtt_port=mine.mqtt_port)


def test_a_camera_does_not_talk_to_a_fleet_of_another_authority(
    stranger: CameraIdentity,
) -> None:  # proves L1
    assert "is not good by the authority that this camera enrolled with" in sentence(stranger)


def test_a_fleet_refuses_a_certificate_of_another_authority(
    stranger: CameraIdentity, camera: Camera
) -> None:  # proves L1
    impostor = replace(stranger, authority=camera.identity.authority)
    said = sentence(impostor)
    assert said.startswith("The camera's certificate was refused by the fleet")
    assert said.endswith("because another authority issued it: enrol the camera with this fleet.")


def test_a_link_of_such_a_camera_says_so_and_goes_on_trying(stranger: CameraIdentity, camera: Camera) -> None:
    camera.identity = replace(stranger, authority=camera.identity.authority)
    camera.record()
    link = camera.link()
    link.start()
    try:
        refused = "The camera's certificate was refused by the broker at"
        eventually(
            lambda: any(each.startswith(refused) for each in link.state().troubles),
            "a sentence of the broker",
        )
        eventually(lambda: len(link.state().troubles) > 1, "a sentence about each channel")
        assert all("certificate" in each for each in link.state().troubles)
        assert not link.state().connected
    finally:
        link.stop()


def test_a_camera_without_a_certificate_is_refused(fleet: Fleet, camera: Camera) -> None:  # proves L1
    context = ssl.create_default_context(cadata=camera.identity.authority_pem)
    http = FleetHttp(camera.identity.cameras_url, context, at_once=1)
    with pytest.raises(LinkError, match="certificate"):
        DesiredStateClient(http).desired()
    http.close()


def test_a_revoked_camera_is_told_so_on_both_channels(fleet: Fleet, camera: Camera) -> None:  # proves L1
    link = camera.link()
    link.start()
    try:
        eventually(lambda: link.state().connected, "a connection")
        fleet.api.post(f"/cameras/{camera.id}/revoke", json={"purpose": "lost on the bus"}).raise_for_status()
        camera.record()
        eventually(lambda: "revoked" in " ".join(link.state().troubles), "a sentence about it")
        eventually(lambda: not link.state().connected, "the end of the connection")
    finally:
        link.stop()
    assert "revoked" in sentence(camera.identity)


def test_a_camera_reaches_only_its_own_recordings(
    fleet: Fleet, enrolled: Callable[[], Camera]
) -> None:  # proves L1
    first, second = enrolled(), enrolled()
    first.record()
    link = first.link()
    link.start()
    first.wait_for_receipts(1)
    link.stop()
    http = FleetHttp(second.identity.cameras_url, enrolled_context(second.identity), at_once=1)
    held = UploadClient(http).held(1, "ab" * 16)
    http.close()
    assert held is None or (held.segments, held.ledger_length, held.receipt) == ((), 0, False)


@dataclass
class Client:
    """A plain MQTT client with somebody's certificate."""

    client: paho.Client
    got: Queue[tuple[str, bytes]] = field(default_factory=Queue)
    acknowledged: Queue[tuple[int, bool]] = field(default_factory=Queue)


@pytest.fixture
def connect(fleet: Fleet) -> Iterator[Callable[[ssl.SSLContext, str], Client]]:
    clients: list[Client] = []

    def make(context: ssl.SSLContext, name: str) -> Client:
        made = Client(paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5))
        made.client.tls_set_context(context)
        made.client.on_message = lambda _c, _d, message: made.got.put((message.topic, bytes(message.payload)))
        made.client.on_publish = lambda _c, _d, mid, reason, _p: made.acknowledged.put(
            (mid, reason.is_failure)
        )
        made.client.connect("127.0.0.1", fleet.ports["mqtt"])
        made.client.loop_start()
        clients.append(made)
        return made

    yield make
    for each in clients:
        each.client.disconnect()
        each.client.loop_stop()


def service_context(fleet: Fleet) -> ssl.SSLContext:
    pki = fleet.state / "pki"
    context = ssl.create_default_context(cafile=pki / "authority.pem")
    context.load_cert_chain(pki / "service.pem", plain_key(pki, "service", fleet.state.parent))
    return context


@pytest.mark.broker
def test_a_camera_cannot_speak_for_another(  # proves L1
    fleet: Fleet, enrolled: Callable[[], Camera], connect: Callable[[ssl.SSLContext, str], Client]
) -> None:
    first, second = enrolled(), enrolled()
    listener = connect(enrolled_context(second.identity), second.id)
    speaker = connect(enrolled_context(first.identity), first.id)
    refused = []
    for name in (
        topic(second.id, "up", "status"),
        topic(second.id, "up", "event"),
        topic(second.id, "down", "desired"),
        topic(first.id, "down", "desired"),
        topic(second.id, "down", "command"),
        topic(first.id, "down", "command"),
        topic(second.id, "up", "response"),
        "lapel/v1/cameras/fleet/up/status",
        "elsewhere",
    ):
        mid = speaker.client.publish(name, b"{}", qos=1).mid
        assert speaker.acknowledged.get(timeout=60) == (mid, True)
        refused.append(name)
    assert len(refused) == 9
    mid = speaker.client.publish(topic(first.id, "up", "response"), b"{}", qos=1).mid
    assert speaker.acknowledged.get(timeout=60) == (mid, False)
    assert listener.got.empty()


@pytest.mark.broker
def test_a_camera_cannot_listen_to_another(  # proves L1
    fleet: Fleet, enrolled: Callable[[], Camera], connect: Callable[[ssl.SSLContext, str], Client]
) -> None:
    first, second = enrolled(), enrolled()
    listener = connect(enrolled_context(first.identity), first.id)
    for name in ("#", f"lapel/v1/cameras/{second.id}/#", "lapel/v1/cameras/+/down/desired", "$SYS/#"):
        listener.client.subscribe(name, 1)
    service = connect(service_context(fleet), "service")
    own = topic(first.id, "down", "command")
    service.client.publish(topic(second.id, "down", "command"), b"for the second", qos=1)
    service.client.publish(topic(second.id, "up", "response"), b"from the second", qos=1)
    service.client.publish(own, b"for the first", qos=1)
    heard: list[tuple[str, bytes]] = []
    while (own, b"for the first") not in heard:
        heard.append(listener.got.get(timeout=60))
    assert {name for name, _ in heard} <= {own, topic(first.id, "down", "desired")}


@pytest.mark.broker
def test_a_camera_cannot_take_another_ones_session(  # proves L1
    fleet: Fleet, enrolled: Callable[[], Camera], connect: Callable[[ssl.SSLContext, str], Client]
) -> None:
    first, second = enrolled(), enrolled()
    link = second.link()
    link.start()
    try:
        eventually(lambda: link.state().connected, "a connection")
        thief = connect(enrolled_context(first.identity), second.id)
        mid = thief.client.publish(topic(first.id, "up", "response"), b"{}", qos=1).mid
        assert thief.acknowledged.get(timeout=60) == (mid, False)  # it is itself, whatever it calls itself
        assert link.state().connected
    finally:
        link.stop()
