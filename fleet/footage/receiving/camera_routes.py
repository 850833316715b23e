"""What cameras may ask about footage: their own recordings, by certificate (L1).

The documents around the bytes are those of ``protocol.messages.uploads``.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Response

from fleet.cameras.identity import CameraDep
from fleet.core.problems import ProblemError
from fleet.core.services import ServicesDep
from fleet.footage.errors import StoreError
from fleet.footage.receiving.bodies import SpooledBody
from fleet.footage.receiving.completion import Completion
from fleet.footage.receiving.uploads import Uploads
from protocol.messages.uploads import (
    CompleteRequest,
    CompleteResponse,
    LedgerProgress,
    StoredObject,
    UploadedRecording,
    UploadState,
)

router = APIRouter(prefix="/api/v1/camera/recordings", tags=["uploads"])

CBOR = "application/cbor"


@router.get("/{number}")
def get_recording(number: int, camera: CameraDep, services: ServicesDep) -> UploadedRecording:
    """Say what is held of a recording, so that the camera sends the rest."""
    with _store_answers():
        return services.find(Uploads).held(camera.id, number)


@router.put("/{number}/segments/{name}", status_code=201)
def put_segment(
    number: int, name: str, camera: CameraDep, body: SpooledBody, services: ServicesDep, response: Response
) -> StoredObject:
    """Take in a segment: 201 when it is new, 200 when the same bytes were held, 409 for other bytes."""
    with _store_answers():
        stored = services.find(Uploads).put_segment(camera.id, number, name, body)
    response.status_code = 201 if stored.created else 200
    return stored


@router.put("/{number}/ledger/{offset}", status_code=201)
def put_ledger(
    number: int, offset: int, camera: CameraDep, body: SpooledBody, services: ServicesDep, response: Response
) -> LedgerProgress:
    """Take in the piece of a ledger that begins at ``offset``: 201, 200 and 409 as for a segment."""
    with _store_answers():
        progress, new = services.find(Uploads).put_ledger(camera.id, number, offset, body)
    response.status_code = 201 if new else 200
    return progress


@router.post("/{number}/complete", status_code=202)
def post_complete(
    number: int, request: CompleteRequest, camera: CameraDep, services: ServicesDep, response: Response
) -> CompleteResponse:
    """Take the camera's word that it has sent everything; 202 while it is verified, 200 once it is held."""
    with _store_answers():
        answer = services.find(Completion).complete(camera.id, number, request)
    response.status_code = 200 if answer.state is UploadState.HELD else 202
    return answer


@router.get("/{number}/receipt", response_class=Response)
def get_receipt(number: int, camera: CameraDep, services: ServicesDep) -> Response:
    """Return the signed receipt, 202 while the recording is verified, 422 when it did not verify and why."""
    with _store_answers():
        receipt = services.find(Completion).receipt(camera.id, number)
    return Response(receipt, media_type=CBOR) if receipt is not None else Response(status_code=202)


@contextmanager
def _store_answers() -> Iterator[None]:
    """Answer 503 when the store does not do its part: the camera keeps what it has and tries again (C8)."""
    try:
        yield
    except StoreError as error:
        raise ProblemError(503, "storage_failed", str(error), headers={"Retry-After": "10"}) from error
