"""Copying every table into another database, and comparing the two row for row.

All rows go in one transaction: a move that ends half-way leaves tables without rows. What SQLite took and
PostgreSQL does not, such as a text that is too long, stops the move with the table and the reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, func, insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import Base, reason
from fleet.moving.errors import MoveError
from fleet.moving.progress import MoveStep, Progress
from fleet.moving.target import TABLE

_AT_ONCE = 1000


def every_table() -> Sequence[Table]:
    """Return all tables of a fleet, each after those that it refers to."""
    return Base.metadata.sorted_tables


def copy_tables(source: Connection, target: Engine, progress: Progress) -> None:
    """Copy all rows into tables that are empty.

    Raises:
        MoveError: they are not, or the target does not take a row, or a database failed.
    """
    tables = every_table()
    with target.begin() as connection:
        _refuse_others(connection, tables)
        _refuse_rows(connection, tables)
        for number, table in enumerate(tables):
            progress(MoveStep.TABLES, number, len(tables))
            try:
                _copy(source, connection, table)
            except SQLAlchemyError as error:
                raise MoveError(f"The table {table.name} cannot be copied: {reason(error)}.") from error


def compare_tables(source: Connection, target: Engine, progress: Progress) -> int:
    """Compare all rows; return how many there are.

    Raises:
        MoveError: a table is not the same on both sides.
    """
    tables, rows = every_table(), 0
    with target.connect() as connection:
        for number, table in enumerate(tables):
            progress(MoveStep.COMPARE_TABLES, number, len(tables))
            here, there = _digest(source, table), _digest(connection, table)
            if here != there:
                raise MoveError(
                    f"The table {table.name} is not the same on both sides: {here[0]} and {there[0]} rows."
                )
            rows += here[0]
    return rows


def _refuse_others(target: Connection, tables: Sequence[Table]) -> None:
    """Refuse to copy a part: a table that is not known here would be left out without a word."""
    there = set(inspect(target).get_table_names()) - {"alembic_version", TABLE}
    odd = there ^ {table.name for table in tables}
    if odd:
        raise MoveError(f"internal error: the table {min(odd)} is known on one side alone")


def _in_order(table: Table) -> Select[Any]:
    """Select all rows, the first one first: some tables take rows in their order alone."""
    return select(table).order_by(*table.primary_key.columns)


def _refuse_rows(target: Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        if target.execute(select(func.count()).select_from(table)).scalar():
            raise MoveError(f"internal error: the table {table.name} is not empty once it was made")


def _copy(source: Connection, target: Connection, table: Table) -> None:
    rows = source.execution_options(yield_per=_AT_ONCE).execute(_in_order(table)).mappings()
    for some in rows.partitions():
        target.execute(insert(table), [dict(row) for row in some])
    for column in table.primary_key.columns:
        # A number that the database gives goes on after the last one that was given.
        question = text("SELECT pg_get_serial_sequence(:table, :column)")
        sequence = target.execute(question, {"table": table.name, "column": column.name}).scalar()
        last = target.execute(select(func.max(column))).scalar() if sequence is not None else None
        if last is not None:
            target.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})


def _digest(connection: Connection, table: Table) -> tuple[int, int]:
    """Return how many rows a table has, and what they come to in any order: databases sort differently."""
    count, total = 0, 0
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(table)).mappings()
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(_said(row).encode()).digest(), "big")
    return count, total % (1 << 256)


def _said(row: RowMapping | Mapping[str, Any]) -> str:
    return repr(sorted((str(key), _plain(value)) for key, value in row.items()))


def _plain(value: object) -> object:
    """Return a value so that it reads the same whichever database it came from."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return sorted((str(key), _plain(each)) for key, each in value.items())
    if isinstance(value, AbstractSet):
        return sorted(str(each) for each in value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return bytes(value) if isinstance(value, memoryview) else value
