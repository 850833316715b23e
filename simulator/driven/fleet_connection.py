"""The fleet's connection to the broker in memory, as its client wants one: after aiomqtt's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import aiomqtt

from fleet.cameras.broker_client import SESSION_SECONDS
from fleet.pki.authority import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from simulator.driven.wire.broker import BrokerConnection, BrokerMessage, MemoryBroker


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message, with aiomqtt's names."""

    topic: str
    payload: bytes
    retain: bool


class FleetConnection:
    """One connection, from entering to leaving it.

    Args:
        broker: The broker.
        arrived: Called when something has arrived, so that the loop takes it.
    """

    def __init__(self, broker: MemoryBroker, arrived: Callable[[], None]) -> None:
        self._broker = broker
        self._arrived = arrived
        self._connection: BrokerConnection | None = None
        self._waiting: asyncio.Queue[BrokerMessage | None] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self._connection = self._broker.connect(
            SERVICE_NAME,
            clean=False,
            expiry_s=SESSION_SECONDS,
            will=None,
            on_message=self._put,
            on_closed=lambda _taken_over: self._put(None),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.disconnect()

    @property
    def messages(self) -> AsyncIterator[_Arrived]:
        """What arrives, until the connection ends."""
        return self._read()

    async def subscribe(self, topic: str, /, qos: int = 0) -> None:
        """Hear what is published on a filter."""
        del qos
        self._open.subscribe(topic)

    async def publish(self, topic: str, /, payload: str, qos: int = 0, retain: bool = False) -> None:
        """Publish."""
        del qos
        self._open.publish(topic, payload.encode(), retain=retain)

    @property
    def _open(self) -> BrokerConnection:
        if self._connection is None or self._connection.closed:
            raise aiomqtt.MqttError("The connection is gone.")
        return self._connection

    async def _read(self) -> AsyncIterator[_Arrived]:
        while (message := await self._waiting.get()) is not None:
            yield _Arrived(message.topic, message.payload, message.retained)
        raise aiomqtt.MqttError("The broker ended the connection.")

    def _put(self, message: BrokerMessage | None) -> None:
        self._waiting.put_nowait(message)
        self._arrived()
