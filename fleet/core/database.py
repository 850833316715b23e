"""The database: sessions that write and sessions that only read, the same on SQLite and PostgreSQL.

Rules:
- SQLite runs in WAL mode with ``synchronous=FULL`` and foreign keys on: what was committed survives a power
  cut (F7);
- a writing transaction on SQLite begins with ``BEGIN IMMEDIATE``, so that what it read still holds when it
  writes; those of one process take turns (``write_queue``);
- a reading session refuses to write: it would fail only under load otherwise;
- times are aware ``datetime`` in UTC, in Python and in the tables;
- hints for the live bus leave with the commit, never before: use ``announce``.

Routes take ``SessionDep`` (reads for GET and HEAD, writes otherwise). The transaction is committed before the
response is sent, so an answer is a promise.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from fleet.core.app_key import AppKey
from fleet.core.errors import FleetConfigError, FleetError
from fleet.core.files import keep_sqlite_private
from fleet.core.live import CHANNEL, Live
from fleet.core.write_queue import WriteQueue

SQLITE_NAME = "fleet.sqlite3"
BUSY_TIMEOUT_MS = 30_000
POOL_SIZE = 20  # half of the 40 worker threads; the rest of them wait here rather than at the database

_WRITES = "lapel_writes"
_HINTS = "lapel_hints"
_TURN = "lapel_turn"

Clock = Callable[[], datetime]
Random = Callable[[int], bytes]
Sessions = sessionmaker[Session]


def utc_now() -> datetime:
    """Return the wall clock, aware and in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The base of every table, with names for constraints that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which keeps no zone, is given and asked for UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; a naive time is a bug.

        Raises:
            ValueError: the time has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("internal error: a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ReadOnlyError(FleetError):
    """A reading session was asked to write: a bug in the caller."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Attributes:
        engine: the engine, for migrations and checks.
        sessions: makes sessions that may write; ``with database.sessions.begin() as session``.
        readers: makes sessions that only read; ``with database.readers() as session``.
    """

    engine: Engine
    sessions: Sessions
    readers: Sessions

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_database(
    url: str, state: Path, *, clock: Clock = utc_now, random: Random = os.urandom, live: Live | None = None
) -> Database:
    """Open the database of ``url``, or SQLite in ``state`` when that is empty, and check that it answers.

    Raises:
        FleetConfigError: the URL is not usable, or nothing answers there.
    """
    chosen = url or f"sqlite:///{state / SQLITE_NAME}"
    engine = _engine(chosen)
    try:
        with engine.connect():
            pass
    except SQLAlchemyError as error:
        engine.dispose()
        where = make_url(chosen).render_as_string(hide_password=True)
        raise FleetConfigError(f"The database {where} does not answer: {reason(error)}.") from error
    info: dict[Any, Any] = {"clock": clock, "random": random, "live": live}
    sessions = sessionmaker(writing(engine), expire_on_commit=False, info={**info, _WRITES: True})
    readers = sessionmaker(engine, expire_on_commit=False, autoflush=False, info={**info, _WRITES: False})
    return Database(engine, sessions, readers)


def writing(engine: Engine) -> Engine:
    """Return the engine for writing transactions: on SQLite they take the write lock as they begin."""
    return engine.execution_options(**{_WRITES: True})


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise FleetConfigError(
            "database.url is not a database URL; it begins with postgresql+psycopg://."
        ) from error
    name = parsed.get_backend_name()
    if name == "sqlite":
        keep_sqlite_private(parsed.database)
        waits = {"timeout": BUSY_TIMEOUT_MS / 1000}
        engine = create_engine(parsed, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, connect_args=waits)
        event.listen(engine, "connect", _sqlite_connected)
        _queue_writers(engine, WriteQueue())
        return engine
    if name == "postgresql" and parsed.get_driver_name() == "psycopg":
        return create_engine(parsed, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, pool_pre_ping=True)
    raise FleetConfigError(
        f"database.url names {parsed.drivername}; use postgresql+psycopg:// or leave it empty."
    )


def reason(error: SQLAlchemyError) -> str:
    """Return what the database said, on one line and without the statement."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    return " ".join(str(origin).split()).rstrip(".")


def _sqlite_connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; _sqlite_begin does it
    cursor = connection.cursor()
    # Securely: a recording's own key that was destroyed must not stay in a free page.
    kept = "journal_mode=WAL synchronous=FULL foreign_keys=ON secure_delete=ON"
    for pragma in (*kept.split(), f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _queue_writers(engine: Engine, queue: WriteQueue) -> None:
    """Have writing transactions of an engine take turns, until their connection is free again."""

    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_WRITES, False):
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get(_TURN):
            # Without a turn it waits as another process does, and is refused as one.
            connection.info[_TURN] = queue.enter(BUSY_TIMEOUT_MS / 1000)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def free(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        if record.info.pop(_TURN, False):
            queue.leave()

    event.listen(engine, "begin", begin)
    event.listen(engine.pool, "checkin", free)


def announce(session: Session, topic: str, subject: str) -> None:
    """Publish a hint on the live bus once this session's transaction is committed, and only then."""
    session.info.setdefault(_HINTS, []).append((topic, subject))


class Turn(IntEnum):
    """What writers take turns at; the numbers are keys that nothing else in this database uses."""

    AUDIT = 0x1A9E1_0001
    ENROLMENT = 0x1A9E1_0003
    SET_UP = 0x1A9E1_0004
    USERS = 0x1A9E1_0005
    INCIDENTS = 0x1A9E1_0006
    RETENTION = 0x1A9E1_0007
    ALERTS = 0x1A9E1_0008
    CHECKPOINT = 0x1A9E1_0009
    REVIEWS = 0x1A9E1_000A
    RECOVERY = 0x1A9E1_0010
    KEYS = 0x1A9E1_000B
    TEXTS = 0x1A9E1_0011
    REQUESTS = 0x1A9E1_0014
    RELEASES = 0x1A9E1_0015
    IMPORTS = 0x1A9E1_0016
    EXHIBITS = 0x1A9E1_0018
    VISITS = 0x1A9E1_0019


def take_turn(session: Session, turn: Turn) -> None:
    """Wait until no other transaction holds this turn, and hold it until the end of this one.

    On SQLite a writing transaction is the only one anyway. Turns are taken in the order ``AUDIT`` last, so
    that two writers never wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(turn)})


def now(session: Session) -> datetime:
    """Return the time by the clock that the database was opened with."""
    clock: Clock = session.info["clock"]
    return clock()


def random_bytes(session: Session, count: int) -> bytes:
    """Return random bytes from where the database was told to take them."""
    return bytes(session.info["random"](count))


@event.listens_for(Session, "before_commit")
def _tell_others(session: Session) -> None:
    """Give the hints to the other processes with the commit itself."""
    live, hints = session.info.get("live"), dict.fromkeys(session.info.get(_HINTS, ()))
    if live is not None and hints and session.get_bind().dialect.name == "postgresql":
        said = {"channel": CHANNEL, "said": [live.carried(*hint) for hint in hints]}
        session.execute(
            text("SELECT pg_notify(:channel, each) FROM unnest(CAST(:said AS text[])) AS each"), said
        )


@event.listens_for(Session, "after_commit")
def _publish(session: Session) -> None:
    live: Live | None = session.info.get("live")
    hints = session.info.pop(_HINTS, ())
    if live is not None:
        live.publish_all(hints)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_HINTS, None)


@event.listens_for(Session, "before_flush")
def _refuse(session: Session, _context: object, _instances: object) -> None:
    if session.info.get(_WRITES) is False:
        raise ReadOnlyError("internal error: a reading session was asked to write")


DATABASE: AppKey[Database] = AppKey("database")


def get_session(request: Request) -> Iterator[Session]:
    """FastAPI dependency: a session whose transaction commits when the route returns, before the response."""
    database = DATABASE(request)
    if request.method in {"GET", "HEAD"}:
        with database.readers() as session:
            yield session
    else:
        with database.sessions.begin() as session:
            yield session


SessionDep = Annotated[Session, Depends(get_session, scope="function")]
