from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.retention.rules.calendar import day_words, newest_gone_by, plus_months

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
MONTHS = st.integers(1, 120)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 11, 29), 6, date(2027, 5, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 8, 30), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 7, 1), 6, date(2027, 1, 1)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_one(day: date, months: int, last: date) -> None:
    # proves F3
    assert plus_months(day, months) == last


@given(DAYS, MONTHS)
def test_a_period_ends_in_its_month_and_never_later_than_the_same_day(day: date, months: int) -> None:
    last = plus_months(day, months)
    assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == months
    assert last.day <= day.day
    assert last.day == day.day or (last + timedelta(days=1)).day == 1


@given(DAYS, MONTHS)
def test_what_came_later_never_ends_before(day: date, months: int) -> None:
    assert plus_months(day, months) <= plus_months(day + timedelta(days=1), months)


@given(DAYS, MONTHS)
def test_the_newest_day_whose_period_is_over_is_the_newest(today: date, months: int) -> None:
    # proves F3
    newest = newest_gone_by(today, months)
    assert plus_months(newest, months) < today
    assert plus_months(newest + timedelta(days=1), months) >= today


def test_a_calendar_that_ends_is_said() -> None:
    with pytest.raises(OverflowError, match="no year 10000"):
        plus_months(date(9999, 12, 1), 1)


def test_days_are_written_as_people_do() -> None:
    assert day_words(date(2027, 5, 9)) == "9 May 2027"
