"""Deletes what is kept of visits once nothing keeps it.

Rules:
- nothing is deleted while the fleet's deletion is off, in the days in which switching it on can be taken
  back, or while the clock is in doubt: as for recordings;
- each visit is looked at again in the transaction that deletes it, with its row locked;
- the audit log tells that a visit was deleted, by its id. It never held where that was;
- what a camera signed of consent and nobody linked to a visit goes after as many months from its arrival;
- a command to a camera goes with its visit, and one of none after 90 days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.cameras.commanding.issuing import forget_commands, past_commands
from fleet.cameras.commanding.models import CameraCommand
from fleet.core.actor import FLEET
from fleet.core.database import announce
from fleet.core.services import Services
from fleet.footage.recordings.gone import gone_of
from fleet.references.models import VisitReference
from fleet.references.rules.standing import ANSWERS_FOR
from fleet.retention.clock import look
from fleet.retention.deletion.planning import is_early
from fleet.retention.rules.calendar import newest_gone_by
from fleet.retention.rules.periods import local_day
from fleet.retention.rules.switching import deletes
from fleet.retention.switch import switches_of
from fleet.visits.links import links_of, maybe_of
from fleet.visits.models import CameraConsent, ConsentEntry, TenancyVisit, VisitNotice, VisitRecording
from fleet.visits.rules.forgetting import VisitKeeping
from fleet.visits.service import TOPIC

BLOCK = 100
LOOKED_AT = 100
"""So many are looked at for a page that says how many would go."""
EVERY = timedelta(minutes=15)
_OF_A_VISIT = (CameraConsent, ConsentEntry, CameraCommand, VisitNotice, VisitReference, VisitRecording)


class VisitForgetting:
    """Deletes the visits that nothing keeps; at most every ``EVERY``."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._next: datetime | None = None

    def __call__(self) -> None:
        """Look, if it is time and deletion is on."""
        services, moment = self._services, self._services.clock()
        zone = services.config.site.time_zone
        today = local_day(moment, zone)
        if is_early(self._next, moment):
            return
        with services.readers() as session:  # whoever has nothing to delete takes no writer's turn
            is_on = deletes(switches_of(session), today, zone)
            months = services.config.visits.keep_months
            is_due = is_on and (
                past_visits(session, today, zone, months, most=1)
                or past_consents(session, today, zone, months, most=1)
                or past_commands(session, moment)
            )
        if is_due:
            with services.sessions.begin() as session:
                is_doubted = look(session).is_doubted(moment)
            if not is_doubted:
                self._forget(moment, today, zone)
        self._next = moment + EVERY

    def _forget(self, moment: datetime, today: date, zone: ZoneInfo) -> None:
        months, after = self._services.config.visits.keep_months, ""
        while True:
            with self._services.readers() as session:
                found = past_visits(session, today, zone, months, after=after, most=BLOCK)
                going = _going(session, found, moment, zone, months)
            for visit in going:
                with self._services.sessions.begin() as session:
                    forget_visit(session, visit, moment, today, zone, months)
            if len(found) < BLOCK:
                break
            after = found[-1]
        with self._services.sessions.begin() as session:
            for digest in past_consents(session, today, zone, months, most=BLOCK):
                forget_consent(session, digest, months)
            forget_commands(session, past_commands(session, moment))


def past_visits(
    session: Session, today: date, zone: ZoneInfo, months: int, *, after: str = "", most: int
) -> Sequence[str]:
    """Return visits past their last day, whatever else keeps them, by their ids.

    Args:
        session: any.
        today: at the site.
        zone: of the site.
        months: for how many they are kept.
        after: only those behind that id.
        most: how many at most.
    """
    # The zone, and one that lasts over midnight.
    midnight = _midnight(newest_gone_by(today, months) + timedelta(days=2), zone)
    query = (
        select(TenancyVisit)
        .where(TenancyVisit.planned < midnight, TenancyVisit.id > after)
        .order_by(TenancyVisit.id)
        .limit(most)
    )
    return [row.id for row in session.scalars(query)]


def past_consents(session: Session, today: date, zone: ZoneInfo, months: int, *, most: int) -> Sequence[str]:
    """Return what cameras signed, nobody linked and is past its last day, by its digest; the oldest first."""
    query = (
        select(CameraConsent.digest)
        .where(
            CameraConsent.visit_id.is_(None),
            CameraConsent.arrived < _midnight(newest_gone_by(today, months) + timedelta(days=1), zone),
        )
        .order_by(CameraConsent.arrived, CameraConsent.digest)
        .limit(most)
    )
    return session.scalars(query).all()


def forget_consent(session: Session, digest: str, months: int) -> bool:
    """Delete what a camera signed, where nobody has linked it meanwhile; return whether it was."""
    row = session.get(CameraConsent, digest, with_for_update={"of": CameraConsent})
    if row is None or row.visit_id is not None:
        return False
    session.delete(row)
    detail = {"number": row.number}
    record(session, FLEET, "visits:consent:delete", row.camera_id, f"{months} months", detail=detail)
    announce(session, TOPIC, "")
    return True


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def visits_going(session: Session, moment: datetime, zone: ZoneInfo, months: int) -> tuple[int, bool]:
    """Return how many visits would be deleted now, and whether all that are past their day were looked at."""
    found = past_visits(session, local_day(moment, zone), zone, months, most=LOOKED_AT)
    return len(_going(session, found, moment, zone, months)), len(found) < LOOKED_AT


def _going(
    session: Session, visits: Sequence[str], moment: datetime, zone: ZoneInfo, months: int
) -> Sequence[str]:
    """Return those of these visits that nothing keeps."""
    today, rows = local_day(moment, zone), (session.get(TenancyVisit, each) for each in visits)
    return [
        row.id
        for row in rows
        if row is not None and keeping_of(session, row, zone, months).may_go(moment, today)
    ]


def keeping_of(session: Session, row: TenancyVisit, zone: ZoneInfo, months: int) -> VisitKeeping:
    """Return what keeps a visit, and until when."""
    gone = [gone_of(recording) for recording, _ in links_of(session, row.id)]
    here = sum(each is None or not each.is_over for each in gone) + len(maybe_of(session, row))
    standing = select(VisitReference.id).where(
        VisitReference.visit_id == row.id, VisitReference.revoked.is_(None)
    )
    answered = None
    if session.scalar(standing.limit(1)) is not None:
        answered = max(row.ends, *(each.at for each in gone if each is not None), row.ends) + ANSWERS_FOR
    return VisitKeeping(local_day(row.ends, zone), months, row.held_reason or "", here, answered)


def forget_visit(
    session: Session, visit: str, moment: datetime, today: date, zone: ZoneInfo, months: int
) -> bool:
    """Delete all that is kept of a visit where nothing keeps it; return whether it was."""
    row = session.get(TenancyVisit, visit, with_for_update=True)
    if row is None or not keeping_of(session, row, zone, months).may_go(moment, today):
        return False
    for table in _OF_A_VISIT:
        session.execute(delete(table).where(table.visit_id == visit))
    session.delete(row)
    record(session, FLEET, "visits:visit:delete", visit, f"{months} months")
    announce(session, TOPIC, visit)
    return True
