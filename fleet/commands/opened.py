"""What commands on a state folder share: how it is named, and opening it beside a running service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from fleet.commands.sentences import sentences
from fleet.core.config import load_config
from fleet.core.disk.ballast import give_back
from fleet.core.state import refuse_other_folder
from fleet.server.addresses import endpoints
from fleet.server.compose import FleetServices, build_services
from fleet.server.ports import remembered_ports

StateOption = Annotated[Path, typer.Option("--state", help="State folder; made when it is missing.")]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration; STATE/fleet.toml when left out.", show_default=False),
]


@contextmanager
def opened(state: Path, config: Path | None) -> Iterator[FleetServices]:
    """Open a state folder, with the addresses that its service was last reached at."""
    with sentences():
        refuse_other_folder(state)
        give_back(state)
        chosen = load_config(config, state)
        ports, server = remembered_ports(state), chosen.server
        reached = endpoints(
            chosen,
            ports.get("dashboard", server.dashboard_port),
            ports.get("cameras", server.cameras_port),
            ports.get("mqtt", server.mqtt_port),
        )
        services = build_services(chosen, state, reached=reached)
        try:
            yield services
        finally:
            services.database.close()
