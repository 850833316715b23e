"""References of a visit: made, shown once, and revoked; everything happens inside the caller's transaction.

Rules:
- the code is in the answer that made it, and nowhere else: a slip that is lost is revoked, and another made;
- the audit log says that one was made, and has neither the code nor its digest.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.people.secrets import Random, digest, new_id
from fleet.references.models import VisitReference
from fleet.references.rules.code import new_code
from fleet.visits.models import TenancyVisit
from fleet.visits.rules.draft import VisitDraftError, clean_why
from fleet.visits.service import TOPIC, get_visit
from fleet.visits.texts import LandlordText

MOST_STANDING, MOST_IN_ALL = 10, 50
"""References of one visit."""


def make_reference(
    session: Session, random: Random, *, visit: TenancyVisit, text: LandlordText, by: Actor
) -> str:
    """Make a reference of a visit and return its code.

    Args:
        session: the caller's.
        random: makes the code.
        visit: which.
        text: the approved text that is given with it.
        by: who gives it.

    Raises:
        ProblemError: 409 the visit was called off, or has very many references.
    """
    row = get_visit(session, visit.id, lock=True)
    if row.cancelled is not None:
        raise ProblemError(409, "cancelled", f"This visit was called off by {row.cancelled_by}.")
    before = references_of(session, row.id)
    if len(before) >= MOST_IN_ALL or sum(each.revoked is None for each in before) >= MOST_STANDING:
        detail = f"This visit has {len(before)} references; revoke those that are lost, or use one of them."
        raise ProblemError(409, "too_many_references", detail)
    code = new_code(random)
    reference = VisitReference(
        id=new_id(random),
        visit_id=row.id,
        number=len(before) + 1,
        digest=digest(code),
        language=text.language,
        version=text.version,
        made=now(session),
        made_by=by.name or by.label,
    )
    session.add(reference)
    record(session, by, "references:reference:make", row.id, detail={"number": reference.number})
    announce(session, TOPIC, row.id)
    return code


def revoke_reference(session: Session, *, visit: str, number: int, reason: str, by: Actor) -> None:
    """Make a reference useless; once more changes nothing.

    Raises:
        ProblemError: 404 there is no such reference; 422 no reason is given.
    """
    row = get_visit(session, visit, lock=True)
    found = next((each for each in references_of(session, row.id) if each.number == number), None)
    if found is None:
        raise not_found("such reference")
    if found.revoked is not None:
        return
    try:
        why = clean_why(reason, ask="Say why it is revoked")
    except VisitDraftError as error:
        raise ProblemError(422, "reason_missing", str(error)) from error
    found.revoked, found.revoked_by, found.revoked_reason = now(session), by.name or by.label, why
    record(session, by, "references:reference:revoke", row.id, why, detail={"number": number})
    announce(session, TOPIC, row.id)


def references_of(session: Session, visit: str) -> Sequence[VisitReference]:
    """Return the references of a visit, the first in front."""
    query = select(VisitReference).where(VisitReference.visit_id == visit)
    return session.scalars(query.order_by(VisitReference.number)).all()
