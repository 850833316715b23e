"""The fleet's MQTT client: hears all cameras, tells each what it is wanted to be, and notices silence.

Rules:
- it connects with the fleet's own certificate and keeps a session in the broker, so that what cameras publish
  while it is away is delivered later;
- whatever breaks the connection, it connects again, waiting up to ``LONGEST_WAIT``;
- on every connect all desired documents are published again: retained messages are a convenience, not the
  record; commands are sent once (``commanding``);
- what comes waits in a box for each camera (``hearing``), and is handled in turn, many in one transaction;
- it is acknowledged to the broker once that has committed: what a process had heard and not kept when it died
  is brought to the next one;
- a camera from which nothing was heard for ``cameras.offline_after_s`` counts as offline.

What a message means is in ``fleet.cameras.messages``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import aiomqtt
from sqlalchemy.exc import SQLAlchemyError

from fleet.cameras.commanding.issuing import TOPIC as COMMAND
from fleet.cameras.commanding.sending import send, send_waiting, settle
from fleet.cameras.desired import desired_document
from fleet.cameras.hearing.mailbox import HeardMessage, Mailbox
from fleet.cameras.messages import Inbox
from fleet.cameras.rules import Presence as Seen
from fleet.cameras.rules import is_silent
from fleet.cameras.service import list_cameras
from fleet.cameras.services import CameraServices
from fleet.core.database import announce, now, reason
from fleet.core.errors import BrokerError
from fleet.core.live import RESYNC, Subscription
from fleet.core.services import Services
from fleet.core.tasks import beside
from protocol.messages.topics import Down, Up, every_camera, topic

log = logging.getLogger(__name__)

START_SECONDS = 20.0
FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
SILENCE_EVERY = 5.0
AT_LEAST_ONCE = 1
BATCH = 400
AGAIN_S = 1.0


class Client(Protocol):
    """A connection to the broker, after aiomqtt's."""

    @property
    def messages(self) -> AsyncIterator[Any]: ...  # noqa: D102 - each with topic, payload, retain
    async def subscribe(self, topic: str, /, qos: int = 0) -> object: ...  # noqa: D102 - as aiomqtt says
    async def publish(  # noqa: D102 - as aiomqtt says
        self,
        topic: str,
        /,
        payload: str,
        qos: int = 0,
        retain: bool = False,
        properties: Any = None,  # noqa: ANN401 - paho leaves it untyped
    ) -> object: ...
    def acknowledge(self, message: Any, /) -> None: ...  # noqa: ANN401, D102 - as ``ServiceClient`` says


@dataclass(frozen=True, slots=True)
class _Delivery:
    """One message that a connection brought."""

    client: Client
    message: Any

    def acknowledge(self) -> None:
        self.client.acknowledge(self.message)


class BrokerClient:
    """The client as a worker: ``async with presence.running():``.

    Attributes:
        inbox: counts what was refused.
        connected: set while subscribed.
    """

    def __init__(
        self,
        cameras: CameraServices,
        connect: Callable[[], AbstractAsyncContextManager[Client]],
        rest: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """Prepare the client.

        Args:
            cameras: the services of cameras.
            connect: makes a connection, which is open while it is entered; ``ServiceClient`` is one.
            rest: lasts from one look for silent cameras to the next; ``SILENCE_EVERY`` where it is None.
        """
        self._cameras = cameras
        self._services = cameras.core
        self._connect = connect
        self._rest = rest or partial(asyncio.sleep, SILENCE_EVERY)
        self.inbox = Inbox(cameras)
        self._mail = Mailbox()
        self._came = asyncio.Event()
        self.connected = asyncio.Event()
        self._trouble = "it does not answer."

    @contextlib.asynccontextmanager
    async def running(self, failed: Callable[[], None] | None = None) -> AsyncIterator[None]:
        """Run for the length of the block; entered once the first connection stands."""
        async with beside(self._stay_connected(), self._read(), self._notice_silence(), failed=failed):
            await self._first_connection()
            yield

    async def _first_connection(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.connected.wait()
        except TimeoutError as error:
            raise BrokerError(f"The fleet cannot connect to its own MQTT broker: {self._trouble}") from error

    async def _stay_connected(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                async with self._services.live.subscribe() as hints, self._connect() as client:
                    await self._converse(client, hints)
            except aiomqtt.MqttError as error:
                log.info("The MQTT connection ended: %s", error)
                self._trouble = str(error)
            except SQLAlchemyError as error:
                log.error("The database failed while cameras were told what is wanted: %s", reason(error))  # noqa: TRY400 - one line is enough
            if self.connected.is_set():
                wait = FIRST_WAIT
            self.connected.clear()
            self._cameras.broker.ended(self._services.clock(), self._trouble)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _converse(self, client: Client, hints: Subscription) -> None:
        for subject in Up:
            await client.subscribe(every_camera(subject), qos=AT_LEAST_ONCE)
        async with beside(self._tell(client, hints)):
            self.connected.set()
            self._cameras.broker.stands(self._services.clock())
            await self._listen(client)

    async def _listen(self, client: Client) -> None:
        async for message in client.messages:
            delivery = _Delivery(client, message)
            letter = self.inbox.open(str(message.topic), message.payload, retained=message.retain)
            if letter is None:
                delivery.acknowledge()
                continue
            if not self._mail.put(replace(letter, delivery=delivery), time.monotonic()):
                self._cameras.broker.floods.note(letter.camera, self._services.clock())
            _acknowledge(self._mail.left_out())
            self._came.set()

    async def _read(self) -> None:
        """Handle what waits, each camera's in turn, for as long as the service runs."""
        while True:
            wait_s = self._mail.wait_s(time.monotonic())
            self._came.clear()
            if wait_s is None or wait_s > 0:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_s):
                        await self._came.wait()
            letters = self._mail.take(time.monotonic(), BATCH)
            while letters:
                try:
                    await asyncio.to_thread(self.inbox.take_all, letters)
                    _acknowledge(letters)
                    break
                except SQLAlchemyError as error:  # what came is kept until it can be
                    log.error("The database failed while cameras' messages were handled: %s", reason(error))  # noqa: TRY400 - one line is enough
                    await asyncio.sleep(AGAIN_S)

    async def _tell(self, client: Client, hints: Subscription) -> None:
        await self._tell_all(client)
        async for hint in hints:
            if hint is RESYNC:
                await self._tell_all(client)
            elif hint.topic == "desired":
                await self._tell_one(client, hint.subject)
            elif hint.topic == COMMAND:
                await send(self._cameras, client, hint.subject)

    async def _tell_all(self, client: Client) -> None:
        await send_waiting(self._cameras, client)
        for camera in await asyncio.to_thread(self._enrolled):
            await self._tell_one(client, camera)

    async def _tell_one(self, client: Client, camera: str) -> None:
        document = await asyncio.to_thread(self._document, camera)
        await client.publish(topic(camera, "down", Down.DESIRED), document, qos=AT_LEAST_ONCE, retain=True)

    def _enrolled(self) -> list[str]:
        with self._services.readers() as session:
            return [camera.id for camera in list_cameras(session)]

    def _document(self, camera: str) -> str:
        with self._services.readers() as session:
            return desired_document(session, self._cameras, camera, by_broker=True).model_dump_json()

    async def _notice_silence(self) -> None:
        while True:
            try:
                await asyncio.to_thread(mark_silent, self._services)
                await asyncio.to_thread(settle, self._services)
            except SQLAlchemyError as error:
                log.error("The database failed while silence was looked for: %s", reason(error))  # noqa: TRY400 - one line is enough
            await self._rest()


def _acknowledge(letters: Iterable[HeardMessage]) -> None:
    """Say of each that it is kept, or that it will not be asked for again."""
    for letter in letters:
        if isinstance(letter.delivery, _Delivery):
            letter.delivery.acknowledge()


def mark_silent(services: Services) -> None:
    """Mark every camera offline that has been silent for too long."""
    after = timedelta(seconds=services.config.cameras.offline_after_s)
    with services.readers() as session:
        moment = now(session)
        silent = [
            camera.id
            for camera in list_cameras(session)
            if is_silent(Seen(camera.online, camera.session, camera.seen), after=after, now=moment)
        ]
    if not silent:
        return
    with services.sessions.begin() as session:
        for camera in list_cameras(session):
            seen = Seen(camera.online, camera.session, camera.seen)
            if camera.id in silent and is_silent(seen, after=after, now=now(session)):
                camera.online = False
                announce(session, "camera", camera.id)
                announce(session, "presence", camera.id)
