"""When a recovery key is to be tried. Pure.

The first time is within a month of giving it: a key that nobody has tried is not known to open anything. Then
once a year.
"""

from __future__ import annotations

from datetime import datetime, timedelta

FIRST = timedelta(days=30)
EVERY = timedelta(days=366)
ANSWER_WITHIN = timedelta(days=31)
"""How long after a sample was made its answer counts: later it would not say how things are now."""


def try_by(given: datetime, tried: datetime | None) -> datetime:
    """Return until when a key that was given, and maybe tried, is to be tried."""
    return given + FIRST if tried is None else tried + EVERY


def is_overdue(given: datetime, tried: datetime | None, now: datetime) -> bool:
    """Say whether it should have been tried."""
    return now > try_by(given, tried)
