"""What is kept of a kind of case once it is over, and how it is deleted: the same for requests and releases.

Rules:
- one that is not over is kept; over, it is kept for its months, and until the day that somebody named;
- with it goes what its table takes along, what its domain names, and until when somebody had it kept;
- the audit log tells that it was deleted, by its id and reference. It never held who it was about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from fleet.audit.log import record
from fleet.core.actor import FLEET
from fleet.core.database import announce
from fleet.retention.deletion.cases import CaseKind
from fleet.retention.kept_longer import kept_longer
from fleet.retention.models import KeptLonger
from fleet.retention.rules.calendar import newest_gone_by
from fleet.retention.rules.cases import CaseKeeping

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class CaseRules(Generic[Case]):
    """How a kind of case is kept and deleted.

    Attributes:
        table: its rows.
        id: the column of its id.
        over: the column that says when it was over; none while it was not.
        spare: for how long after the last moment of ``over`` that day may still be the last one.
        ended: says on which day of the site one was over; None while it is not.
        kept_by: says what keeps one longer, in words that follow "for as long as"; empty for nothing.
        forget: deletes what its table does not take along, and says which topics and ids changed with it.
        reference: returns its reference.
        action: what the audit log calls that it was deleted.
        months: for how many it is kept.
        zone: of the site.
    """

    table: type[Case]
    id: InstrumentedAttribute[str]
    over: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
    spare: timedelta
    ended: Callable[[Case], date | None]
    kept_by: Callable[[Session, Case], str]
    forget: Callable[[Session, Case], Sequence[tuple[str, str]]]
    reference: Callable[[Case], str]
    action: str
    months: int
    zone: ZoneInfo

    @property
    def kind(self) -> CaseKind:
        """What deletes those that nothing keeps."""
        return CaseKind(self._past, self._may_go, self._forget)

    def keeping(self, session: Session, name: str, row: Case) -> CaseKeeping:
        """Return what keeps one, by its id, and until when."""
        ended, longer = self.ended(row), kept_longer(session, name)
        kept_by = "" if ended is None else self.kept_by(session, row)
        if longer is None:
            return CaseKeeping(ended, self.months, kept_by)
        return CaseKeeping(ended, self.months, kept_by, longer.until, longer.kept_by, longer.why)

    def _past(self, session: Session, today: date, *, after: str, most: int) -> Sequence[str]:
        newest = newest_gone_by(today, self.months) + timedelta(days=1)  # the first moment after that day
        midnight = datetime(newest.year, newest.month, newest.day, tzinfo=self.zone) + self.spare
        query = select(self.id).where(self.over < midnight, self.id > after)
        return session.scalars(query.order_by(self.id).limit(most)).all()

    def _may_go(self, session: Session, name: str, today: date, *, lock: bool = False) -> bool:
        locked = {"of": self.table} if lock else None
        row = session.get(self.table, name, with_for_update=locked, populate_existing=lock)
        return row is not None and self.keeping(session, name, row).may_go(today)

    def _forget(self, session: Session, name: str) -> None:
        row = session.get_one(self.table, name)
        detail, changed = {"reference": self.reference(row)}, self.forget(session, row)
        session.execute(delete(KeptLonger).where(KeptLonger.case_id == name))
        session.execute(delete(self.table).where(self.id == name))
        record(session, FLEET, self.action, name, f"{self.months} months", detail=detail)
        for topic, subject in changed:
            announce(session, topic, subject)
