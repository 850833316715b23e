"""Finding requests for lists, the register and alerts. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, func, nulls_last, or_, select
from sqlalchemy.orm import Session

from fleet.letters.models import Letter
from fleet.requests.models import RequestCase, RequestImport, RequestRecording
from fleet.requests.rules.clock import ClockPhase

SOON = timedelta(days=7)
"""What is due within so many days is due soon."""

STATES = {
    "open": "Open",
    "due": "Due within a week",
    "overdue": "Overdue",
    "waiting": "Clock waits or stands still",
    "closed": "Closed",
    "all": "All",
}


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests.

    Attributes:
        state: one of ``STATES``.
        kind: a ``RequestKind``; empty for any.
        text: a part of its reference, of who asks, or of whom they ask for; empty for any.
        start: received on that day or later; None for any.
        end: received on that day or before; None for any.
    """

    state: str = "open"
    kind: str = ""
    text: str = ""
    start: date | None = None
    end: date | None = None


def find_requests(
    session: Session, wanted: RequestFilter, *, today: date, skip: int = 0, limit: int = 50
) -> tuple[Sequence[RequestCase], int]:
    """Return requests, those due first in front and the newest of the rest, and how many there are."""
    condition = _condition(wanted, today)
    total = session.scalar(select(func.count()).select_from(RequestCase).where(condition)) or 0
    query = select(RequestCase).where(condition).order_by(*_ORDER).offset(skip).limit(limit)
    return session.scalars(query).all(), total


def every_request(
    session: Session, wanted: RequestFilter, *, today: date, block: int
) -> Iterator[Sequence[RequestCase]]:
    """Give all requests that fit, in the order of their references, so many at a time."""
    after = (0, 0)
    while True:
        later = or_(
            RequestCase.year > after[0], and_(RequestCase.year == after[0], RequestCase.number > after[1])
        )
        query = select(RequestCase).where(_condition(wanted, today), later)
        found = session.scalars(query.order_by(RequestCase.year, RequestCase.number).limit(block)).all()
        if not found:
            return
        yield found
        after = (found[-1].year, found[-1].number)


def due_requests(session: Session, today: date, *, most: int) -> Sequence[RequestCase]:
    """Return the requests that are due soon or overdue, and whose clock was not met."""
    condition = and_(_running(), RequestCase.due <= today + SOON)
    return session.scalars(select(RequestCase).where(condition).order_by(*_ORDER).limit(most)).all()


def unwritten_requests(session: Session, before: date, *, most: int) -> Sequence[RequestCase]:
    """Return the open requests received before a day about which no letter was sent, the oldest first."""
    written = select(Letter.id).where(Letter.about == RequestCase.id).exists()
    condition = and_(RequestCase.closed.is_(None), RequestCase.received < before, ~written)
    query = select(RequestCase).where(condition).order_by(RequestCase.received, RequestCase.id)
    return session.scalars(query.limit(most)).all()


def recording_counts(session: Session, cases: Sequence[str]) -> Mapping[str, int]:
    """Return how many recordings each request is about."""
    query = select(RequestRecording.case_id, func.count()).where(RequestRecording.case_id.in_(cases))
    return {case: number for case, number in session.execute(query.group_by(RequestRecording.case_id))}  # noqa: C416 - rows are no pairs


def import_counts(session: Session, cases: Sequence[str]) -> Mapping[str, int]:
    """Return how many imports each request is about."""
    query = select(RequestImport.case_id, func.count()).where(RequestImport.case_id.in_(cases))
    return {case: number for case, number in session.execute(query.group_by(RequestImport.case_id))}  # noqa: C416 - rows are no pairs


_ORDER = (
    RequestCase.closed.is_not(None),
    RequestCase.answered.is_not(None),
    nulls_last(RequestCase.due.asc()),
    RequestCase.year.desc(),
    RequestCase.number.desc(),
)


def _running() -> ColumnElement[bool]:
    return and_(
        RequestCase.closed.is_(None),
        RequestCase.answered.is_(None),
        RequestCase.acknowledged.is_(None),
        RequestCase.due.is_not(None),
    )


def _condition(wanted: RequestFilter, today: date) -> ColumnElement[bool]:
    conditions = [_of_state(wanted.state, today)]
    if wanted.kind:
        conditions.append(RequestCase.kind == wanted.kind)
    if wanted.text:
        like = f"%{_escaped(wanted.text)}%"
        fields = (RequestCase.reference, RequestCase.name, RequestCase.acts_for, RequestCase.organisation)
        conditions.append(or_(*(each.ilike(like, escape="\\") for each in fields)))
    if wanted.start is not None:
        conditions.append(RequestCase.received >= wanted.start)
    if wanted.end is not None:
        conditions.append(RequestCase.received <= wanted.end)
    return and_(*conditions)


def _of_state(state: str, today: date) -> ColumnElement[bool]:
    if state == "due":
        return and_(_running(), RequestCase.due.between(today, today + SOON))
    if state == "overdue":
        return and_(_running(), RequestCase.due < today)
    if state == "waiting":
        still = RequestCase.phase.in_((ClockPhase.WAITING, ClockPhase.PAUSED))
        return and_(RequestCase.closed.is_(None), RequestCase.answered.is_(None), still)
    if state == "closed":
        return RequestCase.closed.is_not(None)
    return RequestCase.closed.is_(None) if state == "open" else RequestCase.id.is_not(None)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
