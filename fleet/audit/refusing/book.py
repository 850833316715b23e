"""Which refusals get an entry, and which are counted: nobody fills the log by being refused. Pure.

Rules, for each hour that begins with a first refusal:
- of one actor, ``ALL`` refusals at most get an entry, ``EACH`` of them for the same thing from one address;
  all who are not signed in are one actor, for a stranger can have any number of addresses;
- the others are counted, and when the hour is over one entry says how many, of what, and from where;
- counts that were not written yet are lost with the process, entries are not.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
EACH = 20
ALL = 60
NAMED = 10
"""So many kinds and addresses are named of what was counted."""

_OTHER = "other"


@dataclass(frozen=True, slots=True)
class CountedRefusals:
    """What was refused in an hour and got no entry of its own.

    Attributes:
        who: the actor, as the log calls it.
        since: when the hour began.
        until: the last refusal.
        count: how many.
        kinds: how many of each kind, the most first.
        addresses: from where, the first few.
        more_addresses: whether there were others.
    """

    who: str
    since: datetime
    until: datetime
    count: int
    kinds: Sequence[tuple[str, int]]
    addresses: Sequence[str]
    more_addresses: bool


@dataclass(slots=True)
class _Hour:
    began: datetime
    until: datetime
    written: int = 0
    groups: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    addresses: dict[str, None] = field(default_factory=dict)
    more: bool = False

    def takes(self, kind: str, address: str) -> bool:
        """Say whether one more gets an entry, and count it among these if so."""
        if self.written >= ALL or self.groups[kind, address] >= EACH:
            return False
        self.written += 1
        self.groups[kind, address] += 1
        return True

    def count(self, kind: str, address: str) -> None:
        """Count one that gets none."""
        self.kinds[kind if kind in self.kinds or len(self.kinds) < NAMED else _OTHER] += 1
        if address in self.addresses or len(self.addresses) < NAMED:
            self.addresses[address] = None
        else:
            self.more = True

    def over(self, who: str) -> CountedRefusals:
        """Say what was counted."""
        return CountedRefusals(
            who,
            self.began,
            self.until,
            self.kinds.total(),
            self.kinds.most_common(),
            tuple(self.addresses),
            self.more,
        )


class RefusalBook:
    """Remembers the refusals of an hour. Safe to use from several threads; the caller gives the time."""

    def __init__(self) -> None:
        self._hours: dict[str, _Hour] = {}
        self._over: list[CountedRefusals] = []
        self._lock = threading.Lock()

    def admits(self, who: str, kind: str, address: str, now: datetime) -> bool:
        """Say whether a refusal gets an entry of its own; count it if not.

        Args:
            who: the actor, as the log calls it.
            kind: what was refused, and why.
            address: from where.
            now: the time.
        """
        with self._lock:
            self._close(now)
            hour = self._hours.setdefault(who, _Hour(now, now))
            if hour.takes(kind, address):
                return True
            hour.until = now
            hour.count(kind, address)
            return False

    def take(self, now: datetime, *, everything: bool = False) -> list[CountedRefusals]:
        """Return what was counted in hours that are over, or in all of them, and forget it."""
        with self._lock:
            self._close(now, everything=everything)
            over, self._over = self._over, []
            return over

    def give_back(self, counted: Sequence[CountedRefusals]) -> None:
        """Take back what could not be written."""
        with self._lock:
            self._over = [*counted, *self._over]

    def _close(self, now: datetime, *, everything: bool = False) -> None:
        # A clock that was put back begins a new hour, too.
        ended = [
            who
            for who, hour in self._hours.items()
            if everything or not hour.began <= now < hour.began + WINDOW
        ]
        for who in ended:
            hour = self._hours.pop(who)
            if hour.kinds:
                self._over.append(hour.over(who))
