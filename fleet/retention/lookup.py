"""How long recordings are kept, by the rules and what the tables say of them. Only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session

from fleet.cameras.models import CameraRow
from fleet.footage.recordings.models import ARRIVING, GONE, Recording, made_at
from fleet.footage.recordings.summary import WITHOUT_A_PRESS
from fleet.incidents.models import IncidentRecording, Judgement
from fleet.retention.holds import as_facts, holds_on, is_held, last_released
from fleet.retention.models import DeletionNotice, Erasure
from fleet.retention.policy import history_of
from fleet.retention.rules.calendar import newest_gone_by
from fleet.retention.rules.keeping import Keeping, KeepingFacts, keeping
from fleet.retention.rules.periods import (
    UNDO_DAYS,
    History,
    Periods,
    PeriodsChange,
    local_day,
    longest_counting,
)
from fleet.retention.rules.switching import on_since
from fleet.retention.switch import switches_of

EXAMPLES = 5
_counts_from = case((made_at <= Recording.announced, made_at), else_=Recording.announced)
shows_incident = Recording.id.in_(
    union_all(
        select(Judgement.recording_id).where(Judgement.incident.is_(True)),
        select(IncidentRecording.recording_id),
    )
)
"""The condition on ``Recording`` that it shows an incident, as its period has it."""


@dataclass(frozen=True, slots=True)
class KindPreview:
    """What a change would do to recordings of one kind.

    Attributes:
        past: how many are past their last day as it is.
        more: how many more would be, once the days in which it can be undone are over.
        fewer: how many would not be any more.
        examples: some of those that would be, the oldest first.
    """

    past: int
    more: int
    fewer: int
    examples: tuple[Recording, ...]


@dataclass(frozen=True, slots=True)
class PeriodsPreview:
    """What a change of the periods would do, and to how many.

    Attributes:
        plain: to those without an incident.
        incident: to those with one.
        held: how many are held, so that it does nothing to them.
        on: the first day on which the periods before it count no more.
    """

    plain: KindPreview
    incident: KindPreview
    held: int
    on: date


def keepings(session: Session, rows: Sequence[Recording], zone: ZoneInfo) -> Mapping[int, Keeping]:
    """Return for each recording that is here how long it is kept, and why."""
    ids = [row.id for row in rows]
    if not ids:
        return {}
    history, holds, released = history_of(session), holds_on(session, ids), last_released(session, ids)
    told, erased = _told(session, ids), erasures(session, ids)
    said = {
        each.recording_id: each
        for each in session.scalars(select(Judgement).where(Judgement.recording_id.in_(ids)))
    }
    linked = set(
        session.scalars(select(IncidentRecording.recording_id).where(IncidentRecording.recording_id.in_(ids)))
    )
    cameras = {row.camera_id for row in rows}
    seen = session.execute(select(CameraRow.id, CameraRow.enrolled).where(CameraRow.id.in_(cameras)))
    enrolled = {camera: at for camera, at in seen}  # noqa: C416 - rows are no pairs to a type checker
    found = {}
    for row in rows:
        if row.state in GONE:
            continue
        judgement = said.get(row.id)
        loosened = [released.get(row.id), judgement.unmarked if judgement is not None else None]
        facts = KeepingFacts(
            arrived=row.announced,
            pressed=row.dated_press,
            is_pressed=row.trigger not in WITHOUT_A_PRESS,
            enrolled=enrolled.get(row.camera_id),
            has_incident=row.id in linked or (judgement is not None and judgement.incident is True),
            loosened=max((at for at in loosened if at is not None), default=None),
            told=told.get(row.id),
            came=row.changed if row.state in ARRIVING else None,
            checked=row.verified,
            erased=erased[row.id].decided if row.id in erased else None,
            erased_by=erased[row.id].reference if row.id in erased else "",
            holds=tuple(as_facts(each) for each in holds.get(row.id, ())),
        )
        found[row.id] = keeping(facts, history, zone)
    return found


def erasures(session: Session, rows: Sequence[int]) -> Mapping[int, Erasure]:
    """Return which of these recordings are to be deleted upon a request."""
    found = session.scalars(select(Erasure).where(Erasure.recording_id.in_(rows)))
    return {each.recording_id: each for each in found}


def erased_still_here(session: Session, *, most: int) -> Sequence[int]:
    """Return the rows of recordings that are to go upon a request, are here, and are not held."""
    query = select(Erasure.recording_id).join(Recording, Recording.id == Erasure.recording_id)
    here = query.where(Recording.state.not_in(GONE), ~is_held())
    return session.scalars(here.order_by(Erasure.recording_id).limit(most)).all()


def kept_until_at_most(session: Session, day: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return the condition on ``Recording`` that its last day, by its period, is ``day`` or before.

    What a slip or a notice adds to it is not reckoned: that is a matter of days.
    """
    return _past(history_of(session), day + timedelta(days=1), zone)


def past_rows(
    session: Session, today: date, zone: ZoneInfo, *, after: int = 0, most: int, with_incident: bool = False
) -> Sequence[Recording]:
    """Return recordings past their last day by their period, by their rows.

    Args:
        session: the caller's.
        today: the day.
        zone: the site's.
        after: only rows after this one.
        most: no more than these.
        with_incident: only those that show an incident.
    """
    history = history_of(session)
    past = _gone_by(history, today, zone, has_incident=True) if with_incident else _past(history, today, zone)
    query = select(Recording).where(past, Recording.id > after).order_by(Recording.id)
    return session.scalars(query.limit(most)).all()


def rows_of(session: Session, numbers: Sequence[int]) -> Sequence[Recording]:
    """Return recordings by the numbers of their rows."""
    return session.scalars(select(Recording).where(Recording.id.in_(numbers)).order_by(Recording.id)).all()


def past_count(session: Session, today: date, zone: ZoneInfo) -> int:
    """Return how many recordings are past their last day by their period."""
    return _count(session, _past(history_of(session), today, zone))


def preview(session: Session, periods: Periods, now: datetime, zone: ZoneInfo) -> PeriodsPreview:
    """Say what a change of the periods would do once it cannot be undone any more, and to how many."""
    history = history_of(session)
    after = [*history, PeriodsChange(len(history) + 1, now, periods)]
    on = local_day(now, zone) + timedelta(days=UNDO_DAYS + 1)
    kinds = []
    for has_incident in (False, True):
        before = _gone_by(history, on, zone, has_incident=has_incident)
        then = _gone_by(after, on, zone, has_incident=has_incident)
        kinds.append(_kind_preview(session, before, then))
    held = and_(is_held(), Recording.state.not_in(GONE))
    return PeriodsPreview(kinds[0], kinds[1], _count(session, held), on)


def _kind_preview(session: Session, before: ColumnElement[bool], then: ColumnElement[bool]) -> KindPreview:
    more = and_(then, ~before)
    query = select(Recording).where(more).order_by(_counts_from, Recording.id).limit(EXAMPLES)
    return KindPreview(
        past=_count(session, before),
        more=_count(session, more),
        fewer=_count(session, and_(before, ~then)),
        examples=tuple(session.scalars(query)),
    )


def _past(history: History, today: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return the condition that the period of a recording, which is not held, has ended.

    What is newer than the shorter period is left out by its time alone, and of what is older than the longer
    one its kind does not matter: of few it has to be looked up.
    """
    plain, incident = (_first_kept(history, today, zone, has_incident=each) for each in (False, True))
    is_shorter = ~shows_incident if plain >= incident else shows_incident
    ended = and_(_before(max(plain, incident)), or_(_before(min(plain, incident)), is_shorter))
    return and_(ended, Recording.state.not_in(GONE), ~is_held())


def _gone_by(history: History, today: date, zone: ZoneInfo, *, has_incident: bool) -> ColumnElement[bool]:
    """Return the condition that the period of a recording of one kind, which is not held, has ended."""
    ended = _before(_first_kept(history, today, zone, has_incident=has_incident))
    kind = shows_incident if has_incident else ~shows_incident
    return and_(ended, kind, Recording.state.not_in(GONE), ~is_held())


def _first_kept(history: History, today: date, zone: ZoneInfo, *, has_incident: bool) -> datetime:
    """Return the first moment from which on the period of recordings of a kind has not ended."""
    months = longest_counting(history, today, zone).months(has_incident=has_incident)
    return datetime.combine(newest_gone_by(today, months) + timedelta(days=1), time(), zone)


def _before(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that a period counts from a time before ``moment``.

    As ``_counts_from`` is the earlier of the two: of most recordings the first is all that is looked at.
    """
    return or_(Recording.announced < moment, made_at < moment)


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Recording).where(condition)) or 0


def _told(session: Session, rows: Sequence[int]) -> Mapping[int, datetime]:
    """Return since when people are told of recordings, since deletion was last switched on."""
    since = on_since(switches_of(session))
    if since is None:
        return {}
    notices = select(DeletionNotice).where(
        DeletionNotice.recording_id.in_(rows), DeletionNotice.told >= since
    )
    return {each.recording_id: each.told for each in session.scalars(notices)}
