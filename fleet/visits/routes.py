"""The HTTP API of visits, for programs: planned, called off, told of, and what was said of being recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep, now
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.visits.consent import entries_of, outcome_of
from fleet.visits.models import TenancyVisit
from fleet.visits.notices import notices_of, standing_of
from fleet.visits.rules.consent import ConsentKind
from fleet.visits.rules.draft import (
    LONGEST_PLACE,
    LONGEST_PURPOSE,
    LONGEST_TENANCY,
    LONGEST_WHY,
    VisitDraftError,
    clean_visit,
)
from fleet.visits.rules.notices import NoticeStanding
from fleet.visits.service import cancel_visit, get_visit, plan_visit, visits_between

router = APIRouter(prefix="/api/v1", tags=["visits"])

SEES = [Depends(require(Permission.SEE_VISITS))]
Planner = Annotated[Actor, Depends(require(Permission.PLAN_VISITS))]
_LONGEST_SPAN = timedelta(days=31)


class NewVisit(RequestBody):
    """A visit; ``planned`` has its zone, and ``officer`` is an id."""

    tenancy: str = Field(max_length=LONGEST_TENANCY)
    place: str = Field(max_length=LONGEST_PLACE)
    purpose: str = Field(max_length=LONGEST_PURPOSE)
    planned: AwareDatetime
    minutes: int
    officer: str = Field(max_length=32)
    language: str = Field("en", max_length=3)


class VisitCancellation(RequestBody):
    """Why a visit does not take place."""

    reason: str = Field(max_length=LONGEST_WHY)


class VisitOfApi(BaseModel):
    """A visit, how it stands with its notice, and what counts of what was said of being recorded."""

    id: str
    tenancy: str
    place: str
    purpose: str
    planned: datetime
    minutes: int
    officer: str
    language: str
    cancelled: datetime | None
    notice: NoticeStanding
    consent: ConsentKind | None


@router.get("/visits", dependencies=SEES)
def get_visits(
    session: SessionDep,
    services: ServicesDep,
    start: Annotated[AwareDatetime, Query(alias="from")],
    end: Annotated[AwareDatetime, Query(alias="to")],
) -> list[VisitOfApi]:
    """List the visits that begin within a span of at most 31 days, the first in front."""
    if not timedelta() < end - start <= _LONGEST_SPAN:
        raise ProblemError(
            422, "span_unusable", "Ask for a span of at most 31 days that ends after it begins."
        )
    rows, total = visits_between(session, start, end)
    if total > len(rows):
        raise ProblemError(422, "too_many", f"Those are {total} visits; ask for a shorter span.")
    return _told(session, services, rows)


@router.get("/visits/{visit}", dependencies=SEES)
def get_one_visit(visit: str, session: SessionDep, services: ServicesDep) -> VisitOfApi:
    """Return one visit."""
    return _told(session, services, [get_visit(session, visit)])[0]


@router.post("/visits", status_code=201)
def post_visit(body: NewVisit, session: SessionDep, services: ServicesDep, actor: Planner) -> VisitOfApi:
    """Plan a visit."""
    try:
        draft = clean_visit(**{**body.model_dump(), "minutes": str(body.minutes)}, now=now(session))
    except VisitDraftError as error:
        raise ProblemError(422, "not_valid", str(error)) from error
    return _told(session, services, [plan_visit(session, services.random, draft, by=actor)])[0]


@router.post("/visits/{visit}/cancel")
def post_cancellation(
    visit: str, body: VisitCancellation, session: SessionDep, services: ServicesDep, actor: Planner
) -> VisitOfApi:
    """Call a visit off."""
    return _told(session, services, [cancel_visit(session, visit=visit, reason=body.reason, by=actor)])[0]


def _told(session: Session, services: Services, rows: Sequence[TenancyVisit]) -> list[VisitOfApi]:
    names = [each.id for each in rows]
    notices, entries = notices_of(session, names), entries_of(session, names)
    ahead = services.config.visits.ahead
    return [
        VisitOfApi(
            id=each.id,
            tenancy=each.tenancy,
            place=each.place,
            purpose=each.purpose,
            planned=each.planned,
            minutes=each.minutes,
            officer=each.officer_id,
            language=each.language,
            cancelled=each.cancelled,
            notice=standing_of(each, notices.get(each.id, ()), services.clock(), ahead),
            consent=outcome_of(entries.get(each.id, ())),
        )
        for each in rows
    ]
