"""Undoing a hand-out or a take-back, by the rule of ``undo``, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from fleet.assignments.models import Assignment
from fleet.assignments.service import TAKEN, end_assignment, open_for_camera, open_for_officer, tell
from fleet.assignments.undo import UNDO_FOR, ChangeKind, HandOver, Meanwhile, undo_refusal
from fleet.audit.log import record
from fleet.cameras.service import get_camera
from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError, not_found
from fleet.people.officers import get_officer

NOT_UNDONE = "not_undone"

RecordedSince = Callable[[Session, str, datetime], bool]
"""Says whether a camera has made a recording since a moment; whoever keeps recordings knows."""


def latest_changes(session: Session, recorded_since: RecordedSince) -> Sequence[HandOver]:
    """Return what can be undone now, the newest first."""
    moment = now(session)
    rows = session.scalars(
        select(Assignment)
        .where(or_(Assignment.started > moment - UNDO_FOR, Assignment.ended > moment - UNDO_FOR))
        .options(joinedload(Assignment.officer), joinedload(Assignment.camera))
    ).all()
    changes = [(row, last_change(row)) for row in rows]
    can = [
        change
        for row, change in changes
        if undo_refusal(change, _meanwhile(session, row, change, recorded_since), now=moment) is None
    ]
    return sorted(can, key=lambda change: change.at, reverse=True)


def undo(
    session: Session, *, assignment: str, kind: ChangeKind, recorded_since: RecordedSince, by: Actor
) -> HandOver:
    """Undo the last change of an assignment, and return which it was.

    Raises:
        ProblemError: 404 when there is no such assignment; 409 when it cannot be undone, or not any more.
    """
    row = session.get(Assignment, assignment)
    if row is None:
        raise not_found(f"assignment {assignment}")
    get_camera(
        session, row.camera_id, lock=True
    )  # nobody hands it out, and nobody retires the officer, meanwhile
    get_officer(session, row.officer_id, lock=True)
    session.refresh(row)
    change = last_change(row)
    if change.kind is not kind:
        raise ProblemError(
            409, NOT_UNDONE, f"What was done last is that {change.camera} was {change.kind}; look again."
        )
    refusal = undo_refusal(change, _meanwhile(session, row, change, recorded_since), now=now(session))
    if refusal is not None:
        raise ProblemError(409, NOT_UNDONE, refusal)
    if kind is ChangeKind.HANDED_OUT:
        end_assignment(session, row, by, reason="the hand-out was undone")
    else:
        _resume(session, row, by)
    return change


def last_change(row: Assignment) -> HandOver:
    """Return what was done last with an assignment."""
    kind, at = (
        (ChangeKind.HANDED_OUT, row.started) if row.ended is None else (ChangeKind.TAKEN_BACK, row.ended)
    )
    return HandOver(row.id, kind, row.camera_id, row.officer_id, row.officer.name, at)


def _resume(session: Session, row: Assignment, by: Actor) -> None:
    row.ended, row.ended_by = None, None
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was quicker, on a database where two can write at once
        raise ProblemError(
            409, TAKEN, "The camera or the officer was assigned this moment; look again."
        ) from error
    detail = {"camera": row.camera_id, "officer": row.officer_id}
    record(session, by, "assignments:assignment:resume", row.id, detail=detail)
    tell(session, row)


def _meanwhile(
    session: Session, row: Assignment, change: HandOver, recorded_since: RecordedSince
) -> Meanwhile:
    worn, wears = open_for_camera(session, row.camera_id), open_for_officer(session, row.officer_id)
    return Meanwhile(
        recorded=recorded_since(session, row.camera_id, change.at),
        camera_with=worn.officer.name if worn is not None and worn.id != row.id else None,
        officer_with=wears.camera_id if wears is not None and wears.id != row.id else None,
        camera_gone=row.camera.revoked is not None,
        officer_gone=row.officer.retired is not None,
    )
