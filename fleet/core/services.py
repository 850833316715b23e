"""The bundle of everything that routes and tasks share, in ``app.state.services``.

Rules:
- made once, in ``fleet.server.compose``, and frozen; nothing is global;
- clock and randomness come from here, so that tests can give their own;
- a domain that brings something of its own (the footage store, the vault) registers it by type with
  ``provide`` and asks for it with ``find``: this module knows none of them.

A domain plugs itself in with a function ``compose(services)`` in its ``compose`` module
(``fleet.footage.compose``), which ``fleet.server.compose`` calls once the tables exist. It may

- ``services.provide(FootageStore, store)``;
- append to ``services.events_handlers``: called with each valid camera event, in a worker thread;
- append to ``services.workers``: async context managers entered while the service runs.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from fleet.core.config import FleetConfig
from fleet.core.database import Clock, Database, Sessions
from fleet.core.errors import FleetError
from fleet.core.live import Live
from fleet.pki.authority import Authority
from protocol.messages.events import CameraEvent

T = TypeVar("T")

EventHandler = Callable[[str, CameraEvent, datetime], None]
"""Called with camera id, event and the time it was received; raises nothing for a camera's mistake."""

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
    """What routes and tasks share.

    Attributes:
        config: the validated configuration.
        state: the state folder, mode 0700.
        database: the open database; ``sessions`` and ``readers`` are its two session makers.
        live: the bus of hints.
        authority: the fleet's certificate authority.
        endpoints: where the fleet is reached.
        clock: wall time, aware, in UTC.
        random: returns that many random bytes.
        events_handlers: called with each valid camera event.
        workers: contexts that live as long as the service.
    """

    config: FleetConfig
    state: Path
    database: Database
    live: Live
    authority: Authority
    endpoints: Endpoints
    clock: Clock
    random: Callable[[int], bytes]
    events_handlers: list[EventHandler] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)
    _parts: dict[type, object] = field(default_factory=dict)

    @property
    def sessions(self) -> Sessions:
        """Sessions that may write."""
        return self.database.sessions

    @property
    def readers(self) -> Sessions:
        """Sessions that only read."""
        return self.database.readers

    def provide(self, kind: type[T], value: T) -> None:
        """Register a domain's own part by its type, once.

        Raises:
            FleetError: the type is registered already.
        """
        if kind in self._parts:
            raise FleetError(f"internal error: {kind.__name__} is provided twice")
        self._parts[kind] = value

    def find(self, kind: type[T]) -> T:
        """Return the part registered for ``kind``.

        Raises:
            FleetError: nobody provided it.
        """
        part = self._parts.get(kind)
        if not isinstance(part, kind):
            raise FleetError(f"internal error: nothing provides {kind.__name__}")
        return part


def get_services(request: Request) -> Services:
    """FastAPI dependency: the bundle."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]
