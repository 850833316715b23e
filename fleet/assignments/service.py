"""Check-out, check-in, and who wore a camera when, each inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from fleet.assignments.models import Assignment
from fleet.assignments.rules import AssignmentPeriod, conflict, worn_at
from fleet.audit.log import record
from fleet.cameras.service import change_desired, get_camera
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.natural import natural_key
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.people.officers import RETIRED, get_officer
from fleet.people.secrets import new_id
from fleet.people.training.service import refuse_untrained

TAKEN = "assignment_conflict"


def check_out(session: Session, services: Services, *, camera: str, officer: str, by: Actor) -> Assignment:
    """Hand a camera to an officer.

    Raises:
        ProblemError: 404 unknown camera or officer; 409 with a sentence that names who wears what, or when
            the camera is revoked, or the officer retired or without the training that the landlord wants.
    """
    row, person = get_camera(session, camera, lock=True), get_officer(session, officer, lock=True)
    if row.revoked is not None:
        raise ProblemError(
            409, "camera_revoked", f"{camera} was revoked and cannot be handed out; take another camera."
        )
    if person.retired is not None:
        raise ProblemError(
            409, RETIRED, f"{person.name} is retired; bring them back before they are handed a camera."
        )
    _refuse_conflict(session, camera, officer)
    today = now(session).astimezone(services.config.site.time_zone).date()
    refuse_untrained(session, services.config, person, today)
    name = person.name  # a failed flush would take it away
    assignment = Assignment(
        id=new_id(services.random),
        camera_id=camera,
        officer_id=officer,
        started=now(session),
        ended=None,
        started_by=by.label,
        ended_by=None,
        camera=row,
        officer=person,
    )
    session.add(assignment)
    try:
        session.flush()
    except IntegrityError as error:  # somebody else was quicker, on a database where two can write at once
        raise ProblemError(409, TAKEN, f"{camera} or {name} was assigned this moment; look again.") from error
    record(
        session,
        by,
        "assignments:assignment:start",
        assignment.id,
        detail={"camera": camera, "officer": officer},
    )
    tell(session, assignment)
    return assignment


def check_in(session: Session, *, assignment: str, by: Actor) -> Assignment:
    """Take a camera back; a second check-in changes nothing.

    Raises:
        ProblemError: 404 when there is no such assignment.
    """
    row = session.get(
        Assignment, assignment, options=[joinedload(Assignment.officer), joinedload(Assignment.camera)]
    )
    if row is None:
        raise not_found(f"assignment {assignment}")
    if row.ended is None:
        end_assignment(session, row, by)
    return row


def end_open(session: Session, *, camera: str, by: Actor, reason: str) -> None:
    """End the open assignment of a camera, if there is one."""
    worn = open_for_camera(session, camera)
    if worn is not None:
        end_assignment(session, worn, by, reason=reason)


def wearer_at(session: Session, camera: str, utc: datetime) -> Assignment | None:
    """Return the assignment of the camera that covers the time, or None when nobody wore it."""
    rows = session.scalars(
        select(Assignment)
        .where(Assignment.camera_id == camera, Assignment.started <= utc)
        .where(or_(Assignment.ended.is_(None), Assignment.ended > utc))
        .options(joinedload(Assignment.officer))
        .order_by(Assignment.started.desc())
    ).all()
    period = worn_at([as_period(row) for row in rows], utc=utc)
    return next((row for row in rows if period is not None and row.id == period.id), None)


def open_assignments(session: Session) -> Sequence[Assignment]:
    """Return what is out now, with officers loaded."""
    query = select(Assignment).where(Assignment.ended.is_(None)).options(joinedload(Assignment.officer))
    return sorted(session.scalars(query), key=lambda row: natural_key(row.camera_id))


def open_for_camera(session: Session, camera: str) -> Assignment | None:
    """Return the open assignment of a camera, or None."""
    query = select(Assignment).where(Assignment.ended.is_(None), Assignment.camera_id == camera)
    return session.scalars(query.options(joinedload(Assignment.officer))).one_or_none()


def open_for_officer(session: Session, officer: str) -> Assignment | None:
    """Return the open assignment of an officer, or None."""
    query = select(Assignment).where(Assignment.ended.is_(None), Assignment.officer_id == officer)
    return session.scalars(query.options(joinedload(Assignment.officer))).one_or_none()


def as_period(row: Assignment) -> AssignmentPeriod:
    """Return a row as the pure rules see it."""
    return AssignmentPeriod(row.id, row.camera_id, row.officer_id, row.officer.name, row.started, row.ended)


def _refuse_conflict(session: Session, camera: str, officer: str) -> None:
    sentence = conflict((as_period(row) for row in open_assignments(session)), camera=camera, officer=officer)
    if sentence is not None:
        raise ProblemError(409, TAKEN, sentence)


def end_assignment(session: Session, row: Assignment, by: Actor, **why: str) -> None:
    """End an open assignment now."""
    row.ended, row.ended_by = max(now(session), row.started), by.label
    record(session, by, "assignments:assignment:end", row.id, detail={"camera": row.camera_id, **why})
    tell(session, row)


def tell(session: Session, assignment: Assignment) -> None:
    """Have a camera and the open pages told that it changed hands."""
    change_desired(session, assignment.camera_id)
    announce(session, "assignment", assignment.id)
    announce(session, "camera", assignment.camera_id)
