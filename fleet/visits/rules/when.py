"""When a visit is planned, in the words that its notice says it with. Pure.

Rules:
- days and times are those of the site's clocks;
- a time that these clocks show twice, in the night in which they are put back, is said with its zone; whoever
  writes one means the first of the two;
- a time that these clocks never show, since they are put forward over it, is refused and never moved.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def why_never(typed: datetime, zone: ZoneInfo) -> str:
    """Return why clocks never show a day and time of day, a sentence; empty where they do.

    Args:
        typed: as it was written, without a zone.
        zone: the site's.

    >>> why_never(datetime(2027, 3, 28, 1, 30), ZoneInfo("Europe/London"))
    'There is no 01:30 on 2027-03-28: the clocks are put forward over it. Write another time.'
    >>> why_never(datetime(2027, 3, 28, 2), ZoneInfo("Europe/London"))
    ''
    """
    there = typed.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
    if there.replace(tzinfo=None, fold=0) == typed.replace(fold=0):
        return ""
    when = f"{typed:%H:%M} on {typed:%Y-%m-%d}"
    return f"There is no {when}: the clocks are put forward over it. Write another time."


def is_twice(typed: datetime, zone: ZoneInfo) -> bool:
    """Say whether clocks show a day and time of day twice, as it was written without a zone.

    >>> is_twice(datetime(2027, 10, 31, 1, 30), ZoneInfo("Europe/London"))
    True
    >>> is_twice(datetime(2027, 3, 28, 1, 30), ZoneInfo("Europe/London"))
    False
    """
    first, second = (typed.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return not why_never(typed, zone) and first != second


def words_of_when(planned: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return the day and the time of day.

    Args:
        planned: when, aware.
        zone: the site's.

    >>> from datetime import UTC
    >>> words_of_when(datetime(2026, 7, 6, 9, 5, tzinfo=UTC), ZoneInfo("Europe/London"))
    ('Monday 6 July 2026', '10:05')
    >>> words_of_when(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), ZoneInfo("Europe/London"))[1]
    '01:30 BST'
    """
    there = planned.astimezone(zone)
    twice = there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()
    named = f" {there:%Z}" if twice else ""
    return f"{there:%A} {there.day} {there:%B %Y}", f"{there:%H:%M}{named}"
