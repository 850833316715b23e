"""Writing and checking the audit log.

Rules:
- ``record`` writes inside the caller's transaction: an action and its entry are committed together or not at
  all;
- writers take turns (SQLite: the transaction is the only writer; PostgreSQL: an advisory lock until its end),
  so the chain has no forks;
- an entry carries the address that its actor came from;
- nothing secret goes in: no token, no password, no key.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from fleet.audit.chain import SALT_BYTES, START, Broken, Detail, Entry, EntryVersion
from fleet.audit.check import CheckResult, LogCheck
from fleet.audit.checkpoints.checkpoint import Checkpoint
from fleet.audit.models import AuditEntry
from fleet.audit.momentous import asks_for_checkpoint
from fleet.audit.rows import Stored, UnreadableEntryError, iter_stored
from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, random_bytes, take_turn
from fleet.core.live import AUDIT
from protocol.units import utc_moment, utc_us

LONGEST_ADDRESS = 64


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
        address=actor.address[:LONGEST_ADDRESS],
        salt=random_bytes(session, SALT_BYTES),
        version=EntryVersion.SALTED,
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
            address=entry.address,
            salt=entry.salt,
            version=entry.version,
        )
    )
    session.flush()
    if asks_for_checkpoint(action):
        announce(session, AUDIT, action)
    return entry


def verify_log(source: Session | Connection, checkpoints: Iterable[Checkpoint] = ()) -> Broken | None:
    """Check the whole table against its chain and checkpoints; None when it holds."""
    return check_log(source, checkpoints).broken


def check_log(source: Session | Connection, checkpoints: Iterable[Checkpoint] = ()) -> CheckResult:
    """Check the whole table against its chain and checkpoints."""
    return check_entries(iter_stored(source), checkpoints)


def check_entries(entries: Iterable[Stored], checkpoints: Iterable[Checkpoint] = ()) -> CheckResult:
    """Check entries in the order of their numbers, each with the digest stored beside it."""
    check = LogCheck(checkpoints)
    try:
        for entry, stored in entries:
            if not check.add(entry, stored):
                break
    except UnreadableEntryError as error:
        check.fail(str(error))
    return check.finish()
