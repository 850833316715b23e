"""When a visit is planned, in the words that its notice says it with. Pure.

Rules:
- days and times are those of the site's clocks;
- a time that these clocks show twice, in the night in which they are put back, is said with its zone.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


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
