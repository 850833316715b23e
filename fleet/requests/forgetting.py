"""Deletes requests whose time is over; ``fleet.retention.deletion.cases`` says when it is done.

Rules:
- a request is over with the day on which it was closed; opened again, it is kept;
- a restriction by it, or a hold of a recording or an import that it is about, keeps it longer;
- with it go its letters, searches and steps, and what its restrictions were;
- the audit log tells that it was deleted, by its id and reference. It never held who asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import FLEET
from fleet.core.database import announce
from fleet.footage.restricting.models import Restriction
from fleet.imagery.import_keepings import import_holds
from fleet.letters.models import Letter
from fleet.requests.cases import TOPIC
from fleet.requests.footage import recordings_of
from fleet.requests.linked.imports import imports_of
from fleet.requests.linked.lasting import restricted_by
from fleet.requests.models import RequestCase
from fleet.retention.deletion.cases import CaseKind
from fleet.retention.holds import holds_on
from fleet.retention.rules.calendar import newest_gone_by
from fleet.retention.rules.cases import CaseKeeping
from fleet.retention.rules.periods import local_day


def request_kind(months: int, zone: ZoneInfo) -> CaseKind:
    """Return how requests are deleted that many months after they were closed."""

    def past(session: Session, today: date, *, after: str, most: int) -> Sequence[str]:
        newest = newest_gone_by(today, months) + timedelta(days=1)
        midnight = datetime(newest.year, newest.month, newest.day, tzinfo=zone)
        query = select(RequestCase.id).where(RequestCase.closed < midnight, RequestCase.id > after)
        return session.scalars(query.order_by(RequestCase.id).limit(most)).all()

    def may_go(session: Session, case: str, today: date, *, lock: bool = False) -> bool:
        locked = {"of": RequestCase} if lock else None
        row = session.get(RequestCase, case, with_for_update=locked, populate_existing=lock)
        return row is not None and request_keeping(session, row, months, zone).may_go(today)

    def forget(session: Session, case: str) -> None:
        row = session.get_one(RequestCase, case)
        reference = row.reference
        session.execute(delete(Letter).where(Letter.about == case))
        session.execute(delete(Restriction).where(Restriction.request == case))
        session.execute(delete(RequestCase).where(RequestCase.id == case))
        record(
            session,
            FLEET,
            "requests:request:delete",
            case,
            f"{months} months",
            detail={"reference": reference},
        )
        announce(session, TOPIC, case)

    return CaseKind(past, may_go, forget)


def request_keeping(session: Session, row: RequestCase, months: int, zone: ZoneInfo) -> CaseKeeping:
    """Return what keeps a request, and until when."""
    ended = None if row.closed is None else local_day(row.closed, zone)
    return CaseKeeping(ended, months, "" if ended is None else _kept_by(session, row))


def _kept_by(session: Session, row: RequestCase) -> str:
    if restricted_by(session, row):
        return "it restricts something"
    recordings = [each.recording_id for each in recordings_of(session, row)]
    imports = imports_of(session, row)
    if holds_on(session, recordings) or import_holds(session, imports):
        return "something that it is about is held"
    return ""
