"""What is looked at again and again: who is to be told of what is to go, and what is to be deleted now.

Rules:
- while deletion is off nothing is asked for and nobody is told, but for what goes upon a request;
- while the clock is in doubt nothing is asked for;
- what is looked at is found by the database, and decided by the pure rules alone; whoever deletes decides it
  once more;
- each transaction is short: so many recordings at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from fleet.core.database import announce, now
from fleet.core.services import Services
from fleet.footage.recordings.rows import TOPIC
from fleet.jobs.queue import ask
from fleet.retention.clock import look
from fleet.retention.deletion.deleting import KIND
from fleet.retention.lookup import erased_still_here, keepings, past_rows, rows_of
from fleet.retention.models import DeletionNotice
from fleet.retention.rules.keeping import NOTICE_DAYS
from fleet.retention.rules.periods import local_day
from fleet.retention.rules.switching import deletes, is_on
from fleet.retention.switch import switches_of

BLOCK = 500
EVERY = timedelta(minutes=15)


class Planning:
    """Looks what is to be told and what is to go; at most every ``EVERY``, or when it is another day."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._zone: ZoneInfo = services.config.site.time_zone
        self._next: datetime | None = None
        self._seen: tuple[int, date] | None = None
        self._next_erased: datetime | None = None

    def __call__(self) -> None:
        """Look, if it is time."""
        moment = self._services.clock()
        today = local_day(moment, self._zone)
        with self._services.readers() as session:
            switches = switches_of(session)
        self.ask_erased(moment)
        seen = (len(switches), today)
        if not is_on(switches) or (seen == self._seen and is_early(self._next, moment)):
            return
        with self._services.sessions.begin() as session:
            clock = look(session)
        self.tell(today)
        if deletes(switches, today, self._zone) and not clock.is_doubted(moment):
            self.ask(today)
        self._next, self._seen = moment + EVERY, seen

    def tell(self, today: date) -> None:
        """Note of which recordings with an incident people are told, and when each goes."""
        ahead = today + timedelta(days=NOTICE_DAYS + 1)
        for rows in self._blocks(ahead, with_incident=True):
            with self._services.sessions.begin() as session:
                _tell(session, rows, today, self._zone)

    def ask(self, today: date) -> None:
        """Have deleted what may go."""
        for rows in self._blocks(today, with_incident=False):
            with self._services.sessions.begin() as session:
                for number in _may_go(session, rows, today, self._zone):
                    ask(session, KIND, str(number))

    def ask_erased(self, moment: datetime) -> None:
        """Have deleted again what is to go upon a request and is still here, as once a hold on it ended."""
        if is_early(self._next_erased, moment):
            return
        with self._services.readers() as session:
            rows = erased_still_here(session, most=BLOCK)
        if rows:
            with self._services.sessions.begin() as session:
                for number in rows:
                    ask(session, KIND, str(number))
        self._next_erased = moment + EVERY

    def _blocks(self, day: date, *, with_incident: bool) -> Iterator[list[int]]:
        after = 0
        while True:
            with self._services.readers() as session:
                found = past_rows(
                    session, day, self._zone, after=after, most=BLOCK, with_incident=with_incident
                )
                rows = [row.id for row in found]
            if not rows:
                return
            yield rows
            after = rows[-1]


def is_early(next_time: datetime | None, moment: datetime) -> bool:
    """Say whether it was looked a moment ago; a clock that was put back has no say in that."""
    return next_time is not None and timedelta() < next_time - moment <= EVERY


def _may_go(session: Session, rows: list[int], today: date, zone: ZoneInfo) -> list[int]:
    kept = keepings(session, rows_of(session, rows), zone)
    return [number for number, each in kept.items() if each.may_go(today)]


def _tell(session: Session, rows: list[int], today: date, zone: ZoneInfo) -> None:
    recordings = rows_of(session, rows)
    due = [
        number for number, each in keepings(session, recordings, zone).items() if each.is_to_be_told(today)
    ]
    for number in due:
        notice = session.get(DeletionNotice, number)
        if notice is None:
            notice = DeletionNotice(recording_id=number, goes=today)
            session.add(notice)
        notice.told = now(session)
    session.flush()
    kept, changed = keepings(session, recordings, zone), bool(due)
    for row in recordings:
        notice, each = session.get(DeletionNotice, row.id), kept.get(row.id)
        goes = None if each is None else each.first_without(today)
        if notice is not None and goes is not None and notice.goes != goes:
            notice.goes, changed = goes, True
    if changed:
        announce(session, TOPIC, "")
