"""Which recordings are opened by which key of the vault, by the tables.

A recording is *settled* once it does not need an earlier key: it is sealed to the one that counts or to none
of the vault's, the key of its own is wrapped under the one that counts, or nothing of it opens at all. Only
one that is here as far as it is to come can be settled for good.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import Session

from fleet.footage.keys.models import RecordingKey
from fleet.footage.recordings.models import A_PART, GONE, LedgerPiece, Recording, RecordingState

AT_REST = (RecordingState.HELD, RecordingState.FAILED, RecordingState.STOPPED)
"""The states in which nothing of a recording is on its way."""


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """How the recordings stand to the vault's keys.

    Attributes:
        opens: how many recordings each key opens, by its id.
        unknown: how many were not looked at yet, or have grown since.
    """

    opens: dict[str, int]
    unknown: int


def key_standing(session: Session) -> KeyStanding:
    """Count them."""
    own = RecordingKey.wrapped_by.is_not(None) & RecordingKey.ready.is_not(None)
    by_own = _counted(session, RecordingKey.wrapped_by, own)
    sealed = _counted(session, RecordingKey.sealed_to, RecordingKey.ready.is_(None))
    opens = {key: by_own.get(key, 0) + sealed.get(key, 0) for key in {*by_own, *sealed} if key}
    unknown = session.scalar(
        select(func.count()).select_from(Recording).outerjoin(RecordingKey).where(_is_here(), _is_unknown())
    )
    return KeyStanding(opens, unknown or 0)


def unsettled(session: Session, current: str, *, after: int, most: int) -> list[int]:
    """Return rows of recordings at rest that are not settled, by their numbers."""
    query = (
        select(Recording.id)
        .outerjoin(RecordingKey)
        .where(_is_here(), Recording.state.in_(AT_REST), Recording.id > after, ~_is_settled(current))
    )
    return list(session.scalars(query.order_by(Recording.id).limit(most)))


def needing(session: Session, current: str, *, most: int) -> tuple[int, list[Recording]]:
    """Return how many recordings may need an earlier key than ``current``, at rest or not, and some of them.

    One that was not opened yet is among them: it is still to be tried with the key that it is sealed to.
    """
    needs = or_(~_is_settled(current), _is_untried(current))
    number = (
        session.scalar(
            select(func.count()).select_from(Recording).outerjoin(RecordingKey).where(_is_here(), needs)
        )
        or 0
    )
    query = (
        select(Recording).outerjoin(RecordingKey).where(_is_here(), needs).order_by(Recording.id).limit(most)
    )
    return number, list(session.scalars(query))


def troubled(session: Session) -> int:
    """Return how many recordings could not be rewrapped when that was last tried."""
    query = select(func.count()).select_from(Recording).join(RecordingKey)
    return session.scalar(query.where(_is_here(), RecordingKey.trouble != "")) or 0


def troubles(session: Session, *, most: int = 5) -> list[tuple[str, str]]:
    """Return recordings that could not be rewrapped when that was last tried, and why."""
    query = (
        select(Recording, RecordingKey.trouble)
        .join(RecordingKey)
        .where(_is_here(), RecordingKey.trouble != "")
    )
    rows = session.execute(query.order_by(Recording.id).limit(most))
    return [(recording.public_id, why) for recording, why in rows]


_length = (
    select(func.coalesce(func.sum(LedgerPiece.length), 0))
    .where(LedgerPiece.recording_id == Recording.id)
    .correlate(Recording)
    .scalar_subquery()
)


def _is_here() -> ColumnElement[bool]:
    return and_(Recording.state.not_in(GONE), _length > 0)


def _is_unknown() -> ColumnElement[bool]:
    return or_(RecordingKey.recording_id.is_(None), RecordingKey.covered != _length)


def _is_settled(current: str) -> ColumnElement[bool]:
    own = or_(RecordingKey.wrapped_by.is_(None), RecordingKey.wrapped_by == current)
    known = and_(RecordingKey.recording_id.is_not(None), RecordingKey.covered == _length)
    needs_none = RecordingKey.sealed_to.in_(("", current))
    done = or_(and_(RecordingKey.ready.is_(None), needs_none), and_(RecordingKey.ready.is_not(None), own))
    return func.coalesce(and_(known, done), False)


def _is_untried(current: str) -> ColumnElement[bool]:
    part = and_(Recording.state == RecordingState.STOPPED, Recording.verdict == A_PART)
    waits = and_(Recording.opening.is_(None), or_(Recording.state == RecordingState.HELD, part))
    return and_(waits, func.coalesce(RecordingKey.sealed_to, "") != current)


def _counted(
    session: Session,
    key: SQLColumnExpression[str] | SQLColumnExpression[str | None],
    where: ColumnElement[bool],
) -> dict[str, int]:
    query = select(key, func.count()).join(Recording, Recording.id == RecordingKey.recording_id)
    found = session.execute(query.where(where, Recording.state.not_in(GONE)).group_by(key))
    return {str(each): number for each, number in found if each}
