"""Finding visits by their place, their tenancy and their days, with the recordings of each. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fleet.footage.recordings.models import GONE, Recording, made_at
from fleet.visits.models import TenancyVisit, VisitRecording

MOST_RECORDINGS = 20
"""Of one visit; its page has the rest."""


def find_visits(
    session: Session, *, text: str, start: datetime | None, end: datetime | None, limit: int
) -> tuple[Sequence[TenancyVisit], int]:
    """Return visits, the newest first, and how many there are in all.

    Args:
        session: what is read.
        text: a part of the place or of the tenancy; empty for any.
        start: the first moment at which one begins; None for any.
        end: the first at which none does any more; None for any.
        limit: so many are returned at most.
    """
    wanted = []
    if text:
        each = (TenancyVisit.place, TenancyVisit.tenancy)
        wanted.append(or_(*(column.icontains(text, autoescape=True) for column in each)))
    if start is not None:
        wanted.append(TenancyVisit.planned >= start)
    if end is not None:
        wanted.append(TenancyVisit.planned < end)
    total = session.scalar(select(func.count()).select_from(TenancyVisit).where(*wanted)) or 0
    query = select(TenancyVisit).where(*wanted)
    query = query.order_by(TenancyVisit.planned.desc(), TenancyVisit.id).limit(limit)
    return session.scalars(query).all(), total


def recordings_by_visit(session: Session, visits: Iterable[str]) -> Mapping[str, Sequence[Recording]]:
    """Return the recordings of visits that are still here, the oldest first, by the visits' ids."""
    query = (
        select(VisitRecording.visit_id, Recording)
        .join(Recording, Recording.id == VisitRecording.recording_id)
        .where(VisitRecording.visit_id.in_(visits), Recording.state.not_in(GONE))
        .order_by(made_at, Recording.id)
    )
    found: dict[str, list[Recording]] = defaultdict(list)
    for visit, row in session.execute(query):
        if visit is not None and len(found[visit]) <= MOST_RECORDINGS:
            found[visit].append(row)
    return found
