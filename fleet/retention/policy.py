"""The periods as they are kept: changed once somebody has seen what that does, and undone.

Everything happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError
from fleet.retention.models import RetentionChange
from fleet.retention.rules.periods import (
    History,
    Periods,
    PeriodsChange,
    before_last,
    current,
    periods_refusal,
    undo_refusal,
)

TOPIC = "recording"
"""Every page that tells until when something is kept tells of recordings."""
CHANGED, UNDONE = "retention:periods:change", "retention:periods:undo"


def changes_of(session: Session) -> Sequence[RetentionChange]:
    """Return every change, the oldest first."""
    return session.scalars(select(RetentionChange).order_by(RetentionChange.number)).all()


def history_of(session: Session) -> History:
    """Return every change as the rules look at it."""
    return [
        PeriodsChange(row.number, row.confirmed, Periods(row.plain_months, row.incident_months), row.undoes)
        for row in changes_of(session)
    ]


def change_periods(session: Session, periods: Periods, *, seen: int, by: Actor) -> RetentionChange:
    """Keep recordings for other periods from now on.

    Args:
        session: the caller's.
        periods: the new ones.
        seen: the number of the last change that whoever confirms has seen, 0 for none.
        by: who confirms.

    Raises:
        ProblemError: 409 somebody changed them meanwhile, or they are so already; 422 they cannot be used.
    """
    refusal = periods_refusal(periods)
    if refusal is not None:
        raise ProblemError(422, "periods_unusable", refusal)
    take_turn(session, Turn.RETENTION)
    history = history_of(session)
    if seen != len(history):
        detail = "Somebody changed the periods meanwhile; look at what it would do now."
        raise ProblemError(409, "changed_meanwhile", detail)
    if periods == current(history):
        raise ProblemError(409, "nothing_changed", "That is how long recordings are kept already.")
    return _keep(session, history, periods, by, action=CHANGED)


def undo_change(session: Session, *, number: int, by: Actor) -> RetentionChange:
    """Go back to the periods before the last change.

    Raises:
        ProblemError: 409 it cannot be undone, or not any more.
    """
    take_turn(session, Turn.RETENTION)
    history = history_of(session)
    refusal = undo_refusal(history, number, now(session))
    if refusal is not None:
        raise ProblemError(409, "not_undone", refusal)
    return _keep(session, history, before_last(history), by, action=UNDONE, undoes=number)


def _keep(
    session: Session,
    history: History,
    periods: Periods,
    by: Actor,
    *,
    action: str,
    undoes: int | None = None,
) -> RetentionChange:
    row = RetentionChange(
        number=len(history) + 1,
        confirmed=now(session),
        confirmed_by=by.name or by.label,
        plain_months=periods.plain,
        incident_months=periods.incident,
        undoes=undoes,
    )
    session.add(row)
    before = current(history)
    detail = {
        "without an incident, before": before.plain,
        "without an incident": periods.plain,
        "with an incident, before": before.incident,
        "with an incident": periods.incident,
    }
    record(session, by, action, str(row.number), detail=detail)
    announce(session, TOPIC, "")
    return row
