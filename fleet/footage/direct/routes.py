"""What cameras may ask about segments that go straight to the store, by certificate as ever (L1)."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from fleet.cameras.identity import check_camera_again
from fleet.core.app_key import AppKey
from fleet.core.problems import ProblemError
from fleet.footage.direct.direct import DirectUploads
from fleet.footage.receiving.bodies import write_refused
from fleet.footage.receiving.camera_routes import Claim
from fleet.footage.store.stored_files import HeldSegment
from protocol.messages.uploads import DirectAddress, DirectSegment, StoredObject

router = APIRouter(prefix="/api/v1/camera/recordings", tags=["uploads"])

DIRECT: AppKey[DirectUploads] = AppKey("direct")

DirectDep = Annotated[DirectUploads, Depends(DIRECT)]


@router.post("/{number}/segments/{name}/address")  # noqa: FAST003 - claim_of takes the number
def post_address(
    claim: Claim, name: str, body: DirectSegment, direct: DirectDep, request: Request, response: Response
) -> DirectAddress:
    """Give out the address by which this one segment may be put straight into the store."""
    response.headers["Cache-Control"] = "no-store"
    try:
        return direct.address(claim, _segment(name, body))
    except ProblemError as problem:
        write_refused(request, claim.camera, problem)
        raise


@router.post("/{number}/segments/{name}/arrived", status_code=201)  # noqa: FAST003 - claim_of takes the number
def post_arrived(
    claim: Claim, name: str, body: DirectSegment, direct: DirectDep, request: Request, response: Response
) -> StoredObject:
    """Take in a segment that was put straight into the store: 201, 200 and 409 as for one sent here."""
    try:
        stored = direct.arrived(claim, _segment(name, body), partial(check_camera_again, request))
    except ProblemError as problem:
        write_refused(request, claim.camera, problem)
        raise
    response.status_code = 201 if stored.created else 200
    return stored


def _segment(name: str, body: DirectSegment) -> HeldSegment:
    return HeldSegment(name, body.size, bytes.fromhex(body.sha256))
