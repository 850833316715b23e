"""How much may be sent in a day, whichever process it is sent to (F9).

Rules:
- a sender may send a day's amount at once, and as much again in every 24 hours, evenly;
- what is left is a row that all processes take from, a ``share`` at a time; a share is spent without asking
  again. So never more is sent than one process alone would take, across starts as well, and a process that
  ends costs its senders what it had left of a share;
- what was refused was taken from nothing, and is refused without asking again while it must be;
- a row that nobody took from for a day says nothing, and goes as another begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fleet.core.database import Database, now, reason
from fleet.core.problems import ProblemError
from fleet.footage.receiving.models import SentAllowance
from protocol.units import MIB

SHARE: Final = 64 * MIB
"""Bytes that a process takes at a time, where a day has many of them."""
_SHARES: Final = 64
"""A share is at most so small a part of a day."""
_DAY: Final = timedelta(days=1)
_DAY_S: Final = _DAY.total_seconds()
_SKEW: Final = timedelta(hours=1)
"""So far apart no two clocks of processes are: what was reckoned later than that was so by a wrong one."""
_MOST_KNOWN: Final = 10_000
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may still be sent of an amount that grows evenly. Pure.

    Attributes:
        left: what may be sent at once, at ``at_s``.
        at_s: when that was reckoned.
    """

    left: float
    at_s: float

    def filled(self, now_s: float, *, most: float, each_s: float) -> Allowance:
        """Return it as it is at a time: it grows by ``each_s`` a second, up to ``most``."""
        return Allowance(min(most, self.left + max(0.0, now_s - self.at_s) * each_s), max(now_s, self.at_s))

    def without(self, amount: float) -> Allowance:
        """Return it after so much was taken."""
        return Allowance(self.left - amount, self.at_s)

    def share(self, size: int, most: int) -> int:
        """Return how much is taken at once for something of a size: at most ``most``; 0 where it is not left.

        What is larger than ``most`` takes its own size.
        """
        return 0 if self.left < size else max(size, min(most, int(self.left)))


@dataclass(frozen=True, slots=True)
class DayTaken:
    """What became of taking.

    Attributes:
        wait_s: seconds until it can be taken; 0 where it was.
        is_share: whether a share was taken for it, of what all processes take from.
    """

    wait_s: float = 0.0
    is_share: bool = False


class DailyAllowance:
    """What each may send in a day, to all processes together. Safe to use from several threads.

    Attributes:
        each_day: bytes.
    """

    def __init__(
        self, database: Database, kind: str, each_day: int, clock: Callable[[], float], *, share: int = SHARE
    ) -> None:
        """Prepare it; nothing is taken.

        Args:
            database: of the fleet.
            kind: of what is sent; what is sent of another is counted apart.
            each_day: bytes.
            clock: seconds that only go forward.
            share: bytes that are taken at a time, at most.
        """
        self.each_day = each_day
        self._sessions, self._kind, self._clock = database.sessions, kind, clock
        self._each_s = each_day / _DAY_S
        self._share = max(1, min(share, each_day // _SHARES))
        self._lock = threading.Lock()
        self._in_hand: dict[str, int] = {}
        self._short: dict[str, Allowance] = {}

    def take(self, who: str, size: int) -> DayTaken:
        """Take so many bytes, or none where not all are left.

        Raises:
            ProblemError: 503 the database does not answer; nothing was taken.
        """
        with self._lock:
            if (has := self._in_hand.get(who, 0)) >= size:
                self._in_hand[who] = has - size
                return DayTaken()
            before = self._short.get(who, Allowance(self.each_day, 0))
            left = before.filled(self._clock(), most=self.each_day, each_s=self._each_s)
        if left.left < size:  # nothing can have come to it since it was asked for
            return self._too_early(left, size)
        try:
            left, share = self._ask(who, size)
        except SQLAlchemyError as error:
            detail = f"What is sent cannot be counted now, for the database says: {reason(error)}."
            raise ProblemError(503, "not_counted", detail, headers={"Retry-After": "30"}) from error
        with self._lock:
            self._forget_some()
            if not share:
                self._short[who] = Allowance(left.left, self._clock())
                return self._too_early(left, size)
            self._short.pop(who, None)
            self._in_hand[who] = self._in_hand.get(who, 0) + share - size
        return DayTaken(is_share=True)

    def _too_early(self, left: Allowance, size: int) -> DayTaken:
        return DayTaken(wait_s=(size - left.left) / self._each_s)

    def _forget_some(self) -> None:
        """Hold no more than so much of whom nobody hears any more; what was in hand is lost to them."""
        for each in (self._in_hand, self._short):
            if len(each) >= _MOST_KNOWN:
                each.clear()

    def _ask(self, who: str, size: int) -> tuple[Allowance, int]:
        """Take a share of what is left, or 0; return what was left before that, and the share."""
        with self._sessions.begin() as session:
            moment = now(session)
            row = _row(session, f"{self._kind} {who}", self.each_day, moment)
            at = moment if row.at > moment + _SKEW else row.at
            before = Allowance(row.left, at.timestamp())
            left = before.filled(moment.timestamp(), most=self.each_day, each_s=self._each_s)
            if share := left.share(size, self._share):
                row.left, row.at = left.without(share).left, max(moment, at)
        return left, share


def _row(session: Session, who: str, whole: int, moment: datetime) -> SentAllowance:
    """Return a sender's row, which nobody else changes until the transaction ends; a whole one is made."""
    while (row := session.get(SentAllowance, who, with_for_update=True)) is None:
        make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        values = {"who": who, "left": whole, "at": moment}
        session.execute(make(SentAllowance).values(values).on_conflict_do_nothing())
        # What another process takes from at this moment is left to it: nobody waits for anybody.
        old = select(SentAllowance.who).where(SentAllowance.at < moment - _DAY).limit(_AT_ONCE)
        found = session.scalars(old.with_for_update(skip_locked=True)).all()
        session.execute(delete(SentAllowance).where(SentAllowance.who.in_(found)))
    return row
