"""Alerts of a fleet in a state that a test chooses, looked at as often as it likes."""

from __future__ import annotations

from sqlalchemy import delete, select

from fleet.alerts.models import AlertRow, AlertStep
from fleet.server.compose import FleetServices


def forget_alerts(services: FleetServices) -> None:
    """Begin without any alert."""
    with services.sessions.begin() as session:
        session.execute(delete(AlertStep))
        session.execute(delete(AlertRow))


def alerts_of(services: FleetServices, kind: str = "") -> list[AlertRow]:
    """AlertLook, and return all alerts of a kind, or all, the oldest first."""
    services.alerts.bring_up_to_date()
    query = select(AlertRow).order_by(AlertRow.first_true, AlertRow.subject, AlertRow.id)
    with services.readers() as session:
        return [row for row in session.scalars(query) if not kind or row.kind == kind]
