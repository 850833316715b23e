from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.retention.rules.calendar import plus_months
from fleet.retention.rules.periods import (
    PROMISED,
    UNDO_DAYS,
    History,
    Periods,
    PeriodsChange,
    before_last,
    current,
    last_day,
    longest_counting,
    periods_refusal,
    undo_refusal,
)

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
RECORDED = date(2026, 1, 15)


def changes(*periods: Periods, days: int = 30, at: datetime = AT) -> History:
    """Changes, so many days apart."""
    return [
        PeriodsChange(number + 1, at + timedelta(days=days * number), each)
        for number, each in enumerate(periods)
    ]


@st.composite
def histories(draw: st.DrawFn) -> History:
    number = draw(st.integers(0, 5))
    at, found = AT, []
    for each in range(number):
        plain = draw(st.integers(1, 24))
        found.append(PeriodsChange(each + 1, at, Periods(plain, plain + draw(st.integers(0, 24)))))
        at += timedelta(hours=draw(st.integers(0, 30 * 24)))
    return found


def test_without_a_change_it_is_what_was_promised() -> None:
    # proves F3
    assert current(()) == PROMISED == Periods(6, 12)
    assert last_day(RECORDED, (), LONDON, has_incident=False) == date(2026, 7, 15)
    assert last_day(RECORDED, (), LONDON, has_incident=True) == date(2027, 1, 15)


def test_a_longer_period_counts_at_once_and_a_shorter_one_after_its_days() -> None:
    # proves F4
    longer, shorter = changes(Periods(9, 12)), changes(Periods(1, 12))
    assert last_day(RECORDED, longer, LONDON, has_incident=False) == date(2026, 10, 15)
    recent = date(2026, 10, 1)  # six months are not over, one month is
    assert last_day(recent, shorter, LONDON, has_incident=False) == date(2026, 12, 6)
    assert last_day(recent, shorter, LONDON, has_incident=True) == date(2027, 10, 1)


@given(histories(), st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.booleans())
def test_a_change_lets_nothing_go_for_its_days_that_would_not_have_gone_without_it(
    history: History, recorded: date, has_incident: bool
) -> None:
    # proves F4
    if not history:
        return
    last = history[-1]
    without = last_day(recorded, history[:-1], LONDON, has_incident=has_incident)
    safe_until = last.at.astimezone(LONDON).date() + timedelta(days=UNDO_DAYS)
    with_it = last_day(recorded, history, LONDON, has_incident=has_incident)
    assert with_it >= min(without, safe_until)


@given(histories(), st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.booleans(), st.integers(0, 900))
def test_a_day_is_over_exactly_when_all_that_counts_on_it_is(
    history: History, recorded: date, has_incident: bool, days: int
) -> None:
    # proves F3, F4
    today = recorded + timedelta(days=days)
    months = longest_counting(history, today, LONDON).months(has_incident=has_incident)
    over = plus_months(recorded, months) < today
    assert over == (last_day(recorded, history, LONDON, has_incident=has_incident) < today)


@given(histories())
def test_undoing_makes_it_as_if_the_change_had_never_counted(history: History) -> None:
    # proves F4
    if not history:
        return
    last = history[-1]
    undone = PeriodsChange(last.number + 1, last.at + timedelta(days=3), before_last(history), last.number)
    after, before = [*history, undone], history[:-1]
    for recorded in (AT.date() - timedelta(days=each) for each in range(0, 800, 7)):
        for kind in (False, True):
            assert last_day(recorded, after, LONDON, has_incident=kind) >= last_day(
                recorded, before, LONDON, has_incident=kind
            )


def test_a_change_is_undone_for_seven_days_and_once() -> None:
    # proves F4
    history = changes(Periods(1, 2))
    assert undo_refusal(history, 1, AT + timedelta(days=7, seconds=-1)) is None
    assert "that is over" in str(undo_refusal(history, 1, AT + timedelta(days=7)))
    assert "changed since" in str(undo_refusal(history, 2, AT))
    assert "changed since" in str(undo_refusal((), 1, AT))
    undone = [*history, PeriodsChange(2, AT, PROMISED, 1)]
    assert "changed since" in str(undo_refusal(undone, 1, AT))
    assert "undone already" in str(undo_refusal(undone, 2, AT))


@pytest.mark.parametrize("periods", [Periods(0, 12), Periods(6, 121), Periods(-1, 3), Periods(200, 300)])
def test_periods_that_cannot_be_are_refused(periods: Periods) -> None:
    assert "1 to 120 months" in str(periods_refusal(periods))


def test_an_incident_is_not_kept_for_less() -> None:
    assert "cannot be kept for less" in str(periods_refusal(Periods(12, 6)))
    assert periods_refusal(PROMISED) is None
