"""The steps of releases: who may do which, and what is told of each; in the caller's transaction.

What was done about a release is told step by step, and the audit log says which step, of which release, and
nothing that was written of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.chain import Detail
from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import announce, now
from fleet.core.problems import ProblemError, not_found
from fleet.footage.recordings.models import Recording
from fleet.releases.models import FootageRelease, ReleaseNote
from fleet.releases.rules.states import (
    ReleaseActor,
    ReleaseFacts,
    ReleaseState,
    ReleaseStep,
    why_not,
    why_not_by,
)
from fleet.releases.subjects import public_id, released_in
from fleet.requests.cases import refuse_unshown
from fleet.requests.models import RequestCase
from fleet.retention.holds import IMPORT

TOPIC = "release"
MOST_NOTES = 500


def get_release(session: Session, release: str, *, lock: bool = False) -> FootageRelease:
    """Return a release; with ``lock`` nobody else changes it until this transaction ends.

    Raises:
        ProblemError: 404 there is no such release.
    """
    lock_of = {"of": FootageRelease} if lock else None
    row = session.get(FootageRelease, release, with_for_update=lock_of, populate_existing=lock)
    if row is None:
        raise not_found("such release")
    return row


def step_on(session: Session, release: str, step: ReleaseStep, by: Actor) -> FootageRelease:
    """Return a release, locked, on which somebody may do a step now.

    Raises:
        ProblemError: 403 they may not; 404 there is no such release; 409 its state does not let anybody.
    """
    row = get_release(session, release, lock=True)
    facts = facts_of_release(row)
    refuse_step(why_not_by(step, release_actor(by), facts.authors), 403)
    refuse_step(why_not(step, facts, release_actor(by), now(session)), 409)
    return row


def refuse_unshown_request(session: Session, row: FootageRelease) -> None:
    """Refuse to give out upon a request before it was shown who asks, and that they may.

    Raises:
        ProblemError: 409 that was asked for, and was neither shown nor waived.
    """
    case = session.get(RequestCase, row.request) if row.request else None
    if case is not None:
        refuse_unshown(case, "Nothing is given out before that.")


def facts_of_release(row: FootageRelease) -> ReleaseFacts:
    """Return what the rules look at."""
    return ReleaseFacts(ReleaseState(row.state), frozenset(row.authors), row.ends)


def may_step(row: FootageRelease, step: ReleaseStep, by: Actor, at: datetime) -> bool:
    """Say whether somebody may do a step now."""
    return why_not(step, facts_of_release(row), release_actor(by), at) is None


def tell(
    session: Session, row: FootageRelease, by: Actor, action: str, words: str, *, detail: Detail | None = None
) -> None:
    """Keep that something was done, and have pages follow; very many steps are in the audit log alone."""
    count = select(func.count()).select_from(ReleaseNote).where(ReleaseNote.release_id == row.id)
    done = session.scalar(count) or 0
    if done < MOST_NOTES:
        author = by.name or by.label
        session.add(ReleaseNote(release_id=row.id, number=done + 1, at=now(session), by=author, words=words))
        session.flush()
    record(session, by, action, row.id, detail={"reference": row.reference, **(detail or {})})
    announce(session, TOPIC, row.id)
    announce_released(session, row)


def announce_released(session: Session, row: FootageRelease) -> None:
    """Have pages of all that a release is made of follow."""
    for each in released_in(row):
        announce(session, "recording" if isinstance(each, Recording) else IMPORT, public_id(each))


def notes_on(session: Session, row: FootageRelease) -> Sequence[ReleaseNote]:
    """Return what was done about a release, the oldest first."""
    query = select(ReleaseNote).where(ReleaseNote.release_id == row.id)
    return session.scalars(query.order_by(ReleaseNote.number)).all()


def release_actor(by: Actor) -> ReleaseActor:
    """Return somebody as the rules look at them."""
    return ReleaseActor(by.id, by.kind is ActorKind.USER, by.by_break_glass)


def refuse_step(why: str | None, status: int) -> None:
    """Refuse a step, where there is a reason.

    Raises:
        ProblemError: of that status.
    """
    if why is not None:
        raise ProblemError(status, "not_this_step", why)
