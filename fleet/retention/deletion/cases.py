"""Deletes requests and releases once nothing keeps them, by what their domains hand in.

Rules:
- nothing is deleted while the fleet's deletion is off, in the days in which switching it on can be taken
  back, or while the clock is in doubt: as for recordings;
- each is looked at again in the transaction that deletes it, with its row locked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from fleet.core.services import Services
from fleet.retention.clock import look
from fleet.retention.deletion.planning import is_early
from fleet.retention.rules.periods import local_day
from fleet.retention.rules.switching import deletes
from fleet.retention.switch import switches_of

BLOCK = 100
LOOKED_AT = 100
"""So many are looked at for a page that says how many would go."""
EVERY = timedelta(minutes=15)


class PastCases(Protocol):
    """Finds those past their last day, whatever else keeps them, by their ids."""

    def __call__(self, session: Session, today: date, *, after: str, most: int) -> Sequence[str]:
        """Return at most so many behind that id."""
        ...


class MayGo(Protocol):
    """Says whether nothing keeps one on that day."""

    def __call__(self, session: Session, name: str, today: date, /, *, lock: bool = False) -> bool:
        """Return it; with ``lock`` nobody else changes the case until the transaction ends."""
        ...


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of what is deleted so.

    Attributes:
        past: finds those past their last day.
        may_go: says whether nothing keeps one.
        forget: deletes one, and writes that down.
    """

    past: PastCases
    may_go: MayGo
    forget: Callable[[Session, str], None]


class CaseForgetting:
    """Deletes cases of some kinds that nothing keeps; at most every ``EVERY``."""

    def __init__(self, services: Services, kinds: Sequence[CaseKind]) -> None:
        self._services, self._kinds = services, tuple(kinds)
        self._next: datetime | None = None

    def __call__(self) -> None:
        """Look, if it is time and deletion is on."""
        services, moment = self._services, self._services.clock()
        zone = services.config.site.time_zone
        today = local_day(moment, zone)
        if is_early(self._next, moment):
            return
        with services.readers() as session:  # whoever has nothing to delete takes no writer's turn
            is_due = deletes(switches_of(session), today, zone) and any(
                kind.past(session, today, after="", most=1) for kind in self._kinds
            )
        if is_due:
            with services.sessions.begin() as session:
                is_doubted = look(session).is_doubted(moment)
            if not is_doubted:
                for kind in self._kinds:
                    self._forget(kind, today)
        self._next = moment + EVERY

    def _forget(self, kind: CaseKind, today: date) -> None:
        after = ""
        while True:
            with self._services.readers() as session:
                found = kind.past(session, today, after=after, most=BLOCK)
                going = [each for each in found if kind.may_go(session, each, today)]
            for each in going:
                with self._services.sessions.begin() as session:
                    if kind.may_go(session, each, today, lock=True):
                        kind.forget(session, each)
            if len(found) < BLOCK:
                return
            after = found[-1]


def cases_going(session: Session, kind: CaseKind, today: date) -> tuple[int, bool]:
    """Return how many would be deleted now, and whether all that are past their day were looked at."""
    found = kind.past(session, today, after="", most=LOOKED_AT)
    return sum(kind.may_go(session, each, today) for each in found), len(found) < LOOKED_AT
