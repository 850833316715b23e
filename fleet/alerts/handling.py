"""What people do with alerts: seen, taken, given to somebody else, resolved with a note, opened again.

Rules:
- each is in the alert's history and in the audit log, with who and when;
- whoever acts has seen who has the alert (``seen``): where somebody took it meanwhile, nothing is taken from
  them unawares;
- resolving says that it needs nobody any more, not that it is not so: while the same is still true the alert
  stays resolved, and says by whom and why;
- everything happens inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.alerts.models import AlertRow, AlertState, AlertStep, StepKind
from fleet.alerts.register import TOPIC, note_step
from fleet.alerts.rules.kinds import Kinds
from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found

LONGEST_NOTE = 500
NOTE_UNUSABLE = "note_unusable"
"""The code of a refusal that is about the note."""
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can have an alert: the id and the name of a user."""

    id: str
    name: str


def get_alert(session: Session, kinds: Kinds, alert: str, by: Actor, *, lock: bool = False) -> AlertRow:
    """Return an alert that somebody may see.

    Raises:
        ProblemError: 404 there is no such alert, or none for them.
    """
    row = session.get(AlertRow, alert, with_for_update=lock)
    if row is None or kinds[row.kind].roles.isdisjoint(by.roles):
        raise not_found("such alert")
    return row


def acknowledge(session: Session, kinds: Kinds, alert: str, *, by: Actor) -> AlertRow:
    """Say that somebody has seen an alert; twice is once.

    Raises:
        ProblemError: 404 no such alert; 409 it is resolved.
    """
    row = _open(session, kinds, alert, by)
    if row.acknowledged is None:
        _see(session, row, by)
        _write(session, row, StepKind.ACKNOWLEDGED, by)
    return row


def take(session: Session, kinds: Kinds, alert: str, *, seen: str, by: Actor) -> AlertRow:
    """Take an alert upon oneself, or from ``seen``, who has it.

    Raises:
        ProblemError: 404 no such alert; 409 it is resolved, or somebody else has it meanwhile.
    """
    row = _open(session, kinds, alert, by)
    if row.owner_id == by.id:
        return row
    _unchanged(row, seen)
    _give(session, row, Owner(by.id, by.name or by.label), by)
    _write(session, row, StepKind.TAKEN, by)
    return row


def hand_over(session: Session, kinds: Kinds, alert: str, *, to: Owner, seen: str, by: Actor) -> AlertRow:
    """Give an alert to somebody; the caller has made sure that they may have it.

    Raises:
        ProblemError: 404 no such alert; 409 it is resolved, or somebody else has it meanwhile.
    """
    row = _open(session, kinds, alert, by)
    if row.owner_id == to.id:
        return row
    _unchanged(row, seen)
    _give(session, row, to, by)
    _write(session, row, StepKind.GIVEN, by, note=to.name)
    return row


def resolve(session: Session, kinds: Kinds, alert: str, *, note: str, by: Actor) -> AlertRow:
    """Say that an alert needs nobody any more, and why.

    Raises:
        ProblemError: 404 no such alert; 409 it is resolved already; 422 no note, or one that is too long.
    """
    why = clean_note(note)
    row = _open(session, kinds, alert, by, bounded=False)
    moment = now(session)
    row.state, row.resolved, row.resolved_by, row.note = AlertState.RESOLVED, moment, _name(by), why
    if kinds[row.kind].is_event:
        row.lasts, row.ended = None, moment
    _write(session, row, StepKind.RESOLVED, by, note=why)
    return row


def reopen(session: Session, kinds: Kinds, alert: str, *, by: Actor) -> AlertRow:
    """Open an alert again that a person resolved and that is true still; twice is once.

    Raises:
        ProblemError: 404 no such alert; 409 it is over: if it is true again there will be a new one.
    """
    row = get_alert(session, kinds, alert, by, lock=True)
    if row.state != AlertState.RESOLVED:
        return row
    if row.lasts is None:
        detail = "That is over. If it is true again, there will be a new alert."
        raise ProblemError(409, "alert_over", detail)
    row.state = AlertState.OPEN if row.acknowledged is None else AlertState.ACKNOWLEDGED
    row.resolved = row.resolved_by = row.note = None
    _write(session, row, StepKind.REOPENED, by)
    return row


def clean_note(text: str) -> str:
    """Return a note with its spaces put right.

    Raises:
        ProblemError: 422 it is empty, too long, or holds what cannot be seen.
    """
    note = " ".join(text.split())
    if not note or len(note) > LONGEST_NOTE or not note.isprintable():
        raise ProblemError(422, NOTE_UNUSABLE, f"Say why, in 1 to {LONGEST_NOTE} characters.")
    return note


def _open(session: Session, kinds: Kinds, alert: str, by: Actor, *, bounded: bool = True) -> AlertRow:
    row = get_alert(session, kinds, alert, by, lock=True)
    if row.state == AlertState.RESOLVED:
        who = f"{row.resolved_by} has resolved it" if row.resolved_by else "It is over by itself"
        raise ProblemError(409, "alert_resolved", f"{who}.")
    steps = select(func.count()).select_from(AlertStep).where(AlertStep.alert_id == row.id)
    if bounded and (session.scalar(steps) or 0) >= MOST_STEPS:
        raise ProblemError(409, "too_many_steps", f"It has been through {MOST_STEPS} steps; resolve it.")
    return row


def _unchanged(row: AlertRow, seen: str) -> None:
    if (row.owner_id or "") != seen:
        who = row.owner or "Nobody"
        raise ProblemError(409, "owner_changed", f"{who} has it meanwhile; look again.")


def _see(session: Session, row: AlertRow, by: Actor) -> None:
    if row.acknowledged is None:
        row.acknowledged, row.acknowledged_by = now(session), _name(by)
        row.state = AlertState.ACKNOWLEDGED


def _give(session: Session, row: AlertRow, to: Owner, by: Actor) -> None:
    _see(session, row, by)
    row.owner_id, row.owner, row.taken = to.id, to.name, now(session)


def _write(session: Session, row: AlertRow, what: StepKind, by: Actor, *, note: str = "") -> None:
    note_step(session, row, what, now(session), by=_name(by), note=note)
    detail = {"kind": row.kind, "subject": row.subject}
    if what is StepKind.GIVEN:
        detail["to"] = note
    record(
        session, by, f"alerts:alert:{what}", row.id, note if what is StepKind.RESOLVED else "", detail=detail
    )
    announce(session, TOPIC, row.id)


def _name(by: Actor) -> str:
    return by.name or by.label
