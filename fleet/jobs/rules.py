"""Which job is taken up, and what becomes of one that fails. Pure.

Rules (F7):
- a job waits until it is due; whoever takes it holds a lease, and renews that while it works;
- a lease that has ended was a process that died or hung: another takes the job;
- what was noted at a time that lies ahead was so by a clock that was wrong: it neither waits nor holds;
- each take counts as an attempt, so that work which kills its process does not do so for ever;
- after a failure it waits, longer each time; after ``MOST_ATTEMPTS`` it is stuck and waits for a person;
- from ``TOLD_AFTER`` attempts on people are told. Nothing that is not done is ever forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
TOLD_AFTER = 3
MOST_ATTEMPTS = 24
"""About three days, with these pauses."""
AHEAD = timedelta(minutes=5)
"""By so much the clocks of two processes may differ."""
_DOUBLINGS = 16


class JobState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What the rules look at.

    Attributes:
        id: the job's row.
        state: how far it has come.
        attempts: how often it was taken.
        due: when it may be taken.
        lease_until: until when whoever has it holds it; None where nobody has.
        changed: when that was noted; None where that does not matter.
    """

    id: int
    state: JobState
    attempts: int
    due: datetime
    lease_until: datetime | None = None
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class AfterFailure:
    """What a failed job becomes: its state, and when it may be taken again."""

    state: JobState
    due: datetime


def is_free(job: JobFacts, now: datetime) -> bool:
    """Say whether a job may be taken: it waits and is due, or the lease on it has ended."""
    if job.changed is not None and job.changed - now > AHEAD:
        return job.state in (JobState.WAITING, JobState.RUNNING)
    if job.state is JobState.RUNNING:
        return job.lease_until is None or job.lease_until <= now
    return job.state is JobState.WAITING and job.due <= now


def is_worn_out(job: JobFacts) -> bool:
    """Say whether a job was taken so often that nobody takes it again until a person says so."""
    return job.attempts >= MOST_ATTEMPTS


def to_take(jobs: Iterable[JobFacts], now: datetime, most: int) -> tuple[JobFacts, ...]:
    """Return the jobs to be taken, the one that has waited longest first.

    >>> then = datetime(2026, 1, 1)
    >>> late = JobFacts(2, JobState.WAITING, 0, then - timedelta(1))
    >>> [job.id for job in to_take([JobFacts(1, JobState.WAITING, 0, then), late], then, 1)]
    [2]
    """
    free = [job for job in jobs if is_free(job, now) and not is_worn_out(job)]
    return tuple(sorted(free, key=lambda job: (job.due, job.id))[:most])


def pause_after(attempts: int) -> timedelta:
    """Return how long a job waits after so many attempts.

    >>> [str(pause_after(each)) for each in (1, 2, 5, 99)]
    ['0:00:10', '0:00:20', '0:02:40', '6:00:00']
    """
    doubled: int = 2 ** min(attempts - 1, _DOUBLINGS)
    return min(LONGEST_PAUSE, FIRST_PAUSE * doubled)


def after_failure(attempts: int, now: datetime) -> AfterFailure:
    """Say what becomes of a job that has failed for the ``attempts``-th time."""
    state = JobState.STUCK if attempts >= MOST_ATTEMPTS else JobState.WAITING
    return AfterFailure(state, now + pause_after(attempts))
