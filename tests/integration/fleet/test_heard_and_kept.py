"""What a camera said is acknowledged once it is kept: until then the broker has it, whatever ends."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fleet.cameras.hearing.connection import ServiceClient
from fleet.connections.admission import Admission
from fleet.connections.limits import connection_limits
from fleet.core.database import SQLITE_NAME
from fleet.pki.authority import SERVICE_NAME, Authority, open_authority
from fleet.server.broker import Broker, BrokerPlan
from fleet.server.ports import bind
from fleet.server.renewal import renew_at_start
from fleet.server.tls import cameras_context, service_context
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.topics import Up, every_camera, topic
from tests.integration.fleet.test_serving import child_named
from tests.support.fleet.fleet import BY_PASSWORD, running_fleet, start_fleet
from tests.support.network.mqtt import TestCamera, connected, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

pytestmark = pytest.mark.broker

NEWS = every_camera(Up.EVENT)
PATIENCE_S = 20.0


class Itself:
    """Lets in who has a certificate of the fleet's own authority, as the service."""

    async def name_of(self, certificate: bytes, address: str) -> str | None:
        del certificate, address
        return SERVICE_NAME

    async def ended(self, certificates: Collection[bytes]) -> Collection[bytes]:
        del certificates
        return ()


@asynccontextmanager
async def broker(folder: Path) -> AsyncIterator[tuple[Authority, int]]:
    authority = open_authority(folder / "pki", now=datetime.now(UTC))
    renew_at_start(authority, BY_PASSWORD, datetime.now(UTC))
    listening = bind("127.0.0.1", 0)
    port: int = listening.getsockname()[1]
    plan = BrokerPlan(
        "mosquitto",
        folder / "broker",
        cameras_context(authority),
        Itself(),
        "127.0.0.1",
        port,
        Admission("broker", connection_limits(1024)),
    )
    async with Broker(plan, listening).running():
        yield authority, port


async def heard(client: ServiceClient, count: int) -> list[Any]:
    async with asyncio.timeout(PATIENCE_S):
        return [await anext(client.messages) for _ in range(count)]


# proves F9
def test_what_was_not_acknowledged_is_brought_again_and_what_was_is_not(tmp_path: Path) -> None:
    async def run() -> list[list[bytes]]:
        async with broker(tmp_path) as (authority, port):

            def connect() -> ServiceClient:
                return ServiceClient("127.0.0.1", port, service_context(authority))

            async with connect() as client:
                await client.subscribe(NEWS, qos=1)
                for number in range(40):  # more than a broker has in flight by itself
                    await client.publish(topic("cam-01", "up", "event"), b"%d" % number, qos=1)
                first = await heard(client, 40)
                for message in first[::2]:
                    client.acknowledge(message)
                await client.publish(topic("cam-01", "up", "event"), b"last", qos=1)
            async with connect() as client:
                second = await heard(client, 21)
                for message in (*first, *second):  # those of the connection before count for nothing here
                    client.acknowledge(message)
                await client.publish(topic("cam-01", "up", "event"), b"after", qos=1)
                third = await heard(client, 1)
            return [[each.payload for each in found] for found in (first, second, third)]

    first, second, third = asyncio.run(run())
    assert first == [b"%d" % number for number in range(40)]
    assert sorted(second) == sorted([*first[1::2], b"last"])
    assert third == [b"after"]


# proves F7
def test_what_was_heard_and_not_yet_kept_when_the_service_was_killed_is_heard_by_the_next(
    tmp_path: Path,
) -> None:
    fleet = start_fleet(tmp_path)
    mosquitto = child_named(fleet.process.pid, "mosquitto")
    camera = fleet.enrol(tmp_path / "camera")
    said = CameraEvent(
        id="e", kind=NewsKind.RECORDING_OPENED, camera=camera.id, at_utc_us=1, number=1, recording="ab" * 16
    )
    writing = sqlite3.connect(fleet.state / SQLITE_NAME, isolation_level=None)
    writing.execute("BEGIN IMMEDIATE")  # nobody else can keep anything now
    with connected(TestCamera(fleet.context(camera), fleet.mqtt_port, camera.id)) as speaking:
        sent = speaking.publish(topic(camera.id, "up", "event"), said.model_dump_json(exclude_none=True))
        assert not sent.is_failure
    fleet.kill()
    until(lambda: not Path(f"/proc/{mosquitto}").exists())
    writing.execute("ROLLBACK")
    writing.close()
    with running_fleet(tmp_path) as again, again.api() as api:
        until(lambda: [each["id"] for each in api.get("/api/v1/recordings").json()] == ["ab" * 16])
