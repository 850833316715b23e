"""Finding viewings that were looked through: the odd ones first. Only reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from fleet.review.models import ViewingReview
from fleet.review.rules.asking import WAITING, LookState


@dataclass(frozen=True, slots=True)
class LookFilter:
    """What somebody looks for among viewings; what is empty does not matter.

    Attributes:
        state: ``odd`` (and not explained), ``asked``, ``explained``; else all of them.
        kind: an ``OddKind``.
        who: who looked, as the audit log has it.
    """

    state: str = ""
    kind: str = ""
    who: str = ""


def find_looks(
    session: Session, wanted: LookFilter, *, skip: int, limit: int
) -> tuple[Sequence[ViewingReview], int]:
    """Return a page of the viewings that fit, and how many fit in all.

    Those that are odd and not explained come with the oddest in front, others with the newest.
    """
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(ViewingReview).where(*conditions)) or 0
    if wanted.state == LookState.ODD:
        numbers = _oddest(session, wanted, skip=skip, limit=limit)
        order = [ViewingReview.weight.desc(), ViewingReview.number.desc()]
    else:
        newest = select(ViewingReview.number).where(*conditions).order_by(ViewingReview.number.desc())
        numbers, order = (
            session.scalars(newest.offset(skip).limit(limit)).all(),
            [ViewingReview.number.desc()],
        )
    query = select(ViewingReview).where(ViewingReview.number.in_(numbers))
    return session.scalars(query.options(joinedload(ViewingReview.entry)).order_by(*order)).all(), total


def _oddest(session: Session, wanted: LookFilter, *, skip: int, limit: int) -> Sequence[int]:
    """Return the numbers of a page of the odd ones: each state in its index's own order, and merged."""
    weight, number = ViewingReview.weight, ViewingReview.number
    parts = []
    for state in WAITING:
        of = select(weight, number).where(ViewingReview.state == state, *_narrowed(wanted))
        rows = session.execute(of.order_by(weight.desc(), number.desc()).limit(skip + limit))
        parts.append([(each, its) for each, its in rows])
    return [its for _, its in islice(merge(*parts, reverse=True), skip, skip + limit)]


def all_looks(session: Session, wanted: LookFilter, *, block: int) -> Iterator[Sequence[ViewingReview]]:
    """Give all that fit, the newest first, so many at a time."""
    conditions = _conditions(wanted)
    before: list[ColumnElement[bool]] = []
    while True:
        query = select(ViewingReview).where(*conditions, *before).options(joinedload(ViewingReview.entry))
        found = session.scalars(query.order_by(ViewingReview.number.desc()).limit(block)).all()
        if not found:
            return
        yield found
        before = [ViewingReview.number < found[-1].number]
        session.expunge_all()


def people_who_looked(session: Session) -> Sequence[str]:
    """Return everybody who ever looked at footage, as the audit log has them."""
    return session.scalars(select(ViewingReview.who).distinct().order_by(ViewingReview.who)).all()


def _conditions(wanted: LookFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state == LookState.ODD:
        found.append(ViewingReview.state.in_(WAITING))
    elif wanted.state in {LookState.ASKED, LookState.EXPLAINED}:
        found.append(ViewingReview.state == wanted.state)
    return [*found, *_narrowed(wanted)]


def _narrowed(wanted: LookFilter) -> list[ColumnElement[bool]]:
    """Return what narrows viewings of any state."""
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        found.append(ViewingReview.kinds.contains(f" {wanted.kind} ", autoescape=True))
    if wanted.who:
        found.append(ViewingReview.who == wanted.who)
    return found
