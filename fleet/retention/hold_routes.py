"""The HTTP API of holds: on recordings and incidents, and ended whatever they are on (F3)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.core.services import ServicesDep
from fleet.footage.recordings.lookup import get
from fleet.incidents.service import get_incident
from fleet.people.access import Permission, require
from fleet.retention.holds import (
    LONGEST_OWNER,
    LONGEST_REASON,
    HoldDraft,
    hold_incident,
    hold_recording,
    holds_on,
    holds_on_incident,
    release_hold,
)
from fleet.retention.models import Hold

router = APIRouter(prefix="/api/v1", tags=["holds"])

SEES = [Depends(require(Permission.SEE_RECORDINGS))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]


class NewHold(RequestBody):
    """A hold: what for, who answers for it, why, and the day on which somebody looks at it again."""

    kind: str = Field(max_length=20)
    owner: str = Field(max_length=LONGEST_OWNER)
    reason: str = Field(max_length=LONGEST_REASON)
    review: date

    def draft(self, zone: ZoneInfo) -> HoldDraft:
        """What is asked for, at a site of that zone."""
        return HoldDraft(self.kind, self.owner, self.reason, self.review, zone)


class HoldRelease(RequestBody):
    """Why a hold is not needed any more; it is kept with the hold and in the audit log."""

    reason: str = Field(max_length=LONGEST_REASON)


class HoldOfApi(BaseModel):
    """A hold, that lasts or ended; it is on a recording, an incident or an import, the others are none."""

    id: str
    recording: str | None
    incident: str | None
    imported: str | None
    kind: str
    owner: str
    reason: str
    review: date
    placed: datetime
    placed_by: str
    released: datetime | None
    released_by: str | None
    released_reason: str | None

    @classmethod
    def of(cls, row: Hold) -> HoldOfApi:
        """Return what a row says."""
        return cls(
            id=row.id,
            recording=None if row.recording is None else row.recording.public_id,
            incident=row.incident_id,
            imported=row.import_id,
            kind=row.kind,
            owner=row.owner,
            reason=row.reason,
            review=row.review,
            placed=row.placed,
            placed_by=row.placed_by,
            released=row.released,
            released_by=row.released_by,
            released_reason=row.released_reason,
        )


@router.get("/recordings/{recording}/holds", dependencies=SEES)
def get_recording_holds(recording: str, session: SessionDep) -> list[HoldOfApi]:
    """List the holds that last on a recording, by itself or by an incident."""
    row = get(session, recording).id
    return [HoldOfApi.of(each) for each in holds_on(session, [row]).get(row, ())]


@router.post("/recordings/{recording}/holds", status_code=201)
def post_recording_hold(
    recording: str, body: NewHold, session: SessionDep, services: ServicesDep, actor: Retainer
) -> HoldOfApi:
    """Hold a recording: nothing of it is deleted while that lasts."""
    draft = body.draft(services.config.site.time_zone)
    return HoldOfApi.of(hold_recording(session, services.random, draft, recording=recording, by=actor))


@router.get("/incidents/{incident}/holds", dependencies=SEES)
def get_incident_holds(incident: str, session: SessionDep) -> list[HoldOfApi]:
    """List the holds that an incident has itself, and that last."""
    return [HoldOfApi.of(each) for each in holds_on_incident(session, get_incident(session, incident).id)]


@router.post("/incidents/{incident}/holds", status_code=201)
def post_incident_hold(
    incident: str, body: NewHold, session: SessionDep, services: ServicesDep, actor: Retainer
) -> HoldOfApi:
    """Hold every recording of an incident, those that are put into it later too."""
    draft = body.draft(services.config.site.time_zone)
    return HoldOfApi.of(hold_incident(session, services.random, draft, incident=incident, by=actor))


@router.post("/holds/{hold}/release")
def post_hold_release(hold: str, body: HoldRelease, session: SessionDep, actor: Retainer) -> HoldOfApi:
    """End a hold."""
    return HoldOfApi.of(release_hold(session, hold=hold, reason=body.reason, by=actor))
