"""Until when an officer writes their own words about a recording. Pure.

It is for a day, by the fleet's own clock, from when the fleet first heard of the recording: soon enough to be
what the officer remembers, and independent of a camera's clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta

OPEN_FOR = timedelta(days=1)


def open_until(first_heard: datetime) -> datetime:
    """Return from when on no more is written."""
    return first_heard + OPEN_FOR


def may_write(first_heard: datetime, now: datetime) -> bool:
    """Say whether something can be written now."""
    return now < open_until(first_heard)
