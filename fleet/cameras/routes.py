"""HTTP API of cameras: ``router`` on the dashboard listener, ``camera_router`` on the cameras listener."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from fleet.assignments.models import Assignment
from fleet.assignments.service import open_assignments, take_out_of_service
from fleet.cameras.desired import desired_document
from fleet.cameras.enrolment import Recipients, enrolment_answer
from fleet.cameras.identity import CameraDep
from fleet.cameras.models import CameraRow
from fleet.cameras.service import create_code, enrol, get_camera, list_cameras, renew
from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.core.services import ServicesDep
from fleet.people.access import PUBLIC, Permission, require
from protocol.messages.desired import Desired
from protocol.messages.enrolment import EnrolmentRequest, EnrolmentResponse

router = APIRouter(prefix="/api/v1", tags=["cameras"])
camera_router = APIRouter(prefix="/api/v1/camera", tags=["camera"])

Enroller = Annotated[Actor, Depends(require(Permission.ENROL))]


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
    """A camera with who wears it and its last status message."""

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

    @classmethod
    def of(cls, camera: CameraRow, assignment: Assignment | None) -> "CameraView":
        """Describe a row."""
        return cls(
            id=camera.id,
            name=camera.name,
            enrolled=camera.enrolled,
            certificate_expires=camera.certificate_expires,
            revoked=camera.revoked,
            online=camera.online,
            seen=camera.seen,
            status=camera.status,
            assignment=assignment.id if assignment else None,
            officer=assignment.officer_id if assignment else None,
            officer_name=assignment.officer.name if assignment else None,
        )


@router.get("/authority", response_class=PlainTextResponse, dependencies=[Depends(PUBLIC)])
def get_authority(services: ServicesDep) -> PlainTextResponse:
    """Return the authority's certificate; a camera checks it against its enrolment code."""
    return PlainTextResponse(services.authority.pem, media_type="application/x-pem-file")


@router.post("/enrolment-codes", status_code=201)
def post_code(body: NewCode, session: SessionDep, services: ServicesDep, actor: Enroller) -> CodeView:
    """Make a one-time enrolment code."""
    code, expires = create_code(session, services, by=actor, minutes=body.minutes)
    return CodeView(code=code, expires=expires)


@router.post("/enrolments", status_code=201, dependencies=[Depends(PUBLIC)])
def post_enrolment(body: EnrolmentRequest, session: SessionDep, services: ServicesDep) -> EnrolmentResponse:
    """Enrol a camera with its one-time code."""
    camera, issued = enrol(session, services, code=body.code, request_pem=body.csr_pem)
    return enrolment_answer(services, camera.id, issued)


@router.get("/cameras", dependencies=[Depends(require(Permission.SEE_CAMERAS))])
def get_cameras(session: SessionDep) -> list[CameraView]:
    """List enrolled cameras."""
    worn = {row.camera_id: row for row in open_assignments(session)}
    return [CameraView.of(camera, worn.get(camera.id)) for camera in list_cameras(session)]


@router.get("/cameras/{camera}", dependencies=[Depends(require(Permission.SEE_CAMERAS))])
def get_one_camera(camera: str, session: SessionDep) -> CameraView:
    """Return one camera."""
    row = get_camera(session, camera)
    worn = {each.camera_id: each for each in open_assignments(session)}
    return CameraView.of(row, worn.get(row.id))


@router.post("/cameras/{camera}/revoke")
def post_revoke(camera: str, body: Revocation, session: SessionDep, actor: Enroller) -> CameraView:
    """Refuse a camera from now on; nobody wears it any more."""
    return CameraView.of(take_out_of_service(session, camera=camera, by=actor, purpose=body.purpose), None)


@camera_router.get("/desired")
def get_desired(camera: CameraDep, session: SessionDep, services: ServicesDep) -> Desired:
    """Return what is wanted of the camera that asks."""
    return desired_document(session, services.find(Recipients), camera.id)


@camera_router.post("/certificate", status_code=201)
def post_certificate(
    body: Renewal, camera: CameraDep, session: SessionDep, services: ServicesDep
) -> dict[str, str]:
    """Issue the camera's next certificate."""
    issued = renew(session, services, camera=camera.id, request_pem=body.csr_pem)
    return {"certificate_pem": issued.pem, "authority_pem": services.authority.pem}
