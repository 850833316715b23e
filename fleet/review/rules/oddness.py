"""What is odd about somebody's having looked at footage, in words. Pure.

Rules:
- each oddity has a weight, and what weighs most comes first; none of them says that anything was wrong;
- what is odd is told as of when the rules look, soon after: a recording that is marked as an incident later
  was not one that anybody had marked then;
- that a release goes out two people decided: that it is a copy, or had no cause, is not odd then, and when
  its recipient fetches it by the link, nothing is;
- working hours are the site's, by its clocks; holidays are not known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TEENS = range(11, 14)


class OddKind(StrEnum):
    """A kind of oddity, in the order in which they are told."""

    OWN = "own"
    MANY = "many"
    AGAIN = "again"
    HOURS = "hours"
    PROGRAM = "program"
    NO_CAUSE = "no-cause"
    COPY = "copy"


WEIGHTS = {
    OddKind.OWN: 8,
    OddKind.MANY: 5,
    OddKind.AGAIN: 4,
    OddKind.HOURS: 4,
    OddKind.PROGRAM: 3,
    OddKind.NO_CAUSE: 2,
    OddKind.COPY: 1,
}


@dataclass(frozen=True, slots=True)
class OddityLimits:
    """From when on something is odd.

    Attributes:
        begins: when working hours begin, by the site's clocks.
        ends: when they end; before ``begins`` for hours over midnight, the same for none outside.
        days: on which days of the week any begin, of ``DAYS``: what is after midnight is of the day before.
        many: so many viewings by one person are many.
        many_minutes: within so many minutes.
        again: so many viewings of one recording by one person are many.
        again_days: within so many days.
    """

    begins: time
    ends: time
    days: frozenset[str]
    many: int
    many_minutes: int
    again: int
    again_days: int

    def is_within(self, there: datetime) -> bool:
        """Say whether a time, by the site's clocks, is within working hours."""
        at, today = there.time(), DAYS[there.weekday()] in self.days
        if self.begins == self.ends:
            return today
        if self.begins < self.ends:
            return today and self.begins <= at < self.ends
        yesterday = DAYS[there.weekday() - 1] in self.days
        return (today and at >= self.begins) or (yesterday and at < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """Somebody looked at a recording or an import, or took a copy.

    Attributes:
        there: when, by the site's clocks.
        is_copy: whether they took a copy.
        is_released: whether it went out with a release, which a second person approved.
        is_recipient: whether a release's recipient fetched it, by its link.
        is_program: whether it was a program.
        is_own: whether they are the officer who is recorded.
        has_cause: whether anybody had said that it shows an incident, or it was to be reviewed; always of an
            import.
        recent: how many recordings they had opened within ``many_minutes``, with this one.
        again: how often they had opened this one within ``again_days``, with this time.
    """

    there: datetime
    is_copy: bool = False
    is_released: bool = False
    is_recipient: bool = False
    is_program: bool = False
    is_own: bool = False
    has_cause: bool = True
    recent: int = 1
    again: int = 1


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing that is odd, in words."""

    kind: OddKind
    words: str


def oddities(looked: LookedAt, limits: OddityLimits) -> tuple[Oddity, ...]:
    """Return what is odd, the gravest first; nothing where nothing is."""
    found: list[Oddity] = []
    if looked.is_recipient:
        return ()
    if looked.is_own:
        found.append(Oddity(OddKind.OWN, "It is their own recording, as its officer."))
    if looked.recent >= limits.many:
        words = f"They asked for footage {looked.recent} times within {limits.many_minutes} minutes."
        found.append(Oddity(OddKind.MANY, words))
    if looked.again >= limits.again:
        words = (
            f"It was the {ordinal(looked.again)} time within {limits.again_days} days that they asked for it."
        )
        found.append(Oddity(OddKind.AGAIN, words))
    if not limits.is_within(looked.there):
        when = f"{looked.there:%A} at {looked.there:%H:%M}"
        found.append(Oddity(OddKind.HOURS, f"It was out of hours: {when}."))
    if looked.is_program:
        found.append(Oddity(OddKind.PROGRAM, "A program asked for it, and nobody who was signed in."))
    if not looked.has_cause and not looked.is_released:
        words = "Nobody had said that it shows an incident, and it was not to be reviewed."
        found.append(Oddity(OddKind.NO_CAUSE, words))
    if looked.is_copy and not looked.is_released:
        found.append(Oddity(OddKind.COPY, "They asked for a copy."))
    return tuple(found)


def weight(found: Iterable[Oddity]) -> int:
    """Return how odd all of it is together."""
    return sum(WEIGHTS[each.kind] for each in found)


def ordinal(number: int) -> str:
    """Return a number as people count.

    >>> [ordinal(each) for each in (1, 2, 3, 4, 11, 22, 113)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '113th']
    """
    if number % 100 in _TEENS:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }".replace(" ", "")
