"""Officers: whoever wears a camera, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.people.models import Officer
from fleet.people.secrets import Random, new_id


def add_officer(session: Session, random: Random, *, name: str, by: Actor) -> Officer:
    """Add an officer.

    Raises:
        ProblemError: 409 when somebody is called that already.
    """
    # Lowered by the database alone: SQLite's lower() leaves letters beyond ASCII as they are.
    alike = select(Officer).where(func.lower(Officer.name) == func.lower(name))
    if session.scalars(alike).first() is not None:
        raise ProblemError(
            409, "name_taken", f"There is an officer named {name} already; add something to tell them apart."
        )
    officer = Officer(id=new_id(random), name=name, created=now(session))
    session.add(officer)
    session.flush()
    record(session, by, "people:officer:add", officer.id, detail={"name": name})
    announce(session, "officer", officer.id)
    return officer


def get_officer(session: Session, officer: str) -> Officer:
    """Return an officer.

    Raises:
        ProblemError: 404 when there is no such officer.
    """
    row = session.get(Officer, officer)
    if row is None:
        raise not_found(f"officer {officer}")
    return row


def list_officers(session: Session) -> Sequence[Officer]:
    """Return all officers by name."""
    return session.scalars(select(Officer).order_by(Officer.name)).all()
