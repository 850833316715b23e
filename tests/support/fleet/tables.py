"""Every table of the fleet in memory, for tests of what is read from rows and of no more."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

import fleet.server.compose  # noqa: F401 - it knows every table
from fleet.core.database import Base, Database, open_database
from tests.support.fleet.fleet import TestClock


@contextlib.contextmanager
def empty_tables(folder: Path) -> Iterator[Database]:
    """A database in ``folder`` with every table, and nothing in them."""
    database = open_database("", folder, clock=TestClock())
    Base.metadata.create_all(database.engine)
    try:
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def rows(database: Database) -> Iterator[Session]:
    """A session whose rows are gone afterwards; a row may name others that are not there."""
    with database.sessions() as session, session.begin() as transaction:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield session
        transaction.rollback()
