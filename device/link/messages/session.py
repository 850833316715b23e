"""One connection to the broker, from CONNECT to its end: MQTT 5 over TLS, driven by the thread that made it.

Rules:

- Nothing blocks but ``open``, which has a time limit. ``poll`` waits for the network, for a wake-up or for a
  while.
- The end of the connection is raised, with a sentence that says why as well as can be known. A broker
  that does not accept the camera's certificate just ends the connection (see ``device.link.tls``); the
  reason is in the log of paho.
- A session is used once.
"""

from __future__ import annotations

import selectors
import ssl
import time
from typing import TYPE_CHECKING, Any, Protocol

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from device.link.errors import LinkError, NotTrustedError, TakenOverError, UnreachableError
from device.link.tls import ended_silently, explain, refused_by

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from paho.mqtt.reasoncodes import ReasonCode

KEEP_ALIVE_S = 20
"""The broker gives up on a silent camera after one and a half of these (MQTT 5, section 3.1.2.10)."""
WILL_DELAY_S = 20
"""A camera that is back within this time was never away for anybody. With the above: offline after 50 s."""
CONNECT_S = 10.0
HEAR_FIRST_S = 0.5
"""How long to wait for a broker that sends no session tickets."""
AT_LEAST_ONCE = 1
SESSION_TAKEN_OVER = 0x8E
"""The broker's reason when another connection came with the same client id (MQTT 5, section 3.14.2.1)."""


class BrokerSession(Protocol):
    """A connection to a broker, as ``Session`` describes it."""

    def open(self, will_topic: str, will: bytes, wake: socket.socket) -> None: ...  # noqa: D102 - see above
    def subscribe(self, topic: str) -> None: ...  # noqa: D102 - see above
    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int: ...  # noqa: D102 - see above
    def poll(self, longest_s: float, wake: socket.socket) -> None: ...  # noqa: D102 - see above
    def close(self) -> None: ...  # noqa: D102 - see above

    @property
    def unacknowledged(self) -> bool: ...  # noqa: D102 - see above


class Session:
    """A connection to the broker.

    Args:
        camera: the camera's id, which is its user name and client id by its certificate.
        host: name of the broker.
        port: its port.
        context: TLS with the camera's certificate and the fleet's authority.
        on_message: called with topic and payload of what arrives.
        on_acknowledged: called with the number of a message that the broker has.
    """

    def __init__(
        self,
        camera: str,
        host: str,
        port: int,
        context: ssl.SSLContext,
        *,
        on_message: Callable[[str, bytes], None],
        on_acknowledged: Callable[[int], None],
    ) -> None:
        self._where = f"the broker at {host}:{port}"
        self._address = (host, port)
        self._accepted = False
        self._trouble: LinkError | None = None
        self._log = ""
        self._on_acknowledged = on_acknowledged
        self._unacknowledged: set[int] = set()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=camera, protocol=paho.MQTTv5)
        self._client.tls_set_context(context)
        self._client.connect_timeout = CONNECT_S
        # Its presence has paho leave all writing to `poll`.
        self._client.on_socket_register_write = lambda *_: None
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_log = self._on_log
        self._client.on_message = lambda _client, _data, message: on_message(
            message.topic, bytes(message.payload)
        )
        self._client.on_publish = self._on_publish

    def open(self, will_topic: str, will: bytes, wake: socket.socket) -> None:
        """Connect, and leave a retained will. Returns once the broker has accepted the camera.

        Raises:
            LinkError: there is no connection, or one side does not accept the other.
        """
        will_delay = _properties(PacketTypes.WILLMESSAGE)
        will_delay.WillDelayInterval = WILL_DELAY_S
        self._client.will_set(will_topic, will, AT_LEAST_ONCE, retain=True, properties=will_delay)
        # A will goes out when its delay is over or the session ends, so the session must outlast the delay.
        connect = _properties(PacketTypes.CONNECT)
        connect.SessionExpiryInterval = 2 * WILL_DELAY_S
        try:
            self._client.connect(*self._address, KEEP_ALIVE_S, clean_start=True, properties=connect)
        except (OSError, ValueError) as error:
            raise explain(error, self._where) from error
        self._hear_first()
        deadline = time.monotonic() + CONNECT_S
        while not self._accepted:
            left = deadline - time.monotonic()
            if left <= 0:
                raise UnreachableError(f"There is no answer from {self._where}; the camera keeps trying.")
            self.poll(left, wake)

    def _hear_first(self) -> None:
        """Let the broker speak first: a session ticket, or the alert that says why the camera is refused.

        With TLS 1.3 the broker judges the certificate after the client's handshake is over (RFC 8446,
        section 4.6.1 has the tickets follow). Had CONNECT been sent by then, the reset that follows the
        alert could discard it.

        Raises:
            LinkError: the camera was refused.
        """
        connection = self._client.socket()
        if connection is None:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            heard = selector.select(HEAR_FIRST_S)
        if heard:
            self._client.loop_read()
        if self._trouble is not None:
            raise self._trouble

    def subscribe(self, topic: str) -> None:
        """Ask for what is published on a topic, at least once each."""
        self._client.subscribe(topic, AT_LEAST_ONCE)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        """Hand a message over; return the number by which it will be acknowledged."""
        mid = self._client.publish(topic, payload, AT_LEAST_ONCE, retain).mid
        self._unacknowledged.add(mid)
        return mid

    def poll(self, longest_s: float, wake: socket.socket) -> None:
        """Wait for the network, for a byte on ``wake`` or for ``longest_s`` seconds, and do what is due.

        Raises:
            LinkError: the connection is gone.
        """
        connection = self._client.socket()
        if connection is None or self._trouble is not None:
            raise self._trouble or UnreachableError(f"The connection to {self._where} is gone.")
        buffered = isinstance(connection, ssl.SSLSocket) and connection.pending() > 0
        ready = self._wait(connection, wake, 0.0 if buffered else longest_s)
        if buffered or ready & selectors.EVENT_READ:
            self._client.loop_read()
        if ready & selectors.EVENT_WRITE:
            self._client.loop_write()
        self._client.loop_misc()
        if self._trouble is not None:
            raise self._trouble

    @property
    def unacknowledged(self) -> bool:
        """Whether the broker has yet to acknowledge something."""
        return bool(self._unacknowledged)

    def close(self) -> None:
        """Say goodbye, so that no will is sent, and let go."""
        self._client.disconnect()
        self._client.loop_write()

    def _wait(self, connection: Any, wake: socket.socket, longest_s: float) -> int:  # noqa: ANN401 - paho's socket
        """What the connection is ready for, as ``selectors`` says it; 0 when woken, or nothing happened."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._client.want_write() else 0)
        with selectors.DefaultSelector() as selector:
            selector.register(connection, events)
            selector.register(wake, selectors.EVENT_READ)
            found = {key.fileobj: mask for key, mask in selector.select(longest_s)}
        return found.get(connection, 0)

    def _on_connect(
        self, _client: paho.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            sentence = f"The camera was not accepted by {self._where} ({reason}): is it revoked?"
            self._trouble = NotTrustedError(sentence)
        self._accepted = not reason.is_failure

    def _on_disconnect(
        self, _client: paho.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if self._trouble is not None:
            return
        refused = refused_by(self._log, self._where)
        if refused is not None:
            self._trouble = refused
        elif reason.value == SESSION_TAKEN_OVER:
            self._trouble = TakenOverError(
                f"Another device connected to {self._where} as this camera: its card may have been copied."
            )
        elif self._accepted:
            why = f"The connection to {self._where} was lost ({reason}); the camera keeps trying."
            self._trouble = UnreachableError(why)
        else:
            self._trouble = ended_silently(self._where)

    def _on_publish(
        self, _client: paho.Client, _data: object, mid: int, _reason: ReasonCode, _properties: object
    ) -> None:
        self._unacknowledged.discard(mid)
        self._on_acknowledged(mid)

    def _on_log(self, _client: paho.Client, _data: object, level: int, text: str) -> None:
        if level in {paho.MQTT_LOG_ERR, paho.MQTT_LOG_WARNING}:
            self._log = text


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]  # paho leaves this one constructor untyped
