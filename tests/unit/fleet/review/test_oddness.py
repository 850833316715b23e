from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.review.rules.asking import LookState, asking_refusal
from fleet.review.rules.oddness import DAYS, LookedAt, OddityLimits, OddKind, oddities, ordinal, weight

LONDON = ZoneInfo("Europe/London")
LIMITS = OddityLimits(
    begins=time(7),
    ends=time(19),
    days=frozenset(DAYS[:5]),
    many=10,
    many_minutes=60,
    again=4,
    again_days=7,
)
MONDAY = datetime(2026, 11, 23, 12, tzinfo=LONDON)
PLAIN = LookedAt(there=MONDAY)
LOOKS = st.builds(
    LookedAt,
    there=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(LONDON)),  # noqa: DTZ001
    is_copy=st.booleans(),
    is_program=st.booleans(),
    is_own=st.booleans(),
    has_cause=st.booleans(),
    recent=st.integers(1, 30),
    again=st.integers(1, 30),
)


@pytest.mark.parametrize(
    ("looked", "words"),
    [
        (replace(PLAIN, is_own=True), "It is their own recording, as its officer."),
        (replace(PLAIN, recent=10), "They asked for footage 10 times within 60 minutes."),
        (replace(PLAIN, again=4), "It was the 4th time within 7 days that they asked for it."),
        (replace(PLAIN, there=MONDAY.replace(hour=22)), "It was out of hours: Monday at 22:00."),
        (replace(PLAIN, there=MONDAY.replace(day=22)), "It was out of hours: Sunday at 12:00."),
        (replace(PLAIN, is_program=True), "A program asked for it, and nobody who was signed in."),
        (
            replace(PLAIN, has_cause=False),
            "Nobody had said that it shows an incident, and it was not to be reviewed.",
        ),
        (replace(PLAIN, is_copy=True), "They asked for a copy."),
    ],
)
def test_each_oddity_is_said_in_words(looked: LookedAt, words: str) -> None:
    assert [each.words for each in oddities(looked, LIMITS)] == [words]


def test_a_release_that_two_people_decided_is_no_odd_copy_and_its_recipient_is_never_odd() -> None:
    download = replace(PLAIN, is_copy=True, is_released=True, has_cause=False)
    assert oddities(download, LIMITS) == ()
    night = replace(download, there=MONDAY.replace(hour=22))
    assert [each.kind for each in oddities(night, LIMITS)] == [OddKind.HOURS]
    assert [each.kind for each in oddities(replace(download, is_program=True), LIMITS)] == [OddKind.PROGRAM]
    assert oddities(replace(night, is_recipient=True, recent=30, again=30), LIMITS) == ()


def test_nothing_is_odd_at_a_desk_by_day() -> None:
    assert oddities(PLAIN, LIMITS) == ()
    assert oddities(replace(PLAIN, recent=9, again=3, there=MONDAY.replace(hour=7)), LIMITS) == ()
    assert oddities(replace(PLAIN, there=MONDAY.replace(hour=19)), LIMITS) != (), "they end at seven"


def test_hours_over_midnight_and_all_day() -> None:
    night = replace(LIMITS, begins=time(22), ends=time(6))
    assert night.is_within(MONDAY.replace(hour=23))
    assert not night.is_within(MONDAY.replace(hour=12))
    friday, saturday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)
    assert night.is_within(friday.replace(hour=23))
    assert night.is_within(saturday.replace(hour=5)), "the end of Friday's night"
    assert not night.is_within(saturday.replace(hour=23))
    assert not night.is_within(MONDAY.replace(hour=5)), "Sunday has no hours that could go on"
    all_day = replace(LIMITS, begins=time(0), ends=time(0))
    assert all_day.is_within(MONDAY.replace(hour=3))
    assert not all_day.is_within(MONDAY.replace(day=22))


def test_the_clock_of_the_site_says_what_is_out_of_hours() -> None:
    summer = datetime.fromisoformat("2026-07-06T06:30:00+00:00").astimezone(LONDON)
    assert oddities(replace(PLAIN, there=summer), LIMITS) == (), "half past seven in London"


@given(looked=LOOKS)
def test_more_that_is_odd_weighs_more(looked: LookedAt) -> None:
    found = oddities(looked, LIMITS)
    kinds = [each.kind for each in found]
    assert len(set(kinds)) == len(kinds)
    assert (weight(found) > 0) == bool(found)
    worse = replace(looked, is_own=True, is_copy=True, recent=99, again=99, has_cause=False)
    assert weight(oddities(worse, LIMITS)) >= weight(found)
    assert ("copy" in kinds) == looked.is_copy
    assert ("own" in kinds) == looked.is_own
    assert ("no-cause" in kinds) == (not looked.has_cause)
    assert ("many" in kinds) == (looked.recent >= LIMITS.many)
    assert ("again" in kinds) == (looked.again >= LIMITS.again)


@given(state=st.sampled_from(list(LookState)), explains=st.booleans())
def test_nobody_asks_about_their_own(state: LookState, explains: bool) -> None:
    assert asking_refusal("user:Head 1", "user:Head 1", state, explains=explains) is not None


def test_what_was_explained_is_asked_about_again() -> None:
    assert asking_refusal("user:A", "user:B", LookState.EXPLAINED, explains=False) is None
    assert asking_refusal("user:A", "user:B", LookState.EXPLAINED, explains=True) is not None
    assert asking_refusal("user:A", "user:B", LookState.ASKED, explains=False) is not None
    assert asking_refusal("user:A", "user:B", LookState.PLAIN, explains=False) is None
    assert asking_refusal("user:A", "user:B", LookState.ODD, explains=True) is None


@pytest.mark.parametrize(("number", "words"), [(1, "1st"), (12, "12th"), (23, "23rd"), (111, "111th")])
def test_numbers_are_said_as_people_count(number: int, words: str) -> None:
    assert ordinal(number) == words
