"""Which officer a user is: what makes a camera and its recordings their own; in the caller's transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import Turn, announce, take_turn
from fleet.core.live import ACCESS, USER
from fleet.core.problems import ProblemError, not_found
from fleet.people.accounts.users import get_user
from fleet.people.models import Officer, User


def link_officer(session: Session, *, user: str, officer: str | None, by: Actor) -> User:
    """Say which officer a user is, None for none; the same again changes nothing.

    Raises:
        ProblemError: 404 for nobody, or no such officer; 409 where the officer is retired, or somebody else.
    """
    take_turn(session, Turn.USERS)
    row = get_user(session, user, lock=True)
    if row.officer_id == officer:
        return row
    if officer is not None:
        _check_free(session, officer)
    before, row.officer_id = row.officer_id, officer
    detail = {"before": before or "", "officer": officer or ""}
    record(session, by, "people:user:officer", row.id, detail=detail)
    announce(session, USER, row.id)
    announce(session, ACCESS, row.id)
    return row


def officer_of(session: Session, actor: Actor) -> Officer | None:
    """Return which officer somebody is; None for a program, and for who is none."""
    if actor.kind is not ActorKind.USER:
        return None
    query = select(Officer).join(User, User.officer_id == Officer.id).where(User.id == actor.id)
    return session.scalars(query).one_or_none()


def _check_free(session: Session, officer: str) -> None:
    found = session.get(Officer, officer)
    if found is None:
        raise not_found(f"officer {officer}")
    if found.retired is not None:
        raise ProblemError(409, "officer_retired", f"{found.name} is retired; bring them back first.")
    other = session.scalars(select(User.name).where(User.officer_id == officer)).first()
    if other is not None:
        detail = f"{other} is {found.name} already; take it away there first."
        raise ProblemError(409, "officer_taken", detail)
