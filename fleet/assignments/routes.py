"""JSON API of assignments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from fleet.assignments.models import Assignment
from fleet.assignments.officers import rename, retire
from fleet.assignments.service import check_in, check_out, open_assignments
from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require
from fleet.people.routes import NewOfficer, OfficerView

router = APIRouter(prefix="/api/v1/assignments", tags=["assignments"])

HandOut = Annotated[Actor, Depends(require(Permission.HAND_OUT))]


class NewAssignment(RequestBody):
    """A check-out."""

    camera: str = Field(max_length=32)
    officer: str = Field(max_length=32)


class AssignmentView(BaseModel):
    """An assignment."""

    id: str
    camera: str
    officer: str
    officer_name: str
    started: datetime
    ended: datetime | None

    @classmethod
    def of(cls, row: Assignment) -> AssignmentView:
        """Describe a row."""
        return cls(
            id=row.id,
            camera=row.camera_id,
            officer=row.officer_id,
            officer_name=row.officer.name,
            started=row.started,
            ended=row.ended,
        )


@router.get("", dependencies=[Depends(require(Permission.SEE_CAMERAS))])
def get_assignments(session: SessionDep) -> list[AssignmentView]:
    """List what is out now."""
    return [AssignmentView.of(row) for row in open_assignments(session)]


@router.post("", status_code=201)
def post_assignment(
    body: NewAssignment, session: SessionDep, services: ServicesDep, actor: HandOut
) -> AssignmentView:
    """Check a camera out to an officer."""
    row = check_out(session, services, camera=body.camera, officer=body.officer, by=actor)
    return AssignmentView.of(row)


@router.post("/{assignment}/end")
def post_end(assignment: str, session: SessionDep, actor: HandOut) -> AssignmentView:
    """Check a camera in."""
    return AssignmentView.of(check_in(session, assignment=assignment, by=actor))


officers_router = APIRouter(prefix="/api/v1/officers", tags=["people"])
"""What touches the camera that an officer wears; the rest of officers is in ``fleet.people.routes``."""


@officers_router.post("/{officer}/name")
def post_name(officer: str, body: NewOfficer, session: SessionDep, actor: HandOut) -> OfficerView:
    """Rename an officer."""
    return OfficerView.of(rename(session, officer=officer, name=body.name, by=actor))


@officers_router.post("/{officer}/retire")
def post_retire(officer: str, session: SessionDep, actor: HandOut) -> OfficerView:
    """Retire an officer who has no camera."""
    return OfficerView.of(retire(session, officer=officer, by=actor))
