"""The HTTP API of recordings for people and programs: counted, and what the verifier said (F5)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.footage.recordings.accounts import accounts
from fleet.footage.recordings.gone import refuse_gone
from fleet.footage.recordings.lookup import get
from fleet.people.access import Permission, require

router = APIRouter(prefix="/api/v1", tags=["recordings"])

SEES = [Depends(require(Permission.SEE_RECORDINGS))]


class AccountView(BaseModel):
    """How many recordings of a camera were made, and what became of them (L3)."""

    camera: str
    made: int
    received: int
    arriving: int
    failed: int
    stopped: int
    unconfirmed: int
    deleted: int
    missing: list[int]
    missing_count: int


@router.get("/recordings/accounts", dependencies=SEES)
def get_accounts(session: SessionDep) -> list[AccountView]:
    """Return what each camera made, and what of it is here (L3)."""
    return [
        AccountView(
            camera=camera,
            made=each.made,
            received=each.received,
            arriving=each.arriving,
            failed=each.failed,
            stopped=each.stopped,
            unconfirmed=each.unconfirmed,
            deleted=each.deleted,
            missing=list(each.missing),
            missing_count=each.missing_count,
        )
        for camera, each in accounts(session).items()
    ]


@router.get("/recordings/{recording}/report", dependencies=SEES)
def get_report(recording: str, session: SessionDep) -> dict[str, Any]:
    """Return the verifier's whole report.

    Raises:
        ProblemError: 404 there is none yet; 410 the recording was deleted.
    """
    row = get(session, recording)
    refuse_gone(row)
    report = row.report
    if report is None:
        raise ProblemError(404, "not_verified", "This recording has not been verified yet.")
    return report
