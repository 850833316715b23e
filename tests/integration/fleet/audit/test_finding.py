"""Each way of looking through the log reads an index in its order, on both databases: nothing is sorted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from fleet.audit.chain import Entry
from fleet.audit.log import record
from fleet.audit.search import EntryFilter, find_entries, newest_number
from fleet.core.database import Database
from tests.support.fleet.audit_log import NOW, SOMEBODY, log_of

WAYS = {
    "actors": EntryFilter(actors=("user:Officer 1", "token:Officer 1")),
    "actions": EntryFilter(actions=("footage:recording:view", "x:y:refuse")),
    "subjects": EntryFilter(subjects=("1", "2")),
    "addresses": EntryFilter(addresses=("10.0.0.7",)),
    "refusals": EntryFilter(refusals=True),
    "days": EntryFilter(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1)),
    "everything": EntryFilter(),
}


@pytest.fixture
def database(url: str, tmp_path: Path) -> Iterator[Database]:
    with log_of(url, tmp_path, 5) as found:
        with found.sessions.begin() as session:
            record(session, SOMEBODY, "x:y:refuse", "z")
        yield found


def plans(database: Database, wanted: EntryFilter) -> list[str]:
    """How the database finds the numbers of a page."""
    asked: list[tuple[str, object]] = []

    def note(_c: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.readers() as session:
            find_entries(session, wanted, before=None, limit=50)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    found = [(each, with_) for each, with_ in asked if "ORDER BY audit_entries.number DESC" in each]
    word = "EXPLAIN QUERY PLAN" if database.engine.dialect.name == "sqlite" else "EXPLAIN"
    with database.engine.connect() as connection:
        if word == "EXPLAIN":
            # A table of six rows is read whole otherwise, and every index is as good as another.
            connection.execute(text("SET enable_seqscan = off"))
            connection.execute(text("SET enable_bitmapscan = off"))
        return [
            " ".join(str(row) for row in connection.exec_driver_sql(f"{word} {each}", with_))  # type: ignore[arg-type]  # as it was asked
            for each, with_ in found
        ]


def test_no_way_of_looking_sorts(database: Database) -> None:
    for name, wanted in WAYS.items():
        found = plans(database, wanted)
        assert found, name
        for plan in found:
            assert "TEMP B-TREE" not in plan, f"{name}: {plan}"
            assert "Sort" not in plan, f"{name}: {plan}"
            assert "ix_audit_entries" in plan or name in {"days", "everything"}, f"{name}: {plan}"
    if database.engine.dialect.name == "sqlite":
        assert "ix_audit_entries_refusals" in plans(database, WAYS["refusals"])[0]


def test_what_is_found_is_what_fits(database: Database) -> None:
    with database.readers() as session:
        assert newest_number(session) == 6
        for name, wanted in WAYS.items():
            found = find_entries(session, wanted, before=None, limit=50).entries
            every = find_entries(session, EntryFilter(), before=None, limit=50).entries
            assert found == [each for each in every if isinstance(each, Entry) and wanted.fits(each)], name
        page = find_entries(session, EntryFilter(), before=None, limit=4)
        assert page.older == 3
        assert [each.number for each in find_entries(session, EntryFilter(), before=3, limit=4).entries] == [
            2,
            1,
        ]
