"""Counting attempts in the database, so that two processes allow no more of them than one does.

Rules:
- what is counted and given back is as in one process (``fleet.people.attempts``);
- of one key one attempt at a time is counted, whichever process is asked; nobody waits for another's key,
  and what is refused takes no lock and writes nothing;
- at most ``KEPT_ROWS`` are kept: more than can be tried within the window, as each takes a password's
  stretching. The oldest go first.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fleet.core.database import Database, reason
from fleet.core.one_time import AHEAD
from fleet.people.attempts import WINDOW, AttemptCount, Attempts
from fleet.people.trying.models import CountedAttempt

log = logging.getLogger(__name__)

KEPT_ROWS: Final = 100_000
_LOCKS: Final = 0x1A9E4
"""The first half of keys of locks that nothing else in this database uses."""
_AT_ONCE: Final = 1000
_FOUR_BYTES: Final = 4


def attempts_of(database: Database, what: str, allowed: int) -> AttemptCount:
    """Return what counts attempts: in memory, where no other process can be asked.

    Args:
        database: of the fleet.
        what: is attempted; what is counted of another is counted apart.
        allowed: how many may fail within the window.
    """
    if database.engine.dialect.name == "postgresql":
        return SharedAttempts(database, what, allowed)
    return Attempts(allowed)


class SharedAttempts:
    """Attempts by key, counted by all processes. Safe to use from several threads.

    A database that does not answer raises ``SQLAlchemyError``, but where something is given back: it stays
    counted then.
    """

    def __init__(self, database: Database, what: str, allowed: int, *, kept: int = KEPT_ROWS) -> None:
        """Prepare it.

        Args:
            database: of the fleet.
            what: is attempted.
            allowed: how many may fail within the window.
            kept: how many are kept at most.
        """
        self._sessions = database.sessions
        self._readers = database.readers
        self._what = what
        self._allowed = allowed
        self._kept = kept

    def begin(self, keys: Sequence[str], now: datetime) -> timedelta | None:
        """Count an attempt under each key in one step, or return how long to wait and count nothing."""
        marks = sorted({self._mark(key) for key in keys})
        with self._readers() as session:
            wait = self._longest(session, marks, now)
        if wait is not None:
            return wait
        with self._sessions.begin() as session:
            _take_locks(session, marks)
            wait = self._longest(session, marks, now)
            if wait is None:
                self._count(session, marks, now)
        return wait

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """Say how long to wait before an attempt under this key would be counted; None for not at all."""
        with self._readers() as session:
            return self._longest(session, [self._mark(key)], now)

    def give_back(self, keys: Sequence[str], began: datetime) -> None:
        """Uncount an attempt that was no failure."""
        marks = [self._mark(key) for key in keys]
        self._forget(
            marks,
            [
                select(CountedAttempt.number)
                .where(CountedAttempt.mark == mark, CountedAttempt.at == began)
                .limit(1)
                for mark in marks
            ],
        )

    def forgive(self, key: str) -> None:
        """Forget everything about a key."""
        mark = self._mark(key)
        self._forget([mark], [select(CountedAttempt.number).where(CountedAttempt.mark == mark)])

    def _mark(self, key: str) -> bytes:
        return hashlib.sha256(f"{self._what} {key}".encode("utf-8", "surrogatepass")).digest()

    def _longest(self, session: Session, marks: Sequence[bytes], now: datetime) -> timedelta | None:
        """Return the longest wait of any key, None where there is none."""
        waits = []
        for mark in marks:
            counts = (
                select(CountedAttempt.at)
                .where(CountedAttempt.mark == mark)
                .where(CountedAttempt.at > now - WINDOW, CountedAttempt.at <= now + AHEAD)
                .order_by(CountedAttempt.at.desc())
                .limit(self._allowed)
            )
            recent = session.scalars(counts).all()
            if len(recent) >= self._allowed:
                waits.append(recent[-1] + WINDOW - now)
        return max(waits, default=None)

    def _count(self, session: Session, marks: Sequence[bytes], now: datetime) -> None:
        rows = [CountedAttempt(mark=mark, at=now) for mark in marks]
        session.add_all(rows)
        session.flush()
        newest = max(row.number for row in rows)
        past, ahead = CountedAttempt.at <= now - WINDOW, CountedAttempt.at > now + AHEAD
        for over in (past, ahead, CountedAttempt.number <= newest - self._kept):
            # What another process is forgetting at this moment is left to it: nobody waits for anybody.
            those = (
                select(CountedAttempt.number).where(over).limit(_AT_ONCE).with_for_update(skip_locked=True)
            )
            _delete(session, those.with_for_update(skip_locked=True))

    def _forget(self, marks: Sequence[bytes], those: Iterable[Select[int]]) -> None:
        try:
            with self._sessions.begin() as session:
                _take_locks(session, marks)
                for each in those:
                    _delete(session, each)
        except SQLAlchemyError as error:
            log.warning("An attempt that did not fail stays counted: %s", reason(error))


def _delete(session: Session, those: Select[int]) -> None:
    session.execute(delete(CountedAttempt).where(CountedAttempt.number.in_(session.scalars(those).all())))


def _take_locks(session: Session, marks: Sequence[bytes]) -> None:
    """Have no other process count under the same keys until the end of the transaction; in one order."""
    if session.get_bind().dialect.name != "postgresql":
        return  # a writing transaction is the only one there
    for half in sorted({int.from_bytes(mark[:_FOUR_BYTES], "big", signed=True) for mark in marks}):
        lock = text("SELECT pg_advisory_xact_lock(CAST(:locks AS integer), CAST(:half AS integer))")
        session.execute(lock, {"locks": _LOCKS, "half": half})
