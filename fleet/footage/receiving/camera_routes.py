"""What cameras may ask about footage: their own recordings, by certificate (L1).

The documents around the bytes are those of ``protocol.messages.uploads``. A store that does not do its part
is answered 503 (``fleet.footage.problems``): the camera keeps what it has and tries again (C8).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from fleet.cameras.identity import CameraDep
from fleet.core.bodies import PathNumber
from fleet.footage.receiving.bodies import SpooledBody
from fleet.footage.receiving.services import ReceivingDep
from fleet.footage.recordings.lookup import RecordingClaim
from protocol.messages.base import MAX_UTC_US
from protocol.messages.uploads import (
    CompleteRequest,
    CompleteResponse,
    LedgerProgress,
    StoredObject,
    UploadedRecording,
    UploadState,
)
from protocol.naming import RECORDING_ID

router = APIRouter(prefix="/api/v1/camera/recordings", tags=["uploads"])

CBOR = "application/cbor"


def claim_of(
    number: PathNumber,
    camera: CameraDep,
    recording: Annotated[str | None, Query(pattern=f"^{RECORDING_ID}$")] = None,
) -> RecordingClaim:
    """Read which recording a camera speaks of."""
    return RecordingClaim(camera.id, number, recording)


Claim = Annotated[RecordingClaim, Depends(claim_of)]


@router.get("/{number}", response_model_exclude_none=True)  # noqa: FAST003 - claim_of takes the number
def get_recording(claim: Claim, receiving: ReceivingDep, *, direct: bool = False) -> UploadedRecording:
    """Say what is held of a recording, so that the camera sends the rest.

    Whether that may go straight to the store is told to cameras that ask: others would refuse the word.
    """
    held = receiving.uploads.held(claim)
    return held.model_copy(update={"direct": receiving.offer()}) if direct else held


@router.put("/{number}/segments/{name}", status_code=201)  # noqa: FAST003 - claim_of takes the number
def put_segment(
    claim: Claim, name: str, body: SpooledBody, receiving: ReceivingDep, response: Response
) -> StoredObject:
    """Take in a segment: 201 when it is new, 200 when the same bytes were held, 409 for other bytes."""
    stored = receiving.uploads.put_segment(claim, name, body)
    response.status_code = 201 if stored.created else 200
    return stored


@router.put("/{number}/ledger/{offset}", status_code=201)  # noqa: FAST003 - claim_of takes the number
def put_ledger(
    claim: Claim,
    offset: Annotated[int, Path(ge=0, le=MAX_UTC_US)],
    body: SpooledBody,
    receiving: ReceivingDep,
    response: Response,
) -> LedgerProgress:
    """Take in the piece of a ledger that begins at ``offset``: 201, 200 and 409 as for a segment."""
    progress, new = receiving.uploads.put_ledger(claim, offset, body)
    response.status_code = 201 if new else 200
    return progress


@router.post("/{number}/complete", status_code=202)  # noqa: FAST003 - claim_of takes the number
def post_complete(
    claim: Claim, request: CompleteRequest, receiving: ReceivingDep, response: Response
) -> CompleteResponse:
    """Take the camera's word that it has sent everything; 202 while it is verified, 200 once that is over."""
    answer = receiving.completion.complete(claim, request)
    response.status_code = 200 if answer.state in {UploadState.HELD, UploadState.DELETED} else 202
    return answer


@router.get("/{number}/receipt", response_class=Response)  # noqa: FAST003 - claim_of takes the number
def get_receipt(claim: Claim, receiving: ReceivingDep) -> Response:
    """Return the signed receipt, 202 while the recording is verified, 422 when it did not verify and why."""
    receipt = receiving.completion.receipt(claim)
    return Response(receipt, media_type=CBOR) if receipt is not None else Response(status_code=202)
