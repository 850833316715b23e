"""The HTTP API of incidents, for programs: opened, listed, and recordings put into them (F8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep, now
from fleet.core.problems import ProblemError
from fleet.core.services import ServicesDep
from fleet.incidents.finding import IncidentFilter, find_incidents
from fleet.incidents.models import Incident, IncidentRecording
from fleet.incidents.rules.draft import LONGEST_PLACE, LONGEST_WHAT, DraftError, clean_draft
from fleet.incidents.rules.words import PEOPLE
from fleet.incidents.service import MOST_RECORDINGS, add_recordings, get_incident, open_incident
from fleet.people.access import Permission, require

router = APIRouter(prefix="/api/v1", tags=["incidents"])

SEES = [Depends(require(Permission.SEE_RECORDINGS))]
Writer = Annotated[Actor, Depends(require(Permission.CLASSIFY))]
Name = Annotated[str, Field(max_length=100)]


class NewIncident(RequestBody):
    """An incident; ``happened`` has its zone, ``people`` are the roles of those who were in it."""

    place: str = Field(max_length=LONGEST_PLACE)
    category: str = Field(max_length=40)
    happened: AwareDatetime
    what: str = Field(max_length=LONGEST_WHAT)
    people: list[Name] = Field([], max_length=len(PEOPLE))
    recordings: list[Name] = Field([], max_length=MOST_RECORDINGS)


class MoreRecordings(RequestBody):
    """Recordings that belong to an incident, by their ids."""

    recordings: list[Name] = Field(max_length=MOST_RECORDINGS)


class IncidentOfApi(BaseModel):
    """An incident, with the ids of its recordings."""

    id: str
    reference: str
    place: str
    category: str
    happened: datetime
    what: str
    people: list[str]
    opened: datetime
    opened_by: str
    recordings: list[str]


@router.get("/incidents", dependencies=SEES)
def get_incidents(
    session: SessionDep,
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[IncidentOfApi]:
    """List incidents, the newest first."""
    return _told(session, find_incidents(session, IncidentFilter(), skip=skip, limit=limit)[0])


@router.post("/incidents", status_code=201)
def post_incident(
    body: NewIncident, session: SessionDep, services: ServicesDep, actor: Writer
) -> IncidentOfApi:
    """Open an incident, with the recordings that belong to it; each of them shows one from then on."""
    try:
        draft = clean_draft(
            place=body.place,
            category=body.category,
            happened=body.happened,
            what=body.what,
            people=body.people,
            now=now(session),
        )
    except DraftError as error:
        raise ProblemError(422, f"{error.field}_unusable", str(error)) from error
    zone = services.config.site.time_zone
    row = open_incident(
        session, services.random, draft, zone=zone, recordings=list(dict.fromkeys(body.recordings)), by=actor
    )
    return _told(session, [row])[0]


@router.get("/incidents/{incident}", dependencies=SEES)
def get_one_incident(incident: str, session: SessionDep) -> IncidentOfApi:
    """Return one incident."""
    return _told(session, [get_incident(session, incident)])[0]


@router.post("/incidents/{incident}/recordings")
def post_recordings(incident: str, body: MoreRecordings, session: SessionDep, actor: Writer) -> IncidentOfApi:
    """Put recordings into an incident; those that are in it stay so."""
    chosen = list(dict.fromkeys(body.recordings))
    return _told(session, [add_recordings(session, incident=incident, recordings=chosen, by=actor)])[0]


def _told(session: Session, rows: Sequence[Incident]) -> list[IncidentOfApi]:
    session.flush()
    of = _recordings_of(session, [each.id for each in rows])
    return [
        IncidentOfApi(
            id=each.id,
            reference=each.reference,
            place=each.place,
            category=each.category,
            happened=each.happened,
            what=each.what,
            people=[str(role) for role in each.people],
            opened=each.opened,
            opened_by=each.opened_by,
            recordings=list(of.get(each.id, ())),
        )
        for each in rows
    ]


def _recordings_of(session: Session, incidents: Sequence[str]) -> Mapping[str, Sequence[str]]:
    query = (
        select(IncidentRecording)
        .where(IncidentRecording.incident_id.in_(incidents))
        .options(joinedload(IncidentRecording.recording))
        .order_by(IncidentRecording.recording_id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for each in session.scalars(query):
        found[each.incident_id].append(each.recording.public_id)
    return found
