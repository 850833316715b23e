"""The database of a backup is of one instant, whichever database it is, and others write meanwhile."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from fleet.audit.log import check_entries, record
from fleet.audit.offline import open_log
from fleet.backup import snapshot
from fleet.backup.errors import BackupError
from fleet.backup.snapshot import check_sound, take_snapshot
from fleet.core.actor import OPERATOR
from fleet.core.database import Database, open_database
from fleet.migrations import upgrade
from fleet.people.officers import add_officer


def written(database: Database, count: int) -> None:
    with database.sessions.begin() as session:
        for number in range(count):
            record(session, OPERATOR, "people:officer:add", f"Officer {number}", "für Ünïcode \x1f and more")


def test_a_copy_has_all_of_one_instant_and_is_opened_as_sqlite(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F2
    database = open_database(url, tmp_path)
    upgrade(database.engine)
    written(database, 3)
    with database.sessions.begin() as session:
        officer = add_officer(session, bytes, name="Officer 1", by=OPERATOR)
    copied = snapshot._copy_rows

    def while_others_write(source: object, target: object, name: str) -> None:
        copied(source, target, name)  # type: ignore[arg-type]  # as it came
        if name == "officers":
            written(database, 5)  # after the first tables were read

    monkeypatch.setattr(snapshot, "_copy_rows", while_others_write)
    path = tmp_path / "copy.sqlite3"
    take_snapshot(database.engine, path)
    database.close()
    with open_log(str(path)) as entries:
        result = check_entries(entries)
    assert result.broken is None
    assert result.entries == 4
    folder = tmp_path / "again"
    folder.mkdir()
    path.rename(folder / "fleet.sqlite3")
    again = open_database("", folder)
    upgrade(again.engine)  # it knows of which revision it is
    written(again, 1)
    with again.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="only grows"):
            connection.exec_driver_sql("DELETE FROM audit_entries")
        found = connection.exec_driver_sql(
            "SELECT name FROM officers WHERE id = ?", (officer.id,)
        ).scalar_one()
    assert found == "Officer 1"
    again.close()


def test_a_damaged_file_is_not_called_sound(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY)")
        connection.execute("CREATE TABLE b (a INTEGER REFERENCES a (id))")
        connection.executemany("INSERT INTO a VALUES (?)", [(each,) for each in range(2000)])
    check_sound(path)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO b VALUES (7000)")
    with pytest.raises(BackupError, match="a row of b refers to nothing"):
        check_sound(path)
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    with pytest.raises((BackupError, sqlite3.DatabaseError)):
        check_sound(path)
