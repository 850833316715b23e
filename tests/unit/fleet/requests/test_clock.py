from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.requests.bank_holidays import is_bank_holiday
from fleet.requests.rules.clock import (
    ClockFacts,
    ClockKind,
    ClockPause,
    ClockPhase,
    ClockWait,
    WaitKind,
    next_working_day,
    read_clock,
)
from fleet.retention.rules.calendar import plus_months

DAYS = st.dates(date(2026, 1, 1), date(2035, 12, 31))
LENGTHS = st.integers(0, 40)
DAY = timedelta(days=1)


@st.composite
def rights(draw: st.DrawFn) -> ClockFacts:
    received = draw(DAYS)

    def later(than: date) -> date:
        return than + timedelta(days=draw(LENGTHS))

    asked = [later(received) for _ in range(draw(st.integers(0, 3)))]
    pauses = tuple(ClockPause(each, draw(st.sampled_from([None, later(each)]))) for each in asked)
    begun = [(kind, later(received)) for kind in draw(st.sets(st.sampled_from(list(WaitKind))))]
    waits = tuple(ClockWait(kind, each, draw(st.sampled_from([None, later(each)]))) for kind, each in begun)
    return ClockFacts(
        ClockKind.RIGHT, received, waits, pauses, draw(st.sampled_from([None, later(received)]))
    )


def stood_still(facts: ClockFacts, starts: date, months: int) -> int | None:
    """Count day by day how many do not count; None where it stands still now."""
    lost: set[date] = set()
    for pause in sorted(facts.pauses, key=lambda each: each.asked):
        if pause.asked > next_working_day(plus_months(starts, months) + len(lost) * DAY, is_bank_holiday):
            continue
        if pause.answered is None:
            return None
        first, days = max(pause.asked, starts), (pause.answered - max(pause.asked, starts)).days
        lost |= {first + each * DAY for each in range(days)}
    return len(lost)


def by_hand(facts: ClockFacts, starts: date, months: int) -> date | None:
    lost = stood_still(facts, starts, months)
    return (
        None if lost is None else next_working_day(plus_months(starts, months) + lost * DAY, is_bank_holiday)
    )


@given(rights())
def test_a_right_is_due_as_counting_day_by_day_has_it(facts: ClockFacts) -> None:
    # proves F10
    clock = read_clock(facts, is_bank_holiday)
    met = [each.met for each in facts.waits]
    if None in met:
        assert (clock.state, clock.starts, clock.due) == (ClockPhase.WAITING, None, None)
        return
    starts = max([facts.received, *(each for each in met if each is not None)])
    first = by_hand(facts, starts, 1)
    in_time = facts.extended is not None and (first is None or facts.extended <= first)
    due = by_hand(facts, starts, 3 if in_time else 1)
    assert (clock.starts, clock.due) == (starts, due)
    assert clock.state is (ClockPhase.PAUSED if due is None else ClockPhase.RUNNING)


@given(rights())
def test_a_last_day_is_a_working_day_and_the_words_end_with_it(facts: ClockFacts) -> None:
    # proves F10
    clock = read_clock(facts, is_bank_holiday)
    if clock.due is not None:
        assert clock.due.weekday() < 5
        assert not is_bank_holiday(clock.due)
        assert f"{clock.due.day} {clock.due:%B %Y}" in clock.words[-1]


@given(DAYS, DAYS)
def test_what_came_later_is_never_due_before(one: date, other: date) -> None:
    first, last = sorted((one, other))
    for kind in (ClockKind.RIGHT, ClockKind.COMPLAINT):
        before, after = (read_clock(ClockFacts(kind, each), is_bank_holiday).due for each in (first, last))
        assert before is not None
        assert after is not None
        assert before <= after


@given(rights(), st.integers(0, 30), st.integers(0, 30))
def test_one_more_answered_question_never_makes_the_time_shorter(
    facts: ClockFacts, at: int, took: int
) -> None:
    asked = facts.received + at * DAY
    plain = ClockFacts(ClockKind.RIGHT, facts.received)
    more = ClockFacts(ClockKind.RIGHT, facts.received, pauses=(ClockPause(asked, asked + took * DAY),))
    before, after = read_clock(plain, is_bank_holiday).due, read_clock(more, is_bank_holiday).due
    assert before is not None
    assert after is not None
    assert before <= after <= next_working_day(before + took * DAY, is_bank_holiday)


@given(rights())
def test_nothing_makes_the_time_of_a_complaint_longer(facts: ClockFacts) -> None:
    # proves F10
    complaint = ClockFacts(ClockKind.COMPLAINT, facts.received, facts.waits, facts.pauses, facts.extended)
    clock = read_clock(complaint, is_bank_holiday)
    assert clock.due == next_working_day(facts.received + 30 * DAY, is_bank_holiday)
    assert clock.extend_by is None


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            ClockFacts(ClockKind.RIGHT, date(2027, 1, 31)),
            (
                "Received on 31 January 2027. The clock starts that day. One month from the start would "
                "end on "
                "28 February 2027. That is a Sunday, so it is due on the next working day, 1 March 2027."
            ),
        ),
        (
            ClockFacts(
                ClockKind.RIGHT,
                date(2027, 3, 1),
                (ClockWait(WaitKind.IDENTITY, date(2027, 3, 2), date(2027, 3, 5)),),
                (ClockPause(date(2027, 3, 10), date(2027, 3, 20)),),
                date(2027, 4, 8),
            ),
            (
                "Received on 1 March 2027. The clock starts on 5 March 2027, when the person showed who "
                "they are. "
                "The person was told on 8 April 2027 that it takes two more months. 3 months from the "
                "start would "
                "end on 5 June 2027. Clarification took 10 days, which do not count: 15 June 2027. So it "
                "is due on "
                "15 June 2027."
            ),
        ),
        (
            ClockFacts(ClockKind.RIGHT, date(2027, 3, 1), (ClockWait(WaitKind.FEE, date(2027, 3, 2)),)),
            (
                "Received on 1 March 2027. The clock does not run until the fee is paid, asked for on "
                "2 March 2027."
            ),
        ),
        (
            ClockFacts(ClockKind.RIGHT, date(2027, 3, 1), extended=date(2027, 4, 2)),
            (
                "Received on 1 March 2027. The clock starts that day. That it takes longer was told on 2 "
                "April "
                "2027, after the first month: that counts for nothing. One month from the start would end on "
                "1 April 2027. So it is due on 1 April 2027."
            ),
        ),
        (
            ClockFacts(ClockKind.RIGHT, date(2027, 1, 5), pauses=(ClockPause(date(2027, 1, 11)),)),
            (
                "Received on 5 January 2027. The clock starts that day. One month from the start would end "
                "on "
                "5 February 2027. It stands still since clarification was asked for on 11 January 2027, "
                "and goes on "
                "when that comes."
            ),
        ),
        (
            ClockFacts(ClockKind.COMPLAINT, date(2026, 11, 25)),
            (
                "Received on 25 November 2026. 30 days, counted from the day after, end on 25 December "
                "2026. That "
                "is a bank holiday, so it is due on the next working day, 29 December 2026."
            ),
        ),
        (
            ClockFacts(ClockKind.ASKED, date(2027, 3, 2)),
            (
                "Received on 2 March 2027. No law of data protection sets a day for the answer. Whoever "
                "asks has "
                "named none either."
            ),
        ),
    ],
)
def test_the_clock_says_why(facts: ClockFacts, words: str) -> None:
    # proves F8
    assert " ".join(read_clock(facts, is_bank_holiday).words) == words


def test_days_left_are_counted_to_the_last_day() -> None:
    clock = read_clock(ClockFacts(ClockKind.RIGHT, date(2027, 1, 5)), is_bank_holiday)
    assert (clock.days_left(date(2027, 2, 5)), clock.days_left(date(2027, 2, 7))) == (0, -2)
    waiting = ClockFacts(ClockKind.RIGHT, date(2027, 1, 5), (ClockWait(WaitKind.FEE, date(2027, 1, 6)),))
    assert read_clock(waiting, is_bank_holiday).days_left(date(2027, 2, 5)) is None
