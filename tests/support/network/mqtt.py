"""A camera's side of the broker, for tests: paho with a client certificate, one queue of what arrives."""

from __future__ import annotations

import contextlib
import queue
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

PATIENCE = 15.0


class TestCamera:
    """One connection; every wait ends by an event or fails after ``PATIENCE`` seconds."""

    __test__ = False

    def __init__(self, context: ssl.SSLContext, port: int, client_id: str) -> None:
        self.arrived: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.gone = threading.Event()
        self._answers: queue.Queue[tuple[str, int, ReasonCode]] = queue.Queue()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5
        )
        self.client.tls_set_context(context)
        self.client.on_connect = lambda _c, _u, _f, code, _p: self._answers.put(("connect", 0, code))
        self.client.on_disconnect = lambda *_: self.gone.set()
        self.client.on_publish = lambda _c, _u, mid, code, _p: self._answers.put(("publish", mid, code))
        self.client.on_subscribe = lambda _c, _u, mid, codes, _p: self._answers.put(
            ("subscribe", mid, codes[0])
        )
        self.client.on_message = lambda _c, _u, message: self.arrived.put(
            (message.topic, bytes(message.payload))
        )
        self._port = port

    def connect(self) -> None:
        """Connect and wait for the broker's yes."""
        assert not self.knock().is_failure

    def knock(self) -> ReasonCode:
        """Connect and return what the broker says to it."""
        self.client.connect("127.0.0.1", self._port, keepalive=30)
        self.client.loop_start()
        return self._answer("connect", 0)

    def publish(self, topic: str, payload: bytes | str, *, retain: bool = False) -> ReasonCode:
        """Publish with QoS 1 and return what the broker says to it."""
        return self._answer("publish", self.client.publish(topic, payload, qos=1, retain=retain).mid)

    def subscribe(self, topic: str) -> ReasonCode:
        """Subscribe with QoS 1 and return what the broker says to it."""
        _, mid = self.client.subscribe(topic, qos=1)
        return self._answer("subscribe", mid or 0)

    def next(self) -> tuple[str, bytes]:
        """Wait for the next message."""
        return self.arrived.get(timeout=PATIENCE)

    def cut(self) -> None:
        """Let the connection die without a goodbye, so that the will is sent."""
        self.client.loop_stop()
        connection = self.client.socket()
        assert connection is not None
        connection.close()

    def close(self) -> None:
        """Leave."""
        with contextlib.suppress(OSError, ValueError):
            self.client.disconnect()
        self.client.loop_stop()

    def _answer(self, what: str, mid: int) -> ReasonCode:
        while True:
            kind, number, code = self._answers.get(timeout=PATIENCE)
            if (kind, number) == (what, mid):
                return code


@contextlib.contextmanager
def connected(camera: TestCamera) -> Iterator[TestCamera]:
    """Connect for the length of the block."""
    try:
        camera.connect()
        yield camera
    finally:
        camera.close()


def until(condition: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the condition gives
    """Ask again and again until the condition gives something true, and return that."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return found
