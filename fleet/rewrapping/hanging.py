"""Whether rewrapping gets done: what fails, and what was begun and does not go on, by the tables.

The job of it is asked for anew after each few seconds of work, so that one which is not done an hour after it
was asked for has not gone on since. While the vault is sealed a job ends at once, and none is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.jobs.models import Job
from fleet.jobs.rules import JobState

KIND: Final = "rewrapping"
LATE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HangingJob:
    """Rewrapping that does not go on.

    Attributes:
        since: when it was last asked for; it did not get done since.
        error: why the last attempt failed, as a sentence; empty where none is known to have.
    """

    since: datetime
    error: str


def hanging(session: Session, now: datetime) -> HangingJob | None:
    """Return the job that has waited longest, where that is too long; None where none has."""
    query = select(Job).where(Job.kind == KIND, Job.state != JobState.DONE, Job.made <= now - LATE)
    row = session.scalars(query.order_by(Job.made).limit(1)).first()
    return None if row is None else HangingJob(row.made, row.error)
