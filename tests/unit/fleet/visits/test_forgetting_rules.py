"""When a visit goes: never early, and by nothing but its day while nothing keeps it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.retention.rules.calendar import newest_gone_by, plus_months
from fleet.visits.rules.forgetting import VisitKeeping

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
MONTHS = st.integers(1, 120)


@given(ended=DAYS, months=MONTHS)
def test_the_last_day_is_kept_whole(ended: date, months: int) -> None:
    kept = VisitKeeping(ended, months)
    assert kept.last_day == plus_months(ended, months)
    assert not kept.may_go(NOW, kept.last_day)
    assert kept.may_go(NOW, kept.last_day + timedelta(days=1))


@given(ended=DAYS, months=MONTHS, today=DAYS)
def test_what_the_tables_are_asked_for_has_all_that_may_go(ended: date, months: int, today: date) -> None:
    if VisitKeeping(ended, months).may_go(NOW, today):
        assert ended <= newest_gone_by(today, months)


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (VisitKeeping(date(2020, 1, 31), 13, held="A claim"), "until somebody ends that"),
        (
            VisitKeeping(date(2020, 1, 31), 13, footage=1),
            "28 February 2021, and for as long as footage that is of it, or may be,",
        ),
        (
            VisitKeeping(date(2020, 1, 31), 13, answered_until=NOW),
            "28 February 2021, and for as long as a reference",
        ),
    ],
)
def test_what_keeps_it_is_said_and_keeps_it(kept: VisitKeeping, says: str) -> None:
    assert says in kept.sentence
    assert not kept.may_go(NOW, date(2030, 1, 1))


def test_a_reference_keeps_it_until_it_is_answered_no_more() -> None:
    kept = VisitKeeping(date(2020, 1, 31), 1, answered_until=NOW)
    assert kept.may_go(NOW + timedelta(seconds=1), date(2030, 1, 1))
    assert VisitKeeping(date(2020, 1, 31), 1).sentence == "Kept until 29 February 2020."
