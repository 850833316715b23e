"""Claims: of several processes one at a time does a thing, and lets go of it when it dies.

A claim is an advisory lock of a session that lives as long as the process: no clock is in it and nothing has
to be renewed. What is done under a claim must bear being done twice all the same, for a connection can end
while the work goes on.
"""

from __future__ import annotations

import logging
import threading
from enum import IntEnum
from typing import Protocol

import psycopg
from sqlalchemy import URL

from fleet.processes.connection import Connection, own_connection, postgres_of

log = logging.getLogger(__name__)


class ClaimKey(IntEnum):
    """What is claimed; the numbers are keys that nothing else in this database uses."""

    BROKER = 0x1A9E3_0000_0000


_WORK = 0x1A9E2_0000_0000


def work_on(row: int) -> int:
    """Return the claim of verifying or opening a recording, by the number of its row."""
    return _WORK + row


class Claims(Protocol):
    """What this process has claimed. Safe to use from several threads.

    Attributes:
        is_shared: whether there can be other processes at all.
    """

    is_shared: bool

    def take(self, key: int) -> bool:
        """ClaimKey a thing, or find it claimed by this process already; False where another has it."""

    def holds(self, key: int) -> bool:
        """Say whether a claim still stands; False, too, once the database was not there for a moment."""

    def leave(self, key: int) -> None:
        """Let go of a claim."""

    def close(self) -> None:
        """Let go of everything."""


class Alone:
    """The claims of a process that is the only one: it has all that it asks for."""

    is_shared = False

    def take(self, _key: int) -> bool:
        """Return True."""
        return True

    def holds(self, _key: int) -> bool:
        """Return True."""
        return True

    def leave(self, _key: int) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class SharedClaims:
    """The claims of one of several processes, on a connection of its own to PostgreSQL."""

    is_shared = True

    def __init__(self, url: URL) -> None:
        self._url = url
        self._held: set[int] = set()
        self._connection: Connection | None = None
        self._guard = threading.Lock()

    def take(self, key: int) -> bool:
        """ClaimKey a thing; False where another has it, or the database does not answer."""
        with self._guard:
            if key in self._held and self._answers():
                return True
            if self._asked("SELECT pg_try_advisory_lock(%s)", key) is not True:
                return False
            self._held.add(key)
            return True

    def holds(self, key: int) -> bool:
        """Say whether a claim still stands."""
        with self._guard:
            return key in self._held and self._answers()

    def leave(self, key: int) -> None:
        """Let go of a claim; one that was lost is let go of already."""
        with self._guard:
            if key in self._held:
                self._held.discard(key)
                self._asked("SELECT pg_advisory_unlock(%s)", key)

    def close(self) -> None:
        """Let go of everything."""
        with self._guard:
            self._lose()

    def _answers(self) -> bool:
        """Say whether the connection, and all that is claimed by it, is still there."""
        return self._connection is not None and self._asked("SELECT %s = 0", 0) is True

    def _asked(self, question: str, value: int) -> object:
        """Ask the database something; None where it does not answer, and then every claim is lost."""
        try:
            if self._connection is None:
                self._connection = own_connection(self._url)
            row = self._connection.execute(question.encode(), (value,)).fetchone()
        except psycopg.Error as error:
            if self._held:
                log.warning("What this process had claimed is lost: %s", " ".join(str(error).split()))
            self._lose()
            return None
        return row[0] if row is not None else None

    def _lose(self) -> None:
        self._held.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def claims_of(url: str) -> Claims:
    """Return the claims of a process whose database is at ``url``; nothing is asked yet."""
    shared = postgres_of(url)
    return Alone() if shared is None else SharedClaims(shared)
