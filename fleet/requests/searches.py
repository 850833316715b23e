"""Searches as they are written down: where somebody looked, how, and why that is enough."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.people.secrets import Random, new_id
from fleet.requests.cases import get_open, note_step
from fleet.requests.models import RequestCase, RequestSearch
from fleet.requests.texts_of import clean_words

MOST_SEARCHES = 50


def add_search(
    session: Session, random: Random, *, case: str, where: str, how: str, enough: str, by: Actor
) -> RequestSearch:
    """Write a search down.

    Raises:
        ProblemError: 404 there is no such request; 409 it is closed, or has very many; 422 something is
            missing.
    """
    row = get_open(session, case)
    count = select(func.count()).select_from(RequestSearch).where(RequestSearch.case_id == row.id)
    if (session.scalar(count) or 0) >= MOST_SEARCHES:
        raise ProblemError(409, "too_many_searches", f"It has {MOST_SEARCHES} searches already.")
    search = RequestSearch(
        id=new_id(random),
        case_id=row.id,
        where=clean_words(where, "Say where you looked", field="where"),
        how=clean_words(how, "Say how you looked", field="how"),
        enough=clean_words(enough, "Say why that is reasonable and enough", field="enough"),
        made=now(session),
        made_by=by.name or by.label,
    )
    session.add(search)
    note_step(session, row, by, "requests:request:search", "Wrote a search down.")
    return search


def searches_of(session: Session, case: RequestCase) -> Sequence[RequestSearch]:
    """Return the searches for a request, the oldest first."""
    query = select(RequestSearch).where(RequestSearch.case_id == case.id)
    return session.scalars(query.order_by(RequestSearch.made, RequestSearch.id)).all()
