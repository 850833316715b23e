"""JSON API of the training of officers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep, now
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require
from fleet.people.officers import get_officer
from fleet.people.training.models import OfficerTraining
from fleet.people.training.service import LONGEST_COURSE, note_training, trainings_of, withdraw_training

router = APIRouter(prefix="/api/v1/officers", tags=["people"])

Trainer = Annotated[Actor, Depends(require(Permission.TRAINING))]


class NewTraining(RequestBody):
    """A training to note; without ``until`` it does not end."""

    course: str = Field(min_length=1, max_length=LONGEST_COURSE)
    taken: date
    until: date | None = None


class TrainingView(BaseModel):
    """A training."""

    id: str
    course: str
    taken: date
    until: date | None
    noted: datetime
    noted_by: str

    @classmethod
    def of(cls, row: OfficerTraining) -> TrainingView:
        """Describe a row."""
        return cls(
            id=row.id,
            course=row.course,
            taken=row.taken,
            until=row.until,
            noted=row.noted,
            noted_by=row.noted_by,
        )


@router.get("/{officer}/trainings", dependencies=[Depends(require(Permission.SEE_CAMERAS))])
def get_trainings(officer: str, session: SessionDep) -> list[TrainingView]:
    """List the trainings of an officer that count or counted."""
    return [TrainingView.of(each) for each in trainings_of(session, get_officer(session, officer).id)]


@router.post("/{officer}/trainings", status_code=201)
def post_training(
    officer: str, body: NewTraining, session: SessionDep, services: ServicesDep, actor: Trainer
) -> TrainingView:
    """Note a training of an officer."""
    row = note_training(
        session,
        services.random,
        officer=officer,
        course=body.course,
        taken=body.taken,
        until=body.until,
        today=now(session).astimezone(services.config.site.time_zone).date(),
        by=actor,
    )
    return TrainingView.of(row)


@router.post("/{officer}/trainings/{training}/withdraw")
def post_withdraw(officer: str, training: str, session: SessionDep, actor: Trainer) -> TrainingView:
    """Have a training that was noted wrongly count no more."""
    return TrainingView.of(withdraw_training(session, officer=officer, training=training, by=actor))
