"""Which break-glass there was, and which of it everybody is told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fleet.core.database import now
from fleet.people.limits.break_glass import MOST_HOURS, TOLD_FOR
from fleet.people.models import BreakGlass

_LISTED = 50


def list_given(session: Session) -> Sequence[BreakGlass]:
    """Return the latest, the newest first."""
    query = select(BreakGlass).options(joinedload(BreakGlass.user))
    return session.scalars(query.order_by(BreakGlass.begun.desc(), BreakGlass.id).limit(_LISTED)).all()


def told_now(session: Session) -> Sequence[BreakGlass]:
    """Return those that every page tells of, the newest first."""
    moment = now(session)
    since = moment - TOLD_FOR - timedelta(hours=MOST_HOURS)
    query = select(BreakGlass).where(BreakGlass.begun > since).options(joinedload(BreakGlass.user))
    latest = session.scalars(query.order_by(BreakGlass.begun.desc(), BreakGlass.id).limit(_LISTED))
    return [each for each in latest if each.span.is_told(moment)]
