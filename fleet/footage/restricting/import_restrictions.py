"""Restricting imports by the rules of ``restrictions``. In the transaction of the caller, who tells pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.footage.restricting.models import Restriction
from fleet.people.secrets import Random, new_id

RESTRICTED_IMPORT_CODE = "import_restricted"


def restrict_import(
    session: Session, random: Random, name: str, *, request: str, reference: str, by: Actor
) -> bool:
    """Restrict an import upon a request; return whether that is new."""
    if any(each.request == request for each in lasting_on_imports(session, [name]).get(name, ())):
        return False
    session.add(
        Restriction(
            id=new_id(random),
            import_id=name,
            request=request,
            reference=reference,
            placed=now(session),
            placed_by=by.name or by.label,
        )
    )
    session.flush()
    return True


def let_import_through(
    session: Session, name: str, *, until: datetime, reason: str, by: Actor
) -> Sequence[Restriction]:
    """Let an import through its restrictions for a legal claim, until then; return them."""
    those = lasting_on_imports(session, [name]).get(name, [])
    for each in those:
        each.claim_until, each.claim_by, each.claim_reason = until, by.name or by.label, reason
    return those


def lasting_on_imports(session: Session, names: Collection[str]) -> Mapping[str, list[Restriction]]:
    """Return the restrictions that last on imports, the oldest first."""
    query = select(Restriction).where(Restriction.import_id.in_(names), Restriction.lifted.is_(None))
    found: dict[str, list[Restriction]] = {}
    for each in session.scalars(query.order_by(Restriction.placed, Restriction.id)):
        found.setdefault(each.import_id or "", []).append(each)
    return found


def import_restricted(session: Session, name: str) -> str:
    """Return why nobody may look at an import or take it out now, a sentence; empty where that is allowed."""
    query = select(Restriction).where(
        Restriction.import_id == name,
        Restriction.lifted.is_(None),
        or_(Restriction.claim_until.is_(None), Restriction.claim_until <= now(session)),
    )
    found = session.scalars(query.order_by(Restriction.placed, Restriction.id).limit(1)).first()
    if found is None:
        return ""
    return (
        f"It is restricted upon request {found.reference}: it is kept, and neither looked at nor taken out. "
        "For a legal claim, the page of that request lets it through."
    )


def refuse_restricted_import(session: Session, name: str) -> None:
    """Refuse to let out what is restricted.

    Raises:
        ProblemError: 403 it is restricted, and upon which request.
    """
    why = import_restricted(session, name)
    if why:
        raise ProblemError(403, RESTRICTED_IMPORT_CODE, why)
