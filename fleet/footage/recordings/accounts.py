"""Made, received, missing: the counts of ``accounting`` from the tables and from what cameras say (L3)."""

from __future__ import annotations

from collections import defaultdict

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.footage.recordings.accounting import Account, account
from fleet.footage.recordings.models import Recording, RecordingState
from protocol.messages.status import Status


def accounts(session: Session) -> dict[str, Account]:
    """Return the account of every camera, revoked ones too: what they made is still expected."""
    by_state: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for camera, number, state in session.execute(
        select(Recording.camera_id, Recording.number, Recording.state)
    ):
        by_state[camera][_kind(state)].append(number)
    return {
        camera.id: account(
            received=by_state[camera.id]["received"],
            arriving=by_state[camera.id]["arriving"],
            failed=by_state[camera.id]["failed"],
            highest=_made(camera),
        )
        for camera in session.scalars(select(CameraRow).order_by(CameraRow.number))
    }


def _kind(state: str) -> str:
    if state == RecordingState.HELD:
        return "received"
    return "failed" if state == RecordingState.FAILED else "arriving"


def _made(camera: CameraRow) -> int:
    """Return how many recordings the camera says it has numbered; 0 is the least while it says nothing."""
    if camera.status is None:
        return 0
    try:
        return Status.model_validate(camera.status, strict=False).made or 0
    except ValidationError:
        return 0  # written by another version; the camera's next status replaces it
