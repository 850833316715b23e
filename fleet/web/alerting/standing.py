"""Reading the alerts that last into what Today and lists are told of them. Only reads."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow
from fleet.alerts.rules.finding import AlertFinding, Key
from fleet.alerts.rules.kinds import Kinds
from fleet.alerts.services import AlertServices
from fleet.core.actor import Role
from fleet.web.views.desk.kinds import DESK, VAULT_SEALED
from fleet.web.views.desk.standing import AlertMark


@dataclass(frozen=True, slots=True)
class AlertsToday:
    """The alerts that last, and what else than cameras, recordings and the vault needs somebody."""

    marks: dict[Key, AlertMark]
    others: tuple[AlertFinding, ...]


_OF_THE_DESK = frozenset(kind.id for kind in DESK.values())
"""Today finds these by itself, and says them in words of its own."""


def standing(session: Session, alerts: AlertServices, roles: frozenset[Role]) -> AlertsToday:
    """Return what Today is told, for somebody with these roles; facts are looked at now."""
    rows = session.scalars(
        select(AlertRow).where(AlertRow.lasts.is_(True)).order_by(AlertRow.first_true)
    ).all()
    marks = {
        (row.kind, row.subject): AlertMark(
            row.id, row.is_settled, row.aspect, row.owner or "", row.acknowledged_by or ""
        )
        for row in rows
    }
    known = {key: mark.is_settled for key, mark in marks.items()}
    looked = alerts.look(session, known, besides=_OF_THE_DESK).findings
    found = [each for each in looked if each.kind.id != VAULT_SEALED.id]
    found += [as_finding(row, alerts.kinds) for row in rows if alerts.kinds[row.kind].is_event]
    return AlertsToday(marks, tuple(each for each in found if not each.kind.roles.isdisjoint(roles)))


def as_finding(row: AlertRow, kinds: Kinds) -> AlertFinding:
    """Return what an alert says."""
    return AlertFinding(
        kinds[row.kind],
        row.subject,
        row.name,
        row.words,
        row.step,
        row.link,
        tone=row.tone,
        aspect=row.aspect,
        detail=row.detail,
    )
