"""Running the service: the broker, the workers and two HTTPS listeners, in one process and one event loop.

Order of a start: lock, ports, services, broker, presence, workers, listeners, ready-file. A stop is the same
backwards. SIGINT and SIGTERM stop the service; a second one waits for nobody. Of several processes on one
database one has the broker (``broker_seat``).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import signal
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop
from sqlalchemy.exc import SQLAlchemyError

from fleet.cameras.broker_client import BrokerClient
from fleet.cameras.entrance import BrokerEntrance
from fleet.cameras.hearing.connection import ServiceClient
from fleet.cameras.settings import tell_settings
from fleet.connections.admissions import raise_open_files
from fleet.core.config import FleetConfig
from fleet.core.database import open_database, reason
from fleet.core.disk.ballast import give_back, keep_aside
from fleet.core.files import write_file
from fleet.core.live import RESYNC
from fleet.core.state import SETUP_LINK, locked_state, refuse_other_folder
from fleet.core.tasks import beside
from fleet.health.region_asking import pin_regions
from fleet.people.sign_in import create_setup_link, has_users
from fleet.processes.claims import ClaimKey, Claims, claims_of
from fleet.server.addresses import endpoints
from fleet.server.app import running_workers
from fleet.server.broker import Broker, BrokerPlan
from fleet.server.broker_seat import BrokerSeat
from fleet.server.compose import FleetServices, build_services
from fleet.server.listeners import Listeners, claim_listeners, serving
from fleet.server.ports import PortBook, WantedPort
from fleet.server.renewal import Contexts, keep_renewed
from fleet.server.tls import service_certificate, service_context

log = logging.getLogger(__name__)

REVOKED_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to serve.

    Attributes:
        config: the configuration, with the ports wanted.
        state: the state folder.
        any_port: whether another port may be taken when one is not free.
        ready_file: where to write the addresses once all is up, or None.
        say: prints a line for people.
        is_terminal: whether what it prints goes to a terminal, and into no log.
    """

    config: FleetConfig
    state: Path
    any_port: bool
    ready_file: Path | None
    say: Callable[[str], None]
    is_terminal: bool


def serve(options: ServeOptions) -> None:
    """Serve until a signal comes.

    Raises:
        FleetError: what stops the start or the service, in one sentence.
    """
    raise_open_files()
    refuse_other_folder(options.state)
    give_back(options.state)
    claims = claims_of(options.config.database.url)
    with locked_state(options.state), contextlib.closing(claims):
        server = options.config.server
        if claims.is_shared:  # a database that is away is said, and not taken for one that another uses
            open_database(options.config.database.url, options.state).close()
        book = PortBook(options.state, server.address, any_port=options.any_port)
        wanted = (
            WantedPort("dashboard", server.dashboard_port),
            WantedPort("cameras", server.cameras_port),
            WantedPort("mqtt", server.mqtt_port),
        )
        listeners = claim_listeners(book, wanted, broker=claims.take(ClaimKey.BROKER))
        reached = endpoints(
            options.config,
            listeners.dashboard.getsockname()[1],
            listeners.cameras.getsockname()[1],
            listeners.mqtt_port,
        )
        services = build_services(options.config, options.state, reached=reached, claims=claims)
        try:
            services.authority.check_key()  # else it would be found out when a camera is to be revoked
            pin_regions(services)
            tell_settings(services)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_run(services, listeners, options, claims))
        finally:
            services.database.close()


async def _run(services: FleetServices, listeners: Listeners, options: ServeOptions, claims: Claims) -> None:
    stop, hurry = _signals()
    contexts = Contexts.of(services.authority)
    run = partial(_broker, services, listeners, contexts, stop.set)
    seat = BrokerSeat(claims, services.cameras.broker, run)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(seat.running(stop.set))
        renewing = keep_renewed(services, services.authority, contexts)
        await stack.enter_async_context(beside(renewing, failed=stop.set))
        await stack.enter_async_context(beside(services.health.admissions.keep_saying(), failed=stop.set))
        await stack.enter_async_context(running_workers(services))
        await stack.enter_async_context(services.audit.schedule.running())
        await stack.enter_async_context(services.vault_services.control.running())
        await stack.enter_async_context(serving(services, listeners, contexts, hurry=hurry, failed=stop.set))
        keep_what_is_here()
        await asyncio.to_thread(_announce, services, options)
        await asyncio.to_thread(keep_aside, options.state)
        await stop.wait()
        log.info("Stopping.")


def keep_what_is_here() -> None:
    """Have no collection of garbage look at what the start has made: modules, models and routes stay anyway.

    A full collection else goes through some 400,000 objects, in the middle of somebody's answer, and finds
    next to nothing. What is made from now on is collected as ever.
    """
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def _broker(
    services: FleetServices, listeners: Listeners, contexts: Contexts, failed: Callable[[], None]
) -> AsyncIterator[Broker]:
    """Run the broker, hear the cameras through it, and have it know who is revoked."""
    port = listeners.mqtt_port
    broker = Broker(_broker_plan(services, port, contexts.cameras), listeners.take_mqtt())
    address = _own_address(services.config)
    presence = BrokerClient(
        # Its certificate is read at each connection: another process may have renewed it.
        services.cameras,
        lambda: ServiceClient(address, port, service_context(services.authority)),
    )
    async with broker.running(failed), presence.running(failed), _revocations(services, broker, failed):
        yield broker


def _announce(services: FleetServices, options: ServeOptions) -> None:
    with services.sessions.begin() as session:
        setup_url = None if has_users(session) else create_setup_link(session, services)
    reached = services.endpoints
    options.say(f"Dashboard: {reached.dashboard_url}")
    options.say(f"Cameras:   {reached.cameras_url} and mqtts://{reached.mqtt_host}:{reached.mqtt_port}")
    _say_setup_link(services, options, setup_url)
    if options.ready_file is not None:
        document = {
            "dashboard_url": reached.dashboard_url,
            "cameras_url": reached.cameras_url,
            "mqtt_port": reached.mqtt_port,
            "setup_url": setup_url,
        }
        write_file(options.ready_file, json.dumps(document).encode("utf-8"))


def _say_setup_link(services: FleetServices, options: ServeOptions, setup_url: str | None) -> None:
    """Put the link that sets up the first user where its owner alone reads it: a file, and a terminal."""
    file = options.state / SETUP_LINK
    if setup_url is None:
        file.unlink(missing_ok=True)
        return
    write_file(file, f"{setup_url}\n".encode())
    place = setup_url if options.is_terminal else f"its only line is in {file}"
    hours = services.config.people.setup_link_hours
    within = "1 hour" if hours == 1 else f"{hours} hours"
    options.say(f"Set up the first user within {within} (the link works once): {place}")


def _broker_plan(services: FleetServices, port: int, context: ssl.SSLContext) -> BrokerPlan:
    return BrokerPlan(
        program=services.config.broker.program,
        folder=services.state / "broker",
        context=context,
        entrance=BrokerEntrance(
            services, services.audit.refusals, partial(service_certificate, services.authority)
        ),
        address=services.config.server.address,
        port=port,
        admission=services.health.admissions.broker,
    )


@contextlib.asynccontextmanager
async def _revocations(
    services: FleetServices, broker: Broker, failed: Callable[[], None]
) -> AsyncIterator[None]:
    """End the connections of a camera that was revoked.

    It is looked at every few seconds as well: a command that takes a camera out of service is a process of
    its own.
    """

    async def watch() -> None:
        async with services.live.subscribe() as hints:
            while True:
                try:
                    async with asyncio.timeout(REVOKED_EVERY_S):
                        hint = await anext(hints)
                except TimeoutError:
                    pass
                except StopAsyncIteration:
                    return
                else:
                    if hint.topic != "revoked" and hint is not RESYNC:
                        continue
                try:
                    await broker.check()
                except SQLAlchemyError as error:
                    log.error("Whose certificates count cannot be looked up: %s", reason(error))  # noqa: TRY400 - one line is enough

    async with beside(watch(), failed=failed):
        yield


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


def _own_address(config: FleetConfig) -> str:
    """Return the address at which this process reaches its own broker."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not bound
    return anywhere.get(config.server.address, config.server.address)
