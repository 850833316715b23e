"""Searches among recordings that somebody keeps for themselves, under a name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.natural import natural_key
from fleet.core.problems import ProblemError, not_found
from fleet.incidents.models import SavedView
from fleet.people.secrets import Random, new_id

MOST_VIEWS = 30
LONGEST_NAME = 60


def save_view(session: Session, random: Random, *, name: str, query: str, by: Actor) -> SavedView:
    """Keep a search under a name; one of that name is replaced.

    Raises:
        ProblemError: 403 a program has no views; 409 there are many already; 422 it has no name.
    """
    if by.kind is not ActorKind.USER:
        raise ProblemError(403, "users_only", "Views are kept for users; a program keeps its own.")
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME or not clean.isprintable():
        raise ProblemError(422, "name_unusable", f"Name it in 1 to {LONGEST_NAME} characters.")
    own = select(SavedView).where(SavedView.user_id == by.id)
    found = session.scalars(own.where(SavedView.name == clean)).one_or_none()
    if found is None:
        if (session.scalar(select(func.count()).where(SavedView.user_id == by.id)) or 0) >= MOST_VIEWS:
            detail = f"You have {MOST_VIEWS} views; remove one that you do not use any more."
            raise ProblemError(409, "too_many_views", detail)
        found = SavedView(id=new_id(random), user_id=by.id, name=clean, query=query)
        session.add(found)
    found.query = query
    record(session, by, "incidents:view:save", found.id)
    return found


def remove_view(session: Session, *, view: str, by: Actor) -> None:
    """Remove a view of one's own.

    Raises:
        ProblemError: 404 there is none, or it is somebody else's.
    """
    found = session.get(SavedView, view)
    if found is None or (by.kind, by.id) != (ActorKind.USER, found.user_id):
        raise not_found("such view of yours")
    session.delete(found)
    record(session, by, "incidents:view:remove", view)


def views_of(session: Session, actor: Actor) -> Sequence[SavedView]:
    """Return somebody's views, by name as people count."""
    if actor.kind is not ActorKind.USER:
        return ()
    query = select(SavedView).where(SavedView.user_id == actor.id)
    return sorted(session.scalars(query), key=lambda each: natural_key(each.name))
