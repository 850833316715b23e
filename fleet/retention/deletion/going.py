"""What would be deleted in the next days, and why, switched on or not: a look that deletes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from fleet.footage.recordings.models import GONE, Recording
from fleet.retention.holds import is_held
from fleet.retention.lookup import keepings, past_count, past_rows, shows_incident
from fleet.retention.models import DeletionNotice
from fleet.retention.rules.keeping import Keeping
from fleet.retention.rules.periods import local_day
from fleet.retention.rules.switching import Switches, deletes_from, first_day, on_since
from fleet.retention.switch import switches_of

BLOCK = 500
LOOKED_AT = 20_000
"""So many are looked at for a page; how many there are by their period is counted of all."""


@dataclass(frozen=True, slots=True)
class GoingRecording:
    """A recording that is to be deleted: the first day on which it may be, and why."""

    row: Recording
    on: date
    kept: Keeping


@dataclass(frozen=True, slots=True)
class Going:
    """What would be deleted in the next days.

    Attributes:
        begins: the first day on which anything is; where deletion is off, if it were switched on now.
        until: the last day that was looked at.
        plain: how many without an incident would go by then.
        incident: how many with one.
        held: how many are held, so that nothing of them goes.
        listed: the first to go, by their day.
        is_counted: whether all were looked at, so that the counts are whole.
    """

    begins: date
    until: date
    plain: int
    incident: int
    held: int
    listed: tuple[GoingRecording, ...]
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Notices:
    """How many recordings people are told of, and the days on which they go, the first of them in front."""

    count: int
    days: tuple[date, ...]


def going(session: Session, at: datetime, zone: ZoneInfo, *, days: int, most: int) -> Going:
    """Say what would be deleted within so many days, and list the first ``most`` of it."""
    begins, until = _begins(session, at, zone), local_day(at, zone) + timedelta(days=days)
    found: list[GoingRecording] = []
    looked_at = 0
    for block in _blocks(session, until + timedelta(days=1), zone):
        looked_at += len(block)
        found += _of_block(session, block, at, zone, begins, until)
        if looked_at >= LOOKED_AT:
            break
    with_incident = sum(each.kept.tell_from is not None for each in found)
    found.sort(key=lambda each: (each.on, each.row.id))
    held = select(func.count()).select_from(Recording).where(and_(is_held(), Recording.state.not_in(GONE)))
    return Going(
        begins=begins,
        until=until,
        plain=len(found) - with_incident,
        incident=with_incident,
        held=session.scalar(held) or 0,
        listed=tuple(found[:most]),
        is_counted=looked_at < LOOKED_AT or past_count(session, until + timedelta(days=1), zone) <= looked_at,
    )


def all_going(session: Session, at: datetime, zone: ZoneInfo, *, days: int) -> Iterator[GoingRecording]:
    """Give everything that would be deleted within so many days, by the rows of the recordings."""
    begins, until = _begins(session, at, zone), local_day(at, zone) + timedelta(days=days)
    for block in _blocks(session, until + timedelta(days=1), zone):
        yield from _of_block(session, block, at, zone, begins, until)


def notices(session: Session, switches: Switches) -> Notices | None:
    """Return of how many recordings people are told that they are to go; None of none, or while it is off."""
    since = on_since(switches)
    if since is None:
        return None
    query = (
        select(DeletionNotice.goes, func.count().label("told"))
        .join(Recording, Recording.id == DeletionNotice.recording_id)
        .where(DeletionNotice.told >= since, Recording.state.not_in(GONE), ~is_held(), shows_incident)
    )
    days = {each.goes: each.told for each in session.execute(query.group_by(DeletionNotice.goes))}
    return Notices(sum(days.values()), tuple(sorted(days))) if days else None


def _begins(session: Session, at: datetime, zone: ZoneInfo) -> date:
    return deletes_from(switches_of(session), zone) or first_day(at, zone)


def _of_block(
    session: Session, rows: list[Recording], at: datetime, zone: ZoneInfo, begins: date, until: date
) -> list[GoingRecording]:
    kept, today = keepings(session, rows, zone), local_day(at, zone)
    found = []
    for row in rows:
        first = kept[row.id].first_without(today)
        if first is not None and max(first, begins) <= until:
            found.append(GoingRecording(row, max(first, begins), kept[row.id]))
    return found


def _blocks(session: Session, day: date, zone: ZoneInfo) -> Iterator[list[Recording]]:
    after = 0
    while rows := list(past_rows(session, day, zone, after=after, most=BLOCK)):
        yield rows
        after = rows[-1].id
