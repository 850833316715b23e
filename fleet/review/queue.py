"""Finding reviews: what is still to be done, the register of all, and the figures of a month. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from fleet.footage.recordings.models import Recording
from fleet.retention.lookup import kept_until_at_most
from fleet.review.models import Review
from fleet.review.rules.closing import WAITING, ReviewState
from fleet.review.rules.reasons import ReasonKind

GOES_WITHIN = timedelta(days=14)
"""So long before the last day of a recording that was not reviewed, that is said."""
MOST_GOING = 1000
"""So many recordings that soon go are counted; more are called that many or more."""
MOST_DAYS = 60
"""So many days on which reviews were due are told apart."""


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """What somebody looks for among reviews; what is empty does not matter.

    Attributes:
        state: ``waiting``, ``overdue``, ``goes`` (to be reviewed, and kept for no more than ``GOES_WITHIN``),
            ``signed`` (by one of the two), ``closed``, ``gone`` (deleted before), ``everything`` (those that
            need no review too); else all that are or were to be reviewed.
        kind: a ``ReasonKind``.
        officer: id of who wore the camera.
    """

    state: str = ""
    kind: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """How many reviews wait, are overdue, and are of recordings that soon go (at most ``MOST_GOING``)."""

    waiting: int
    overdue: int
    goes: int


@dataclass(frozen=True, slots=True)
class KindFigures:
    """What became of the reviews that were due in a month, by one kind of reason.

    Attributes:
        due: how many were due.
        in_time: how many both had signed by then.
        late: how many both signed later.
        overdue: how many are not signed by both, and were to be.
        gone: how many were deleted before both had signed.
        waiting: how many still have time.
    """

    due: int = 0
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    gone: int = 0
    waiting: int = 0


_is_waiting = Review.state.in_(WAITING)


def find_reviews(
    session: Session, wanted: ReviewFilter, *, today: date, zone: ZoneInfo, skip: int, limit: int
) -> tuple[Sequence[Review], int]:
    """Return a page of the reviews that fit, the one due first in front, and how many fit in all."""
    chosen, total = _numbers(session, wanted, _conditions(session, wanted, today, zone), skip, limit)
    query = select(Review).where(Review.id.in_(chosen)).options(joinedload(Review.recording))
    return session.scalars(query.order_by(*_order(wanted))).all(), total


def _numbers(
    session: Session, wanted: ReviewFilter, conditions: list[ColumnElement[bool]], skip: int, limit: int
) -> tuple[Sequence[int], int]:
    """Return the numbers of a page of reviews, and how many fit in all.

    They are sorted by the index alone; whole rows of a long list would be moved about otherwise. What goes
    soon is found by looking at each recording: in the index's order, state by state, so that a page is found
    once it is full, and only counting looks at all of them.
    """
    counted, ids = select(func.count()).select_from(Review), select(Review.id)
    if wanted.state == "goes":
        counted = counted.join(Recording, Recording.id == Review.recording_id)
        total = session.scalar(counted.where(*conditions)) or 0
        each = [_first_of(state, conditions, skip + limit) for state in WAITING]
        fits = union_all(*each).subquery()
        page = select(fits.c.id).order_by(fits.c.due, fits.c.id).offset(skip).limit(limit)
        return session.scalars(page).all() if total > skip else [], total
    chosen = session.scalars(ids.where(*conditions).order_by(*_order(wanted)).offset(skip).limit(limit)).all()
    return chosen, session.scalar(counted.where(*conditions)) or 0


def _first_of(state: ReviewState, conditions: list[ColumnElement[bool]], most: int) -> Select[Any]:
    """Return the numbers of the first reviews of one state that fit, found in the order of its index."""
    others = [each for each in conditions if each is not _is_waiting]
    both = select(Review.id, Review.due).join(Recording, Recording.id == Review.recording_id)
    fits = both.where(Review.state == state, *others)
    first = fits.order_by(Review.due, Review.id).limit(most).subquery()
    return select(first.c.id, first.c.due)


def all_reviews(
    session: Session, wanted: ReviewFilter, *, today: date, zone: ZoneInfo, block: int
) -> Iterator[Sequence[Review]]:
    """Give all that fit, so many at a time, by the day on which they are due."""
    conditions = _conditions(session, wanted, today, zone)
    by_row = wanted.state == "everything"
    after: list[ColumnElement[bool]] = []
    while True:
        query = select(Review).join(Recording, Recording.id == Review.recording_id, isouter=True)
        ordered = query.where(*conditions, *after).order_by(*_order(wanted))
        found = session.scalars(ordered.limit(block)).all()
        if not found:
            return
        yield found
        last = found[-1]
        beyond = or_(Review.due > last.due, and_(Review.due == last.due, Review.id > last.id))
        after = [Review.id > last.id] if by_row else [beyond]
        session.expunge_all()


def counts(session: Session, *, today: date, zone: ZoneInfo) -> ReviewCounts:
    """Return how many reviews wait, are overdue, and are of recordings that go soon."""
    late = func.coalesce(func.sum(case((Review.due < today, 1), else_=0)), 0)
    waiting, overdue = session.execute(select(func.count(), late).where(_is_waiting)).one()
    if not waiting:
        return ReviewCounts(0, 0, 0)
    soon = kept_until_at_most(session, today + GOES_WITHIN, zone)
    goes = (
        select(Review.id)
        .join(Recording, Recording.id == Review.recording_id)
        .where(_is_waiting, soon)
        .limit(MOST_GOING)
        .subquery()
    )
    return ReviewCounts(waiting, overdue, session.scalar(select(func.count()).select_from(goes)) or 0)


def overdue_days(session: Session, *, today: date) -> Sequence[date]:
    """Return the days by which reviews that are overdue were due, the newest first, as many as count."""
    query = select(Review.due).where(_is_waiting, Review.due < today).distinct()
    found = session.scalars(query.order_by(Review.due.desc()).limit(MOST_DAYS))
    return [each for each in found if each is not None]


def figures(session: Session, first: date, after: date, *, today: date) -> Mapping[str, KindFigures]:
    """Return what became of the reviews that were due from ``first`` on and before ``after``.

    By the kinds of their reasons, and under ``""`` of all: one of several kinds counts in each, and once
    there.
    """
    in_time, is_over = Review.closed_on <= Review.due, Review.due < today
    query = (
        select(Review.kinds, Review.state, in_time, is_over, func.count())
        .where(Review.due >= first, Review.due < after)
        .group_by(Review.kinds, Review.state, in_time, is_over)
    )
    found: dict[str, Counter[str]] = {}
    for kinds, state, timely, over, number in session.execute(query):
        for kind in ("", *kinds.split()):
            tally = found.setdefault(kind, Counter())
            tally["due"] += number
            if state == ReviewState.CLOSED:
                tally["in_time" if timely else "late"] += number
            elif state == ReviewState.GONE:
                tally["gone"] += number
            else:
                tally["overdue" if over else "waiting"] += number
    order = ("", *map(str, ReasonKind))
    return {kind: KindFigures(**found[kind]) for kind in order if kind in found}


def _order(wanted: ReviewFilter) -> tuple[Any, ...]:
    """Return in which order reviews are listed: what need not be reviewed has no day that it is due on."""
    return (Review.id,) if wanted.state == "everything" else (Review.due, Review.id)


def _conditions(
    session: Session, wanted: ReviewFilter, today: date, zone: ZoneInfo
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Review.state != ReviewState.CLEAR]
    if wanted.state == "everything":
        found = []
    if wanted.state in {"waiting", "overdue", "goes"}:
        found = [_is_waiting]
    if wanted.state == "overdue":
        found.append(Review.due < today)
    if wanted.state == "goes":
        found.append(kept_until_at_most(session, today + GOES_WITHIN, zone))
    if wanted.state == "signed":
        signed = or_(Review.head_id.is_not(None), Review.manager_id.is_not(None))
        found = [Review.state == ReviewState.FOUND, signed]
    if wanted.state in {ReviewState.CLOSED, ReviewState.GONE}:
        found = [Review.state == wanted.state]
    if wanted.kind:
        found.append(Review.kinds.contains(f" {wanted.kind} ", autoescape=True))
    if wanted.officer:
        found.append(Review.officer_id == wanted.officer)
    return found
