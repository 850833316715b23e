"""What people and programs may say about what cameras send: that no more of a recording will come."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.services import ServicesDep
from fleet.footage.receiving.services import ReceivingDep
from fleet.footage.receiving.stopping import LONGEST_REASON
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.summary import RecordingSummary
from fleet.people.access import Permission, require

router = APIRouter(prefix="/api/v1", tags=["recordings"])

Stopper = Annotated[Actor, Depends(require(Permission.STOP_WAITING))]


class NoMore(RequestBody):
    """Why no more of a recording will come; it is kept in the audit log with the name of who says so."""

    reason: str = Field(max_length=LONGEST_REASON)


@router.post("/recordings/{recording}/no-more")
def post_no_more(
    recording: str, body: NoMore, actor: Stopper, receiving: ReceivingDep, services: ServicesDep
) -> RecordingSummary:
    """Say that no more of a recording will come: what is here is verified as a part, and may be exported.

    Should its camera send more all the same, the recording goes on.
    """
    receiving.stopping.stop(recording, actor, body.reason)
    with services.readers() as session:
        return RecordingSummary.of(get(session, recording))
