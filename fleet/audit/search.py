"""Finding entries: newest first, page by page, fast in a log of a million.

Rules:
- a page is told by the number that it ends before (keyset), never by how many to skip: each page costs the
  same, and what is added meanwhile moves nothing;
- each value that is looked for has an index that ends in the number, and values of one kind are looked for
  one by one and merged: nothing is sorted but the few rows of a page;
- rows are read as they are (``fleet.audit.rows``): one that somebody damaged is shown as that, and hides
  none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

from fleet.audit.chain import Entry
from fleet.audit.models import IS_REFUSAL, AuditEntry
from fleet.audit.rows import UnreadableEntryError, read_row, stored_columns


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """What entries are looked for; what is empty narrows nothing.

    Attributes:
        actors: by any of these, as the log calls them.
        actions: any of these.
        subjects: about any of these.
        addresses: from any of these.
        since: from this moment on.
        until: before this moment.
        refusals: refusals alone.
        nothing: whether something was asked for that cannot be, so nothing fits.
    """

    actors: Sequence[str] = ()
    actions: Sequence[str] = ()
    subjects: Sequence[str] = ()
    addresses: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    refusals: bool = False
    nothing: bool = False

    @property
    def values(self) -> list[tuple[InstrumentedAttribute[str], Sequence[str]]]:
        """The columns that are narrowed by values, the one that probably fits fewest first."""
        return [
            (column, values)
            for column, values in (
                (AuditEntry.subject, self.subjects),
                (AuditEntry.address, self.addresses),
                (AuditEntry.actor, self.actors),
                (AuditEntry.action, self.actions),
            )
            if values
        ]

    def fits(self, entry: Entry) -> bool:
        """Say whether an entry is one of those looked for."""
        narrowed = (
            (self.subjects, entry.subject),
            (self.addresses, entry.address),
            (self.actors, entry.actor),
            (self.actions, entry.action),
        )
        since = self.since is None or entry.utc >= self.since
        until = self.until is None or entry.utc < self.until
        refused = not self.refusals or entry.is_refusal
        return (
            not self.nothing
            and since
            and until
            and refused
            and all(not values or value in values for values, value in narrowed)
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is no entry: the number where it stands, and why it cannot be read."""

    number: int
    reason: str


Found = Entry | Unreadable


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page of entries.

    Attributes:
        entries: the newest first.
        older: the number that the next page ends before; None when there is none.
    """

    entries: Sequence[Found]
    older: int | None


def find_entries(session: Session, wanted: EntryFilter, *, before: int | None, limit: int) -> EntryPage:
    """Return the newest entries that fit, of those before a number."""
    if wanted.nothing:
        return EntryPage((), None)
    conditions = _conditions(session, wanted)
    if conditions is None:
        return EntryPage((), None)
    if before is not None:
        conditions.append(AuditEntry.number < before)
    by_value: Sequence[tuple[InstrumentedAttribute[str], Sequence[str]]] = wanted.values
    queries = [conditions]
    if by_value:
        (column, values), *others = by_value
        rest = [*conditions, *(each.in_(among) for each, among in others)]
        queries = [[*rest, column == value] for value in dict.fromkeys(values)]
    parts = [_numbers(session, each, limit + 1) for each in queries]
    numbers = list(islice(merge(*parts, reverse=True), limit + 1))
    found = _entries(session, numbers[:limit])
    return EntryPage(found, numbers[limit - 1] if len(numbers) > limit else None)


def newest_number(session: Session) -> int:
    """Return the number of the newest entry; 0 when there is none."""
    return session.scalar(select(func.max(AuditEntry.number))) or 0


def _conditions(session: Session, wanted: EntryFilter) -> list[ColumnElement[bool]] | None:
    """Return what narrows by time and kind; None when nothing lies in that time.

    Times are turned into numbers first. Clocks step, so the numbers of a time are bounds, and the time stays.
    """
    conditions: list[ColumnElement[bool]] = []
    if wanted.refusals:
        conditions.append(IS_REFUSAL)  # type: ignore[arg-type]  # the words of the index itself
    since, until = wanted.since, wanted.until
    if since is None and until is None:
        return conditions
    times: list[ColumnElement[bool]] = [
        *([AuditEntry.utc >= since] if since is not None else []),
        *([AuditEntry.utc < until] if until is not None else []),
    ]
    spans = select(func.min(AuditEntry.number), func.max(AuditEntry.number)).where(*times)
    bounds: Sequence[int | None] = session.execute(spans).one()
    first, last = bounds
    if first is None or last is None:
        return None
    return [*conditions, *times, AuditEntry.number >= first, AuditEntry.number <= last]


def _numbers(session: Session, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
    query = select(AuditEntry.number).where(*conditions).order_by(AuditEntry.number.desc()).limit(limit)
    return list(session.scalars(query))


def _entries(session: Session, numbers: Sequence[int]) -> list[Found]:
    """Return the entries of these numbers; where the database cannot give them together, one by one."""
    try:
        rows = session.execute(stored_columns().where(AuditEntry.number.in_(numbers))).all()
    except DBAPIError:
        return [_entry(session, number) for number in numbers]
    by_number = {row[0]: row for row in rows}
    return [_read(number, by_number.get(number)) for number in numbers]


def _entry(session: Session, number: int) -> Found:
    try:
        return _read(number, session.execute(stored_columns().where(AuditEntry.number == number)).first())
    except DBAPIError:
        return Unreadable(number, "the database cannot give it")


def _read(number: int, row: Sequence[Any] | None) -> Found:
    if row is None:
        return Unreadable(number, "it is gone")
    try:
        return read_row(row)[0]
    except UnreadableEntryError as error:
        return Unreadable(number, str(error))
