"""Deciding of every recording whether it is to be reviewed, and why, and anew when something is new.

Rules:
- what the rules have not looked at since it changed is found by comparing tables, so that nothing is lost
  with a process, a hint or a clock;
- nothing leaves by itself: reasons are only added. A new one opens a review that was closed, and takes away
  what was signed of one that was not;
- a recording's lot is drawn once, when it is held, by the key and the share of then;
- everything happens inside the caller's transaction; those who sort take turns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, undefer

from fleet.core.actor import Actor
from fleet.core.database import Turn, announce, now, take_turn
from fleet.footage.recordings.chain_row import ChainRow
from fleet.footage.recordings.models import ARRIVING, GONE, Recording, RecordingState
from fleet.incidents.models import Incident, IncidentRecording, Judgement
from fleet.review.draw_key import Draw
from fleet.review.facts import ReviewLook, look
from fleet.review.history import Act, of_recording, write
from fleet.review.models import Review
from fleet.review.rules.closing import WAITING, ReviewState, due_day, new_reasons
from fleet.review.rules.draw import is_drawn, lot
from fleet.review.rules.reasons import Reason, reasons, with_draw

TOPIC = "review"
BLOCK = 200

_links = (
    select(
        IncidentRecording.recording_id.label("row"),
        func.count().label("number"),
        func.max(IncidentRecording.added).label("last"),
    )
    .group_by(IncidentRecording.recording_id)
    .subquery()
)
_near = (
    select(func.count())
    .where(Incident.happened >= Review.private_from, Incident.happened <= Review.private_until)
    .correlate(Review)
    .scalar_subquery()
)
_tied = select(ChainRow.recording_id).where(ChainRow.recording_id == Recording.id).correlate(Recording)


def _is_stale() -> ColumnElement[bool]:
    """Return the condition that the rules have not looked at a recording as it is now."""
    marked = func.coalesce(Judgement.incident, False)
    return or_(
        Review.id.is_(None),
        Review.seen_state != Recording.state,
        Review.seen_opened != Recording.opened,
        and_(Recording.state.not_in(ARRIVING), Review.seen_changed != Recording.changed),
        Review.seen_marked != marked,
        Review.seen_links != func.coalesce(_links.c.number, 0),
        Review.seen_linked.is_distinct_from(_links.c.last),
        and_(Review.private_from.is_not(None), _near != Review.seen_near),
        and_(Recording.state == RecordingState.HELD, Review.lot.is_(None), _tied.exists()),
    )


def stale(
    session: Session, *, among: Collection[str] | None = None, after: int = 0, limit: int | None = None
) -> Sequence[int]:
    """Return the rows of recordings that are to be sorted, the oldest first.

    Args:
        session: the caller's.
        among: only those of these ids; None for all.
        after: only rows after this one.
        limit: at most so many; None for a block.
    """
    query = (
        select(Recording.id)
        .outerjoin(Review, Review.recording_id == Recording.id)
        .outerjoin(Judgement, Judgement.recording_id == Recording.id)
        .outerjoin(_links, _links.c.row == Recording.id)
        .where(Recording.id > after, _is_stale())
    )
    if among is not None:
        query = query.where(Recording.recording.in_(among))
    return session.scalars(query.order_by(Recording.id).limit(limit or BLOCK)).all()


@dataclass(frozen=True, slots=True)
class Sorting:
    """How reviews are queued.

    Attributes:
        draw: by what recordings are drawn.
        days: how long a review may take.
        zone: the site's.
    """

    draw: Draw
    days: int
    zone: ZoneInfo


def sort(
    session: Session, by: Sorting, *, among: Collection[str] | None = None, after: int = 0
) -> int | None:
    """Decide of a block of recordings, and return the last of their rows; None where there was none.

    Args:
        session: the caller's; it commits.
        by: how reviews are queued.
        among: only of these ids; None for all.
        after: only of rows after this one.
    """
    take_turn(session, Turn.REVIEWS)
    ids = stale(session, among=among, after=after)
    if not ids:
        return None
    query = select(Recording).where(Recording.id.in_(ids)).options(undefer(Recording.timeline))
    rows = session.scalars(query.order_by(Recording.id)).all()
    kept = {
        each.recording_id: each
        for each in session.scalars(select(Review).where(Review.recording_id.in_(ids)).with_for_update())
    }
    looked, today = look(session, rows), now(session).astimezone(by.zone).date()
    for row in rows:
        review = kept.get(row.id) or _new(session, row)
        _see(review, row, looked[row.id], by.draw)
        if row.state in GONE:
            _let_go(session, review)
            continue
        add_reasons(session, review, _found(review, looked[row.id]), due=due_day(today, by.days))
    return ids[-1]


def _let_go(session: Session, review: Review) -> None:
    """Note that a recording was deleted before its review was closed; that keeps nothing."""
    if review.state in WAITING:
        review.state = ReviewState.GONE
        write(
            session,
            of_recording(review.id),
            Act.GONE,
            "Deletion of the recording has begun, at the end of its time.",
        )
        announce(session, TOPIC, review.name)


def _new(session: Session, row: Recording) -> Review:
    review = Review(recording_id=row.id, state=ReviewState.CLEAR, kinds=" ", reasons=[], version=0)
    session.add(review)
    return review


def _see(review: Review, row: Recording, found: ReviewLook, draw: Draw) -> None:
    """Note as of what the rules look at a recording, and draw its lot where that is due."""
    review.name, review.camera_id, review.number = row.public_id, row.camera_id, row.number
    review.officer_id = None if row.untrusted else row.officer_id
    review.seen_state, review.seen_opened, review.seen_changed = row.state, row.opened, row.changed
    review.seen_marked, review.seen_links = found.facts.is_marked, found.links
    review.seen_linked, review.seen_near = found.linked, found.near
    review.private_from, review.private_until = found.private or (None, None)
    if review.lot is None and found.open_digest is not None:
        review.lot, review.share = lot(draw.key, found.open_digest), draw.share
        review.key_name = draw.name


def _found(review: Review, found: ReviewLook) -> tuple[Reason, ...]:
    if review.lot is None or review.share is None or not is_drawn(review.lot, review.share):
        return reasons(found.facts)
    return reasons(with_draw(found.facts, review.share))


def add_reasons(
    session: Session, review: Review, found: Iterable[Reason], *, due: date, by: Actor | None = None
) -> None:
    """Add what is new to the reasons of a review, and do what follows from it.

    Args:
        session: the caller's; it commits.
        review: the review, locked.
        found: every reason that there is now.
        due: the day by which it is to be reviewed, if it is queued by this.
        by: who gives the reason; None where the rules do.
    """
    new = new_reasons((str(key) for key, *_ in review.reasons), found)
    if not new:
        return
    moment = now(session)
    told = [[each.key, str(each.kind), each.words, moment.isoformat()] for each in new]
    review.reasons = [*review.reasons, *told]
    kinds = dict.fromkeys([*review.kinds.split(), *(str(each.kind) for each in new)])
    review.kinds = f" {' '.join(kinds)} "
    act = _ACTS[ReviewState(review.state)]
    clear_signatures(review)
    if act is not Act.REASON:
        review.queued, review.due, review.state = moment, due, ReviewState.OPEN
    if act is Act.OPENED_AGAIN:
        set_aside(review)
    session.flush()
    write(session, of_recording(review.id), act, " ".join(each.words for each in new), by=by)
    announce(session, TOPIC, review.name)


_ACTS = {
    ReviewState.CLEAR: Act.QUEUED,
    ReviewState.CLOSED: Act.OPENED_AGAIN,
    ReviewState.OPEN: Act.REASON,
    ReviewState.FOUND: Act.REASON,
}


def clear_signatures(review: Review) -> bool:
    """Take away what was signed; return whether anything was."""
    was = review.head_id is not None or review.manager_id is not None
    review.head_id = review.head_name = review.head_at = None
    review.manager_id = review.manager_name = review.manager_at = None
    review.closed = review.closed_on = None
    return was


def set_aside(review: Review) -> None:
    """Have what was found be written anew; what was written before is in the history."""
    review.findings = review.found_by = review.found_at = None
    review.version += 1
