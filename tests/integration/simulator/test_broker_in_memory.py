"""The broker in memory says what mosquitto says: one script, played against both, and what arrives compared.

Delays are a second or two here, so that mosquitto's are over soon.
"""

from __future__ import annotations

import contextlib
import getpass
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from fleet.server.broker import ACL, find_program
from protocol.messages.topics import ROOT
from simulator.driven.time import DrivenTime
from simulator.driven.wire.broker import BrokerConnection, BrokerMessage, MemoryBroker, Will

pytestmark = pytest.mark.real_time

ONE, TWO, FLEET = "cam-one", "cam-two", "fleet"
UP, DOWN = f"{ROOT}/{ONE}/up/status", f"{ROOT}/{ONE}/down/desired"
OTHER = f"{ROOT}/{TWO}/up/status"
DELAY_S, SESSION_S = 1.0, 2.0
PATIENCE_S = 15.0


class Broker(Protocol):
    """What the script is played against; ``heard`` has what arrived at each client, in order."""

    heard: dict[str, list[BrokerMessage]]

    def connect(
        self, client: str, *, clean: bool = True, session_s: float = 0, will: Will | None = None
    ) -> None: ...
    def subscribe(self, client: str, pattern: str) -> None: ...
    def publish(self, client: str, topic: str, payload: bytes, *, retain: bool = False) -> None: ...
    def goodbye(self, client: str) -> None: ...
    def lose(self, client: str) -> None: ...
    def wait(self, seconds: float) -> None: ...


@dataclass
class InMemory:
    """The simulator's."""

    heard: dict[str, list[BrokerMessage]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._time = DrivenTime()
        self._broker = MemoryBroker(self._time.after, FLEET)
        self._open: dict[str, BrokerConnection] = {}

    def connect(
        self, client: str, *, clean: bool = True, session_s: float = 0, will: Will | None = None
    ) -> None:
        self._open[client] = self._broker.connect(
            client,
            clean=clean,
            expiry_s=session_s,
            will=will,
            on_message=self.heard.setdefault(client, []).append,
            on_closed=lambda _: None,
        )

    def subscribe(self, client: str, pattern: str) -> None:
        self._open[client].subscribe(pattern)

    def publish(self, client: str, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._open[client].publish(topic, payload, retain=retain)

    def goodbye(self, client: str) -> None:
        self._open[client].disconnect()

    def lose(self, client: str) -> None:
        self._open[client].lose()

    def wait(self, seconds: float) -> None:
        self._time.pass_by(seconds)


@dataclass
class Mosquitto:
    """The real one, with the fleet's own access rules, and names where certificates would give them."""

    port: int
    heard: dict[str, list[BrokerMessage]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._open: dict[str, paho.Client] = {}
        self._answered: set[tuple[paho.Client, int]] = set()

    def connect(
        self, client: str, *, clean: bool = True, session_s: float = 0, will: Will | None = None
    ) -> None:
        heard = self.heard.setdefault(client, [])
        made = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client,
            protocol=paho.MQTTv5,
            reconnect_on_failure=False,
        )
        made.username_pw_set(client)
        made.on_message = lambda _c, _d, m: heard.append(BrokerMessage(m.topic, bytes(m.payload), m.retain))
        made.on_publish = lambda _c, _d, mid, _r, _p: self._answered.add((made, mid))
        made.on_subscribe = lambda _c, _d, mid, _r, _p: self._answered.add((made, mid))
        if will is not None:
            properties = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
            properties.WillDelayInterval = round(will.delay_s)
            made.will_set(will.topic, will.payload, 1, retain=True, properties=properties)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = round(session_s)
        made.connect("127.0.0.1", self.port, clean_start=clean, properties=properties)
        made.loop_start()
        until(made.is_connected)
        self._open[client] = made

    def subscribe(self, client: str, pattern: str) -> None:
        made = self._open[client]
        _, mid = made.subscribe(pattern, qos=1)
        until(lambda: (made, mid) in self._answered)

    def publish(self, client: str, topic: str, payload: bytes, *, retain: bool = False) -> None:
        made = self._open[client]
        mid = made.publish(topic, payload, qos=1, retain=retain).mid
        until(lambda: (made, mid) in self._answered)

    def goodbye(self, client: str) -> None:
        self.subscribe(client, f"{ROOT}/nobody/up/status")  # its answer comes after what is on its way
        self._open[client].disconnect()
        self._open.pop(client).loop_stop()

    def lose(self, client: str) -> None:
        lost = self._open.pop(client)
        lost.loop_stop()
        connection = lost.socket()
        assert connection is not None
        connection.close()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)  # a delay of the broker's own, which nothing tells the end of

    def forget(self) -> None:
        """Leave nothing to the next script: no session, nothing kept."""
        for client in (ONE, TWO, FLEET, "ender"):
            self.connect(client)
        for topic in (UP, DOWN, OTHER):
            self.publish(FLEET, topic, b"", retain=True)
        for client in list(self._open):
            self.goodbye(client)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("mosquitto")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    (folder / "acl").write_text(ACL)
    (folder / "acl").chmod(0o600)
    lines = (
        f"user {getpass.getuser()}",
        f"listener {number} 127.0.0.1",
        "allow_anonymous true",
        f"acl_file {folder / 'acl'}",
    )
    (folder / "conf").write_text("\n".join(lines) + "\n")
    with subprocess.Popen([find_program("mosquitto"), "-c", str(folder / "conf")]) as process:
        try:
            until(lambda: answers(number))
            yield number
        finally:
            process.terminate()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def kept_and_cleared(broker: Broker) -> None:
    broker.connect(ONE)
    broker.publish(ONE, UP, b"kept", retain=True)
    broker.publish(ONE, UP, b"passing")
    broker.connect(FLEET, clean=False, session_s=60)
    broker.subscribe(FLEET, f"{ROOT}/+/up/status")
    broker.publish(ONE, UP, b"live", retain=True)
    broker.publish(ONE, UP, b"", retain=True)
    broker.goodbye(FLEET)
    broker.connect(FLEET, clean=True, session_s=60)
    broker.subscribe(FLEET, f"{ROOT}/+/up/status")


def only_its_own(broker: Broker) -> None:
    broker.connect(FLEET)
    broker.subscribe(FLEET, f"{ROOT}/+/up/status")
    broker.connect(ONE)
    broker.connect(TWO)
    broker.subscribe(TWO, DOWN)
    broker.subscribe(TWO, f"{ROOT}/+/down/desired")
    broker.subscribe(ONE, DOWN)
    broker.publish(FLEET, DOWN, b"for one", retain=True)
    broker.publish(TWO, UP, b"forged")
    broker.publish(TWO, DOWN, b"forged")
    broker.publish(TWO, OTHER, b"its own")


def away_and_back(broker: Broker) -> None:
    broker.connect(FLEET, clean=False, session_s=60)
    broker.subscribe(FLEET, f"{ROOT}/+/up/status")
    broker.lose(FLEET)
    broker.connect(ONE)
    broker.publish(ONE, UP, b"meanwhile 1")
    broker.publish(ONE, UP, b"meanwhile 2", retain=True)
    broker.connect(FLEET, clean=False, session_s=60)
    broker.publish(ONE, UP, b"after")


def a_session_that_ended_meanwhile(broker: Broker) -> None:
    broker.connect(FLEET, clean=False, session_s=DELAY_S)
    broker.subscribe(FLEET, f"{ROOT}/+/up/status")
    broker.goodbye(FLEET)
    broker.wait(DELAY_S + 2)
    broker.connect(ONE)
    broker.publish(ONE, UP, b"nobody hears this")
    broker.connect(FLEET, clean=False, session_s=DELAY_S)


def a_will_after_its_delay(broker: Broker) -> None:
    listening(broker)
    broker.connect(ONE, session_s=2 * SESSION_S, will=Will(UP, b"lost", DELAY_S))
    broker.lose(ONE)
    broker.publish(FLEET, OTHER, b"before the will")
    broker.wait(DELAY_S + 2)


def a_will_when_the_session_ends_before(broker: Broker) -> None:
    listening(broker)
    broker.connect(ONE, session_s=DELAY_S, will=Will(UP, b"lost", 60))
    broker.lose(ONE)
    broker.publish(FLEET, OTHER, b"before the will")
    broker.wait(DELAY_S + 2)


def no_will_after_a_goodbye(broker: Broker) -> None:
    listening(broker)
    broker.connect(ONE, session_s=SESSION_S, will=Will(UP, b"lost", DELAY_S))
    broker.goodbye(ONE)
    broker.wait(SESSION_S + 2)


def back_in_time_on_its_session(broker: Broker) -> None:
    listening(broker)
    broker.connect(ONE, session_s=60, will=Will(UP, b"lost", DELAY_S))
    broker.lose(ONE)
    broker.connect(ONE, clean=False, session_s=60, will=Will(UP, b"lost again", DELAY_S))
    broker.wait(DELAY_S + 2)


def back_in_time_and_clean(broker: Broker) -> None:
    listening(broker)
    broker.connect(ONE, session_s=60, will=Will(UP, b"lost", 30))
    broker.lose(ONE)
    broker.connect(ONE, clean=True, session_s=60, will=Will(UP, b"lost again", 30))
    broker.publish(ONE, UP, b"here", retain=True)


def taken_over(broker: Broker) -> None:
    listening(broker)
    broker.connect(ONE, session_s=60, will=Will(UP, b"lost", 30))
    broker.connect(ONE, clean=True, session_s=60)
    broker.publish(ONE, UP, b"the second one")


def listening(broker: Broker) -> None:
    broker.connect(FLEET)
    broker.subscribe(FLEET, f"{ROOT}/+/up/status")


SCRIPTS = (
    kept_and_cleared,
    only_its_own,
    away_and_back,
    a_session_that_ended_meanwhile,
    a_will_after_its_delay,
    a_will_when_the_session_ends_before,
    no_will_after_a_goodbye,
    back_in_time_on_its_session,
    back_in_time_and_clean,
    taken_over,
)


@pytest.mark.broker
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_what_arrives_is_what_arrives_from_mosquitto(script: Callable[[Broker], None], port: int) -> None:
    memory, real = InMemory(), Mosquitto(port)
    for broker in (memory, real):
        script(broker)
        # The last word: whatever came before it has arrived once it has.
        broker.connect("ender", clean=True)
        if FLEET in broker.heard:
            broker.subscribe(FLEET, f"{ROOT}/ender/up/event")
        broker.publish("ender", f"{ROOT}/ender/up/event", b"end")
    if FLEET in memory.heard:
        until(lambda: any(each.payload == b"end" for each in real.heard[FLEET]))
    until(lambda: all(len(real.heard[each]) >= len(memory.heard[each]) for each in memory.heard))
    try:
        assert real.heard == memory.heard
    finally:
        real.forget()
