"""AlertFinding alerts among those that there are and were. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow, AlertState, AlertStep

MOST_BEFORE = 10


class Which(StrEnum):
    """Which alerts somebody looks at."""

    OPEN = "open"
    MINE = "mine"
    RESOLVED = "resolved"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What somebody looks for.

    Attributes:
        kinds: ids of the kinds that they may see, or the one that they chose.
        which: how far somebody has come with them.
        owner: the id of who looks, for their own.
        text: a part of what they are about, as in "cam-01"; empty for anything.
    """

    kinds: Collection[str]
    which: Which
    owner: str
    text: str = ""


def find_alerts(
    session: Session, wanted: AlertFilter, *, skip: int, limit: int
) -> tuple[Sequence[AlertRow], int]:
    """Return a page of what fits, and how many fit: open ones the gravest first, others the newest first."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(AlertRow).where(*conditions)) or 0
    query = select(AlertRow).where(*conditions)
    if wanted.which in (Which.OPEN, Which.MINE):
        query = query.order_by(
            case((AlertRow.tone == "bad", 0), else_=1), AlertRow.first_true.desc(), AlertRow.id
        )
    else:
        newest = func.coalesce(AlertRow.resolved, AlertRow.first_true)
        query = query.order_by(newest.desc(), AlertRow.id)
    return session.scalars(query.offset(skip).limit(limit)).all(), total


def open_count(session: Session, kinds: Collection[str]) -> int:
    """Return how many alerts of these kinds are not resolved."""
    query = select(func.count()).select_from(AlertRow)
    query = query.where(AlertRow.kind.in_(kinds), AlertRow.state != AlertState.RESOLVED)
    return session.scalar(query) or 0


def settled_count(session: Session, kinds: Collection[str]) -> int:
    """Return of how many alerts of these kinds a person said that they need nobody, though they are so."""
    query = select(func.count()).select_from(AlertRow)
    query = query.where(AlertRow.kind.in_(kinds), AlertRow.lasts.is_(True))
    return session.scalar(query.where(AlertRow.state == AlertState.RESOLVED)) or 0


def steps_of(session: Session, alert: AlertRow) -> Sequence[AlertStep]:
    """Return what became of an alert, in order."""
    query = select(AlertStep).where(AlertStep.alert_id == alert.id).order_by(AlertStep.number)
    return session.scalars(query).all()


def same_before(session: Session, alert: AlertRow) -> Sequence[AlertRow]:
    """Return earlier alerts of the same kind and subject, the newest first, so many at most."""
    query = select(AlertRow).where(
        AlertRow.kind == alert.kind, AlertRow.subject == alert.subject, AlertRow.id != alert.id
    )
    query = query.where(AlertRow.first_true <= alert.first_true).order_by(
        AlertRow.first_true.desc(), AlertRow.id
    )
    return session.scalars(query.limit(MOST_BEFORE)).all()


def _conditions(wanted: AlertFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [AlertRow.kind.in_(wanted.kinds)]
    if wanted.which is Which.RESOLVED:
        found.append(AlertRow.state == AlertState.RESOLVED)
    elif wanted.which is not Which.ALL:
        found.append(AlertRow.state != AlertState.RESOLVED)
    if wanted.which is Which.MINE:
        found.append(AlertRow.owner_id == wanted.owner)
    if wanted.text:
        found.append(func.lower(AlertRow.name).contains(wanted.text.lower(), autoescape=True))
    return found
