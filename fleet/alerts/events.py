"""Alerts of what happened once and stays true, such as a key that was used: people alone resolve them.

Everything happens inside the caller's transaction, so that what happened and its alert are one.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow, AlertState
from fleet.alerts.register import end, write_new
from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import MORE, AlertKind
from fleet.alerts.rules.reconcile import MOST, Raised
from fleet.core.database import Turn, now, take_turn


def raise_event(session: Session, finding: AlertFinding, random: Callable[[int], bytes]) -> AlertRow:
    """Raise an alert of an event; where one of the same kind and subject lasts, that is it.

    Beyond ``MOST`` of a kind that nobody has resolved, an event is counted in an alert of its own.

    Args:
        session: a writing session.
        finding: what happened; its kind is an event's.
        random: returns that many random bytes.
    """
    if not finding.kind.is_event:
        raise ValueError(f"internal error: {finding.kind.id} is no event")
    take_turn(session, Turn.ALERTS)
    moment = now(session)
    found = _lasting(session, finding.kind, finding.subject)
    if found is None and _count(session, finding.kind) >= MOST:
        finding = _one_more(finding)
        found = _lasting(session, MORE, finding.subject)
        if found is not None and found.state == AlertState.RESOLVED:  # there are more than were seen then
            end(session, found, moment)
            session.flush()
            found = None
    if found is not None:
        found.last_true, found.words = moment, finding.words
        return found
    before = session.scalars(
        select(AlertRow.id)
        .where(AlertRow.kind == finding.kind.id, AlertRow.subject == finding.subject)
        .order_by(AlertRow.first_true.desc())
        .limit(1)
    ).first()
    return write_new(session, Raised(finding, before or "", 0), moment, random(16).hex())


def end_event(session: Session, kind: AlertKind, subject: str) -> None:
    """Have the alert of an event be over by itself, if there is one: what it asked for was done."""
    take_turn(session, Turn.ALERTS)
    found = _lasting(session, kind, subject)
    if found is not None:
        end(session, found, now(session))


def _lasting(session: Session, kind: AlertKind, subject: str) -> AlertRow | None:
    query = select(AlertRow).where(
        AlertRow.kind == kind.id, AlertRow.subject == subject, AlertRow.lasts.is_(True)
    )
    return session.scalars(query).first()


def _count(session: Session, kind: AlertKind) -> int:
    query = select(func.count()).select_from(AlertRow)
    query = query.where(
        AlertRow.kind == kind.id, AlertRow.lasts.is_(True), AlertRow.state != AlertState.RESOLVED
    )
    return session.scalar(query) or 0


def _one_more(finding: AlertFinding) -> AlertFinding:
    kind = finding.kind
    words = f"{kind.title}: there are more than the {MOST} that are listed."
    step = "See to those that are listed, and look into the audit log for the others."
    return AlertFinding(MORE, kind.id, kind.title, words, step, f"/alerts?kind={kind.id}", kind.tone)
