"""A stranger's connection to the broker, over paho: every wait ends by an answer or after ``PATIENCE_S``."""

from __future__ import annotations

import contextlib
import queue
import ssl
import time
from typing import TYPE_CHECKING, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

PATIENCE_S: Final = 10.0
SETTLED_S: Final = 2.0
"""How long nothing must have come for nothing to be coming: what a broker retains comes at once."""
KEEP_ALIVE_S: Final = 20
REFUSED_FROM: Final = 0x80
"""Reason codes from here on are refusals (MQTT 5, section 2.4)."""


class StrangerConnection:
    """One connection with a certificate.

    Args:
        context: TLS, with the certificate that it shows.
        host: The broker's name.
        port: Its port.
        client_id: As what it connects.
    """

    def __init__(self, context: ssl.SSLContext, host: str, port: int, client_id: str) -> None:
        self._host, self._port = host, port
        self._answers: queue.SimpleQueue[tuple[str, int, int]] = queue.SimpleQueue()
        self._arrived: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        self._client.tls_set_context(context)
        self._client.on_connect = lambda _c, _u, _f, code, _p: self._answer("connect", 0, code)
        self._client.on_publish = lambda _c, _u, mid, code, _p: self._answer("publish", mid, code)
        self._client.on_subscribe = lambda _c, _u, mid, codes, _p: self._answer("subscribe", mid, codes[0])
        self._client.on_disconnect = lambda _c, _u, _f, code, _p: self._ended.put(str(code))
        self._client.on_message = lambda _c, _u, message: self._arrived.put(
            (message.topic, bytes(message.payload))
        )

    def leave_a_will(self, topic: str, payload: bytes, delay_s: int) -> None:
        """Leave a retained will that is delayed."""
        after = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]  # paho's own
        after.WillDelayInterval = delay_s
        self._client.will_set(topic, payload, 1, retain=True, properties=after)

    def connect(self, *, session_s: int = 0) -> str:
        """Connect; return ``accepted``, or why not."""
        lasts = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # likewise
        lasts.SessionExpiryInterval = session_s
        try:
            self._client.connect(self._host, self._port, KEEP_ALIVE_S, clean_start=True, properties=lasts)
        except (OSError, ssl.SSLError) as error:
            return f"refused ({error})"
        self._client.loop_start()
        return self._wait("connect", 0, "accepted")

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> str:
        """Publish with QoS 1; return ``accepted``, or how it was refused."""
        return self._wait("publish", self._client.publish(topic, payload, 1, retain).mid, "accepted")

    def subscribe(self, topic: str) -> str:
        """Subscribe with QoS 1; return ``accepted``, or how it was refused."""
        _, mid = self._client.subscribe(topic, 1)
        return self._wait("subscribe", mid or 0, "accepted")

    def arrived(self, *, least: int = 0) -> list[tuple[str, bytes]]:
        """Return what has arrived once nothing more comes.

        Args:
            least: For how many messages to wait longer.
        """
        found: list[tuple[str, bytes]] = []
        end = time.monotonic() + PATIENCE_S
        while True:
            wait_s = SETTLED_S if len(found) >= least else max(SETTLED_S, end - time.monotonic())
            try:
                found.append(self._arrived.get(timeout=wait_s))
            except queue.Empty:
                return found

    def ended(self, within_s: float = PATIENCE_S) -> str | None:
        """Why the broker ended the connection; None while it stands."""
        try:
            return self._ended.get(timeout=within_s)
        except queue.Empty:
            return None

    def cut(self) -> None:
        """Let the connection die without a goodbye, so that the will is sent."""
        self._client.loop_stop()
        connection = self._client.socket()
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Say goodbye and end it."""
        with contextlib.suppress(OSError, ValueError):
            self._client.disconnect()
        self._client.loop_stop()

    def _answer(self, kind: str, mid: int, code: ReasonCode) -> None:
        self._answers.put((kind, mid, code.value))

    def _wait(self, kind: str, mid: int, good: str) -> str:
        end = time.monotonic() + PATIENCE_S
        while (left := end - time.monotonic()) > 0:
            try:
                found = self._answers.get(timeout=min(left, 0.2))
            except queue.Empty:
                with contextlib.suppress(queue.Empty):
                    return f"refused (the connection was ended: {self._ended.get_nowait()})"
                continue
            if found[:2] == (kind, mid):
                return good if found[2] < REFUSED_FROM else f"refused (reason 0x{found[2]:02x})"
        return f"no answer within {PATIENCE_S:.0f} s"
