"""By when a request is to be answered, reckoned from a script alone, apart from the fleet's own rules. Pure.

It is reckoned here a second time, from the law as ``docs/requests.md`` states it: of rights the same date of
the next month or that month's last day, two more months where the person was told in time, days of
clarification added; of a complaint the thirtieth day after receipt; a weekend or a bank holiday of England
moves either to the next working day. The bank holidays are written down here, and asked of no library.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.pilot.script.model import PilotRequest
    from simulator.pilot.script.request_steps import PilotStep

BANK_HOLIDAYS: Final = frozenset(
    date.fromisoformat(each)
    for each in (
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25",
        "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30",
        "2027-12-27", "2027-12-28",
    )
)  # fmt: skip
"""Bank holidays of England, as the government lists them, with those that stand in for a weekend."""
FIRST: Final = date(2026, 1, 1)
LAST: Final = date(2027, 12, 31)
"""The days of which the bank holidays are written down."""
COMPLAINT_DAYS: Final = 30
SATURDAY: Final = 5
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ExpectedClock:
    """What a clock has to show.

    Attributes:
        phase: ``waiting``, ``running``, ``paused`` or ``none``.
        due: The last day in time; None while there is none.
    """

    phase: str
    due: date | None = None


def working_day(day: date) -> date:
    """Return the day, or the first after it on which people work."""
    while day.weekday() >= SATURDAY or day in BANK_HOLIDAYS:
        day += DAY
    return day


def months_on(day: date, months: int) -> date:
    """Return the same date so many months on, or the last of that month where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def clock_after(request: PilotRequest, steps: Iterable[PilotStep]) -> ExpectedClock:
    """Return what the clock of a request has to show after some of its steps.

    Args:
        request: Which.
        steps: Those that were done, in order; refused ones change nothing.
    """
    if request.kind == "complaint":
        return ExpectedClock("running", working_day(request.received + timedelta(days=COMPLAINT_DAYS)))
    if request.kind in ("police", "civil", "court"):
        return ExpectedClock("none") if request.named is None else ExpectedClock("running", request.named)
    waits: dict[str, date | None] = {}
    questions: list[list[date | None]] = []
    told: date | None = None
    for step in (each for each in steps if not each.refused):
        letter = getattr(step, "letter", None)
        if letter in ("identity", "authority", "fee"):
            waits[letter] = None
        elif letter == "clarification":
            questions.append([step.on, None])
        elif letter == "extension":
            told = step.on
        elif step.do == "shown":
            waits[getattr(step, "what", "")] = step.on
        elif step.do == "clarified":
            questions[-1][1] = step.on
    if None in waits.values():
        return ExpectedClock("waiting")
    starts = max([request.received, *(day for day in waits.values() if day is not None)])
    return _of_right(starts, questions, told)


def _of_right(starts: date, questions: list[list[date | None]], told: date | None) -> ExpectedClock:
    first = _run(starts, 1, questions)
    if told is not None and (first is None or told <= first):
        first = _run(starts, 3, questions)
    return ExpectedClock("paused") if first is None else ExpectedClock("running", first)


def _run(starts: date, months: int, questions: list[list[date | None]]) -> date | None:
    """Return the last day of a run; None while a question that was asked in time is open."""
    end, counted = months_on(starts, months), starts
    for asked, came in questions:
        if asked is None or asked > working_day(end):
            continue
        if came is None:
            return None
        end += max(timedelta(), came - max(asked, counted))
        counted = max(counted, came)
    return working_day(end)
