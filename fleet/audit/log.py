"""Writing and reading the audit log.

Rules:
- ``record`` writes inside the caller's transaction: an action and its entry are committed together or not at
  all;
- writers take turns (SQLite: the transaction is the only writer; PostgreSQL: an advisory lock until its end),
  so the chain has no forks;
- nothing secret goes in: no token, no password, no key.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.chain import START, Broken, Checkpoint, Detail, Entry, verify_chain
from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor
from fleet.core.database import Turn, now, take_turn
from protocol.units import utc_moment, utc_us

_PAGE = 1000


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    purpose: str = "",
    *,
    detail: Detail | None = None,
) -> Entry:
    """Append an entry to the log, as part of the session's transaction.

    Args:
        session: a writing session with its transaction open.
        actor: who acts.
        action: ``source:subject:action``, such as ``api:recording:play``.
        subject: the id of what is acted upon.
        purpose: why, in the actor's words.
        detail: further facts.
    """
    session.flush()
    take_turn(session, Turn.AUDIT)
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).first()
    entry = Entry(
        number=1 if last is None else last.number + 1,
        utc_us=utc_us(now(session)),
        actor=actor.label,
        action=action,
        subject=subject,
        purpose=purpose,
        detail=dict(detail or {}),
        previous=START if last is None else last.digest,
    )
    session.add(
        AuditEntry(
            number=entry.number,
            utc=utc_moment(entry.utc_us),
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            purpose=entry.purpose,
            detail=dict(entry.detail),
            previous=entry.previous,
            digest=entry.digest,
        )
    )
    session.flush()
    return entry


def verify_log(session: Session, *, checkpoint: Checkpoint | None = None) -> Broken | None:
    """Recompute the whole chain from the table; None when it holds."""
    return verify_chain(_stored(session), checkpoint=checkpoint)


def _stored(session: Session) -> Iterator[tuple[Entry, bytes]]:
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=_PAGE))
    for row in rows:
        entry = Entry(
            number=row.number,
            utc_us=utc_us(row.utc),
            actor=row.actor,
            action=row.action,
            subject=row.subject,
            purpose=row.purpose,
            detail=row.detail,
            previous=row.previous,
        )
        yield entry, row.digest
