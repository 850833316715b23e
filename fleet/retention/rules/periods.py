"""For how many months recordings are kept, and how that has changed. Pure.

Rules (F4):
- a recording without an incident is kept for one period, one with an incident for another, which is not
  shorter;
- a change counts at once where it keeps longer. Where it keeps shorter, what was so before still counts for
  ``UNDO_DAYS`` days, so that nothing goes meanwhile that would not have gone without it;
- a change can be undone for that long. That is a change too, and the same holds for it; an undoing is not
  undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fleet.retention.rules.calendar import plus_months

UNDO_DAYS = 7
LONGEST_MONTHS = 120
"""Whatever is to be kept for longer needs a hold, with its reason."""


@dataclass(frozen=True, slots=True)
class Periods:
    """For how many months recordings are kept: ``plain`` without an incident, ``incident`` with one."""

    plain: int
    incident: int

    def months(self, *, has_incident: bool) -> int:
        """Return the period of a recording."""
        return self.incident if has_incident else self.plain


PROMISED = Periods(6, 12)
"""What the landlord's notice promises."""


def periods_refusal(periods: Periods) -> str | None:
    """Return the sentence that refuses periods, or None when they can be used."""
    if not all(1 <= months <= LONGEST_MONTHS for months in (periods.plain, periods.incident)):
        return f"A period is 1 to {LONGEST_MONTHS} months; what must be kept for longer needs a hold."
    if periods.incident < periods.plain:
        return "A recording with an incident cannot be kept for less time than one without."
    return None


@dataclass(frozen=True, slots=True)
class PeriodsChange:
    """One change of the periods.

    Attributes:
        number: 1 for the first, then one more each.
        at: when it was confirmed.
        periods: what is so since then.
        undoes: the number of the change that it undoes; None for a change of its own.
    """

    number: int
    at: datetime
    periods: Periods
    undoes: int | None = None


History = Sequence[PeriodsChange]
"""Every change, the oldest first; before the first one ``PROMISED`` is so."""


def current(history: History) -> Periods:
    """Return what is so since the last change."""
    return history[-1].periods if history else PROMISED


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the day on which something was, at the site."""
    return at.astimezone(zone).date()


def still_counting(history: History, zone: ZoneInfo) -> tuple[tuple[Periods, date], ...]:
    """Return each of the earlier periods with the last day on which they count."""
    earlier = [PROMISED, *(each.periods for each in history)][:-1]
    return tuple(
        (periods, local_day(change.at, zone) + timedelta(days=UNDO_DAYS))
        for periods, change in zip(earlier, history, strict=True)
    )


def last_day(recorded: date, history: History, zone: ZoneInfo, *, has_incident: bool) -> date:
    """Return the last day of a recording by its period, and by those that still count beside it.

    Raises:
        OverflowError: the calendar does not go as far.
    """
    until = plus_months(recorded, current(history).months(has_incident=has_incident))
    for periods, counts_until in still_counting(history, zone):
        earlier = plus_months(recorded, periods.months(has_incident=has_incident))
        until = max(until, min(earlier, counts_until))
    return until


def longest_counting(history: History, today: date, zone: ZoneInfo) -> Periods:
    """Return the longest periods that count on a day: what they have not ended, nothing ends."""
    counting = [current(history)]
    counting += [periods for periods, until in still_counting(history, zone) if until >= today]
    return Periods(max(each.plain for each in counting), max(each.incident for each in counting))


def undo_refusal(history: History, number: int, now: datetime) -> str | None:
    """Return the sentence that refuses to undo a change, or None when it can be undone."""
    last = history[-1] if history else None
    if last is None or last.number != number:
        return "The periods were changed since then; look at them as they are now."
    if last.undoes is not None:
        return "That change was undone already; change the periods anew instead."
    if now - last.at >= timedelta(days=UNDO_DAYS):
        return f"A change can be undone for {UNDO_DAYS} days, and that is over; change the periods anew."
    return None


def before_last(history: History) -> Periods:
    """Return what was so before the last change."""
    return current(history[:-1])
