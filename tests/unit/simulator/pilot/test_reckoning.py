"""Last days of requests, reckoned from a script: as the law has them, and as the fleet does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.requests.bank_holidays import is_bank_holiday
from fleet.requests.rules.clock import ClockFacts, ClockKind, ClockPause, ClockWait, WaitKind, read_clock
from simulator.pilot.oracle.reckoning import BANK_HOLIDAYS, FIRST, LAST, clock_after, months_on
from simulator.pilot.script.model import PilotRequest

BEFORE = {"name": "R1", "asks": "Person 1", "contact": "Box 1", "what": "All of it"}
OF_OTHERS = {"police", "civil", "court"}


def request(kind: str, received: date, *steps: dict[str, Any], **more: Any) -> PilotRequest:  # noqa: ANN401 - fields
    others = {"organisation": "The police"} if kind in OF_OTHERS else {}
    said = {**BEFORE, **others, **more, "kind": kind, "received": received, "steps": list(steps)}
    return PilotRequest.model_validate(said)


def letter(name: str, on: date) -> dict[str, Any]:
    return {"do": "letter", "on": on, "letter": name, "words": "Please."}


@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        ("access", "2026-11-25", "2026-12-29"),  # Christmas Day, then Boxing Day's Monday
        ("erasure", "2026-12-01", "2027-01-04"),  # New Year's Day, a Friday
        ("objection", "2027-01-31", "2027-03-01"),  # 28 February is a Sunday
        ("rectification", "2027-02-26", "2027-03-30"),  # Good Friday to Easter Monday
        ("complaint", "2026-11-25", "2026-12-29"),  # the thirtieth day is Christmas Day
        ("complaint", "2026-11-30", "2026-12-30"),
    ],
)
def test_a_last_day_is_the_one_that_a_reader_counts(kind: str, received: str, due: str) -> None:
    # proves F10
    clock = clock_after(request(kind, date.fromisoformat(received)), ())
    assert (clock.phase, clock.due) == ("running", date.fromisoformat(due))


def test_others_are_under_the_day_that_they_name_or_none() -> None:
    received = date(2026, 12, 1)
    assert clock_after(request("police", received), ()).phase == "none"
    assert clock_after(request("court", received, named=date(2026, 12, 25)), ()).due == date(2026, 12, 25)


def test_a_step_that_was_refused_changes_nothing() -> None:
    asked = {**letter("clarification", date(2026, 12, 2)), "refused": True}
    made = request("access", date(2026, 12, 1), asked)
    assert clock_after(made, made.steps) == clock_after(made, ())


def test_every_bank_holiday_that_is_written_down_is_one_and_none_is_left_out() -> None:
    day, found = FIRST, set()
    while day <= LAST:
        if is_bank_holiday(day) and day.weekday() < 5:
            found.add(day)
        day += timedelta(days=1)
    assert found == BANK_HOLIDAYS


@given(day=st.dates(FIRST, LAST), months=st.integers(0, 12))
def test_months_end_on_the_same_date_or_the_last_of_a_month(day: date, months: int) -> None:
    end = months_on(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


@given(
    received=st.dates(FIRST, date(2027, 6, 30)),
    shown=st.none() | st.integers(0, 40),
    questions=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=3),
    is_open=st.booleans(),
    told=st.none() | st.integers(0, 60),
)
def test_two_reckonings_of_one_clock_agree(
    received: date, shown: int | None, questions: list[tuple[int, int]], *, is_open: bool, told: int | None
) -> None:
    # proves F10
    asked_at, steps = 0, []
    pauses: list[ClockPause] = []
    for gap, lasts in questions:
        asked = received + timedelta(days=asked_at + gap)
        last = is_open and (gap, lasts) is questions[-1]
        steps.append(letter("clarification", asked))
        if not last:
            steps.append({"do": "clarified", "on": asked + timedelta(days=lasts)})
        pauses.append(ClockPause(asked, None if last else asked + timedelta(days=lasts)))
        asked_at += gap + lasts
    waits: tuple[ClockWait, ...] = ()
    if shown is not None:
        on = received + timedelta(days=shown)
        steps += [letter("identity", received), {"do": "shown", "on": on, "what": "identity"}]
        waits = (ClockWait(WaitKind.IDENTITY, received, on),)
    extended = None if told is None else received + timedelta(days=told)
    if extended is not None:
        steps.append(letter("extension", extended))
    made = request("access", received, *steps)
    facts = ClockFacts(ClockKind.RIGHT, received, waits, tuple(pauses), extended)
    theirs, ours = read_clock(facts, is_bank_holiday), clock_after(made, made.steps)
    assert (ours.phase, ours.due) == (str(theirs.state), theirs.due)
