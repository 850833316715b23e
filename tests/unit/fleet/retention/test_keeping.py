from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.retention.rules.keeping import (
    NOTICE_DAYS,
    SLIP_DAYS,
    HoldFacts,
    HoldKind,
    Keeping,
    KeepingFacts,
    keeping,
)
from fleet.retention.rules.periods import Periods, PeriodsChange

LONDON = ZoneInfo("Europe/London")
PRESS = datetime(2026, 5, 29, 14, tzinfo=UTC)
LAST = date(2026, 11, 29)
HOLD = HoldFacts(HoldKind.CLAIM, "Head 1", "Solicitor's letter of May", date(2026, 9, 1))

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
FACTS = st.builds(
    KeepingFacts,
    arrived=MOMENTS,
    pressed=st.none() | MOMENTS,
    enrolled=st.none() | MOMENTS,
    has_incident=st.booleans(),
    loosened=st.none() | MOMENTS,
    told=st.none() | MOMENTS,
)


def made(**more: object) -> KeepingFacts:
    return KeepingFacts(**{"arrived": PRESS, "pressed": PRESS, **more})  # type: ignore[arg-type]  # by name


def test_six_months_without_an_incident_and_twelve_with_and_why() -> None:
    # proves F3
    plain = keeping(made(), (), LONDON)
    assert plain.until == LAST
    assert plain.reason == "6 months without an incident, from 29 May 2026, the day of the press."
    assert not plain.may_go(LAST)
    assert plain.may_go(LAST + timedelta(days=1))
    with_one = keeping(made(has_incident=True), (), LONDON)
    assert with_one.until == date(2027, 5, 29)
    assert with_one.reason.startswith("12 months with an incident, from 29 May 2026")


@pytest.mark.parametrize(
    ("pressed", "why"),
    [
        (None, "the day of its arrival, for no clock that was set dates the press"),
        (PRESS + timedelta(days=400), "the day of its arrival, for its clock dates the press after that"),
    ],
)
def test_what_no_clock_dates_counts_from_its_arrival_and_says_so(pressed: datetime | None, why: str) -> None:
    # proves F3
    found = keeping(made(pressed=pressed), (), LONDON)
    assert found.until == LAST
    assert why in found.reason


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, "the day on which it was begun."),
        ({"pressed": None}, "the day of its arrival, for no clock that was set tells when it was begun."),
        (
            {"pressed": PRESS + timedelta(days=400)},
            "the day of its arrival, for by its clock it was begun after that.",
        ),
        (
            {"pressed": PRESS - timedelta(days=9), "enrolled": PRESS - timedelta(days=1)},
            "the day of its arrival, for by its clock it was begun before the camera was enrolled.",
        ),
    ],
)
def test_what_nobody_pressed_for_counts_from_no_press(change: dict[str, object], why: str) -> None:
    # proves F8
    found, pressed = (keeping(made(is_pressed=each, **change), (), LONDON) for each in (False, True))
    assert found.reason.endswith(why)
    assert "press" not in found.reason
    assert "press" in pressed.reason
    assert found.until == pressed.until == LAST


def test_a_clock_that_is_a_second_fast_is_no_reason_to_call_it_the_day_of_the_arrival() -> None:
    # proves F8
    found = keeping(made(pressed=PRESS, arrived=PRESS - timedelta(seconds=1)), (), LONDON)
    assert found.reason == "6 months without an incident, from 29 May 2026, the day of the press."


def test_a_press_before_the_camera_was_enrolled_is_no_date() -> None:
    # proves F3
    odd = made(pressed=datetime(1970, 1, 1, tzinfo=UTC), enrolled=PRESS - timedelta(days=1))
    assert keeping(odd, (), LONDON).until == LAST
    assert "before the camera was enrolled" in keeping(odd, (), LONDON).reason
    again = made(enrolled=PRESS + timedelta(days=90))  # once more, which says nothing
    assert "the day of the press" in keeping(again, (), LONDON).reason


def test_what_came_late_stays_until_somebody_could_look() -> None:
    # proves F3
    found = keeping(made(checked=PRESS + timedelta(days=300)), (), LONDON)
    assert found.until == (PRESS + timedelta(days=314)).date()
    assert found.reason.endswith("It came late, so it stays for 14 days after it was verified.")
    assert keeping(made(checked=PRESS), (), LONDON).until == LAST


def test_the_day_is_that_of_the_site() -> None:
    # proves F3
    late = datetime(2026, 5, 29, 23, 30, tzinfo=UTC)  # half past midnight in London in summer
    assert keeping(made(pressed=late, arrived=late), (), LONDON).until == date(2026, 11, 30)
    assert keeping(made(pressed=late, arrived=late), (), ZoneInfo("Etc/UTC")).until == LAST


@given(FACTS, st.dates(date(2020, 1, 1), date(2045, 1, 1)))
def test_a_hold_always_wins(facts: KeepingFacts, today: date) -> None:
    # proves F3
    held = replace(facts, holds=(HOLD,))
    found = keeping(held, (), LONDON)
    assert found.until is None
    assert not found.may_go(today)
    assert not found.is_to_be_told(today)


def test_a_hold_says_for_what_by_whom_and_when_it_is_looked_at() -> None:
    second = HoldFacts(HoldKind.INVESTIGATION, "Manager 1", "Asked by the board", date(2026, 8, 1))
    found = keeping(made(holds=(HOLD, second)), (), LONDON)
    assert "an investigation by Manager 1 (and 1 more hold)" in found.reason
    assert "looked at again by 1 August 2026" in found.reason
    assert "Held for a claim by Head 1:" in keeping(made(holds=(HOLD,)), (), LONDON).reason


def test_what_kept_it_longer_was_a_slip_or_not_it_stays_a_week() -> None:
    # proves F3
    taken_away = PRESS + timedelta(days=300)  # nine months on, when six are over
    found = keeping(made(loosened=taken_away), (), LONDON)
    assert found.until == taken_away.date() + timedelta(days=SLIP_DAYS)
    assert "was taken from it" in found.reason
    early = keeping(made(loosened=PRESS + timedelta(days=1)), (), LONDON)
    assert early.until == LAST


@given(FACTS, st.dates(date(2020, 1, 1), date(2045, 1, 1)))
def test_nothing_with_an_incident_goes_without_two_weeks_notice(facts: KeepingFacts, today: date) -> None:
    # proves F3
    found = keeping(facts, (), LONDON)
    if facts.has_incident and found.may_go(today):
        assert facts.told is not None
        assert today > facts.told.astimezone(LONDON).date() + timedelta(days=NOTICE_DAYS)


@given(FACTS)
def test_told_in_time_it_goes_in_time_and_told_late_it_goes_two_weeks_later(facts: KeepingFacts) -> None:
    # proves F3
    found = keeping(facts, (), LONDON)
    assert found.until is not None
    if found.is_told:
        return
    told_day = found.tell_from
    assert told_day is not None
    assert not found.is_to_be_told(told_day - timedelta(days=1))
    for late in (0, 1, 40):
        at = datetime(told_day.year, told_day.month, told_day.day, 12, tzinfo=LONDON)
        at += timedelta(days=late)
        if facts.loosened is not None and facts.loosened > at:
            continue
        told = replace(facts, told=at)
        after = keeping(told, (), LONDON)
        assert after.is_told
        assert after.until == found.until + timedelta(days=late)


def test_people_are_told_anew_when_a_longer_period_makes_an_old_notice_stale() -> None:
    # proves F4
    told = datetime(2027, 5, 16, 9, tzinfo=UTC)
    facts = made(has_incident=True, told=told)
    assert keeping(facts, (), LONDON).is_told
    longer = [PeriodsChange(1, told + timedelta(days=1), Periods(6, 24))]
    after = keeping(facts, longer, LONDON)
    assert (after.until, after.is_told, after.tell_from) == (date(2028, 5, 29), False, date(2028, 5, 15))


def test_a_shorter_period_says_that_what_was_so_before_still_counts() -> None:
    # proves F4
    shorter = [PeriodsChange(1, PRESS + timedelta(days=60), Periods(1, 12))]
    found = keeping(made(), shorter, LONDON)
    assert found.until == (PRESS + timedelta(days=67)).date()
    assert "still counts for 7 days" in found.reason


def test_several_more_holds_are_so_many() -> None:
    # proves F8
    third = replace(HOLD, review=date(2026, 10, 1))
    assert "(and 2 more holds)" in keeping(made(holds=(HOLD, third, third)), (), LONDON).reason


def test_when_it_goes_if_nothing_changes() -> None:
    # proves F8
    today = date(2026, 12, 24)
    assert Keeping(None, "Held.").first_without(today) is None
    assert Keeping(date(2027, 1, 1), "").first_without(today) == date(2027, 1, 2)
    assert Keeping(date(2026, 1, 1), "").first_without(today) == today
    untold = Keeping(date(2026, 1, 1), "", is_told=False, tell_from=date(2025, 12, 18))
    assert untold.first_without(today) == today + timedelta(days=NOTICE_DAYS + 1)
    told = replace(untold, is_told=True)
    assert told.first_without(today) == today
    later = replace(untold, until=date(2027, 1, 20), tell_from=date(2027, 1, 6))
    assert later.first_without(today) == date(2027, 1, 21)


def test_people_are_to_be_told_from_its_day_on_and_not_twice() -> None:
    # proves F8
    day = date(2027, 1, 6)
    untold = Keeping(date(2027, 1, 20), "", is_told=False, tell_from=day)
    assert [untold.is_to_be_told(day + timedelta(days=each)) for each in (-1, 0, 1)] == [False, True, True]
    assert not replace(untold, is_told=True).is_to_be_told(day)
    assert not replace(untold, tell_from=None).is_to_be_told(day)


def test_who_was_told_before_the_mark_was_taken_away_is_told_anew() -> None:
    # proves F3
    told = datetime(2027, 5, 16, 9, tzinfo=UTC)
    facts = made(has_incident=True, told=told)
    assert keeping(replace(facts, loosened=told - timedelta(days=9)), (), LONDON).is_told
    assert keeping(facts, (), LONDON).is_told
    assert not keeping(replace(facts, loosened=told + timedelta(minutes=1)), (), LONDON).is_told
    late = keeping(replace(facts, told=told + timedelta(days=3)), (), LONDON)
    assert late.reason.endswith("Today has said only since 19 May 2027 that it goes, so it stays until then.")
    in_time = keeping(replace(facts, told=told - timedelta(days=1)), (), LONDON)
    assert "Today has said" not in in_time.reason
