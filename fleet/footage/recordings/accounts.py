"""Made, received, missing: the counts of ``accounting`` from the tables and from what cameras say (L3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Select, distinct, func, literal, select, true, union_all
from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.footage.recordings.accounting import Account, account
from fleet.footage.recordings.chain_row import ChainRow
from fleet.footage.recordings.lookup import furthest
from fleet.footage.recordings.models import GONE, Recording, RecordingState, is_apart
from fleet.footage.recordings.unconfirmed import unconfirmed_of_json
from protocol.messages.status import Status


def accounts(session: Session) -> dict[str, Account]:
    """Return the account of every camera, revoked ones too: what they made is still expected.

    The database counts, and the numbers themselves are read only of cameras of which some are missing: a page
    that is made anew with every press must not read every recording there is.
    """
    counts = _counts(session)
    return {
        camera.id: _account(session, camera, counts.get(camera.id, _Counted()))
        for camera in session.scalars(select(CameraRow).order_by(CameraRow.number))
    }


_ARRIVING: Final = "arriving"
_KINDS: Final = {
    RecordingState.HELD: "received",
    RecordingState.FAILED: "failed",
    RecordingState.STOPPED: "stopped",
    **dict.fromkeys(GONE, "deleted"),
}
"""What each state counts as; every other is of what is on its way."""


@dataclass(slots=True)
class _Counted:
    """What the database counts of a camera.

    Attributes:
        kinds: how many numbers of each kind there are.
        highest: the highest number.
        came: the highest number of which something came.
        is_doubled: whether a number may have been counted twice: two devices had one identity.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    highest: int = 0
    came: int | None = None
    is_doubled: bool = False


_STATES: Final = union_all(*(select(literal(str(each)).label("state")) for each in RecordingState)).subquery()
_OF_STATE: Final = (Recording.camera_id == CameraRow.id, Recording.state == _STATES.c.state)


def _of_each(number: ColumnElement[int]) -> Select[str, str, int, int | None]:
    """Return what asks, of each camera and state, for a count of recordings and the highest number.

    Each is answered by a part of an index of its own, which is half the work of grouping all that there is.
    """
    count = select(number).where(*_OF_STATE).correlate(CameraRow, _STATES).scalar_subquery()
    highest = select(func.max(Recording.number)).where(*_OF_STATE).correlate(CameraRow, _STATES)
    return select(CameraRow.id, _STATES.c.state, count, highest.scalar_subquery()).join(_STATES, true())


_SIMPLE: Final = _of_each(func.count())
_COMPARED: Final = _of_each(func.count(distinct(Recording.number)))


def _counts(session: Session) -> dict[str, _Counted]:
    """Return for each camera what there is, from the indexes alone.

    A camera has a row for each number, and more only where two devices had one identity: of those alone the
    numbers are compared with one another, which costs as much again.
    """
    doubled = set(session.scalars(select(Recording.camera_id).where(is_apart).distinct()))
    found: dict[str, _Counted] = defaultdict(_Counted)
    rows = [*session.execute(_SIMPLE.where(CameraRow.id.not_in(doubled)) if doubled else _SIMPLE)]
    if doubled:
        rows += session.execute(_COMPARED.where(CameraRow.id.in_(doubled)))
    for camera, state, count, highest in rows:
        if highest is None:
            continue
        of = found[camera]
        of.is_doubled = camera in doubled
        of.kinds[_KINDS.get(RecordingState(state), _ARRIVING)] += count
        of.highest = max(of.highest, highest)
        if state != RecordingState.ANNOUNCED:
            of.came = max(of.came or 0, highest)
    return found


def _account(session: Session, camera: CameraRow, counted: _Counted) -> Account:
    last = furthest(counted.came)
    said = _made(camera)
    highest = said if last is None or said <= last else 0
    made = max(highest, counted.highest)
    numbers = counted.kinds
    is_whole = numbers.total() == made
    if is_whole and (not counted.is_doubled or made == _distinct(session, camera)):
        return Account(
            made=made,
            received=numbers["received"],
            arriving=numbers["arriving"],
            failed=numbers["failed"],
            stopped=numbers["stopped"],
            unconfirmed=0,
            deleted=numbers["deleted"],
            missing=(),
            missing_count=0,
        )
    kinds: dict[str, list[int]] = defaultdict(list)
    for state, number in session.execute(
        select(Recording.state, Recording.number).where(Recording.camera_id == camera.id)
    ):
        if last is None or number <= last:  # one of before may be further than is believed now
            kinds[_KINDS.get(RecordingState(state), _ARRIVING)].append(number)
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


def _distinct(session: Session, camera: CameraRow) -> int:
    """Return how many numbers there are: one may be of two kinds, where two devices had one identity."""
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
