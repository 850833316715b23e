"""The one clock that processes of a fleet hold leases by: the database's, where there can be several of them.

Rules:

- a lease is a time, and times of two machines whose clocks differ mean nothing to each other: one would take
  what the other holds, and be robbed of it in turn, until the work counts as failing for good. So each
  process reckons with how much its machine's clock differs from the database's, and all agree;
- on SQLite there is one machine, and its clock is the clock;
- within ``WITHIN`` two clocks count as one: what a question and its answer take looks like a difference.

It sets no clock, and what people are shown is by each machine's own.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.core.database import Clock, now, utc_now

WITHIN: Final = timedelta(seconds=1)
MACHINE: Final = "machine_clock"
"""What a session's ``info`` may name as its machine's clock; the wall clock else."""


def shared_now(session: Session) -> datetime:
    """Return the time by which leases are held, the same in every process of the fleet."""
    return now(session) - _gap(session)


def _gap(session: Session) -> timedelta:
    """By how much the clock of this machine is ahead of the database's."""
    if session.get_bind().dialect.name != "postgresql":
        return timedelta(0)
    machine: Clock = session.info.get(MACHINE, utc_now)
    asked = machine()
    there: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    gap = asked - there  # one second at most is lost to the question itself, else it is asked too slowly
    return timedelta(0) if abs(gap) <= WITHIN + (machine() - asked) else gap
