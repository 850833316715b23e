"""Calendar months, as people count them. Pure.

A period of months from an event ends with the day of the same number in its last month, and with that month's
last day where it has no such day: from 31 August six months end with 28 February, or with the 29th in a leap
year. The day of the event itself does not count, and the last day counts to its end.

It knows no zones: which day something happened on is the caller's business.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

_YEAR = 12


def plus_months(day: date, months: int) -> date:
    """Return the last day of a period of so many months from ``day``.

    >>> plus_months(date(2026, 8, 31), 6), plus_months(date(2027, 8, 31), 6)
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 29))

    Raises:
        OverflowError: the calendar does not go as far.
    """
    year, month = _month(day, months)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError(f"there is no year {year}")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def newest_gone_by(today: date, months: int) -> date:
    """Return the newest day from which a period of so many months has ended before ``today``.

    >>> newest_gone_by(date(2027, 3, 1), 6)
    datetime.date(2026, 8, 31)
    """
    last = today - timedelta(days=1)
    year, month = _month(last, -months)
    longest = monthrange(year, month)[1]
    is_months_last = last.day == monthrange(last.year, last.month)[1]
    return date(year, month, longest if is_months_last else min(last.day, longest))


def day_words(day: date) -> str:
    """Return a day as people write it: "29 May 2027"."""
    return f"{day.day} {day:%B %Y}"


def _month(day: date, months: int) -> tuple[int, int]:
    years, month = divmod(day.month - 1 + months, _YEAR)
    return day.year + years, month + 1
