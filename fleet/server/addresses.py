"""The addresses by which a fleet is reached, from its configuration and the ports that it has."""

from __future__ import annotations

from fleet.core.config import FleetConfig
from fleet.core.services import Endpoints


def public_host(config: FleetConfig) -> str:
    """Return the name by which browsers and cameras are told to reach this fleet."""
    return config.server.names[0] if config.server.names else "localhost"


def default_endpoints(config: FleetConfig) -> Endpoints:
    """Return the addresses of the configuration, with the ports written there."""
    server = config.server
    return endpoints(config, server.dashboard_port, server.cameras_port, server.mqtt_port)


def endpoints(config: FleetConfig, dashboard_port: int, cameras_port: int, mqtt_port: int) -> Endpoints:
    """Return the addresses by which a fleet is reached, for the ports that this process has taken."""
    host, server = public_host(config), config.server
    name = f"[{host}]" if ":" in host else host
    return Endpoints(
        f"https://{name}:{server.public_dashboard_port or dashboard_port}",
        f"https://{name}:{server.public_cameras_port or cameras_port}",
        host,
        server.public_mqtt_port or mqtt_port,
    )
