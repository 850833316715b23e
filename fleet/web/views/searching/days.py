"""Days that a list is narrowed to: read as typed, by the site's zone. It knows of no list.

A day that cannot be used is said in a sentence, beside its field.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fleet.web.zone import midnight


class SearchError(ValueError):
    """What was typed cannot be looked for; the message says why.

    Attributes:
        field: which field of the form it is about.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def days_between(start: str, end: str) -> tuple[datetime | None, datetime | None]:
    """Return the first moment of a span of days, and the first after it; None for an end that is open.

    Raises:
        SearchError: a day is none, or the last comes before the first.
    """
    first, last = dates_between(start, end)
    after = last + timedelta(days=1) if last is not None else None
    return _begin(first), _begin(after)


def dates_between(start: str, end: str) -> tuple[date | None, date | None]:
    """Return the first and the last day of a span; None for an end that is open.

    Raises:
        SearchError: a day is none, or the last comes before the first.
    """
    first, last = read_day(start, "from"), read_day(end, "to")
    if first is not None and last is not None and last < first:
        raise SearchError("This day comes before the first, so neither is used; change one of them.", "to")
    return first, last


def read_day(text: str, field: str) -> date | None:
    """Return a day as typed; None where none was.

    Raises:
        SearchError: it is no day.
    """
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        for each in (day, day + timedelta(days=1)):
            midnight(each)
    except (ValueError, OverflowError) as error:
        raise SearchError("A day looks like 2026-11-22; that one cannot be read.", field) from error
    return day


def _begin(day: date | None) -> datetime | None:
    return midnight(day) if day is not None else None
