"""Commands over a real broker, with the fleet's time from its real answers, and a network that fails."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from device.clock import SystemClock
from device.commands.fleet_time import FleetTime
from device.commands.journal import CommandJournal
from device.commands.runner import CommandRunner
from device.storage.durable import make_folder
from device.storage.filesystem import PosixFilesystem
from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.messages.commands import Command, CommandKind, CommandOutcome, ConsentCommand, Response
from protocol.messages.topics import topic
from protocol.units import US_PER_S
from tests.support.fleet.authorities import plain_key
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera, eventually
from tests.support.network.mqtt import TestCamera, connected
from tests.support.network.proxy import Proxy

pytestmark = [pytest.mark.broker]


@dataclass
class Done:
    ok: bool
    refused: bool
    sentence: str
    consent: int | None


@dataclass
class AtDoor:
    """Does what is said, and counts it."""

    said: list[tuple[ConsentSaid, str]] = field(default_factory=list)

    def say(self, said: ConsentSaid, way: str) -> Done:
        self.said.append((said, way))
        return Done(ok=True, refused=False, sentence="Kept.", consent=len(self.said))

    def find(self, way: str) -> int | None:
        return next((number for number, each in enumerate(self.said, 1) if each[1] == way), None)


@dataclass
class Commanded:
    """A camera that obeys, whoever commands it, and the answers that the broker has acknowledged.

    The fleet's own connection is taken over for each command: the broker knows one of a name.
    """

    camera: Camera
    door: AtDoor
    runner: CommandRunner
    context: ssl.SSLContext
    port: int
    responses: list[Response] = field(default_factory=list)

    def send(self, id_: str, *, camera: str | None = None, life_s: float = 60, issued_s: float = 0) -> None:
        issued = round((time.time() + issued_s) * US_PER_S)
        command = Command(
            id=id_,
            camera=camera or self.camera.id,
            kind=CommandKind.CONSENT,
            issued_utc_us=issued,
            expires_utc_us=issued + round(life_s * US_PER_S),
            by="u-1",
            consent=ConsentCommand(said=SaidOfConsent.REFUSED),
        )
        self.publish(command.model_dump_json())

    def publish(self, payload: bytes | str) -> None:
        with connected(TestCamera(self.context, self.port, "service")) as service:
            assert not service.publish(topic(self.camera.id, "down", "command"), payload).is_failure

    def answers(self) -> dict[str, CommandOutcome]:
        """The last answer to each id."""
        return {each.id: each.outcome for each in self.responses}


@pytest.fixture
def commanded(fleet: Fleet, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commanded]:
    clock, disk, door = SystemClock(), PosixFilesystem(), AtDoor()
    make_folder(disk, camera.folders.commands)
    runner = CommandRunner(
        camera.id, CommandJournal(disk, camera.folders.commands), FleetTime(clock.boot_ns), door, clock
    )
    pki = fleet.state / "pki"
    context = ssl.create_default_context(cafile=pki / "authority.pem")
    context.load_cert_chain(pki / "service.pem", plain_key(pki, "service", fleet.state.parent))
    made = Commanded(camera, door, runner, context, fleet.ports["mqtt"])
    told = runner.told

    def note(response: Response) -> None:
        told(response)
        made.responses.append(response)

    monkeypatch.setattr(runner, "told", note)
    runner.start()
    yield made
    runner.stop()


@pytest.fixture
def start() -> Iterator[Callable[..., None]]:
    links = []

    def begin(commanded: Commanded, uploads: Proxy | None = None, messages: Proxy | None = None) -> None:
        link = commanded.camera.link(uploads=uploads, messages=messages, commands=commanded.runner)
        links.append(link)
        link.start()
        eventually(lambda: link.state().connected, "a connection")

    yield begin
    for each in links:
        each.stop()


# proves L4
def test_a_command_is_done_once_and_answered(commanded: Commanded, start: Callable[..., None]) -> None:
    start(commanded)
    commanded.send("c-1")
    eventually(lambda: commanded.answers().get("c-1") == "done", "the answer")
    commanded.send("c-1")
    eventually(lambda: commanded.answers().get("c-1") == "repeated", "the answer to the same again")
    commanded.send("c-2", issued_s=-3600)
    eventually(lambda: commanded.answers().get("c-2") == "expired", "the answer to one that came late")
    assert [way for _, way in commanded.door.said] == ["command c-1"]
    eventually(lambda: commanded.runner.waiting() == (), "the broker has all answers")


# proves L1 and L4
def test_what_is_none_of_its_commands_is_ignored_and_the_next_is_done(
    commanded: Commanded, start: Callable[..., None]
) -> None:
    start(commanded)
    commanded.send("c-1", camera="cam-elsewhere")
    commanded.publish("x" * 60_000)
    commanded.publish(json.dumps({"id": "c-2", "camera": commanded.camera.id, "kind": "dance"}))
    commanded.send("c-3")
    eventually(lambda: "c-3" in commanded.answers(), "the answer to the last")
    assert commanded.answers() == {"c-2": "refused", "c-3": "done"}


# proves L4
def test_an_answer_that_a_cut_keeps_back_arrives_once_there_is_a_network(
    fleet: Fleet, commanded: Commanded, start: Callable[..., None]
) -> None:
    with Proxy("127.0.0.1", fleet.ports["mqtt"]) as network:
        start(commanded, messages=network)
        network.refuse()
        now_us = round(time.time() * US_PER_S)
        command = Command(
            id="c-9",
            camera=commanded.camera.id,
            kind=CommandKind.LOCK,
            issued_utc_us=now_us,
            expires_utc_us=now_us + US_PER_S,
            by="u-1",
        )
        commanded.runner.offer(command.model_dump_json().encode())  # which had come just before the cut
        eventually(lambda: len(commanded.runner.waiting()) == 1, "the answer")
        assert commanded.answers() == {}
        network.go()
        eventually(lambda: commanded.answers() == {"c-9": "refused"}, "its arrival")
        eventually(lambda: commanded.runner.waiting() == (), "the broker has it")


# proves L4
def test_without_the_fleet_s_time_nothing_is_done_until_it_answers(
    fleet: Fleet, commanded: Commanded, start: Callable[..., None]
) -> None:
    with Proxy("127.0.0.1", fleet.ports["cameras"]) as network:
        network.refuse()
        start(commanded, uploads=network)
        commanded.send("c-1")
        commanded.send("c-2", life_s=0.001)
        commanded.publish(json.dumps({"id": "c-3", "camera": commanded.camera.id, "kind": "dance"}))
        eventually(lambda: commanded.answers() == {"c-3": "refused"}, "the answer to the last")
        assert commanded.door.said == []
        network.go()
        eventually(lambda: len(commanded.answers()) == 3, "the other answers")
    assert commanded.answers() == {"c-1": "done", "c-2": "expired", "c-3": "refused"}
