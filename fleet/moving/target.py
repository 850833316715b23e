"""Where a fleet is moved to: empty, or this move's own half-done work, and nothing else.

Rules:
- before the first piece is copied, both the database and the store get a mark with the fleet's name, which is
  the digest of its authority; what has that mark is a half-done move of this fleet and is gone on with;
- what is not empty and has no mark, or another fleet's, is refused and left as it is;
- the marks are taken away last, the database's at the very end: from then on it is a fleet like any other,
  and moving into it again is refused.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from fleet.core.database import reason
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore
from fleet.moving.errors import MoveError

TABLE = "fleet_move"
PREFIX = "moving/"
MARKS = Table(TABLE, MetaData(), Column("fleet", String(64), primary_key=True))


def mark_database(engine: Engine, fleet: str) -> None:
    """Take a database for this move.

    Raises:
        MoveError: it holds something else, or does not answer.
    """
    try:
        with engine.begin() as connection:
            found = set(inspect(connection).get_table_names())
            if TABLE not in found and found:
                raise MoveError(
                    "The PostgreSQL database is not empty, and not half-moved by this fleet: give it another."
                )
            if TABLE in found and _marked(connection) != fleet:
                raise MoveError("The PostgreSQL database was begun by another fleet's move: empty it first.")
            if TABLE not in found:
                MARKS.create(connection)
                connection.execute(insert(MARKS).values(fleet=fleet))
    except SQLAlchemyError as error:
        raise MoveError(f"The PostgreSQL database failed: {reason(error)}.") from error


def unmark_database(engine: Engine) -> None:
    """Let a database be a fleet's like any other.

    Raises:
        MoveError: it does not answer.
    """
    try:
        with engine.begin() as connection:
            MARKS.drop(connection)
    except SQLAlchemyError as error:
        raise MoveError(f"The PostgreSQL database failed: {reason(error)}.") from error


def mark_store(store: FootageStore, spool: Spool, fleet: str) -> None:
    """Take a store for this move.

    Raises:
        MoveError: it holds something else.
        StoreError: it failed.
    """
    found = [each.key for each in store.list("")]
    marks = [key for key in found if key.startswith(PREFIX)]
    if found and not marks:
        raise MoveError(
            f"The store {store.where} is not empty, and not half-moved by this fleet: give it a bucket or a "
            "prefix of its own."
        )
    if marks and marks != [mark_of(fleet)]:
        raise MoveError(f"The store {store.where} was begun by another fleet's move: empty it first.")
    with spool.keep(b"A fleet is being moved here.\n") as incoming:
        store.put(mark_of(fleet), incoming.finish())


def unmark_store(store: FootageStore, fleet: str) -> None:
    """Let a store be a fleet's like any other.

    Raises:
        StoreError: it failed.
    """
    store.remove(mark_of(fleet))


def mark_of(fleet: str) -> str:
    """Return the key of the mark."""
    return f"{PREFIX}{fleet}"


def _marked(connection: Connection) -> str | None:
    return connection.execute(select(MARKS.c.fleet)).scalar()
