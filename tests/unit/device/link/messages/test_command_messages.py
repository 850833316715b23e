"""Commands and their answers on the connection to the broker: nothing waits, nothing is answered twice."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from device.commands.fleet_time import FleetTime
from device.link.circuit_breaker import CircuitBreaker
from device.link.errors import LinkError, UnreachableError
from device.link.messages.arrivals import BrokerArrivals
from device.link.messages.mqtt import Messenger
from protocol.messages.commands import CommandOutcome, Response
from protocol.messages.desired import Desired
from protocol.messages.status import Status
from tests.support.storage.disks import until

COMMAND = "lapel/v1/cameras/cam-01/down/command"
DESIRED = "lapel/v1/cameras/cam-01/down/desired"
RESPONSE = "lapel/v1/cameras/cam-01/up/response"


def response(id_: str) -> Response:
    return Response(id=id_, camera="cam-01", outcome=CommandOutcome.DONE, at_utc_us=1)


@dataclass
class Commands:
    """Takes commands, and has answers."""

    came: list[bytes] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    rings: list[Callable[[], None]] = field(default_factory=list)
    fleet_time: FleetTime = field(default_factory=lambda: FleetTime(lambda: 0))

    def offer(self, payload: bytes) -> None:
        self.came.append(payload)

    def waiting(self) -> tuple[Response, ...]:
        return tuple(self.answers)

    def told(self, each: Response) -> None:
        self.answers.remove(each)

    def on_answer(self, callback: Callable[[], None]) -> None:
        self.rings.append(callback)


@dataclass
class Broker:
    """A connection to a broker that acknowledges what it is told to."""

    on_message: Callable[[str, bytes], None]
    on_acknowledged: Callable[[int], None]
    topics: list[str] = field(default_factory=list)
    sent: list[tuple[int, str, bytes]] = field(default_factory=list)
    gone: bool = False
    unacknowledged: bool = False

    def open(self, will_topic: str, will: bytes, wake: socket.socket) -> None: ...
    def close(self) -> None: ...

    def subscribe(self, topic: str) -> None:
        self.topics.append(topic)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        assert retain == (topic != RESPONSE)
        self.sent.append((len(self.sent), topic, payload))
        return len(self.sent) - 1

    def poll(self, longest_s: float, wake: socket.socket) -> None:
        del longest_s, wake
        if self.gone:
            raise UnreachableError("The connection is gone.")

    def responses(self) -> list[tuple[int, str]]:
        """The answers that were handed over, by the number of their message."""
        return [
            (number, Response.model_validate_json(data).id)
            for number, topic, data in self.sent
            if topic == RESPONSE
        ]


@dataclass
class Wire:
    """A messenger, and the connections that it made."""

    commands: Commands | None
    on_connected: Callable[[], None] = lambda: None
    brokers: list[Broker] = field(default_factory=list)
    messenger: Messenger = field(init=False)

    def __post_init__(self) -> None:
        def connect(
            on_message: Callable[[str, bytes], None], on_acknowledged: Callable[[int], None]
        ) -> Broker:
            self.brokers.append(Broker(on_message, on_acknowledged))
            return self.brokers[-1]

        self.messenger = Messenger(
            "cam-01",
            connect,
            status=lambda *, session, online: Status(camera="cam-01", session=session, online=online),
            on_desired=lambda _: None,
            commands=self.commands,
            on_connected=self.on_connected,
            breaker=CircuitBreaker(0.0, lambda: 0.0),
            status_s=60,
            new_id=lambda: "s-1",
            clock=lambda: 1.0,
        )


# proves L4
def test_a_command_is_handed_on_and_its_answer_goes_until_the_broker_has_it() -> None:
    commands = Commands()
    wire = Wire(commands)
    wire.messenger.step()
    assert wire.brokers[0].topics == [DESIRED, COMMAND]
    wire.brokers[0].on_message(COMMAND, b"anything")
    assert commands.came == [b"anything"]
    commands.answers += [response("c-1"), response("c-2")]
    assert len(commands.rings) == 1, "whoever has an answer wakes the messenger"
    commands.rings[0]()
    for _ in range(2):
        wire.messenger.step()
    first, second = wire.brokers[0].responses()
    assert (first[1], second[1]) == ("c-1", "c-2"), "each once"
    wire.brokers[0].on_acknowledged(first[0])
    wire.brokers[0].on_acknowledged(999)
    assert [each.id for each in commands.answers] == ["c-2"]
    wire.brokers[0].gone = True
    wire.messenger.step()
    wire.messenger.step()
    again = wire.brokers[1].responses()
    assert [each[1] for each in again] == ["c-2"], "what was not acknowledged goes again"
    wire.brokers[1].on_acknowledged(again[0][0])
    assert commands.answers == []


def test_a_camera_that_obeys_none_asks_for_none() -> None:
    wire = Wire(None)
    wire.messenger.step()
    assert wire.brokers[0].topics == [DESIRED]
    wire.brokers[0].on_message(COMMAND, b"anything")
    wire.messenger.step()
    assert wire.brokers[0].responses() == []


# proves L1
@pytest.mark.parametrize(
    "topic", ["lapel/v1/cameras/cam-02/down/command", "lapel/v1/cameras/cam-01/up/command", ""]
)
def test_what_comes_on_another_topic_is_ignored(topic: str) -> None:
    commands, wanted = Commands(), list[Desired]()
    arrivals = BrokerArrivals("cam-01", wanted.append, commands)
    arrivals.take(topic, b"{}")
    arrivals.take(DESIRED, b"")
    arrivals.take(DESIRED, b"{}")
    assert (commands.came, wanted) == ([], [])
    arrivals.take(DESIRED, Desired(camera="cam-01", version=1).model_dump_json().encode())
    assert len(wanted) == 1


def test_an_error_of_its_own_is_said_and_it_begins_again() -> None:
    failed: list[int] = []
    seen: list[str | None] = []

    def connected() -> None:
        if not failed:
            failed.append(1)
            raise RuntimeError("broken")
        seen.append(wire.messenger.trouble)

    wire = Wire(None, connected)
    note, troubles = wire.messenger._breaker.failed, list[str]()

    def failed_with(error: LinkError, now: float) -> None:
        troubles.append(str(error))
        note(error, now)

    wire.messenger._breaker.failed = failed_with  # type: ignore[method-assign]
    wire.messenger.start()
    until(lambda: seen)
    wire.messenger.stop()
    assert troubles == ["An internal error stopped messages: broken."]
    assert seen == [None]
