"""HTTP API of cameras: ``router`` on the dashboard listener, ``camera_router`` on the cameras listener."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from fleet.audit.services import AuditDep
from fleet.cameras.desired import desired_document
from fleet.cameras.identity import CameraDep, RenewingDep
from fleet.cameras.models import CameraRow
from fleet.cameras.rules import Presence, still_heard
from fleet.cameras.service import create_code, enrol, get_camera, list_cameras, renew, take_out_of_service
from fleet.cameras.services import CamerasDep
from fleet.cameras.wearers import Wearer
from fleet.core.actor import ANONYMOUS, Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep, now
from fleet.core.problems import ProblemError
from fleet.people.access import COSTLY, PUBLIC, Permission, require
from fleet.people.attempts import too_many
from fleet.people.services import PEOPLE
from fleet.people.sessions import origin_of
from protocol.messages.desired import Desired
from protocol.messages.enrolment import EnrolmentRequest, EnrolmentResponse

router = APIRouter(prefix="/api/v1", tags=["cameras"])
camera_router = APIRouter(prefix="/api/v1/camera", tags=["camera"])

_WRONG_CODES = "enrolment:"
_COUNTED = frozenset({"enrolment_code_unknown", "enrolment_code_used", "too_many_attempts"})

Enroller = Annotated[Actor, Depends(require(Permission.ENROL, confirmed=True))]


class NewCode(RequestBody):
    """An enrolment code to make; ``minutes`` until it expires, the configured time when left out."""

    minutes: int | None = Field(None, ge=1, le=10_080)


class CodeView(BaseModel):
    """An enrolment code, shown this once."""

    code: str
    expires: datetime


class Renewal(RequestBody):
    """What a camera sends for its next certificate."""

    csr_pem: str = Field(max_length=4096)


class Revocation(RequestBody):
    """Why a camera is revoked."""

    purpose: str = Field(min_length=1, max_length=500)


class CameraView(BaseModel):
    """A camera with who wears it, its last status message, and whether two devices used its identity."""

    id: str
    name: str
    enrolled: datetime
    certificate_expires: datetime
    revoked: datetime | None
    online: bool
    seen: datetime | None
    status: dict[str, Any] | None
    assignment: str | None
    officer: str | None
    officer_name: str | None
    doubled_since: datetime | None
    doubled_last: datetime | None

    @classmethod
    def of(cls, camera: CameraRow, worn: Wearer | None, at: datetime) -> CameraView:
        """Describe a row."""
        return cls(
            id=camera.id,
            name=camera.name,
            enrolled=camera.enrolled,
            certificate_expires=camera.certificate_expires,
            revoked=camera.revoked,
            online=still_heard(Presence(camera.online, camera.session, camera.seen), now=at),
            seen=camera.seen,
            doubled_since=camera.doubled_since,
            doubled_last=camera.doubled_last,
            status=camera.status,
            assignment=worn.assignment if worn else None,
            officer=worn.officer if worn else None,
            officer_name=worn.officer_name if worn else None,
        )


@router.get("/authority", response_class=PlainTextResponse, dependencies=[Depends(PUBLIC)])
def get_authority(cameras: CamerasDep) -> PlainTextResponse:
    """Return the authority's certificate; a camera checks it against its enrolment code."""
    return PlainTextResponse(cameras.authority.pem, media_type="application/x-pem-file")


@router.post("/enrolment-codes", status_code=201)
def post_code(body: NewCode, session: SessionDep, cameras: CamerasDep, actor: Enroller) -> CodeView:
    """Make a one-time enrolment code."""
    code, expires = create_code(session, cameras, by=actor, minutes=body.minutes)
    return CodeView(code=code, expires=expires)


@router.post("/enrolments", status_code=201, dependencies=[Depends(PUBLIC), COSTLY])
def post_enrolment(
    body: EnrolmentRequest, request: Request, session: SessionDep, cameras: CamerasDep, audit: AuditDep
) -> EnrolmentResponse:
    """Enrol a camera with its one-time code; unknown codes, and used ones, are counted by address."""
    address, attempts = origin_of(request).address, PEOPLE(request).attempts
    began, keys = cameras.core.clock(), [f"{_WRONG_CODES}{address}"]
    try:
        if (wait := attempts.begin(keys, began)) is not None:
            raise too_many(wait)
        camera, issued = enrol(session, cameras, code=body.code, request_pem=body.csr_pem, address=address)
        attempts.give_back(keys, began)
    except ProblemError as problem:
        session.rollback()  # a refusal is written by itself, and stays
        if problem.code not in _COUNTED:
            attempts.give_back(keys, began)
        detail = {"code": problem.code}
        audit.refusals.write(ANONYMOUS.at(address), "cameras:enrolment:refuse", "", detail=detail)
        raise
    return EnrolmentResponse(
        camera=camera.id,
        certificate_pem=issued.pem,
        authority_pem=cameras.authority.pem,
        recipients=cameras.recipients(),
        cameras_url=cameras.core.endpoints.cameras_url,
        mqtt_host=cameras.core.endpoints.mqtt_host,
        mqtt_port=cameras.core.endpoints.mqtt_port,
    )


@router.get("/cameras", dependencies=[Depends(require(Permission.SEE_CAMERAS))])
def get_cameras(session: SessionDep, cameras: CamerasDep) -> list[CameraView]:
    """List enrolled cameras."""
    worn = cameras.wearers.worn(session)
    return [CameraView.of(camera, worn.get(camera.id), now(session)) for camera in list_cameras(session)]


@router.get("/cameras/{camera}", dependencies=[Depends(require(Permission.SEE_CAMERAS))])
def get_one_camera(camera: str, session: SessionDep, cameras: CamerasDep) -> CameraView:
    """Return one camera."""
    row = get_camera(session, camera)
    return CameraView.of(row, cameras.wearers.of(session, row.id), now(session))


@router.post("/cameras/{camera}/revoke")
def post_revoke(
    camera: str, body: Revocation, session: SessionDep, cameras: CamerasDep, actor: Enroller
) -> CameraView:
    """Refuse a camera from now on; nobody wears it any more."""
    row = take_out_of_service(session, cameras.wearers, camera=camera, by=actor, purpose=body.purpose)
    return CameraView.of(row, None, now(session))


@camera_router.get("/desired")
def get_desired(camera: CameraDep, session: SessionDep, cameras: CamerasDep) -> Desired:
    """Return what is wanted of the camera that asks."""
    return desired_document(session, cameras, camera.id)


@camera_router.post("/certificate", status_code=201)
def post_certificate(
    body: Renewal,
    request: Request,
    response: Response,
    camera: RenewingDep,
    session: SessionDep,
    cameras: CamerasDep,
) -> dict[str, str]:
    """Issue the camera's next certificate, also where its last one has ended."""
    response.headers["Connection"] = "close"  # it is shown on a connection of its own
    address = origin_of(request).address
    issued = renew(session, cameras, camera=camera.id, request_pem=body.csr_pem, address=address)
    return {"certificate_pem": issued.pem, "authority_pem": cameras.authority.pem}
