"""The HTTP API of recordings for people and programs: listed and described (F5).

With each goes what people say of it and until when it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.database import SessionDep
from fleet.core.services import Services, ServicesDep
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording
from fleet.footage.recordings.summary import RecordingSummary
from fleet.incidents.finding import RecordingTold, told_of
from fleet.people.access import Permission, require
from fleet.retention.lookup import keepings

router = APIRouter(prefix="/api/v1", tags=["recordings"])

SEES = [Depends(require(Permission.SEE_RECORDINGS))]


@dataclass(frozen=True, slots=True)
class IncidentName:
    """An incident that a recording belongs to: its id, and what people call it."""

    id: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldSummary(RecordingSummary):
    """A recording with what people say of it.

    Attributes:
        category: its category; None while nobody chose one.
        incident: whether it shows an incident; None while nobody said.
        incidents: those that it belongs to.
        kept_until: its last day, at the site; None while a hold keeps it, and of one that was deleted.
        held: whether a hold keeps it; None of one that was deleted.
    """

    category: str | None
    incident: bool | None
    incidents: tuple[IncidentName, ...]
    kept_until: date | None
    held: bool | None


@router.get("/recordings", dependencies=SEES)
def get_recordings(
    session: SessionDep,
    services: ServicesDep,
    camera: Annotated[str | None, Query(max_length=32)] = None,
    skip: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[ToldSummary]:
    """List recordings, the newest first."""
    query = select(Recording).order_by(Recording.announced.desc(), Recording.id.desc())
    if camera is not None:
        query = query.where(Recording.camera_id == camera)
    return summaries(session, services, session.scalars(query.offset(skip).limit(limit)).all())


@router.get("/recordings/{recording}", dependencies=SEES)
def get_recording(recording: str, session: SessionDep, services: ServicesDep) -> ToldSummary:
    """Return one recording."""
    (found,) = summaries(session, services, [get(session, recording)])
    return found


def summaries(session: Session, services: Services, rows: Sequence[Recording]) -> list[ToldSummary]:
    """Return recordings with what people say of them, in their order."""
    told = told_of(session, [row.id for row in rows])
    kept = keepings(session, rows, services.config.site.time_zone)
    found = []
    for row in rows:
        said, keeping = told.get(row.id, RecordingTold()), kept.get(row.id)
        summary = RecordingSummary.of(row)
        found.append(
            ToldSummary(
                **{each.name: getattr(summary, each.name) for each in fields(summary)},
                category=said.category,
                incident=said.incident,
                incidents=tuple(IncidentName(*each) for each in said.incidents),
                kept_until=None if keeping is None else keeping.until,
                held=None if keeping is None else keeping.until is None,
            )
        )
    return found
