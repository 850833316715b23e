"""The HTTP API of what cameras signed of consent: ``camera_router`` takes it in, ``router`` tells programs.

A camera hands over its own alone (L1): what another signed is refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from fleet.audit.services import AUDIT
from fleet.cameras.identity import CameraDep
from fleet.cameras.services import CamerasDep
from fleet.core.actor import Actor, camera_actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import ServicesDep
from fleet.people.access import Permission, require
from fleet.people.sessions import origin_of
from fleet.visits.models import CameraConsent
from fleet.visits.rules.draft import LONGEST_WHY
from fleet.visits.signed.events import MOST_LISTED, follows, link_consent, take_consent, unplaced
from fleet.visits.signed.files import SignedFiles, take_of_camera, take_of_visit, take_unplaced
from protocol.messages.base import MAX_UTC_US
from protocol.messages.consent import ConsentTaken, SignedConsent

camera_router = APIRouter(prefix="/api/v1/camera", tags=["camera"])
router = APIRouter(prefix="/api/v1", tags=["visits"])

Planner = Annotated[Actor, Depends(require(Permission.PLAN_VISITS))]
Viewer = Annotated[Actor, Depends(require(Permission.SEE_VISITS))]
LEFT = "Lapel-Left"
"""The header that says how many files more there are than went out."""


class ConsentOfCamera(BaseModel):
    """What a camera signed: when, which visit it is of, and why none where none is known.

    ``at`` is when it arrived where ``dated`` is false; ``follows`` says whether the one before it is here.
    """

    digest: str
    camera: str
    number: int
    kind: str
    at: datetime
    dated: bool
    arrived: datetime
    wording: str
    why: str
    recording: str | None
    officer: str | None
    follows: bool
    doubt: str
    visit: str | None
    entry: str | None
    linked_by: str
    linked_reason: str

    @classmethod
    def of(cls, session: Session, row: CameraConsent) -> Self:
        """Read it."""
        return cls(
            digest=row.digest,
            camera=row.camera_id,
            number=row.number,
            kind=row.kind,
            at=row.at,
            dated=row.dated,
            arrived=row.arrived,
            wording=row.wording,
            why=row.why,
            recording=row.recording,
            officer=row.officer_id,
            follows=follows(session, row),
            doubt=row.doubt,
            visit=row.visit_id,
            entry=row.entry_id,
            linked_by=row.linked_by,
            linked_reason=row.linked_reason,
        )


class UnplacedConsents(BaseModel):
    """What cameras signed of which no visit is known: at most so many, and how many there are in all."""

    consents: list[ConsentOfCamera]
    total: int


class ConsentLink(RequestBody):
    """Of which visit a camera's word is, and why somebody says so."""

    visit: str = Field(max_length=32)
    reason: str = Field(max_length=LONGEST_WHY)


@camera_router.post("/consent", status_code=201)
def post_signed_consent(
    body: SignedConsent,
    request: Request,
    response: Response,
    camera: CameraDep,
    session: SessionDep,
    services: ServicesDep,
    cameras: CamerasDep,
) -> ConsentTaken:
    """Take in what the camera signed of consent: 201 when it is new, 200 when it was held."""
    try:
        row, new = take_consent(
            session, services.random, _bytes(body), camera=camera.id, authority=cameras.authority.der
        )
    except ProblemError as problem:
        session.rollback()  # a refusal is written by itself, and stays
        who, detail = camera_actor(camera.id).at(origin_of(request).address), {"code": problem.code}
        AUDIT(request).refusals.write(who, "cameras:upload:refuse", camera.id, detail=detail)
        raise
    response.status_code = 201 if new else 200
    return ConsentTaken(number=row.number, digest=row.digest)


@router.get("/consents/unplaced", dependencies=[Depends(require(Permission.SEE_VISITS))])
def get_unplaced(session: SessionDep) -> UnplacedConsents:
    """List what cameras signed of which no visit is known, the oldest first."""
    rows, total = unplaced(session, MOST_LISTED)
    return UnplacedConsents(consents=[ConsentOfCamera.of(session, each) for each in rows], total=total)


@router.post("/consents/{digest}/visit")
def post_consent_link(
    digest: str, body: ConsentLink, session: SessionDep, services: ServicesDep, actor: Planner
) -> ConsentOfCamera:
    """Say of which visit a camera's word is."""
    row = link_consent(
        session, services.random, digest=digest, visit=body.visit, reason=body.reason, by=actor
    )
    return ConsentOfCamera.of(session, row)


@router.post("/visits/{visit}/consents/files")
def post_files_of_visit(visit: str, session: SessionDep, actor: Viewer) -> Response:
    """Give out what cameras signed that belongs to a visit, as files in a ZIP."""
    return zip_answer(take_of_visit(session, visit, actor))


@router.post("/cameras/{camera}/consents/files")
def post_files_of_camera(
    camera: str,
    session: SessionDep,
    actor: Viewer,
    first: Annotated[int, Query(ge=1, le=MAX_UTC_US)] = 1,
) -> Response:
    """Give out what a camera signed from a number of its own on, as files in a ZIP."""
    return zip_answer(take_of_camera(session, camera, first, actor))


@router.post("/consents/unplaced/files")
def post_unplaced_files(session: SessionDep, actor: Viewer) -> Response:
    """Give out what cameras signed of which no visit is known, as files in a ZIP."""
    return zip_answer(take_unplaced(session, actor))


def zip_answer(found: SignedFiles) -> Response:
    """Return files as an answer that a browser keeps."""
    headers = {
        "Content-Disposition": 'attachment; filename="consent.zip"',
        "Cache-Control": "no-store",
        LEFT: str(found.left),
    }
    return Response(found.to_zip(), media_type="application/zip", headers=headers)


def _bytes(body: SignedConsent) -> bytes:
    try:
        return body.to_bytes()
    except ValueError as error:
        raise ProblemError(422, "not_valid", "What was signed is sent in base64.") from error
