"""Cases that somebody has kept longer than their period: until when, and why; in the caller's transaction.

Whoever calls holds the case, so that it is not deleted meanwhile.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from fleet.core.actor import Actor, ActorKind
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.retention.models import KeptLonger
from fleet.retention.rules.cases import CaseLongerError, clean_longer


def kept_longer(session: Session, case: str) -> KeptLonger | None:
    """Return until when somebody has a case kept; None where nobody has."""
    return session.get(KeptLonger, case, populate_existing=True)


def keep_longer(
    session: Session, *, case: str, until: date | None, why: str, today: date, by: Actor
) -> KeptLonger:
    """Have a case kept until a day; another day takes the place of the one before.

    Args:
        session: the caller's.
        case: which, by its id.
        until: the last day; None where that was none.
        why: why it is kept.
        today: which day it is at the site.
        by: who has it kept.

    Raises:
        ProblemError: 403 a program asks; 422 the day or the reason cannot be so.
    """
    if by.kind is not ActorKind.USER:
        raise ProblemError(403, "not_this_step", "A person who is signed in does this; a program does not.")
    try:
        day, reason = clean_longer(until, why, today)
    except CaseLongerError as error:
        raise ProblemError(422, f"{error.field}_unusable", str(error)) from error
    row = kept_longer(session, case)
    if row is None:
        row = KeptLonger(case_id=case)
        session.add(row)
    row.until, row.why, row.kept, row.kept_by = day, reason, now(session), by.name or by.label
    session.flush()
    return row
