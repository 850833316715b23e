"""A light camera: the messages and uploads of a camera, and nothing else of one.

Rules:

* Its identity is its own, its connections are the real ones: mutual TLS to the broker and to the listener for
  cameras. Its recordings are sealed and signed before the load begins.
* Where the fleet turns it away for the moment, it waits as long as it is told to and tries again, as a camera
  does; each time counts as an error. Whatever else is refused is given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import aiomqtt
import httpx

from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from protocol.messages.topics import Down, Up, topic
from protocol.messages.uploads import content_digest
from protocol.mode import Mode
from simulator.load.seen import LoadRecording, LoadSample, LoadTime

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from simulator.conform.footage import MadeFootage
    from simulator.conform.visit import Joined
    from simulator.load.seen import LoadSeen

UPLOADS: Final = "/api/v1/camera/recordings"
TIMEOUT: Final = httpx.Timeout(60.0)
CONNECT_S: Final = 60.0
"""So long may a connection to the broker take."""
AT_LEAST_ONCE: Final = 1
KEEP_ALIVE_S: Final = 20
AGAIN_S: Final = 1.0
"""Pause before another try, where the fleet says none."""
QUIET: Final = logging.getLogger("simulator.load.broker")
"""Gets what aiomqtt says of lines that break: what comes of it is counted, and told once."""
QUIET.setLevel(logging.CRITICAL)
QUIET.propagate = False
LATER: Final = frozenset({408, 425, 429, 502, 503, 504})
"""Statuses (RFC 9110) after which the same request may be sent again."""


class GivenUpError(Exception):
    """The fleet refused something for good; the sentence is counted as an error."""


@dataclass(slots=True)
class LightCamera:
    """One light camera.

    Attributes:
        joined: Its identity.
        context: TLS that shows its certificate.
        footage: Its recordings, in order.
        seen: Gets what is seen.
        now: Seconds since the load began.
    """

    joined: Joined
    context: ssl.SSLContext
    footage: Sequence[MadeFootage]
    seen: LoadSeen
    now: Callable[[], float]
    _client: aiomqtt.Client | None = None
    _there: asyncio.Event = field(default_factory=asyncio.Event)
    _sessions: int = 0
    _made: int = 0

    async def stay_connected(self, cut_s: float | None, over: asyncio.Event) -> None:
        """Connect, connect again where the line is cut, and say goodbye when it is over.

        Args:
            cut_s: When the connection is cut; None for never.
            over: Set when it is over.
        """
        if cut_s is not None and await self._connected(LoadTime.CONNECTED, over, cut_s):
            await self._connected(LoadTime.RECONNECTED, over, None)
        elif cut_s is None:
            await self._connected(LoadTime.CONNECTED, over, None)

    async def record(self, made: MadeFootage) -> None:
        """Tell of a recording as a camera does at a press, and send it."""
        await self._there.wait()
        client = self._client
        began = self.now()
        self._made = max(self._made, made.number)
        news = asyncio.create_task(self._tell(client, made))  # while it is sent, as a camera does
        self.seen.recordings[made.id] = LoadRecording(began)
        try:
            await self._send(made)
        except GivenUpError as error:
            self.seen.errors.append(str(error))
            return
        finally:
            news.cancel()
        ended = self.now()
        self.seen.recordings[made.id] = LoadRecording(began, ended)
        self.seen.samples.append(LoadSample(LoadTime.SENT, began, ended - began))

    async def _tell(self, client: aiomqtt.Client | None, made: MadeFootage) -> None:
        """Tell of a press. Where the line is cut meanwhile, what is sent tells of it as well."""
        if client is not None:
            with contextlib.suppress(aiomqtt.MqttError):
                await client.publish(self._topic(Up.EVENT), self._news(made), AT_LEAST_ONCE)

    async def _connected(self, what: LoadTime, over: asyncio.Event, until_s: float | None) -> bool:
        """Connect and stay so until a time, or until it is over; tell whether that time came."""
        while not over.is_set():
            began = self.now()
            self._sessions += 1
            try:
                async with self._connection() as client:
                    await client.subscribe(topic(self.joined.camera, "down", Down.DESIRED), AT_LEAST_ONCE)
                    await client.publish(
                        self._topic(Up.STATUS), self._status(online=True), AT_LEAST_ONCE, retain=True
                    )
                    self.seen.samples.append(LoadSample(what, began, self.now() - began))
                    self._client = client
                    self._there.set()
                    left_s = None if until_s is None else max(0.0, until_s - self.now())
                    if await set_within(over, left_s):
                        await client.publish(
                            self._topic(Up.STATUS), self._status(online=False), AT_LEAST_ONCE, retain=True
                        )
                        return False
                    self._cut(client)
                    return True
            except aiomqtt.MqttError as error:
                if until_s is not None and self._client is not None and self.now() >= until_s:
                    return True
                self.seen.errors.append(f"the connection to the broker ended: {error}")
            finally:
                self._client = None
                self._there.clear()
            await set_within(over, AGAIN_S)
        return False

    def _connection(self) -> aiomqtt.Client:
        will = aiomqtt.Will(self._topic(Up.STATUS), self._status(online=False), AT_LEAST_ONCE, retain=True)
        return aiomqtt.Client(
            self.joined.answer.mqtt_host,
            self.joined.answer.mqtt_port,
            identifier=self.joined.camera,
            protocol=aiomqtt.ProtocolVersion.V5,
            will=will,
            tls_context=self.context,
            keepalive=KEEP_ALIVE_S,
            timeout=CONNECT_S,
            logger=QUIET,
        )

    def _cut(self, client: aiomqtt.Client) -> None:
        """End the connection without a goodbye."""
        line = client._client.socket()  # noqa: SLF001 - aiomqtt itself always says goodbye
        if isinstance(line, socket.socket):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)  # TLS's own would say goodbye as well

    async def _send(self, made: MadeFootage) -> None:
        """Send a whole recording, and the word that this is all.

        Raises:
            GivenUpError: The fleet refused it for good.
        """
        base = f"{UPLOADS}/{made.number}"
        async with httpx.AsyncClient(
            base_url=self.joined.answer.cameras_url, verify=self.context, timeout=TIMEOUT, trust_env=False
        ) as http:
            await self._put(http, f"{base}/ledger/0", made.ledger)
            for name, data in made.segments.items():
                await self._put(http, f"{base}/segments/{name}", data)
            body = made.word().model_dump_json().encode()
            await self._ask(lambda: http.post(f"{base}/complete", content=body, headers=JSON), "complete")

    async def _put(self, http: httpx.AsyncClient, path: str, data: bytes) -> None:
        headers = {
            "Content-Type": "application/octet-stream",
            "If-None-Match": "*",
            "Content-Digest": content_digest(hashlib.sha256(data).digest()),
        }
        await self._ask(lambda: http.put(path, content=data, headers=headers), path.split("/")[-2])

    async def _ask(self, request: Callable[[], Coroutine[Any, Any, httpx.Response]], what: str) -> None:
        """Ask for something until the fleet has done it.

        Raises:
            GivenUpError: The fleet refused it for good.
        """
        while True:
            pause_s = AGAIN_S
            try:
                answer = await _sent(request)
            except httpx.HTTPError as error:
                self.seen.errors.append(f"no answer to {what} ({type(error).__name__})")
            else:
                if answer.is_success:
                    return
                if answer.status_code not in LATER:
                    raise GivenUpError(f"{what} was refused with {answer.status_code}")
                self.seen.errors.append(f"{what} was turned away with {answer.status_code}")
                told = answer.headers.get("Retry-After", "")
                pause_s = float(told) if told.isdigit() else AGAIN_S
            await asyncio.sleep(pause_s)

    def _topic(self, subject: Up) -> str:
        return topic(self.joined.camera, "up", subject)

    def _status(self, *, online: bool) -> bytes:
        return Status(
            camera=self.joined.camera,
            session=f"load-{self._sessions}",
            online=online,
            state=Mode.STANDBY,
            made=self._made,
            firmware="load",
            at_utc_us=time.time_ns() // 1000,
        ).to_json()

    def _news(self, made: MadeFootage) -> str:
        return CameraEvent(
            id=made.id,
            kind=NewsKind.RECORDING_OPENED,
            camera=self.joined.camera,
            at_utc_us=time.time_ns() // 1000,
            number=made.number,
            recording=made.id,
            trigger="button",
        ).model_dump_json()


JSON: Final = {"Content-Type": "application/json"}


async def _sent(request: Callable[[], Coroutine[Any, Any, httpx.Response]]) -> httpx.Response:
    """Send a request, and once more over another connection where the kept one had been closed meanwhile.

    A server may close a connection that it kept at any time, and a client then sends an idempotent request
    again by itself (RFC 9112, section 9.3.1); every request of an upload is one.
    """
    try:
        return await request()
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        return await request()


async def set_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Wait until an event is set; tell whether that came within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
