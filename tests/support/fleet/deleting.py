"""A fleet with a clock that a test moves, which deletes what cameras sent once its time is over.

Nothing runs by itself: ``verify`` and ``round`` do what the service's threads would do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import undefer
from starlette.testclient import TestClient

from fleet.core.actor import OPERATOR
from fleet.core.config import FleetConfig
from fleet.footage.recordings.models import Recording
from fleet.retention.models import Deletion
from fleet.retention.switch import switch, switches_of
from fleet.server.app import create_cameras_app, create_dashboard_app
from fleet.server.compose import FleetServices, build_services
from tests.support.fleet.fleet import BY_PASSWORD, TestClock
from tests.support.fleet.fleet_footage import Fleet, Link, WithCertificate
from tests.support.fleet.made_state import lay_out
from tests.support.media.recordings import Take, TestIdentity, record

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
"""A few days after the press of the takes that tests make, and when their cameras are enrolled."""
LAST_DAY = date(2027, 5, 22)
"""Of what arrives then and shows no incident."""


@dataclass
class DeletingFleet:
    """The fleet, its clock, and the takes that its cameras sent."""

    fleet: Fleet
    clock: TestClock
    identities: dict[str, TestIdentity] = field(default_factory=dict)

    @property
    def services(self) -> FleetServices:
        """Its services."""
        return self.fleet.services

    def take(self, seed: int = 1, *, camera: str = "one") -> Take:
        """Make a take of a camera, which is enrolled first."""
        if camera not in self.identities:
            self.identities[camera] = self.fleet.identity(camera)
        return record(self.identities[camera], seed=seed)

    def held(self, seed: int = 1, *, camera: str = "one") -> Link:
        """Have a recording that is held, with a receipt."""
        link = Link(self.fleet, self.take(seed, camera=camera), named=True)
        link.everything()
        assert link.complete().status_code == 202
        self.verify()
        assert link.state()["state"] == "held"
        return link

    def verify(self) -> None:
        """Verify what is due."""
        self.services.footage.verifier.begin()
        self.services.footage.verifier.step()

    def switch(self, *, on: bool = True) -> None:
        """Switch deletion on or off."""
        with self.services.sessions.begin() as session:
            switch(session, on=on, seen=len(switches_of(session)), by=OPERATOR)

    def round(self) -> int:
        """Plan, and do every job that is due; return how many."""
        return self.services.jobs.step()

    def go_to(self, day: date) -> None:
        """Let it become noon of a day."""
        self.clock.now = datetime.combine(day, time(12), UTC)

    def overdue(self) -> None:
        """Let it become the first day on which what arrived at the beginning may go, with deletion on."""
        self.switch()
        self.go_to(LAST_DAY + timedelta(days=1))

    def row(self, link: Link) -> Recording:
        """Return what is kept of a recording."""
        with self.services.readers() as session:
            query = select(Recording).where(Recording.recording == link.take.recording.hex())
            return session.scalars(query.options(undefer("*"))).one()

    def deletion(self, link: Link) -> Deletion:
        """Return what is kept of a deletion."""
        row = self.row(link)
        with self.services.readers() as session:
            return session.get_one(Deletion, row.id)

    def objects(self) -> list[str]:
        """Return the keys of all objects of recordings."""
        return [each.key for each in self.services.footage.store.list("recordings")]

    def left(self) -> list[str]:
        """Return the keys of all that is left of deleted ones."""
        return [each.key for each in self.services.footage.store.list("deleted")]


@contextmanager
def deleting_fleet(
    folder: Path, *, clock: TestClock | None = None, config: FleetConfig | None = None
) -> Iterator[DeletingFleet]:
    """Start one in ``folder/state``; a second call with the same folder continues it, as after a kill."""
    clock = clock or TestClock(BEGIN)
    state = folder / "state"
    if config is None:
        lay_out(state, clock())
    services = build_services(config or BY_PASSWORD, state, clock=clock, seconds=lambda: clock().timestamp())
    try:
        cameras = TestClient(
            WithCertificate(create_cameras_app(services)),
            base_url="https://localhost:8444",
            raise_server_exceptions=False,
        )
        dashboard = TestClient(
            create_dashboard_app(services), base_url="https://localhost:8443", raise_server_exceptions=False
        )
        yield DeletingFleet(Fleet(services, cameras, dashboard), clock)
    finally:
        services.database.close()
