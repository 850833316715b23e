"""A connection to the fleet's own broker on which a message is acknowledged by whoever has kept it.

Rules:

- until then the broker has it, and brings it again after a connection that ended (MQTT 5.0, section 4.4);
- an acknowledgement belongs to its connection: once that has ended it is left out, for the broker brings the
  message again. So each may be handled twice, and must bear it.

What is done with a message is not known here.
"""

from __future__ import annotations

import ssl
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from fleet.pki.authority import SERVICE_NAME

SESSION_SECONDS = 86_400
"""For so long the broker keeps what came while nobody listened."""


class ServiceClient(aiomqtt.Client):
    """aiomqtt's client, but it acknowledges nothing by itself."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        """Prepare it: it connects when it is entered, with a session that outlives it."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho leaves it untyped
        properties.SessionExpiryInterval = SESSION_SECONDS
        super().__init__(
            host,
            port,
            identifier=SERVICE_NAME,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,
            properties=properties,
            tls_context=context,
            keepalive=15,
        )
        self._client.manual_ack_set(True)

    def acknowledge(self, message: Any) -> None:  # noqa: ANN401 - whatever ``messages`` gave
        """Tell the broker that a message is kept; nothing where this connection has ended."""
        if message.qos and self._client.is_connected():
            self._client.ack(message.mid, message.qos)
