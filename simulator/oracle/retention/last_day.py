"""Until when a recording has to be kept, reckoned from the run's own history. Pure.

It is reckoned here a second time, and apart from the fleet's own rules, from what they promise (F3):

* six months from the day of the press, as the site's clocks show it, twelve where it was said to show an
  incident; the last day counts to its end;
* while a hold lasts, for ever; for seven days more once a hold, or the mark of an incident, was taken from
  it;
* what arrived late may stay for fourteen days after that.

Where something is not known to the second, as a press at midnight, there is an earliest and a latest one.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from simulator.oracle.history import OperationKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.oracle.history import History, Operation
    from simulator.oracle.places import RecordingPlaces

SITE: Final = ZoneInfo("Europe/London")
"""The zone of a fleet that says no other; in virtual time none can."""
MONTHS: Final = {False: 6, True: 12}
"""For how long, without an incident and with one."""
SLIP: Final = timedelta(days=7)
LATE: Final = timedelta(days=14)
KEEPING: Final = (OperationKind.HOLD, OperationKind.RELEASE, OperationKind.JUDGE)
"""What changes how long a recording is kept."""


@dataclass(frozen=True, slots=True)
class RunTimes:
    """When a run was.

    Attributes:
        began: Its first instant, by the true wall clock.
        lasted_s: How long it lasted, in seconds.
    """

    began: datetime
    lasted_s: float

    def day(self, at_s: float) -> date:
        """Return the day at the site, at a time of the run."""
        return (self.began + timedelta(seconds=at_s)).astimezone(SITE).date()

    def midnight_s(self, day: date) -> float:
        """Return when a day begins at the site, in seconds since the run began."""
        begins = datetime(day.year, day.month, day.day, tzinfo=SITE)
        # In UTC: times of one zone are subtracted as its clocks show them, also where these changed between.
        return (begins.astimezone(UTC) - self.began.astimezone(UTC)).total_seconds()


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day on which something has to be kept.

    Attributes:
        earliest: No earlier than that; None while a hold lasts.
        latest: No later than that; None while a hold lasts.
        reason: Why, in words.
    """

    earliest: date | None
    latest: date | None
    reason: str


def last_day(
    place: RecordingPlaces, history: History, run: RunTimes, at_s: float, *, arrived_s: float | None
) -> LastDay | None:
    """Reckon the last day of a recording, by what was asked for until then.

    Args:
        place: The recording.
        history: What was asked for, and what was answered.
        run: When the run was.
        at_s: Until when, in seconds since it began.
        arrived_s: When its camera had the receipt; None where it was never seen to have one.

    Returns:
        None for a recording that nobody acknowledged: when it was pressed is not known.
    """
    if place.acknowledged is None:
        return None
    said = [each for each in keeping_of(place.recording, history) if each.asked_s <= at_s]
    held, shows, loosened_s = _standing(said)
    if held:
        return LastDay(None, None, f"{held} {'hold lasts' if held == 1 else 'holds last'} on it")
    press = place.acknowledged.operations[0]
    months = MONTHS[shows]
    earliest = plus_months(run.day(press.asked_s), months)
    latest = plus_months(run.day(press.answered_s or press.asked_s), months)
    reason = f"{months} months {'with' if shows else 'without'} an incident from {run.day(press.asked_s)}"
    if loosened_s is not None and run.day(loosened_s) + SLIP > earliest:
        earliest = run.day(loosened_s) + SLIP
        reason = f"{SLIP.days} days from {run.day(loosened_s)}, when what kept it longer was taken from it"
    latest = max(earliest, latest)
    if arrived_s is not None:
        latest = max(latest, run.day(arrived_s) + LATE)
    return LastDay(earliest, latest, reason)


def keeping_of(recording: str, history: History) -> tuple[Operation, ...]:
    """Return what was acknowledged that changes how long a recording is kept, in order."""
    return tuple(
        each
        for each in history.acknowledged
        if each.kind in KEEPING and each.answer is not None and each.answer.recording == recording
    )


def plus_months(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _standing(said: Sequence[Operation]) -> tuple[int, bool, float | None]:
    """How many holds last, whether it shows an incident, and when something was last taken from it."""
    held: set[str] = set()
    shows, loosened_s = False, None
    for each in said:
        hold = "" if each.answer is None else each.answer.hold or ""
        if each.kind is OperationKind.HOLD:
            held.add(hold)
        elif each.kind is OperationKind.RELEASE:
            held.discard(hold)
            loosened_s = each.asked_s
        else:
            now_shows = each.answer is not None and each.answer.incident is True
            if shows and not now_shows:
                loosened_s = each.asked_s
            shows = now_shows
    return len(held), shows, loosened_s
