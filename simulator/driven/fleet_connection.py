"""The fleet's connection to the broker in memory, as its client wants one: after aiomqtt's.

What it has not acknowledged when it ends waits for the next one, as in a real broker.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import aiomqtt

from fleet.cameras.hearing.connection import SESSION_SECONDS
from fleet.core.tasks import beside
from fleet.pki.authority import SERVICE_NAME

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from fleet.core.live import Live
    from simulator.driven.wire.broker import BrokerConnection, BrokerMessage, MemoryBroker


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A message, with aiomqtt's names."""

    topic: str
    payload: bytes
    retain: bool
    number: int


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
        self._waiting: asyncio.Queue[tuple[int, BrokerMessage] | None] = asyncio.Queue()
        self._unacknowledged: dict[int, BrokerMessage] = {}
        self._number = 0

    async def __aenter__(self) -> Self:
        self._connection = self._broker.connect(
            SERVICE_NAME,
            clean=False,
            expiry_s=SESSION_SECONDS,
            will=None,
            on_message=self._bring,
            on_closed=lambda _taken_over: self._put(None),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.disconnect()
            self._connection.hand_back(list(self._unacknowledged.values()))

    @property
    def messages(self) -> AsyncIterator[_Arrived]:
        """What arrives, until the connection ends."""
        return self._read()

    async def subscribe(self, topic: str, /, qos: int = 0) -> None:
        """Hear what is published on a filter."""
        del qos
        self._open.subscribe(topic)

    async def publish(
        self,
        topic: str,
        /,
        payload: str,
        qos: int = 0,
        retain: bool = False,
        properties: object = None,
    ) -> None:
        """Publish; who is there gets it at once, so that nothing waits until it expires."""
        del qos, properties
        self._open.publish(topic, payload.encode(), retain=retain)

    def acknowledge(self, message: _Arrived) -> None:
        """Say that a message is kept."""
        self._unacknowledged.pop(message.number, None)

    @property
    def _open(self) -> BrokerConnection:
        if self._connection is None or self._connection.closed:
            raise aiomqtt.MqttError("The connection is gone.")
        return self._connection

    async def _read(self) -> AsyncIterator[_Arrived]:
        while (arrived := await self._waiting.get()) is not None:
            number, message = arrived
            yield _Arrived(message.topic, message.payload, message.retained, number)
        raise aiomqtt.MqttError("The broker ended the connection.")

    def _bring(self, message: BrokerMessage) -> None:
        self._number += 1
        self._unacknowledged[self._number] = message
        self._put((self._number, message))

    def _put(self, arrived: tuple[int, BrokerMessage] | None) -> None:
        self._waiting.put_nowait(arrived)
        self._arrived()


@contextlib.asynccontextmanager
async def revocations(live: Live, broker: MemoryBroker) -> AsyncIterator[None]:
    """End the connection of a camera that was revoked, as the service does."""

    async def watch() -> None:
        async with live.subscribe() as hints:
            async for hint in hints:
                if hint.topic == "revoked":
                    broker.cut(hint.subject)

    async with beside(watch()):
        yield
