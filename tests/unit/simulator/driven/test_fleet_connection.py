"""The fleet's connection to the broker in memory brings again what nobody acknowledged."""

from __future__ import annotations

import asyncio

from protocol.messages.topics import Up, every_camera, topic
from simulator.driven.fleet_connection import FleetConnection
from simulator.driven.wire.broker import MemoryBroker

NEWS = topic("cam-01", "up", "event")


def test_what_was_not_acknowledged_waits_for_the_next_connection() -> None:
    broker = MemoryBroker(lambda _after_s, _do: None, "fleet")

    async def bring(count: int, keep: int) -> list[bytes]:
        async with FleetConnection(broker, lambda: None) as connection:
            await connection.subscribe(every_camera(Up.EVENT))
            broker.publish(NEWS, b"%d" % count, retain=False)
            found = []
            async for message in connection.messages:
                found.append(message)
                if len(found) == count:
                    break
            for message in found[:keep]:
                connection.acknowledge(message)
            return [message.payload for message in found]

    async def run() -> list[list[bytes]]:
        return [await bring(1, 0), await bring(2, 1), await bring(2, 2), await bring(1, 1)]

    assert asyncio.run(run()) == [[b"1"], [b"1", b"2"], [b"2", b"2"], [b"1"]]
