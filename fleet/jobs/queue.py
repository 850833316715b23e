"""Asking for jobs, taking them, and saying how they ended: rows in the database.

Rules:
- ``ask`` is part of the caller's transaction: what needs the work and the work itself are there together;
- a job is taken by a compare-and-set of its turn; on PostgreSQL those that somebody is just taking are
  passed over (``SKIP LOCKED``), on SQLite there is one writer at a time anyway;
- leases are held by a clock that all processes share (``shared_clock``);
- whoever lost the lease can neither renew it nor finish the job (``LeaseLostError``): another has it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from fleet.core.errors import FleetError
from fleet.jobs.models import Job
from fleet.jobs.rules import (
    AHEAD,
    LEASE,
    TOLD_AFTER,
    JobFacts,
    JobState,
    after_failure,
    is_worn_out,
    to_take,
)
from fleet.jobs.shared_clock import shared_now

DIED = "Nothing was heard any more of the process that worked at it."
_LOOKED_AT = 50
LONGEST_ERROR = 1000


class LeaseLostError(FleetError):
    """Another process has taken the job meanwhile; whoever had it stops."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job that was taken.

    Attributes:
        job: its row.
        kind: what is to be done.
        subject: to what.
        turn: which take of it this is, of all there ever were; no two have the same.
        attempt: which since it was last done or a person had it tried again.
    """

    job: int
    kind: str
    subject: str
    turn: int
    attempt: int


def ask(session: Session, kind: str, subject: str) -> Job:
    """Have something done; once it is asked for, asking again changes nothing until it is done."""
    moment = shared_now(session)
    row = session.scalars(select(Job).where(Job.kind == kind, Job.subject == subject)).one_or_none()
    if row is None:
        row = Job(kind=kind, subject=subject, turn=0)
        session.add(row)
    elif row.state != JobState.DONE:
        return row
    row.state, row.attempts, row.made = JobState.WAITING, 0, moment
    row.due, row.changed, row.error = moment, moment, ""
    row.lease_until = row.owner = None
    session.flush()
    return row


def anything_free(session: Session, kinds: Collection[str]) -> bool:
    """Say whether there is a job to be taken now."""
    query = select(Job.id).where(Job.kind.in_(kinds), _is_free(shared_now(session))).limit(1)
    return session.scalars(query).first() is not None


def take(session: Session, kinds: Collection[str], owner: str, *, most: int = 1) -> tuple[Lease, ...]:
    """Take jobs that are free, and hold a lease on each; those that wore out are set aside for a person."""
    moment = shared_now(session)
    query = select(Job).where(Job.kind.in_(kinds), _is_free(moment)).order_by(Job.due, Job.id)
    seen = session.scalars(query.limit(_LOOKED_AT).with_for_update(skip_locked=True)).all()
    rows = {row.id: row for row in seen}
    worn = [row for row in seen if is_worn_out(_facts(row))]  # the lease of the last attempt ended
    taken = []
    for facts in to_take(map(_facts, seen), moment, most):
        row = rows[facts.id]
        lease = Lease(row.id, row.kind, row.subject, row.turn + 1, row.attempts + 1)
        values = {"state": JobState.RUNNING, "turn": lease.turn, "attempts": lease.attempt, "owner": owner}
        if _swap(session, (row.id, row.turn), **values, lease_until=moment + LEASE, changed=moment):
            taken.append(lease)
    for row in worn:
        _swap(session, (row.id, row.turn), state=JobState.STUCK, error=row.error or DIED, changed=moment)
    return tuple(taken)


def renew(session: Session, lease: Lease) -> None:
    """Hold a job for longer.

    Raises:
        LeaseLostError: another has it.
    """
    moment = shared_now(session)
    _change(session, lease, lease_until=moment + LEASE, changed=moment)


def finish(session: Session, lease: Lease) -> None:
    """Say that a job is done, in the transaction of its last step.

    Raises:
        LeaseLostError: another has it.
    """
    moment = shared_now(session)
    _change(session, lease, state=JobState.DONE, lease_until=None, owner=None, error="", changed=moment)


def fail(session: Session, lease: Lease, error: str) -> None:
    """Say why a job was not done; it is taken again later.

    Raises:
        LeaseLostError: another has it.
    """
    moment = shared_now(session)
    after = after_failure(lease.attempt, moment)
    _change(
        session,
        lease,
        state=after.state,
        due=after.due,
        lease_until=None,
        owner=None,
        error=error[:LONGEST_ERROR],
        changed=moment,
    )


def try_again(session: Session, job: int) -> Job | None:
    """Have a job that fails taken at once, with all its attempts before it; None where there is none."""
    row = session.get(Job, job, with_for_update=True)
    if row is None or row.state not in (JobState.WAITING, JobState.STUCK):
        return None
    moment = shared_now(session)
    row.state, row.attempts, row.due, row.changed = JobState.WAITING, 0, moment, moment
    return row


def told(session: Session, kinds: Collection[str], *, most: int = 50) -> Sequence[Job]:
    """Return the jobs that do not get done, of which people are told; the oldest first."""
    query = select(Job).where(Job.kind.in_(kinds), _is_told()).order_by(Job.made, Job.id)
    return session.scalars(query.limit(most)).all()


def told_count(session: Session, kinds: Collection[str]) -> int:
    """Return how many jobs do not get done."""
    query = select(func.count()).select_from(Job).where(Job.kind.in_(kinds), _is_told())
    return session.scalar(query) or 0


def forget_done(session: Session, before: datetime) -> None:
    """Remove the rows of jobs that were done before then."""
    session.execute(delete(Job).where(Job.state == JobState.DONE, Job.changed < before))


def _is_free(moment: datetime) -> ColumnElement[bool]:
    """What ``rules.is_free`` is, for the database."""
    return or_(
        and_(Job.state == JobState.WAITING, Job.due <= moment),
        and_(Job.state == JobState.RUNNING, Job.lease_until <= moment),
        and_(Job.state.in_((JobState.WAITING, JobState.RUNNING)), Job.changed > moment + AHEAD),
    )


def _is_told() -> ColumnElement[bool]:
    keeps_failing = and_(Job.state != JobState.DONE, Job.attempts >= TOLD_AFTER, Job.error != "")
    return or_(Job.state == JobState.STUCK, keeps_failing)


def _facts(row: Job) -> JobFacts:
    return JobFacts(row.id, JobState(row.state), row.attempts, row.due, row.lease_until, row.changed)


def _change(session: Session, lease: Lease, **values: object) -> None:
    if not _swap(session, (lease.job, lease.turn), **values):
        raise LeaseLostError(f"Another process has taken up the {lease.kind} of {lease.subject} meanwhile.")


def _swap(session: Session, known: tuple[int, int], **values: object) -> bool:
    """Change a job's row, by its number, if nobody has taken it since that turn; say whether that was so."""
    job, turn = known
    change = update(Job).where(Job.id == job, Job.turn == turn).values(**values)
    result = session.execute(change.execution_options(synchronize_session="fetch"))
    return isinstance(result, CursorResult) and result.rowcount == 1
