"""The two HTTPS listeners in one event loop: their sockets, their servers, and stopping both.

Rules:
- the cameras listener completes no handshake without a certificate of our authority (L1);
- signals are not taken here: there are two servers, and the service stops as one;
- event streams are ended before the servers are asked to stop, and what is still open after ``GRACE_SECONDS``
  is cut: uploads resume, pages reconnect.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from fleet.connections.acceptor import Acceptor
from fleet.connections.admission import Admission, Guest
from fleet.connections.protocol import BoundedProtocol
from fleet.core.tasks import beside
from fleet.server.app import create_cameras_app, create_dashboard_app
from fleet.server.compose import FleetServices
from fleet.server.ports import PortBook, WantedPort
from fleet.server.renewal import Contexts

GRACE_SECONDS = 3
GOODBYE_SECONDS = 0.5
LOOK_EVERY = 0.05


@dataclass(slots=True)
class Listeners:
    """The sockets and the port taken.

    Attributes:
        dashboard: listening socket of the dashboard.
        cameras: listening socket for cameras.
        mqtt_port: port of the broker.
        mqtt: the same, bound already so that nobody takes it meanwhile; None where another process has it,
            and once it was handed over.
    """

    dashboard: socket.socket
    cameras: socket.socket
    mqtt_port: int
    mqtt: socket.socket | None

    def take_mqtt(self) -> socket.socket | None:
        """Hand the bound port of the broker over; whoever comes later binds it anew."""
        taken, self.mqtt = self.mqtt, None
        return taken


class Server(uvicorn.Server):
    """A uvicorn server that leaves signals to us, bounds its connections, and says when it is up.

    Attributes:
        up: set once it accepts connections.
    """

    def __init__(self, config: uvicorn.Config, admission: Admission) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self._admission = admission

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections in, then say so."""
        await self.lifespan.startup()
        self.servers = [Acceptor(each, self._admission, self._greet) for each in sockets or ()]  # type: ignore[misc] # what uvicorn uses of a server
        self.started = True
        self.up.set()

    async def _greet(self, connection: socket.socket, guest: Guest) -> None:
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(
            lambda: BoundedProtocol(
                self.config, self.server_state, self.lifespan.state, admission=self._admission, guest=guest
            ),
            connection,
            ssl=self.config.ssl,
            ssl_handshake_timeout=self._admission.bounds.handshake_s,
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as uvicorn does, without waiting for clients that do not answer the goodbye."""
        async with beside(self._let_go()):
            await super().shutdown(sockets=sockets)

    async def _let_go(self) -> None:
        """Once all is answered, drop the connections that TLS keeps open for the other end's goodbye."""
        while self.server_state.tasks:  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(LOOK_EVERY)
        await asyncio.sleep(GOODBYE_SECONDS)
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def claim_listeners(
    book: PortBook, wanted: tuple[WantedPort, WantedPort, WantedPort], *, broker: bool = True
) -> Listeners:
    """Take the ports: dashboard, cameras, and MQTT if this process has the ``broker``.

    Where another process has it, that may hold the same port until it ends.

    Raises:
        PortTakenError: one is taken and no other is allowed.
        FleetConfigError: another process has the broker, and which port is left to it is not said.
    """
    dashboard, cameras = book.claim(wanted[0]), book.claim(wanted[1])
    mqtt = book.claim(wanted[2]) if broker else None
    mqtt_port: int = mqtt.getsockname()[1] if mqtt else book.expect(wanted[2])
    book.close()
    return Listeners(dashboard, cameras, mqtt_port, mqtt)


@contextlib.asynccontextmanager
async def serving(
    services: FleetServices,
    listeners: Listeners,
    contexts: Contexts,
    *,
    hurry: asyncio.Event,
    failed: Callable[[], None],
) -> AsyncIterator[None]:
    """Serve both for the length of the block; ``failed`` is called when one of them ends by itself."""
    let_in = services.health.admissions
    pairs = [
        (
            _server(create_dashboard_app(services), contexts.dashboard, let_in.dashboard),
            listeners.dashboard,
        ),
        (_server(create_cameras_app(services), contexts.cameras, let_in.cameras), listeners.cameras),
    ]
    servers = [server for server, _ in pairs]
    tasks = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in pairs]
    for task in tasks:
        task.add_done_callback(lambda _task: failed())  # one listener alone is not a service
    try:
        for server in servers:
            await server.up.wait()
        yield
    finally:
        services.live.close()
        for server in servers:
            server.should_exit = True
        async with beside(_hasten(servers, hurry)):
            await asyncio.gather(*tasks)


async def _hasten(servers: list[Server], hurry: asyncio.Event) -> None:
    await hurry.wait()
    for server in servers:
        server.force_exit = True


def _server(app: FastAPI, context: ssl.SSLContext, admission: Admission) -> Server:
    return Server(
        uvicorn.Config(
            app,
            ws="none",
            lifespan="off",  # workers are entered before any request can come
            ssl_context_factory=lambda _config, _default: context,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        admission,
    )
