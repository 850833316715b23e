"""By when a request is to be answered, and why, in words. Pure.

Rules:
- a **right** (UK GDPR Art. 12(3)) is answered within one month: by the same date of the next month, or that
  month's last day. The clock starts on the latest day on which the request was received, identity or
  authority was shown, or a fee was paid, where any of these was asked for;
- the month becomes three where the person was told so, with reasons, before the first of them was over; what
  is told later counts for nothing;
- days from the one on which clarification was asked for to the one on which it came do not count (DPA 2018
  s.12A). Days of two questions at once stand still once, and a question that is asked when the time is over
  gives none back;
- a **complaint** (DPA 2018 s.164A) is acknowledged, or answered, within 30 days, counted from the day after
  its receipt; nothing makes that longer;
- police and courts are under no clock of ours (**asked**): what counts is the day that they name, if any;
- of a right and a complaint, a last day on a weekend or a bank holiday becomes the next working day.

All days are days at the site. Which day is a bank holiday is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fleet.retention.rules.calendar import day_words, plus_months

MONTHS = 1
MONTHS_EXTENDED = 3
COMPLAINT_DAYS = 30
_SATURDAY = 5
_DAY = timedelta(days=1)

IsHoliday = Callable[[date], bool]


class ClockKind(StrEnum):
    """By which rule a request is answered in time."""

    RIGHT = "right"
    COMPLAINT = "complaint"
    ASKED = "asked"


class WaitKind(StrEnum):
    """What a clock may have to wait for before it starts."""

    IDENTITY = "identity"
    AUTHORITY = "authority"
    FEE = "fee"


WHO_ASKS = frozenset({WaitKind.IDENTITY, WaitKind.AUTHORITY})
"""What has to be shown, once it was asked for, before anything is erased or given out."""


class ClockPhase(StrEnum):
    """What a clock does."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ClockWait:
    """What was asked for before the clock starts; ``met`` is the day it came, None while it has not."""

    kind: WaitKind
    asked: date
    met: date | None = None


@dataclass(frozen=True, slots=True)
class ClockPause:
    """A clarification; ``answered`` is the day it came, None while it has not."""

    asked: date
    answered: date | None = None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What the rules look at.

    Attributes:
        kind: by which rule.
        received: the day of receipt, by whatever channel.
        waits: what was asked for before it starts.
        pauses: the clarifications.
        extended: the day on which the person was told that it takes two more months; None for never.
        named: the day that police or a court name; None for none.
    """

    kind: ClockKind
    received: date
    waits: tuple[ClockWait, ...] = ()
    pauses: tuple[ClockPause, ...] = ()
    extended: date | None = None
    named: date | None = None


@dataclass(frozen=True, slots=True)
class RequestClock:
    """What a clock shows.

    Attributes:
        state: what it does.
        starts: the day it started; None while it waits, and where there is none.
        due: the last day in time; None while it waits or stands still, and where there is none.
        extend_by: the last day on which the person can be told of two more months; None where nobody can be
            told, or where that day is not known yet.
        words: why, a sentence each.
    """

    state: ClockPhase
    starts: date | None
    due: date | None
    extend_by: date | None
    words: tuple[str, ...]

    def days_left(self, today: date) -> int | None:
        """Return the days left after ``today``, less than 0 where it is over; None without a last day."""
        return None if self.due is None else (self.due - today).days


def read_clock(facts: ClockFacts, is_holiday: IsHoliday) -> RequestClock:
    """Say by when a request is to be answered, and why.

    Raises:
        OverflowError: the calendar does not go as far.
    """
    if facts.kind is ClockKind.ASKED:
        return _named(facts)
    if facts.kind is ClockKind.COMPLAINT:
        return _complaint(facts, is_holiday)
    return _right(facts, is_holiday)


def next_working_day(day: date, is_holiday: IsHoliday) -> date:
    """Return the day, or the first after it that is neither on a weekend nor a bank holiday."""
    while _is_off(day, is_holiday):
        day += _DAY
    return day


def _named(facts: ClockFacts) -> RequestClock:
    said = f"Received on {day_words(facts.received)}. No law of data protection sets a day for the answer."
    if facts.named is None:
        return RequestClock(ClockPhase.NONE, None, None, None, (said, "Whoever asks has named none either."))
    words = (said, f"Whoever asks has named {day_words(facts.named)}.")
    return RequestClock(ClockPhase.RUNNING, facts.received, facts.named, None, words)


def _complaint(facts: ClockFacts, is_holiday: IsHoliday) -> RequestClock:
    end = facts.received + timedelta(days=COMPLAINT_DAYS)
    due = next_working_day(end, is_holiday)
    words = (
        f"Received on {day_words(facts.received)}.",
        f"{COMPLAINT_DAYS} days, counted from the day after, end on {day_words(end)}.",
        *_rolled(end, due),
    )
    return RequestClock(ClockPhase.RUNNING, facts.received, due, None, words)


def _right(facts: ClockFacts, is_holiday: IsHoliday) -> RequestClock:
    words = [f"Received on {day_words(facts.received)}."]
    missing = [each for each in facts.waits if each.met is None]
    if missing:
        words += [_waits_words(each) for each in missing]
        return RequestClock(ClockPhase.WAITING, None, None, None, tuple(words))
    starts, why = _start(facts)
    words.append(why)
    first = _Run(starts, MONTHS, is_holiday).with_pauses(facts.pauses)
    in_time = facts.extended is not None and (first.due is None or facts.extended <= first.due)
    run = _Run(starts, MONTHS_EXTENDED, is_holiday).with_pauses(facts.pauses) if in_time else first
    words += _length_words(facts, run, in_time=in_time)
    extend_by = first.due if facts.extended is None else None
    if run.due is None:
        asked = day_words(run.open_since or starts)
        words.append(
            f"It stands still since clarification was asked for on {asked}, and goes on when that comes."
        )
        return RequestClock(ClockPhase.PAUSED, starts, None, None, tuple(words))
    words += _rolled(run.end, run.due)
    return RequestClock(ClockPhase.RUNNING, starts, run.due, extend_by, tuple(words))


class _Run:
    """A run of so many months, and the days of it that do not count."""

    def __init__(self, starts: date, months: int, is_holiday: IsHoliday) -> None:
        self.starts, self.months, self._is_holiday = starts, months, is_holiday
        self.paused = 0
        self.too_late: list[ClockPause] = []
        self.open_since: date | None = None

    @property
    def end(self) -> date:
        """Its last day, before weekends and bank holidays are looked at."""
        return plus_months(self.starts, self.months) + timedelta(days=self.paused)

    @property
    def due(self) -> date | None:
        """The last day in time; None while it stands still."""
        return None if self.open_since is not None else next_working_day(self.end, self._is_holiday)

    def with_pauses(self, pauses: Iterable[ClockPause]) -> _Run:
        """Take the pauses into account, the one asked for first in front."""
        counted = self.starts
        for each in sorted(pauses, key=lambda pause: pause.asked):
            if each.asked > next_working_day(self.end, self._is_holiday):
                self.too_late.append(each)
            elif each.answered is None:
                self.open_since = max(each.asked, self.starts)
                break
            else:
                since = max(each.asked, counted)
                self.paused += max(0, (each.answered - since).days)
                counted = max(counted, each.answered)
        return self


def _start(facts: ClockFacts) -> tuple[date, str]:
    last = max((each for each in facts.waits), key=lambda each: each.met or facts.received, default=None)
    if last is None or last.met is None or last.met <= facts.received:
        return facts.received, "The clock starts that day."
    return last.met, f"The clock starts on {day_words(last.met)}, when {_MET[last.kind]}."


_MET = {
    WaitKind.IDENTITY: "the person showed who they are",
    WaitKind.AUTHORITY: "it was shown that whoever asks may act for the person",
    WaitKind.FEE: "the fee was paid",
}
_NOT_MET = {
    WaitKind.IDENTITY: "the person shows who they are",
    WaitKind.AUTHORITY: "it is shown that whoever asks may act for the person",
    WaitKind.FEE: "the fee is paid",
}


def _waits_words(wait: ClockWait) -> str:
    return f"The clock does not run until {_NOT_MET[wait.kind]}, asked for on {day_words(wait.asked)}."


def _length_words(facts: ClockFacts, run: _Run, *, in_time: bool) -> list[str]:
    words = []
    if facts.extended is not None and in_time:
        words.append(f"The person was told on {day_words(facts.extended)} that it takes two more months.")
    elif facts.extended is not None:
        told = day_words(facts.extended)
        words.append(
            f"That it takes longer was told on {told}, after the first month: that counts for nothing."
        )
    length = "One month" if run.months == MONTHS else f"{run.months} months"
    words.append(f"{length} from the start would end on {day_words(plus_months(run.starts, run.months))}.")
    if run.paused:
        days = "1 day" if run.paused == 1 else f"{run.paused} days"
        words.append(f"Clarification took {days}, which do not count: {day_words(run.end)}.")
    words += [
        f"Clarification was asked for on {day_words(each.asked)}, when the time was over: that counts for "
        "nothing."
        for each in run.too_late
    ]
    return words


def _rolled(end: date, due: date) -> tuple[str, ...]:
    if due == end:
        return (f"So it is due on {day_words(due)}.",)
    what = f"a {end:%A}" if end.weekday() >= _SATURDAY else "a bank holiday"
    return (f"That is {what}, so it is due on the next working day, {day_words(due)}.",)


def _is_off(day: date, is_holiday: IsHoliday) -> bool:
    return day.weekday() >= _SATURDAY or is_holiday(day)
