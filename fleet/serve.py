"""Running the service: two HTTPS listeners, the broker and the workers, in one process and one event loop.

Order of a start: ports, lock, services, broker, workers, listeners, ready-file. A stop is the same backwards: open
event streams are ended first, so that it takes moments and not their timeout. SIGINT and SIGTERM stop the service; a
second one does not wait for anybody.
"""

import asyncio
import contextlib
import json
import logging
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
import uvloop
from fastapi import FastAPI

from fleet.app import create_cameras_app, create_dashboard_app, running_workers
from fleet.broker import Broker, BrokerPlan
from fleet.cameras.presence import Presence
from fleet.cameras.service import revoked_serials
from fleet.compose import build_services, endpoints, public_host
from fleet.config import Config
from fleet.errors import FleetError
from fleet.files import write_file
from fleet.http import PeerCertificateProtocol
from fleet.live import RESYNC
from fleet.people.sign_in import create_setup_link, has_users
from fleet.ports import Wanted, claim, remember_ports, remembered_ports
from fleet.services import Services
from fleet.state import locked_state
from fleet.tasks import beside
from fleet.tls import cameras_context, dashboard_context, service_context

log = logging.getLogger(__name__)

GRACE_SECONDS = 2


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve.

    Attributes:
        config: the configuration, with the ports wanted.
        state: the state folder.
        any_port: whether another port may be taken when one is not free.
        ready_file: where to write the addresses once all is up, or None.
        say: prints a line for people.
    """

    config: Config
    state: Path
    any_port: bool
    ready_file: Path | None
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Listeners:
    """The sockets and the port taken.

    Attributes:
        dashboard: listening socket of the dashboard.
        cameras: listening socket for cameras.
        mqtt_port: port left for the broker.
    """

    dashboard: socket.socket
    cameras: socket.socket
    mqtt_port: int


class QuietServer(uvicorn.Server):
    """A uvicorn server that leaves signals to us: there are two of them in this process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal."""
        yield


def serve(options: ServeOptions) -> None:
    """Serve until a signal comes.

    Raises:
        FleetError: what stops the start or the service, in one sentence.
    """
    with locked_state(options.state):
        listeners = _claim_ports(options)
        config = options.config
        reached = endpoints(
            public_host(config),
            listeners.dashboard.getsockname()[1],
            listeners.cameras.getsockname()[1],
            listeners.mqtt_port,
        )
        services = build_services(config, options.state, reached=reached)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_run(services, listeners, options))
        finally:
            services.database.close()


async def _run(services: Services, listeners: Listeners, options: ServeOptions) -> None:
    stop, hurry = _signals()
    broker = Broker(_broker_plan(services, listeners.mqtt_port))
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(broker.running(stop.set))
        presence = Presence(
            services,
            host=_own_address(services.config),
            port=listeners.mqtt_port,
            context=service_context(services.authority),
        )
        await stack.enter_async_context(presence.running(stop.set))
        await stack.enter_async_context(_revocations(services, broker, stop.set))
        await stack.enter_async_context(running_workers(services))
        servers = _servers(services, listeners)
        await stack.enter_async_context(_serving(servers, services, hurry, stop))
        await asyncio.to_thread(_announce, services, options)
        await stop.wait()
        log.info("Stopping.")


def _announce(services: Services, options: ServeOptions) -> None:
    with services.sessions.begin() as session:
        setup_url = None if has_users(session) else create_setup_link(session, services)
    reached = services.endpoints
    options.say(f"Dashboard: {reached.dashboard_url}")
    options.say(f"Cameras:   {reached.cameras_url} and mqtts://{reached.mqtt_host}:{reached.mqtt_port}")
    if setup_url is not None:
        hours = services.config.people.setup_link_hours
        options.say(f"Set up the first user within {hours} hours (the link works once): {setup_url}")
    if options.ready_file is not None:
        document = {
            "dashboard_url": reached.dashboard_url,
            "cameras_url": reached.cameras_url,
            "mqtt_port": reached.mqtt_port,
            "setup_url": setup_url,
        }
        write_file(options.ready_file, json.dumps(document).encode("utf-8"))


def _claim_ports(options: ServeOptions) -> Listeners:
    server, before = options.config.server, remembered_ports(options.state)

    def take(purpose: str, port: int) -> socket.socket:
        return claim(
            server.address,
            Wanted(purpose, port),
            any_port=options.any_port,
            remembered=before.get(purpose),
        )

    dashboard = take("dashboard", server.dashboard_port)
    cameras = take("cameras", server.cameras_port)
    with take("mqtt", server.mqtt_port) as held:  # let go of again: mosquitto binds it itself
        mqtt_port: int = held.getsockname()[1]
    taken = {"dashboard": dashboard.getsockname()[1], "cameras": cameras.getsockname()[1], "mqtt": mqtt_port}
    remember_ports(options.state, taken)
    return Listeners(dashboard, cameras, mqtt_port)


def _broker_plan(services: Services, port: int) -> BrokerPlan:
    def write_revocations() -> Path:
        with services.readers() as session:
            serials = revoked_serials(session)
        return services.authority.write_revocations(serials, services.clock())

    return BrokerPlan(
        program=services.config.broker.program,
        folder=services.state / "broker",
        authority=services.authority,
        address=services.config.server.address,
        port=port,
        revocations=write_revocations,
    )


@contextlib.asynccontextmanager
async def _revocations(services: Services, broker: Broker, failed: Callable[[], None]) -> AsyncIterator[None]:
    """Restart the broker when the list of revoked certificates has changed."""

    def current() -> list[str]:
        with services.readers() as session:
            return list(revoked_serials(session))

    async def watch() -> None:
        async with services.live.subscribe() as hints:
            known = await asyncio.to_thread(current)
            async for hint in hints:
                if hint.topic != "revoked" and hint is not RESYNC:
                    continue
                serials = await asyncio.to_thread(current)
                if serials != known:
                    known = serials
                    await broker.restart()

    async with beside(watch(), failed=failed):
        yield


def _servers(services: Services, listeners: Listeners) -> list[tuple[QuietServer, socket.socket]]:
    dashboard = _server(create_dashboard_app(services), dashboard_context(services.authority))
    cameras = _server(create_cameras_app(services), cameras_context(services.authority))
    return [(dashboard, listeners.dashboard), (cameras, listeners.cameras)]


def _server(app: FastAPI, context: ssl.SSLContext) -> QuietServer:
    return QuietServer(
        uvicorn.Config(
            app,
            http=PeerCertificateProtocol,
            ws="none",
            lifespan="off",  # workers are entered before any request can come
            ssl_context_factory=lambda _config, _default: context,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


@contextlib.asynccontextmanager
async def _serving(
    servers: list[tuple[QuietServer, socket.socket]],
    services: Services,
    hurry: asyncio.Event,
    stop: asyncio.Event,
) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(server.serve(sockets=[listener])) for server, listener in servers]
    for task in tasks:
        task.add_done_callback(lambda _task: stop.set())  # one listener alone is not a service
    try:
        while not all(server.started for server, _ in servers) and not stop.is_set():
            await asyncio.sleep(0.01)
        yield
    finally:
        services.live.close()
        for server, _ in servers:
            server.should_exit = True
            server.force_exit = hurry.is_set()
        await asyncio.gather(*tasks)


def _signals() -> tuple[asyncio.Event, asyncio.Event]:
    stop, hurry = asyncio.Event(), asyncio.Event()

    def signalled() -> None:
        if stop.is_set():
            hurry.set()
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled)
    return stop, hurry


def _own_address(config: Config) -> str:
    """Return the address at which this process reaches its own broker."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not bound
    return anywhere.get(config.server.address, config.server.address)
