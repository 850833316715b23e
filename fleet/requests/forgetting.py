"""Deletes requests whose time is over; ``fleet.retention.deletion.cases`` says when it is done.

Rules:
- a request is over with the day on which it was closed; opened again, it is kept;
- a restriction by it, or a hold of a recording or an import that it is about, keeps it longer;
- with it go its letters, searches and steps, and what its restrictions were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.footage.restricting.models import Restriction
from fleet.imagery.import_keepings import import_holds
from fleet.letters.models import Letter
from fleet.requests.cases import TOPIC, get_case, local_today, note_step
from fleet.requests.footage import recordings_of
from fleet.requests.linked.imports import imports_of
from fleet.requests.linked.lasting import restricted_by
from fleet.requests.models import RequestCase
from fleet.retention.deletion.case_rules import CaseRules
from fleet.retention.holds import holds_on
from fleet.retention.kept_longer import keep_longer
from fleet.retention.rules.calendar import day_words
from fleet.retention.rules.cases import CaseKeeping
from fleet.retention.rules.periods import local_day


def request_rules(months: int, zone: ZoneInfo) -> CaseRules[RequestCase]:
    """Return how requests are kept, and deleted that many months after they were closed."""

    def ended(row: RequestCase) -> date | None:
        return None if row.closed is None else local_day(row.closed, zone)

    return CaseRules(
        table=RequestCase,
        id=RequestCase.id,
        over=RequestCase.closed,
        spare=timedelta(),
        ended=ended,
        kept_by=_kept_by,
        forget=_forget,
        reference=lambda row: row.reference,
        action="requests:request:delete",
        months=months,
        zone=zone,
    )


def request_keeping(session: Session, row: RequestCase, months: int, zone: ZoneInfo) -> CaseKeeping:
    """Return what keeps a request, and until when."""
    return request_rules(months, zone).keeping(session, row.id, row)


def keep_request_longer(
    session: Session, *, case: str, until: date | None, why: str, zone: ZoneInfo, by: Actor
) -> RequestCase:
    """Have a request kept until a day; another day takes the place of the one before.

    Raises:
        ProblemError: 403 a program asks; 404 there is no such request; 409 it has very many steps; 422 the
            day or the reason cannot be.
    """
    row = get_case(session, case, lock=True)
    kept = keep_longer(session, case=row.id, until=until, why=why, today=local_today(session, zone), by=by)
    words = f"Has it kept until {day_words(kept.until)}: {kept.why}"
    note_step(session, row, by, "requests:request:keep", words, detail={"until": kept.until.isoformat()})
    return row


def _forget(session: Session, row: RequestCase) -> Sequence[tuple[str, str]]:
    session.execute(delete(Letter).where(Letter.about == row.id))
    session.execute(delete(Restriction).where(Restriction.request == row.id))
    return [(TOPIC, row.id)]


def _kept_by(session: Session, row: RequestCase) -> str:
    if restricted_by(session, row):
        return "it restricts something"
    recordings = [each.recording_id for each in recordings_of(session, row)]
    imports = imports_of(session, row)
    if holds_on(session, recordings) or import_holds(session, imports):
        return "something that it is about is held"
    return ""
