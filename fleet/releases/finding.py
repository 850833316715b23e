"""Finding releases for lists, the register and recordings. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, exists, or_, select
from sqlalchemy import func as sql
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.releases.import_models import ImportExhibit, ImportFolder, ImportSpan
from fleet.releases.models import FootageRelease, ReleaseExhibit, ReleaseFolder, ReleaseLink, ReleaseSpan
from fleet.releases.rules.states import ReleaseState

REGISTER_STATES = {
    "all": "All",
    "waiting": "Wait for approval",
    "making": "Approved, not made yet",
    "ready": "Made, no download begun yet",
    "handed": "Download begun",
    "ended": "Declined, withdrawn or revoked",
    "expired": "Past their last day",
}


@dataclass(frozen=True, slots=True)
class ReleaseFilter:
    """Which releases.

    Attributes:
        state: one of ``REGISTER_STATES``.
        text: a part of its reference, recipient, organisation, request or exhibit number; empty for any.
        start: drafted then or later; None for any.
        end: drafted before then; None for any.
    """

    state: str = "all"
    text: str = ""
    start: datetime | None = None
    end: datetime | None = None


def find_releases(
    session: Session, wanted: ReleaseFilter, *, skip: int = 0, limit: int = 50
) -> tuple[Sequence[FootageRelease], int]:
    """Return releases, the newest first, and how many there are."""
    condition = _fits(wanted, now(session))
    total = session.scalar(select(sql.count()).select_from(FootageRelease).where(condition)) or 0
    order = (FootageRelease.year.desc(), FootageRelease.number.desc())
    query = select(FootageRelease).where(condition).order_by(*order).offset(skip).limit(limit)
    return session.scalars(query).all(), total


def every_release(
    session: Session, wanted: ReleaseFilter, *, block: int
) -> Iterator[Sequence[FootageRelease]]:
    """Give all releases that fit, in the order of their references, so many at a time."""
    condition, after = _fits(wanted, now(session)), (0, 0)
    while True:
        later = or_(
            FootageRelease.year > after[0],
            and_(FootageRelease.year == after[0], FootageRelease.number > after[1]),
        )
        query = select(FootageRelease).where(condition, later)
        order = (FootageRelease.year, FootageRelease.number)
        found = session.scalars(query.order_by(*order).limit(block)).all()
        if not found:
            return
        yield found
        after = (found[-1].year, found[-1].number)


def releases_of_recording(session: Session, recording: int) -> Sequence[FootageRelease]:
    """Return the releases that a recording was chosen for, the newest first."""
    those = select(ReleaseSpan.release_id).where(ReleaseSpan.recording_id == recording)
    query = select(FootageRelease).where(FootageRelease.id.in_(those))
    return session.scalars(query.order_by(FootageRelease.drafted.desc(), FootageRelease.id)).all()


def releases_of_import(session: Session, name: str) -> Sequence[FootageRelease]:
    """Return the releases that an import was chosen for, the newest first."""
    those = select(ImportSpan.release_id).where(ImportSpan.import_id == name)
    query = select(FootageRelease).where(FootageRelease.id.in_(those))
    return session.scalars(query.order_by(FootageRelease.drafted.desc(), FootageRelease.id)).all()


def releases_of_request(session: Session, request: str) -> Sequence[FootageRelease]:
    """Return the releases that answer a request, the newest first."""
    query = select(FootageRelease).where(FootageRelease.request == request)
    return session.scalars(query.order_by(FootageRelease.drafted.desc(), FootageRelease.id)).all()


def folders_of(session: Session, release: str) -> Sequence[ReleaseFolder]:
    """Return what is made of the recordings of a release, by the folders' names."""
    query = select(ReleaseFolder).where(ReleaseFolder.release_id == release)
    return session.scalars(query.order_by(ReleaseFolder.name, ReleaseFolder.recording_id)).all()


def import_folders_of(session: Session, release: str) -> Sequence[ImportFolder]:
    """Return what is made of the imports of a release, by the folders' names."""
    query = select(ImportFolder).where(ImportFolder.release_id == release)
    return session.scalars(query.order_by(ImportFolder.name, ImportFolder.import_id)).all()


def last_link(session: Session, release: str) -> ReleaseLink | None:
    """Return the link that was given out last; None where none was."""
    query = select(ReleaseLink).where(ReleaseLink.release_id == release)
    return session.scalars(query.order_by(ReleaseLink.made.desc(), ReleaseLink.id).limit(1)).first()


def _fits(wanted: ReleaseFilter, at: datetime) -> ColumnElement[bool]:
    conditions = [_of_state(wanted.state, at)]
    if wanted.text:
        escaped = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        fields = (
            FootageRelease.reference,
            FootageRelease.recipient,
            FootageRelease.organisation,
            FootageRelease.request_reference,
        )
        like = f"%{escaped}%"
        has_exhibit = [
            exists().where(
                table.release_id == FootageRelease.id,
                (table.initials + "/" + cast(table.number, String)).ilike(like, escape="\\"),
            )
            for table in (ReleaseExhibit, ImportExhibit)
        ]
        conditions.append(or_(*(each.ilike(like, escape="\\") for each in fields), *has_exhibit))
    if wanted.start is not None:
        conditions.append(FootageRelease.drafted >= wanted.start)
    if wanted.end is not None:
        conditions.append(FootageRelease.drafted < wanted.end)
    return and_(*conditions)


def _of_state(state: str, at: datetime) -> ColumnElement[bool]:
    is_ = FootageRelease.state
    by_state = {
        "waiting": and_(is_ == ReleaseState.DRAFT, FootageRelease.ends > at),
        "making": is_.in_((ReleaseState.APPROVED, ReleaseState.FAILED)),
        "ready": and_(is_ == ReleaseState.MADE, FootageRelease.handed == 0, FootageRelease.ends > at),
        "handed": FootageRelease.handed > 0,
        "ended": is_.in_((ReleaseState.DECLINED, ReleaseState.WITHDRAWN, ReleaseState.REVOKED)),
        "expired": and_(
            is_.in_((ReleaseState.DRAFT, ReleaseState.APPROVED, ReleaseState.FAILED, ReleaseState.MADE)),
            FootageRelease.ends <= at,
        ),
    }
    return by_state.get(state, FootageRelease.id.is_not(None))
