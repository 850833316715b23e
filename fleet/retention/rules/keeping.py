"""How long a recording is kept, and why, in words. Pure.

Rules (F3):
- a period counts from the day of the press, as the site's clocks show it. Where no clock that was set dates
  the press, or one dates it after the recording arrived or before its camera was enrolled, the day of its
  arrival counts instead;
- a hold wins over everything, for as long as it lasts;
- what is to be erased upon a request goes at once, whatever its period, unless something of it is still
  coming;
- once a hold ended, the mark of an incident was taken away, or it was taken out of an incident, whose hold
  holds it no more, a recording stays for ``SLIP_DAYS`` more days, so that a slip can be put right;
- one that is not all here stays for ``QUIET_DAYS`` days after something of it last came, so that nothing is
  deleted while it arrives;
- one that was verified late, as from a camera that was found again, stays for ``LATE_DAYS`` days after that,
  so that somebody can look before it goes;
- one with an incident goes only after people were told for ``NOTICE_DAYS`` days that it will.

A last day counts to its end at the site. What is not decided here is what deleting is, and whether it is
switched on (``switching``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from fleet.retention.rules.calendar import day_words, plus_months
from fleet.retention.rules.periods import UNDO_DAYS, History, current, last_day, local_day

NOTICE_DAYS = 14
SLIP_DAYS = 7
QUIET_DAYS = 14
LATE_DAYS = 14


class HoldKind(StrEnum):
    """Why something is held."""

    CLAIM = "claim"
    INVESTIGATION = "investigation"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold that lasts.

    Attributes:
        kind: what for.
        owner: who answers for it.
        reason: why, in their words.
        review: the day on which somebody looks whether it is still needed.
    """

    kind: HoldKind
    owner: str
    reason: str
    review: date


class Counted(StrEnum):
    """Which moment a period counts from."""

    PRESS = "press"
    ARRIVAL_UNDATED = "arrival, for nothing dates the press"
    ARRIVAL_FIRST = "arrival, for the press is dated after it"
    ARRIVAL_NOT_ENROLLED = "arrival, for the press is dated before the camera was enrolled"


@dataclass(frozen=True, slots=True)
class KeepingFacts:
    """What the rules look at.

    Attributes:
        arrived: when the fleet first heard of it.
        pressed: the press by a clock that was set, or when it was begun without one; None where none dates
            it.
        is_pressed: whether a press began it.
        enrolled: when its camera was enrolled; None where that is not known.
        has_incident: whether it belongs to an incident or was marked as one.
        loosened: when a hold, the mark of an incident or an incident was last taken from it.
        told: since when people are told that it will go.
        came: when something of it last came, of one that is not all here; None where all is, or no more will
            come.
        checked: when all of it was here and verified; None where it was not.
        erased: since when it is to be deleted upon a request; None where it is not.
        erased_by: that request, as people name it.
        holds: the holds on it, and on an incident that it belongs to.
    """

    arrived: datetime
    pressed: datetime | None = None
    enrolled: datetime | None = None
    has_incident: bool = False
    loosened: datetime | None = None
    told: datetime | None = None
    came: datetime | None = None
    checked: datetime | None = None
    erased: datetime | None = None
    erased_by: str = ""
    holds: tuple[HoldFacts, ...] = ()
    is_pressed: bool = True

    @property
    def counted(self) -> Counted:
        """Which moment its period counts from."""
        if self.pressed is None:
            return Counted.ARRIVAL_UNDATED
        if self.enrolled is not None and self.pressed < self.enrolled <= self.arrived:
            return Counted.ARRIVAL_NOT_ENROLLED
        return Counted.PRESS if self.pressed <= self.arrived else Counted.ARRIVAL_FIRST

    @property
    def counts_from(self) -> datetime:
        """That moment."""
        return self.arrived if self.pressed is None or self.counted is not Counted.PRESS else self.pressed


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a recording is kept.

    Attributes:
        until: the last day on which it is kept; None while a hold keeps it.
        reason: why, in words.
        is_told: whether people are told that it goes, for long enough on that day; true where they need not
            be.
        tell_from: the day from which on they are told; None where they need not be.
        is_decided: whether a person decided that it goes, upon which nobody waits for deletion to be on.
    """

    until: date | None
    reason: str
    is_told: bool = True
    tell_from: date | None = None
    is_decided: bool = False

    def may_go(self, today: date) -> bool:
        """Say whether it may be deleted on a day."""
        return self.until is not None and self.is_told and today > self.until

    def first_without(self, today: date) -> date | None:
        """Return the first day on which it may be deleted if nothing changes; None while a hold keeps it.

        Where people are to be told, they are told today, or once that is due.
        """
        if self.until is None:
            return None
        last = self.until
        if not self.is_told and self.tell_from is not None:
            last = max(last, max(today, self.tell_from) + timedelta(days=NOTICE_DAYS))
        return max(today, last + timedelta(days=1))

    def is_to_be_told(self, today: date) -> bool:
        """Say whether people have to be told from that day on."""
        return not self.is_told and self.tell_from is not None and today >= self.tell_from


def keeping(facts: KeepingFacts, history: History, zone: ZoneInfo) -> Keeping:
    """Say how long a recording is kept, and why.

    Args:
        facts: what is known of it.
        history: every change of the periods.
        zone: the site's.

    Raises:
        OverflowError: the calendar does not go as far.
    """
    if facts.holds:
        return Keeping(None, held_words(facts.holds))
    if facts.erased is not None:
        return _erased(facts, facts.erased, zone)
    recorded = local_day(facts.counts_from, zone)
    by_period = last_day(recorded, history, zone, has_incident=facts.has_incident)
    months = current(history).months(has_incident=facts.has_incident)
    words = [_period_words(facts, recorded, months, zone)]
    if by_period > plus_months(recorded, months):
        words.append(f"That is shorter than it was: what was so before still counts for {UNDO_DAYS} days.")
    until = by_period
    for since, days, why in (
        (
            facts.loosened,
            SLIP_DAYS,
            f"A hold, a mark or its incident was taken from it, so it stays {SLIP_DAYS} more days.",
        ),
        (
            facts.came,
            QUIET_DAYS,
            f"It is not all here, so it stays for {QUIET_DAYS} days after the last of it came.",
        ),
        (facts.checked, LATE_DAYS, f"It came late, so it stays for {LATE_DAYS} days after it was verified."),
    ):
        if since is not None and (longer := local_day(since, zone) + timedelta(days=days)) > until:
            until = longer
            words.append(why)
    if not facts.has_incident:
        return Keeping(until, " ".join(words))
    tell_from = until - timedelta(days=NOTICE_DAYS)
    told = None if facts.told is None else local_day(facts.told, zone)
    if told is None or told < tell_from or _is_loosened_since(facts):
        return Keeping(until, " ".join(words), is_told=False, tell_from=tell_from)
    noticed = told + timedelta(days=NOTICE_DAYS)
    if noticed > until:
        until = noticed
        words.append(f"Today has said only since {day_words(told)} that it goes, so it stays until then.")
    return Keeping(until, " ".join(words), tell_from=tell_from)


def _erased(facts: KeepingFacts, erased: datetime, zone: ZoneInfo) -> Keeping:
    day = local_day(erased, zone)
    words = f"To be deleted upon request {facts.erased_by}, as was decided on {day_words(day)}."
    until = day - timedelta(days=1)
    if (
        facts.came is not None
        and (longer := local_day(facts.came, zone) + timedelta(days=QUIET_DAYS)) > until
    ):
        until = longer
        words += f" It is not all here, so it stays for {QUIET_DAYS} days after the last of it came."
    return Keeping(until, words, is_decided=True)


def _is_loosened_since(facts: KeepingFacts) -> bool:
    return facts.loosened is not None and facts.told is not None and facts.loosened > facts.told


_WHY_COUNTED = {
    Counted.PRESS: "the day of the press",
    Counted.ARRIVAL_UNDATED: "the day of its arrival, for no clock that was set dates the press",
    Counted.ARRIVAL_NOT_ENROLLED: "the day of its arrival, for its clock dates the press before the camera "
    "was enrolled",
    Counted.ARRIVAL_FIRST: "the day of its arrival, for its clock dates the press after that",
}
_WHY_COUNTED_UNPRESSED = {
    Counted.PRESS: "the day on which it was begun",
    Counted.ARRIVAL_UNDATED: "the day of its arrival, for no clock that was set tells when it was begun",
    Counted.ARRIVAL_NOT_ENROLLED: "the day of its arrival, for by its clock it was begun before the camera "
    "was enrolled",
    Counted.ARRIVAL_FIRST: "the day of its arrival, for by its clock it was begun after that",
}


def _period_words(facts: KeepingFacts, recorded: date, months: int, zone: ZoneInfo) -> str:
    length = "1 month" if months == 1 else f"{months} months"
    kind = "with an incident" if facts.has_incident else "without an incident"
    is_its_day = facts.pressed is not None and local_day(facts.pressed, zone) == recorded
    words = _WHY_COUNTED if facts.is_pressed else _WHY_COUNTED_UNPRESSED
    why = words[Counted.PRESS if is_its_day else facts.counted]  # a second too late matters to nobody
    return f"{length} {kind}, from {day_words(recorded)}, {why}."


def held_words(holds: tuple[HoldFacts, ...]) -> str:
    """Say what keeps something that is held, and when that is looked at again."""
    first = min(holds, key=lambda each: each.review)
    more = len(holds) - 1
    others = f" (and {more} more {'hold' if more == 1 else 'holds'})" if more else ""
    article = "an" if first.kind is HoldKind.INVESTIGATION else "a"
    return (
        f"Held for {article} {first.kind} by {first.owner}{others}: nothing of it goes until that ends. "
        f"To be looked at again by {day_words(first.review)}."
    )
