"""Whether somebody did something a moment ago: what an address says was done is said where it was."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor

LATELY = timedelta(minutes=2)


def did_lately(session: Session, actor: Actor, *actions: str, now: datetime) -> bool:
    """Say whether the audit log has one of these actions of an actor within the last minutes."""
    query = select(AuditEntry.number).where(
        AuditEntry.actor == actor.label,
        AuditEntry.action.in_(actions),
        AuditEntry.utc > now - LATELY,
    )
    return session.scalars(query.limit(1)).first() is not None
