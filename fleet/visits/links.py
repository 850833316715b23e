"""Recordings and the visits that they were made on: found by officer and time, once, or said by a person.

Rules:
- a recording is linked by itself only where exactly one visit of its officer is about that time;
- a link that was made is never looked at again: a visit that is written anew or called off keeps its
  recordings, and a person changes a link with a reason;
- where there are several visits, nothing is linked, and all of them show that they may be meant;
- of a recording that did not verify, or whose clock was not set, officer or time is not known: nothing is
  linked by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError
from fleet.footage.recordings.extent import beyond_press_s
from fleet.footage.recordings.lookup import get_here
from fleet.footage.recordings.models import A_PART, GONE, Recording, made_at
from fleet.footage.recordings.rows import TOPIC as RECORDING
from fleet.incidents.rules.draft import place_key
from fleet.visits.models import TenancyVisit, VisitRecording
from fleet.visits.rules.draft import LONGEST_MIN, VisitDraftError, clean_why
from fleet.visits.rules.linking import EARLY, LATE, PlannedVisit, visits_about
from fleet.visits.service import TOPIC, get_visit

BACK = timedelta(days=30)
"""So far back recordings without a link are looked at; an older one is linked by a person."""
BLOCK = 200
_LONGEST = timedelta(hours=12)


def link_block(session: Session, moment: datetime, after: int) -> int | None:
    """Link those of some recordings of which one visit alone can be meant.

    Args:
        session: the transaction.
        moment: now.
        after: the row after which the block begins.

    Returns:
        The row with which the next block begins; None after the last.
    """
    query = (
        select(Recording)
        .where(
            Recording.id > after,
            Recording.officer_id.is_not(None),
            Recording.untrusted.is_(False),
            Recording.state.not_in(GONE),
            Recording.id.not_in(select(VisitRecording.recording_id)),
            made_at >= moment - BACK,
        )
        .order_by(Recording.id)
        .limit(BLOCK)
    )
    rows = session.scalars(query).all()
    planned = _planned(session, rows)
    for row in rows:
        span = _span(row)
        meant = () if span is None else visits_about(planned.get(row.officer_id or "", ()), *span)
        if len(meant) == 1:
            session.add(
                VisitRecording(recording_id=row.id, visit_id=meant[0], linked=moment, linked_by="", reason="")
            )
            announce(session, TOPIC, meant[0])
            announce(session, RECORDING, row.public_id)
    return rows[-1].id if len(rows) == BLOCK else None


def visits_meant(session: Session, row: Recording) -> tuple[str, ...]:
    """Return the visits that a recording may be of by officer and time; none where either is not known."""
    span = _span(row)
    if row.officer_id is None or row.untrusted or span is None:
        return ()
    return visits_about(_planned(session, [row]).get(row.officer_id, ()), *span)


def recordings_at(place: str) -> Select[int]:
    """Return the rows of recordings that were made on a visit to a place, a part of which is given."""
    there = TenancyVisit.place_key.contains(place_key(place), autoescape=True)
    return (
        select(VisitRecording.recording_id)
        .join(TenancyVisit, TenancyVisit.id == VisitRecording.visit_id)
        .where(there)
    )


def relink(session: Session, *, recording: str, visit: str | None, reason: str, by: Actor) -> VisitRecording:
    """Say of which visit a recording is, None for none, and why.

    Raises:
        ProblemError: 404 there is no such recording or visit; 410 it was deleted; 422 no reason is given.
    """
    row = get_here(session, recording)
    target = None if visit is None else get_visit(session, visit).id
    try:
        why = clean_why(reason, ask="Say why")
    except VisitDraftError as error:
        raise ProblemError(422, "reason_missing", str(error)) from error
    link = session.get(VisitRecording, row.id, with_for_update=True)
    before = None if link is None else link.visit_id
    if link is None:
        link = VisitRecording(
            recording_id=row.id, visit_id=None, linked=now(session), linked_by="", reason=""
        )
        session.add(link)
    link.visit_id, link.linked = target, now(session)
    link.linked_by, link.reason = by.name or by.label, why
    record(
        session,
        by,
        "visits:recording:link",
        row.public_id,
        why,
        detail={"visit before": before or "", "visit": target or ""},
    )
    announce(session, RECORDING, row.public_id)
    for each in {before, target} - {None}:
        announce(session, TOPIC, str(each))
    return link


def links_of(session: Session, visit: str) -> Sequence[tuple[Recording, VisitRecording]]:
    """Return the recordings of a visit with their links, the oldest first."""
    query = (
        select(Recording, VisitRecording)
        .join(VisitRecording, VisitRecording.recording_id == Recording.id)
        .where(VisitRecording.visit_id == visit)
        .order_by(made_at, Recording.id)
        .limit(BLOCK)
    )
    return [(row, link) for row, link in session.execute(query)]


def maybe_of(session: Session, visit: TenancyVisit) -> Sequence[tuple[Recording, tuple[str, ...]]]:
    """Return the recordings without a link that may be of a visit, with all the visits that may be meant."""
    query = (
        select(Recording)
        .where(
            Recording.officer_id == visit.officer_id,
            Recording.id.not_in(select(VisitRecording.recording_id)),
            Recording.state.not_in(GONE),
            made_at >= visit.planned - EARLY - _LONGEST,
            made_at <= visit.ends + LATE,
        )
        .order_by(made_at, Recording.id)
        .limit(BLOCK)
    )
    found = ((row, visits_meant(session, row)) for row in session.scalars(query).all())
    return [(row, meant) for row, meant in found if visit.id in meant]


def _planned(session: Session, rows: Sequence[Recording]) -> Mapping[str, Sequence[PlannedVisit]]:
    """Return the visits about the time of some recordings, by the ids of their officers."""
    spans = [span for span in map(_span, rows) if span is not None]
    if not spans:
        return {}
    query = select(TenancyVisit).where(
        TenancyVisit.officer_id.in_({row.officer_id for row in rows if row.officer_id is not None}),
        TenancyVisit.cancelled.is_(None),
        TenancyVisit.planned >= min(begun for begun, _ in spans) - LATE - timedelta(minutes=LONGEST_MIN),
        TenancyVisit.planned <= max(ended for _, ended in spans) + EARLY,
    )
    found: dict[str, list[PlannedVisit]] = defaultdict(list)
    for each in session.scalars(query):
        found[each.officer_id].append(PlannedVisit(each.id, each.planned, each.ends))
    return found


def _span(row: Recording) -> tuple[datetime, datetime] | None:
    """Return when a recording was pressed and when it ended; None where no clock says it."""
    begun = row.reckoned or (row.pressed if row.clock_synchronised else None)
    if begun is None:
        return None
    after = beyond_press_s(row.duration_s, row.prerecord_s, row.late_s, is_part=row.verdict == A_PART)
    return begun, begun + timedelta(seconds=after)
