"""A camera's connection to the broker in memory, over its line; in life it is paho's, over TLS.

Rules:

* On a cut line nothing passes, and neither end knows: the camera notices when it has heard nothing for twice
  its keep-alive time, as paho does; the broker after one and a half of it (MQTT 5, section 3.1.2.10).
* When the line is back before that, what was on its way arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.link.errors import NotTrustedError, TakenOverError, UnreachableError
from device.link.messages.session import KEEP_ALIVE_S, WILL_DELAY_S
from device.link.tls import ended_silently, refused_by
from simulator.driven.wire.broker import Will
from simulator.driven.wire.handshake import NOT_AUTHORISED, RefusedHandshakeError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from simulator.driven.time import DrivenTime
    from simulator.driven.wire.broker import BrokerConnection, BrokerMessage, MemoryBroker
    from simulator.driven.wire.line import DrivenLine

CAMERA_NOTICES_S = 2.0 * KEEP_ALIVE_S
BROKER_NOTICES_S = 1.5 * KEEP_ALIVE_S
SESSION_S = 2.0 * WILL_DELAY_S
WHERE = "the broker"


class DrivenSession:
    """One connection; see ``device.link.messages.session.BrokerSession``.

    Args:
        camera: Who connects.
        broker: Returns the broker where it accepts the camera; else it raises ``RefusedHandshakeError``.
        line: The camera's line.
        time: The one clock.
        on_message: Called with topic and payload of what arrives.
        on_acknowledged: Called with the number of a message that the broker has.
        wake: Called when there is something to ``poll``.
    """

    def __init__(
        self,
        camera: str,
        broker: Callable[[], MemoryBroker],
        line: DrivenLine,
        time: DrivenTime,
        *,
        on_message: Callable[[str, bytes], None],
        on_acknowledged: Callable[[int], None],
        wake: Callable[[], None],
    ) -> None:
        self._camera = camera
        self._broker = broker
        self._line = line
        self._time = time
        self._on_message = on_message
        self._on_acknowledged = on_acknowledged
        self._wake = wake
        self._connection: BrokerConnection | None = None
        self._taken_over = False
        self._numbers = 0
        self._out: list[tuple[int, str, bytes, bool]] = []
        self._in: list[BrokerMessage] = []
        self._heard_ns = 0

    @property
    def unacknowledged(self) -> bool:
        """Whether the broker has yet to acknowledge something."""
        return bool(self._out)

    def open(self, will_topic: str, will: bytes, wake: socket.socket) -> None:
        """Connect, and leave a retained will.

        Raises:
            LinkError: There is no connection, or the camera is not accepted.
        """
        del wake
        if not self._line.there:
            raise UnreachableError(f"There is no answer from {WHERE}; the camera keeps trying.")
        try:
            broker = self._broker()
        except RefusedHandshakeError as error:
            if error.alert == NOT_AUTHORISED:
                sentence = f"The camera was not accepted by {WHERE} ({NOT_AUTHORISED}): is it revoked?"
                raise NotTrustedError(sentence) from error
            raise refused_by(error.alert, WHERE) or ended_silently(WHERE) from error
        self._connection = broker.connect(
            self._camera,
            clean=True,
            expiry_s=SESSION_S,
            will=Will(will_topic, will, WILL_DELAY_S),
            on_message=self._arrived,
            on_closed=self._closed,
        )
        self._heard()

    def subscribe(self, topic: str) -> None:
        """Ask for what is published on a topic."""
        if self._connection is not None:
            self._connection.subscribe(topic)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        """Hand a message over; return the number by which it will be acknowledged."""
        self._numbers += 1
        self._out.append((self._numbers, topic, payload, retain))
        self._time.after(0, self._wake)
        return self._numbers

    def poll(self, longest_s: float, wake: socket.socket) -> None:
        """Pass on what waits in both directions, if the line is there.

        Raises:
            LinkError: The connection is gone.
        """
        del longest_s, wake
        connection = self._connection
        if self._taken_over:
            raise TakenOverError(f"Another device connected to {WHERE} as this camera.")
        if connection is None or (connection.closed and self._line.there):
            raise UnreachableError(f"The connection to {WHERE} was lost; the camera keeps trying.")
        if not self._line.there:
            if self._time.now_ns - self._heard_ns >= CAMERA_NOTICES_S * 1e9:
                raise UnreachableError(f"The connection to {WHERE} was lost; the camera keeps trying.")
            return
        self._heard()
        waiting, self._out = self._out, []
        for number, topic, payload, retain in waiting:
            connection.publish(topic, payload, retain=retain)
            self._on_acknowledged(number)
        arrived, self._in = self._in, []
        for message in arrived:
            self._on_message(message.topic, message.payload)

    def close(self) -> None:
        """Say goodbye if the line is there, and let go."""
        connection, self._connection = self._connection, None
        if connection is not None and self._line.there:
            connection.disconnect()
        elif connection is not None:
            self._time.after(BROKER_NOTICES_S, connection.lose)

    def lost_line(self) -> None:
        """The line was cut: both ends notice after a while, unless it is back by then."""
        connection, heard_ns = self._connection, self._heard_ns
        if connection is None:
            return

        def broker_notices() -> None:
            if self._heard_ns == heard_ns and not self._line.there:
                connection.lose()

        self._time.after(BROKER_NOTICES_S, broker_notices)
        self._time.after(CAMERA_NOTICES_S, self._wake)

    def power_cut(self) -> None:
        """The camera is gone, and its kernel too: nobody says goodbye, and the broker notices later."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._time.after(BROKER_NOTICES_S, connection.lose)

    def _heard(self) -> None:
        self._heard_ns = self._time.now_ns

    def _arrived(self, message: BrokerMessage) -> None:
        self._in.append(message)
        self._time.after(0, self._wake)

    def _closed(self, taken_over: bool) -> None:
        self._taken_over = taken_over
        self._time.after(0, self._wake)
