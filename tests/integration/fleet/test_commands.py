"""Commands through a real broker, on both databases; a double of a camera speaks MQTT and does nothing."""

from __future__ import annotations

import asyncio
import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.properties import Properties
from starlette.testclient import TestClient

from fleet.cameras.messages import Inbox
from fleet.core.config import DatabaseSection, FleetConfig
from fleet.server.compose import FleetServices, build_services
from fleet.server.listeners import Listeners
from fleet.server.ports import bind
from fleet.server.renewal import Contexts
from fleet.server.serve import _broker
from protocol.messages.commands import Command, CommandOutcome, Response
from protocol.messages.status import Status
from protocol.messages.topics import topic
from protocol.mode import Mode
from tests.support.fleet.asked import PASSWORD, Phone, WornDouble, account, commands
from tests.support.fleet.filling_in import browsers
from tests.support.fleet.fleet import (
    BY_PASSWORD,
    EnrolledCamera,
    TestClock,
    dashboard_client,
    enrol_camera,
    token_for,
)
from tests.support.network.mqtt import PATIENCE, TestCamera, connected, until

pytestmark = pytest.mark.broker

NOT_AUTHORIZED = 0x87
FLOOD = 10_000


class Today(TestClock):
    """The clock of the world: certificates are good now."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Wire:
    """A fleet with its broker, in this process; two cameras; and the phone of who wears the first."""

    services: FleetServices
    port: int
    cameras: list[EnrolledCamera]
    phone: Phone
    desk: TestClient
    worn: WornDouble

    def connect(self, which: int = 0) -> TestCamera:
        """Return a camera's voice, which is not connected yet."""
        camera = self.cameras[which]
        context = ssl.create_default_context(cafile=str(self.services.state / "pki" / "authority.pem"))
        context.load_cert_chain(camera.certificate_file, camera.key_file)
        return TestCamera(context, self.port, camera.id)

    def told(self) -> list[dict[str, Any]]:
        """What programs are told of the commands of the camera that is worn."""
        return commands(self.desk, self.cameras[0].id)


@contextmanager
def broker_of(services: FleetServices) -> Iterator[int]:
    """Run the broker and the client that hears the cameras, as the service does."""
    sockets = [bind("127.0.0.1", 0) for _ in range(3)]
    port: int = sockets[2].getsockname()[1]
    up: queue.Queue[BaseException | None] = queue.Queue()
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def run() -> None:
        listeners = Listeners(sockets[0], sockets[1], port, sockets[2])
        async with _broker(services, listeners, Contexts.of(services.authority), stop.set):
            up.put(None)
            await stop.wait()

    def thread() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # noqa: BLE001 - the test is told
            up.put(error)

    running = threading.Thread(target=thread)
    running.start()
    try:
        failed = up.get(timeout=PATIENCE)
        if failed is not None:
            raise failed
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        running.join()
        loop.close()
        for each in sockets[:2]:
            each.close()


@pytest.fixture
def wire(url: str, tmp_path: Path) -> Iterator[Wire]:
    clock = Today()
    config: FleetConfig = BY_PASSWORD.model_copy(update={"database": DatabaseSection(url=url)})
    services = build_services(config, tmp_path / "state", clock=clock)
    with ExitStack() as stack:
        stack.callback(services.database.close)
        cameras = [enrol_camera(services, tmp_path / "cameras") for _ in range(2)]
        token = token_for(services)
        desk = stack.enter_context(dashboard_client(services, token=token, workers=False))
        officer = desk.post("/api/v1/officers", json={"name": "Officer 1"}).json()["id"]
        out = desk.post("/api/v1/assignments", json={"camera": cameras[0].id, "officer": officer}).json()[
            "id"
        ]
        body = {
            "tenancy": "T-1",
            "place": "Flat 4",
            "purpose": "Gas check",
            "minutes": 60,
            "officer": officer,
        }
        made = desk.post("/api/v1/visits", json={**body, "planned": clock().isoformat()}).json()["id"]
        account(services, clock, name="Ada Officer", officer=officer)
        browser = stack.enter_context(browsers(services, workers=False))()
        browser.sign_in("Ada Officer", PASSWORD)
        port = stack.enter_context(broker_of(services))
        phone = Phone(browser, clock, f"/mine/visits/{made}")
        yield Wire(services, port, cameras, phone, desk, WornDouble(services, clock, cameras[0], out))


def status(wire: Wire, voice: TestCamera) -> None:
    """Have a camera heard."""
    camera = wire.cameras[0].id
    said = Status(camera=camera, session="s", state=Mode.READY, assignment=wire.worn.assignment)
    voice.publish(topic(camera, "up", "status"), said.to_json(), retain=True)
    until(lambda: wire.desk.get(f"/api/v1/cameras/{camera}").json()["online"])


def answer(camera: str, command: str, outcome: CommandOutcome = CommandOutcome.DONE) -> str:
    said = Response(id=command, camera=camera, outcome=outcome, at_utc_us=1, detail="It is docked.")
    return said.model_dump_json()


# proves L4
def test_a_command_goes_out_once_with_what_is_left_of_its_time_and_its_answer_is_kept(wire: Wire) -> None:
    one = wire.cameras[0].id
    expiry: list[int] = []

    def note(properties: Properties | None) -> None:
        expiry.append(int(getattr(properties, "MessageExpiryInterval", 0)))

    with connected(wire.connect()) as voice:
        hear = voice.client.on_message
        assert hear is not None

        def noted(client: Any, data: Any, message: Any) -> None:  # noqa: ANN401 - paho's
            note(message.properties)
            hear(client, data, message)

        voice.client.on_message = noted
        voice.subscribe(topic(one, "down", "command"))
        status(wire, voice)
        wire.phone.say("refused")
        where, payload = voice.next()
        given = Command.model_validate_json(payload)
        assert where == topic(one, "down", "command")
        assert 0 < expiry[0] <= 60
        assert [each["outcome"] for each in wire.told()] == ["sent"]
        assert voice.publish(topic(one, "up", "response"), answer(one, given.id)).value == 0
        until(lambda: wire.told()[0]["outcome"] == "done")
        wire.worn.sign(given)
        assert "It has signed it, as its event 1." in wire.phone.words
        wire.phone.say("withdrawn")
        second = Command.model_validate_json(voice.next()[1])
        assert second.id != given.id
        voice.publish(topic(one, "up", "response"), answer(one, second.id, CommandOutcome.REFUSED))
        until(lambda: wire.told()[0]["outcome"] == "refused")
        assert voice.arrived.empty(), "each was sent once"


# proves L4
def test_the_broker_keeps_no_command_for_a_camera_that_is_away(wire: Wire) -> None:
    one = wire.cameras[0].id
    with connected(wire.connect()) as voice:
        voice.subscribe(topic(one, "down", "command"))
        status(wire, voice)
    wire.phone.say("refused")  # a second later: that it is gone is not known yet
    until(lambda: wire.told()[0]["sent"])
    with connected(wire.connect()) as voice:
        voice.subscribe(topic(one, "down", "command"))
        status(wire, voice)
        wire.phone.say("given")
        given = Command.model_validate_json(voice.next()[1])
        assert given.consent is not None
        assert given.consent.said == "given", "what was sent while it was away does not arrive later"


# proves L1 and L4
def test_no_camera_reads_or_answers_anothers_commands(wire: Wire) -> None:
    one, two = (each.id for each in wire.cameras)
    with connected(wire.connect()) as voice, connected(wire.connect(1)) as other:
        other.subscribe(topic(one, "down", "command"))
        voice.subscribe(topic(one, "down", "command"))
        status(wire, voice)
        wire.phone.say("refused")
        given = Command.model_validate_json(voice.next()[1])
        for name in (
            topic(one, "up", "response"),
            topic(one, "down", "command"),
            topic(two, "down", "command"),
        ):
            assert other.publish(name, answer(one, given.id)).value == NOT_AUTHORIZED, name
        assert other.publish(topic(two, "up", "response"), answer(two, given.id)).value == 0
        assert other.publish(topic(two, "up", "response"), answer(one, given.id)).value == 0
        wire.phone.say("given")  # what comes after it has been heard by then
        second = Command.model_validate_json(voice.next()[1])
        voice.publish(topic(one, "up", "response"), answer(one, second.id))
        until(lambda: wire.told()[0]["outcome"] == "done")
        assert wire.told()[1]["outcome"] == "sent"
        assert other.arrived.empty()


# proves F9 and L4
def test_ten_thousand_invented_answers_keep_no_other_camera_waiting(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (each.id for each in wire.cameras)
    refused: list[str] = []
    monkeypatch.setattr(Inbox, "_refuse", lambda _self, source, _reason: refused.append(source))
    with connected(wire.connect()) as voice, connected(wire.connect(1)) as other:
        voice.subscribe(topic(one, "down", "command"))
        status(wire, voice)
        wire.phone.say("refused")
        given = Command.model_validate_json(voice.next()[1])
        for number in range(FLOOD):
            other.client.publish(topic(two, "up", "response"), answer(two, f"no-{number}"), qos=1)
        voice.publish(topic(one, "up", "response"), answer(one, given.id))
        until(lambda: wire.told()[0]["outcome"] == "done")
        floods = wire.services.cameras.broker.floods
        until(lambda: [each.camera for each in floods.now(wire.services.clock())] == [two])
    assert set(refused) <= {two}
    assert commands(wire.desk, two) == []
