"""Made, received, missing: the counts of ``accounting`` from the tables and from what cameras say (L3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import case, distinct, func, select
from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.footage.recordings.accounting import Account, account
from fleet.footage.recordings.lookup import furthest
from fleet.footage.recordings.models import GONE, ChainRow, Recording, RecordingState
from fleet.footage.recordings.unconfirmed import unconfirmed_of_json
from protocol.messages.status import Status


def accounts(session: Session) -> dict[str, Account]:
    """Return the account of every camera, revoked ones too: what they made is still expected.

    The database counts, and the numbers themselves are read only of cameras of which some are missing: a page
    that is made anew with every press must not read every recording there is.
    """
    counts = _counts(session)
    return {
        camera.id: _account(session, camera, counts.get(camera.id, {}))
        for camera in session.scalars(select(CameraRow).order_by(CameraRow.number))
    }


_KIND = case(
    (Recording.state == RecordingState.HELD, "received"),
    (Recording.state == RecordingState.FAILED, "failed"),
    (Recording.state == RecordingState.STOPPED, "stopped"),
    (Recording.state.in_(GONE), "deleted"),
    else_="arriving",
)


_CAME = case((Recording.state != RecordingState.ANNOUNCED, Recording.number))


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many numbers of one kind there are, the highest of them, and of which something came."""

    count: int
    highest: int
    came: int | None


def _counts(session: Session) -> dict[str, dict[str, _Counted]]:
    """Return for each camera what there is of each kind."""
    found: dict[str, dict[str, _Counted]] = defaultdict(dict)
    query = select(
        Recording.camera_id,
        _KIND,
        func.count(distinct(Recording.number)),
        func.max(Recording.number),
        func.max(_CAME),
    ).group_by(Recording.camera_id, _KIND)
    for camera, kind, count, highest, came in session.execute(query):
        found[camera][kind] = _Counted(count, highest, came)
    return found


def _account(session: Session, camera: CameraRow, counts: dict[str, _Counted]) -> Account:
    last = furthest(max((each.came for each in counts.values() if each.came is not None), default=None))
    said = _made(camera)
    highest = said if last is None or said <= last else 0
    made = max([highest, *(each.highest for each in counts.values())])
    numbers = {kind: each.count for kind, each in counts.items()}
    if sum(numbers.values()) == made and made == _distinct(session, camera, numbers):
        return Account(
            made=made,
            received=numbers.get("received", 0),
            arriving=numbers.get("arriving", 0),
            failed=numbers.get("failed", 0),
            stopped=numbers.get("stopped", 0),
            unconfirmed=0,
            deleted=numbers.get("deleted", 0),
            missing=(),
            missing_count=0,
        )
    kinds: dict[str, list[int]] = defaultdict(list)
    for kind, number in session.execute(
        select(_KIND, Recording.number).where(Recording.camera_id == camera.id)
    ):
        if last is None or number <= last:  # one of before may be further than is believed now
            kinds[kind].append(number)
    return account(
        received=kinds["received"],
        arriving=kinds["arriving"],
        failed=kinds["failed"],
        stopped=kinds["stopped"],
        unconfirmed=_unconfirmed(session, camera),
        deleted=kinds["deleted"],
        highest=highest,
    )


def _unconfirmed(session: Session, camera: CameraRow) -> list[int]:
    """Return the numbers that later recordings of the camera say its card never confirmed."""
    query = select(ChainRow.number, ChainRow.unconfirmed).where(
        ChainRow.camera_id == camera.id, ChainRow.unconfirmed.is_not(None)
    )
    return [
        each.number
        for own, kept in session.execute(query)
        for each in unconfirmed_of_json(kept)
        if each.number < own
    ]


def _distinct(session: Session, camera: CameraRow, numbers: dict[str, int]) -> int:
    """Return how many numbers there are: one may be of two kinds, where two devices had one identity."""
    if len(numbers) < 2:  # noqa: PLR2004 - of one kind there is nothing to have twice
        return sum(numbers.values())
    query = select(func.count(distinct(Recording.number))).where(Recording.camera_id == camera.id)
    return session.scalar(query) or 0


def _made(camera: CameraRow) -> int:
    """Return how many recordings the camera says it has numbered; 0 is the least while it says nothing."""
    if camera.status is None:
        return 0
    try:
        return Status.model_validate(camera.status, strict=False).made or 0
    except ValidationError:
        return 0  # written by another version; the camera's next status replaces it
