"""The database as of one instant, as an SQLite file, whichever database it is. Only reads.

SQLite is copied by its own online backup, beside the running service. PostgreSQL is read in one transaction
that sees one instant (REPEATABLE READ), table by table, into tables of the same form: so a backup needs no
program of PostgreSQL's version, is checked like any other, and is restored without a server.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from fleet.backup.errors import BackupError
from fleet.core.database import Base, open_database, reason
from fleet.migrations import upgrade

_ROWS = 500


def take_snapshot(engine: Engine, path: Path) -> None:
    """Write the database into a new file.

    Raises:
        BackupError: it cannot be read or written, or what was written is not sound.
    """
    try:
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, path)
        else:
            _copy_tables(engine, path)
        check_sound(path)
    except (SQLAlchemyError, sqlite3.Error) as error:
        why = reason(error) if isinstance(error, SQLAlchemyError) else str(error)
        raise BackupError(f"The database cannot be copied: {why}.") from error


def check_sound(path: Path) -> None:
    """Look through an SQLite file.

    Raises:
        BackupError: it is damaged, or a row refers to nothing.
        sqlite3.Error: it cannot be read at all.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise BackupError(f"The copy of the database is damaged: {said}.")
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise BackupError(f"In the copy of the database a row of {broken[0]} refers to nothing.")


def _copy_sqlite(engine: Engine, path: Path) -> None:
    with closing(sqlite3.connect(path)) as target:
        with engine.connect() as connection:
            source = connection.connection.driver_connection
            if not isinstance(source, sqlite3.Connection):
                raise BackupError("internal error: an SQLite database without its connection")
            source.backup(target)  # in one step: of one instant, and writers go on beside it
        target.execute("PRAGMA journal_mode=DELETE")


def _copy_tables(engine: Engine, path: Path) -> None:
    made = open_database(f"sqlite:///{path}", path.parent)
    try:
        upgrade(made.engine)  # with all that the tables themselves hold to
    finally:
        made.close()
    target = create_engine(f"sqlite:///{path}")  # in which references are checked when all rows are there
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as source, source.begin():
            source.execute(text("SET TRANSACTION READ ONLY"))
            with target.begin() as connection:
                for table in Base.metadata.sorted_tables:
                    _copy_rows(source, connection, table.name)
        with target.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    finally:
        target.dispose()


def _copy_rows(source: Connection, target: Connection, name: str) -> None:
    table = Base.metadata.tables[name]
    query = select(table).order_by(*table.primary_key)  # the audit log takes its entries in their order alone
    rows = source.execution_options(yield_per=_ROWS).execute(query).mappings()
    for block in rows.partitions(_ROWS):
        target.execute(insert(table), [dict(row) for row in block])
