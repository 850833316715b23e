"""Looking through who watched what: sorting the audit log's entries, finding them, asking and explaining.

Rules:
- every viewing and every copy in the audit log is looked at once, of recordings and of imports, downloads of
  releases too, in the order of the log: its numbers are given one after the other, so that the last one that
  was looked at says how far that has come;
- what was odd stays told; what was asked and explained is in the history, in words, and in the audit log
  without them;
- everything happens inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.audit.models import AuditEntry
from fleet.core.actor import ANONYMOUS, Actor, ActorKind
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.lookup import get
from fleet.footage.recordings.models import Recording
from fleet.footage.released.keys import HANDED_OVER, IMPORT_HANDED_OVER
from fleet.footage.watching.export import ACTION as EXPORTED
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.imagery.rules.kinds import EXPORTED as IMPORT_EXPORTED
from fleet.imagery.rules.kinds import VIEWED as IMPORT_VIEWED
from fleet.incidents.models import IncidentRecording, Judgement
from fleet.people.models import User
from fleet.review.history import Act, of_viewing, write
from fleet.review.models import Review, ViewingReview
from fleet.review.rules.asking import LONGEST, LookState, asking_refusal
from fleet.review.rules.closing import ReviewState
from fleet.review.rules.oddness import LookedAt, OddityLimits, oddities, weight

TOPIC = "viewing"
BLOCK = 200
RELEASED = frozenset({HANDED_OVER, IMPORT_HANDED_OVER})
"""What the audit log calls it that a release of footage was downloaded, upon two people's word."""
COPIES = frozenset({EXPORTED, IMPORT_EXPORTED, *RELEASED})
OF_IMPORTS = frozenset({IMPORT_VIEWED, IMPORT_EXPORTED, IMPORT_HANDED_OVER})
"""What the audit log calls looking at an import, and taking it out."""
_LOOKS = (VIEWED, EXPORTED, IMPORT_VIEWED, IMPORT_EXPORTED, HANDED_OVER, IMPORT_HANDED_OVER)
_OF_A_USER = f"{ActorKind.USER}:"


def unsorted(session: Session, *, limit: int = BLOCK) -> Sequence[AuditEntry]:
    """Return the viewings and copies that were not looked at yet, the oldest first."""
    last = session.scalar(select(func.max(ViewingReview.number))) or 0
    query = select(AuditEntry).where(AuditEntry.number > last, AuditEntry.action.in_(_LOOKS))
    return session.scalars(query.order_by(AuditEntry.number).limit(limit)).all()


def sort_looks(session: Session, limits: OddityLimits, zone: ZoneInfo) -> int:
    """Say of some viewings what is odd about them, and return of how many."""
    take_turn(session, Turn.REVIEWS)
    entries = unsorted(session)
    for entry in entries:
        odd = oddities(_looked(session, entry, limits, zone), limits)
        session.add(
            ViewingReview(
                number=entry.number,
                at=entry.utc,
                who=entry.actor,
                recording=entry.subject,
                is_copy=entry.action in COPIES,
                weight=weight(odd),
                kinds=f" {' '.join(str(each.kind) for each in odd)} ",
                odd=[[str(each.kind), each.words] for each in odd],
                state=LookState.ODD if odd else LookState.PLAIN,
            )
        )
        session.flush()  # the next one counts it
        announce(session, TOPIC, str(entry.number))
    return len(entries)


def _looked(session: Session, entry: AuditEntry, limits: OddityLimits, zone: ZoneInfo) -> LookedAt:
    mine = ViewingReview.who == entry.actor
    recent = ViewingReview.at > entry.utc - timedelta(minutes=limits.many_minutes)
    lately = ViewingReview.at > entry.utc - timedelta(days=limits.again_days)
    counted = select(func.count()).select_from(ViewingReview)
    same = ViewingReview.recording == entry.subject
    row = None if entry.action in OF_IMPORTS else _row(session, entry.subject)
    is_recipient = entry.action in RELEASED and entry.actor == ANONYMOUS.label
    return LookedAt(
        there=entry.utc.astimezone(zone),
        is_copy=entry.action in COPIES,
        is_released=entry.action in RELEASED,
        is_recipient=is_recipient,
        is_program=not is_recipient and not entry.actor.startswith(_OF_A_USER),
        is_own=row is not None and _is_own(session, entry.actor, row),
        # what an import is needed for was written down before anybody could look at it
        has_cause=entry.action in OF_IMPORTS or (row is not None and _has_cause(session, row)),
        recent=(session.scalar(counted.where(mine, recent)) or 0) + 1,
        again=(session.scalar(counted.where(mine, same, lately)) or 0) + 1,
    )


def _row(session: Session, name: str) -> Recording | None:
    try:
        return get(session, name)
    except ProblemError:
        return None  # there is no such recording any more


def _is_own(session: Session, actor: str, row: Recording) -> bool:
    if row.officer_id is None or row.untrusted or not actor.startswith(_OF_A_USER):
        return False
    name = actor.removeprefix(_OF_A_USER)
    query = select(User.id).where(User.name == name, User.officer_id == row.officer_id)
    return session.scalars(query.limit(1)).first() is not None


def _has_cause(session: Session, row: Recording) -> bool:
    """Say whether there was a cause to look at it that everybody can see."""
    marked = select(Judgement.recording_id).where(
        Judgement.recording_id == row.id, Judgement.incident.is_(True)
    )
    linked = select(IncidentRecording.recording_id).where(IncidentRecording.recording_id == row.id)
    queued = select(Review.recording_id).where(
        Review.recording_id == row.id, Review.state != ReviewState.CLEAR
    )
    query = select(Recording.id).where(
        Recording.id == row.id, or_(marked.exists(), linked.exists(), queued.exists())
    )
    return session.scalars(query).first() is not None


def get_look(session: Session, number: int, *, lock: bool = False) -> ViewingReview:
    """Return a viewing by the number of its entry in the audit log.

    Raises:
        ProblemError: 404 there is none, or it was not looked at yet.
    """
    found = session.get(ViewingReview, number, with_for_update=lock)
    if found is None:
        raise not_found("such viewing")
    return found


def ask_about(session: Session, *, number: int, question: str, by: Actor) -> ViewingReview:
    """Write down that somebody was asked about a viewing, and what.

    Raises:
        ProblemError: 403 it was their own; 404 there is none; 409 it was asked already; 422 nothing was said.
    """
    look = _checked(session, number, by, explains=False)
    clean = _clean(question, "Say what you ask")
    look.state, look.asked_by, look.asked_at = LookState.ASKED, by.name or by.label, now(session)
    return _noted(session, look, Act.ASKED, clean, by, "review:viewing:ask")


def explain(session: Session, *, number: int, explanation: str, by: Actor) -> ViewingReview:
    """Write down how a viewing is explained, which closes it.

    Raises:
        ProblemError: 403 it was their own; 404 there is none; 409 it is explained already; 422 nothing was
            said.
    """
    look = _checked(session, number, by, explains=True)
    clean = _clean(explanation, "Say how it is explained")
    look.state, look.explained_by, look.explained_at = LookState.EXPLAINED, by.name or by.label, now(session)
    return _noted(session, look, Act.EXPLAINED, clean, by, "review:viewing:explain")


def _checked(session: Session, number: int, by: Actor, *, explains: bool) -> ViewingReview:
    look = get_look(session, number, lock=True)
    refusal = asking_refusal(look.who, by.label, LookState(look.state), explains=explains)
    if refusal is not None:
        own = by.label == look.who
        raise ProblemError(403 if own else 409, "own_viewing" if own else "not_asked", refusal)
    return look


def _clean(text: str, ask: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > LONGEST or not clean.isprintable():
        raise ProblemError(422, "text_unusable", f"{ask}, in 1 to {LONGEST} characters.")
    return clean


def _noted(
    session: Session, look: ViewingReview, act: Act, words: str, by: Actor, action: str
) -> ViewingReview:
    write(session, of_viewing(look.number), act, words, by=by)
    record(session, by, action, str(look.number))
    announce(session, TOPIC, str(look.number))
    return look
