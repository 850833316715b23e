"""A decade of recordings, day by day, against what a second reckoning says of each."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fleet.retention.rules.calendar import newest_gone_by
from fleet.retention.rules.keeping import HoldFacts, HoldKind, KeepingFacts, keeping
from fleet.retention.rules.periods import PROMISED, UNDO_DAYS
from fleet.retention.rules.switching import DeletionSwitch, deletes, on_since

LONDON = ZoneInfo("Europe/London")
BEGIN, YEARS, RECORDINGS = datetime(2026, 1, 1, tzinfo=UTC), 10, 100_000
HOLD = HoldFacts(HoldKind.CLAIM, "Head 1", "a claim", date(2040, 1, 1))
DAY = timedelta(days=1)
TURNED = {date(2026, 1, 1): True, date(2029, 3, 1): False, date(2029, 6, 10): True, date(2033, 1, 5): False}
"""Deletion is switched on at first, off in between, and off once more until near the end."""
TURNED[date(2033, 2, 1)] = True


@dataclass
class Life:
    """One recording, what becomes of it, and when it was deleted."""

    facts: KeepingFacts
    held: tuple[date, date] | None = None
    gone: date | None = None

    def expected(self) -> date:
        """The first day on which it goes, reckoned by walking through the calendar month by month."""
        at = self.facts.pressed if self.facts.pressed is not None else self.facts.arrived
        first = min(at, self.facts.arrived).astimezone(LONDON)
        month, year = first.month, first.year
        for _ in range(12 if self.facts.has_incident else 6):
            month, year = (1, year + 1) if month == 12 else (month + 1, year)
        last = first.day
        while True:
            try:
                day = date(year, month, last)
                break
            except ValueError:
                last -= 1
        goes = self.switched(day, day - 14 * DAY)
        if self.held is not None and self.held[0] <= goes:  # else it is gone before anybody holds it
            until = max(day, self.held[1] + 7 * DAY)
            goes = self.switched(until, max(until - 14 * DAY, self.held[1]))
        return goes

    def switched(self, until: date, told: date) -> date:
        """The first day after ``until`` on which it goes while deletion is on, told from ``told`` on."""
        changes = sorted(TURNED)
        for on, off in zip(changes[::2], [*changes[1::2], date.max], strict=False):
            last = until
            if self.facts.has_incident:
                last = max(until, max(told, on) + 14 * DAY)
            goes = max(last + DAY, on + (UNDO_DAYS + 1) * DAY)
            if goes < off:
                return goes
        raise AssertionError("it was switched off for ever")


def lives(draw: random.Random) -> Iterator[Life]:
    for _ in range(RECORDINGS):
        press = BEGIN + timedelta(seconds=draw.randrange(YEARS * 365 * 86_400))
        arrived = press + timedelta(seconds=draw.choice((60, 3600, 86_400 * 3)))
        kind = draw.random()
        pressed = None if kind < 0.02 else arrived + 90 * DAY if kind < 0.03 else press
        life = Life(KeepingFacts(arrived, pressed, has_incident=draw.random() < 0.1))
        if draw.random() < 0.02:
            start = (arrived + draw.randrange(700) * DAY).astimezone(LONDON).date()
            life.held = (start, start + draw.randrange(1, 900) * DAY)
        yield life


@pytest.mark.slow
def test_a_decade_deletes_nothing_early_and_nothing_late() -> None:
    # proves F3
    everything = list(lives(random.Random(20261129)))
    by_day: dict[tuple[bool, date], list[Life]] = defaultdict(list)
    held_from: dict[date, list[Life]] = defaultdict(list)
    freed_on: dict[date, list[Life]] = defaultdict(list)
    for life in everything:
        counts_from = life.facts.counts_from.astimezone(LONDON).date()
        by_day[life.facts.has_incident, counts_from].append(life)
        if life.held is not None:
            held_from[life.held[0]].append(life)
            freed_on[life.held[1]].append(life)
    today, waiting, switches = BEGIN.date(), list[Life](), list[DeletionSwitch]()
    looked_to = dict.fromkeys((False, True), BEGIN.date() - DAY)
    for _ in range((YEARS + 5) * 366):
        noon = datetime(today.year, today.month, today.day, 12, tzinfo=LONDON)
        if today in TURNED:
            at = noon - timedelta(hours=6)
            switches.append(DeletionSwitch(len(switches) + 1, at, "Head 1", TURNED[today]))
        for life in held_from[today]:
            life.facts = replace(life.facts, holds=(HOLD,), told=None)
        for life in freed_on[today]:
            life.facts = replace(life.facts, holds=(), loosened=noon)
        for has_incident in (False, True):
            # What the database is asked: everything up to a day, two weeks ahead where people are told.
            ahead = today + (15 * DAY if has_incident else timedelta())
            newest = newest_gone_by(ahead, PROMISED.months(has_incident=has_incident))
            while looked_to[has_incident] < newest:
                looked_to[has_incident] += DAY
                waiting += by_day[has_incident, looked_to[has_incident]]
        if on_since(switches) is not None:
            may = deletes(switches, today, LONDON)
            waiting = [life for life in waiting if not passed(life, today, noon, switches, may=may)]
        today += DAY
    wrong = [(life, life.expected()) for life in everything if life.gone != life.expected()]
    assert wrong[:3] == []
    assert waiting == []
    assert len({life.gone for life in everything}) > 3000


def passed(life: Life, today: date, noon: datetime, switches: list[DeletionSwitch], *, may: bool) -> bool:
    """Do with one recording what the daily pass does; return whether it is gone."""
    since = on_since(switches)
    if life.facts.told is not None and since is not None and life.facts.told < since:
        life.facts = replace(life.facts, told=None)  # told while it was switched on before
    found = keeping(life.facts, (), LONDON)
    if found.is_to_be_told(today):
        life.facts = replace(life.facts, told=noon)
    elif may and found.may_go(today):
        life.gone = today
        return True
    return False
