"""What every domain stands on, made once and frozen: nothing is global.

Rules:
- clock and randomness come from here, so that tests can give their own;
- a domain that has more to share with its routes has a bundle of its own, with this one in it
  (``fleet.cameras.services``), under a key of its own (``AppKey``); this module knows none of them;
- ``fleet.server.compose`` puts all of them together, where a type checker sees each part.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.core.config import FleetConfig
from fleet.core.database import Clock, Database, Sessions
from fleet.core.live import Live

Worker = Callable[[], AbstractAsyncContextManager[None]]
"""Makes a context that is entered when the service starts and left when it stops."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the running fleet is reached: what cameras are told, with the ports really taken.

    Attributes:
        dashboard_url: base URL of the dashboard.
        cameras_url: base URL that cameras upload to.
        mqtt_host: name of the broker.
        mqtt_port: port of the broker.
    """

    dashboard_url: str
    cameras_url: str
    mqtt_host: str
    mqtt_port: int


@dataclass(frozen=True, slots=True)
class Services:
    """What routes and tasks of every domain share.

    Attributes:
        config: the validated configuration.
        state: the state folder, mode 0700.
        database: the open database; ``sessions`` and ``readers`` are its two session makers.
        live: the bus of hints.
        endpoints: where the fleet is reached.
        clock: wall time, aware, in UTC.
        random: returns that many random bytes.
    """

    config: FleetConfig
    state: Path
    database: Database
    live: Live
    endpoints: Endpoints
    clock: Clock
    random: Callable[[int], bytes]

    @property
    def sessions(self) -> Sessions:
        """Sessions that may write."""
        return self.database.sessions

    @property
    def readers(self) -> Sessions:
        """Sessions that only read."""
        return self.database.readers


CORE: AppKey[Services] = AppKey("services")

ServicesDep = Annotated[Services, Depends(CORE)]
