"""Days that go by while the service looks at its clock, as it does where it runs."""

from __future__ import annotations

from fleet.retention.clock import look
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock


def days_go_by(services: FleetServices, clock: TestClock, days: int) -> None:
    """Let days go by, one after the other; nothing is planned and nothing deleted meanwhile."""
    for _ in range(days):
        with services.sessions.begin() as session:
            look(session)
        clock.move(days=1)
