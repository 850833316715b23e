"""Noting the training of officers, and what follows for a hand-out, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.config import FleetConfig
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.people.models import Officer
from fleet.people.officers import get_officer
from fleet.people.secrets import Random, new_id
from fleet.people.training.models import OfficerTraining
from fleet.people.training.rules import (
    Training,
    TrainingStanding,
    draft_refusal,
    hand_out_refusal,
    standing_of,
)

MOST = 100
"""Of one officer."""
LONGEST_COURSE = 100
UNTRAINED = "officer_untrained"


def note_training(
    session: Session,
    random: Random,
    *,
    officer: str,
    course: str,
    taken: date | None,
    until: date | None,
    today: date,
    by: Actor,
) -> OfficerTraining:
    """Note a training of an officer.

    Raises:
        ProblemError: 404 there is no such officer; 409 very many are noted; 422 it cannot be so.
    """
    row = get_officer(session, officer, lock=True)
    clean = " ".join(course.split())
    if len(clean) > LONGEST_COURSE or not clean.isprintable():
        detail = f"Name the course in {LONGEST_COURSE} characters or fewer that can be shown."
        raise ProblemError(422, "training_unusable", detail)
    refusal = draft_refusal(clean, taken, until, today)
    if refusal is not None or taken is None:
        raise ProblemError(422, "training_unusable", refusal or "")
    if len(trainings_of(session, officer, withdrawn=True)) >= MOST:
        raise ProblemError(409, "too_many_trainings", f"{MOST} trainings of this officer are noted already.")
    training = OfficerTraining(
        id=new_id(random),
        officer_id=row.id,
        course=clean,
        taken=taken,
        until=until,
        noted=now(session),
        noted_by=by.name or by.label,
    )
    session.add(training)
    noted: dict[str, str | int] = {"training": training.id, "course": clean}
    record(session, by, "people:training:note", row.id, detail=noted)
    announce(session, "officer", row.id)
    return training


def withdraw_training(session: Session, *, officer: str, training: str, by: Actor) -> OfficerTraining:
    """Have a training that was noted wrongly count no more; twice is once.

    Raises:
        ProblemError: 404 there is no such training of theirs.
    """
    row = session.get(OfficerTraining, training, with_for_update=True)
    if row is None or row.officer_id != officer:
        raise not_found("such training of that officer")
    if row.withdrawn is None:
        row.withdrawn, row.withdrawn_by = now(session), by.name or by.label
        record(session, by, "people:training:withdraw", officer, detail={"training": row.id})
        announce(session, "officer", officer)
    return row


def trainings_of(session: Session, officer: str, *, withdrawn: bool = False) -> Sequence[OfficerTraining]:
    """Return the trainings of an officer, the newest first; those that were taken back when asked for."""
    query = select(OfficerTraining).where(OfficerTraining.officer_id == officer)
    if not withdrawn:
        query = query.where(OfficerTraining.withdrawn.is_(None))
    return session.scalars(query.order_by(OfficerTraining.taken.desc(), OfficerTraining.id)).all()


def standings(session: Session, config: FleetConfig, today: date) -> Mapping[str, TrainingStanding]:
    """Return how each officer in service stands on a day, by their ids."""
    query = select(OfficerTraining).where(OfficerTraining.withdrawn.is_(None))
    found: dict[str, list[Training]] = {
        officer: [] for officer in session.scalars(select(Officer.id).where(Officer.retired.is_(None)))
    }
    for row in session.scalars(query):
        if row.officer_id in found:
            found[row.officer_id].append(Training(row.course, row.taken, row.until))
    wanted = config.training
    return {
        officer: standing_of(trainings, today, course=wanted.course, soon_days=wanted.soon_days)
        for officer, trainings in found.items()
    }


def refuse_untrained(session: Session, config: FleetConfig, officer: Officer, today: date) -> None:
    """Refuse to hand a camera to an officer without a valid training, where the landlord wants one.

    Raises:
        ProblemError: 409 they have none.
    """
    wanted = config.training
    if not wanted.required:
        return
    known = [Training(each.course, each.taken, each.until) for each in trainings_of(session, officer.id)]
    refusal = hand_out_refusal(
        officer.name, standing_of(known, today, course=wanted.course), course=wanted.course
    )
    if refusal is not None:
        raise ProblemError(409, UNTRAINED, refusal)
