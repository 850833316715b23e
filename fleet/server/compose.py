"""Putting the service together: from a configuration and a state folder to ``Services``.

Order: state folder and its lock are the caller's; then authority, database, tables, then each domain's own
part.
"""

import os
from collections.abc import Callable
from pathlib import Path

from fleet.core.config import FleetConfig
from fleet.core.database import Clock, open_database, utc_now
from fleet.core.files import make_private_folder
from fleet.core.live import Live
from fleet.core.services import Endpoints, Services
from fleet.footage.compose import compose as compose_footage
from fleet.migrations import upgrade
from fleet.people.attempts import Attempts
from fleet.pki.authority import open_authority
from fleet.server.renewal import own_names


def public_host(config: FleetConfig) -> str:
    """Return the name by which browsers and cameras are told to reach this fleet."""
    return config.server.names[0] if config.server.names else "localhost"


def default_endpoints(config: FleetConfig) -> Endpoints:
    """Return the addresses of the configuration, with the ports written there."""
    server = config.server
    return endpoints(public_host(config), server.dashboard_port, server.cameras_port, server.mqtt_port)


def endpoints(host: str, dashboard_port: int, cameras_port: int, mqtt_port: int) -> Endpoints:
    """Return the addresses for a host name and the ports really taken."""
    name = f"[{host}]" if ":" in host else host
    return Endpoints(f"https://{name}:{dashboard_port}", f"https://{name}:{cameras_port}", host, mqtt_port)


def build_services(
    config: FleetConfig,
    state: Path,
    *,
    reached: Endpoints | None = None,
    clock: Clock = utc_now,
    random: Callable[[int], bytes] = os.urandom,
) -> Services:
    """Open everything in the state folder and bring its tables up to date.

    Raises:
        ConfigError: the database does not answer.
        StateError: the authority or a domain's own files cannot be used.
    """
    make_private_folder(state)
    live = Live()
    authority = open_authority(state / "pki", now=clock())
    authority.renew_own(own_names(config), clock())
    database = open_database(config.database.url, state, clock=clock, live=live)
    upgrade(database.engine)
    services = Services(
        config=config,
        state=state,
        database=database,
        live=live,
        authority=authority,
        endpoints=reached or default_endpoints(config),
        clock=clock,
        random=random,
    )
    services.provide(Attempts, Attempts(config.people.sign_in_attempts))
    compose_footage(services)
    return services
