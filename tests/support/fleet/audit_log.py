"""A log of some entries in a database of its own, and writing it anew as the database's owner would."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, delete, insert, text

from fleet.audit.chain import START, Entry
from fleet.audit.checkpoints.checkpoint import Checkpoint, SignedCheckpoint, sign_checkpoint
from fleet.audit.checkpoints.note import NoteSigner
from fleet.audit.log import record
from fleet.audit.merkle.tree import Frontier
from fleet.audit.models import AuditEntry
from fleet.audit.rows import Stored, iter_stored
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.database import Database, open_database
from fleet.migrations import upgrade
from protocol.units import utc_moment

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SOMEBODY = Actor(ActorKind.USER, "u1", "Officer 1", frozenset({Role.HEAD_OF_SAFETY})).at("10.0.0.7")
LOG = "lapel-fleet/0123456789abcdef/audit"
SIGNER = NoteSigner(LOG, Ed25519PrivateKey.from_private_bytes(b"the key of the checkpoints' tests"[:32]))
FORGER = NoteSigner(LOG, Ed25519PrivateKey.from_private_bytes(b"the key of somebody who forges it"[:32]))

Rewrite = Callable[[list[Entry]], Sequence[Entry]]


def fill(database: Database, count: int, *, first: int = 1) -> None:
    """Write so many entries, as the service does."""
    with database.sessions.begin() as session:
        for number in range(first, first + count):
            record(
                session,
                SOMEBODY,
                "footage:recording:view",
                f"{number:032x}",
                f"Why {number}",
                detail={"n": number},
            )


@contextmanager
def log_of(url: str, folder: Path, count: int) -> Iterator[Database]:
    """Open a new database with a log of so many entries."""
    database = open_database(url, folder, clock=lambda: NOW)
    try:
        upgrade(database.engine)
        fill(database, count)
        yield database
    finally:
        database.close()


def stored(database: Database) -> list[Stored]:
    """Read the log."""
    with database.readers() as session:
        return list(iter_stored(session))


def checkpoint_of(
    database: Database, signer: NoteSigner = SIGNER, *, size: int | None = None
) -> SignedCheckpoint:
    """Sign the log as it is, or its beginning."""
    tree = Frontier()
    for entry, _ in stored(database)[:size]:
        tree.append(entry.leaf)
    return sign_checkpoint(Checkpoint(tree.size, tree.root(), signer.name), signer)


@contextmanager
def unguarded(database: Database) -> Iterator[Connection]:
    """Open the database as its owner, with the guards of the log taken down."""
    with database.engine.begin() as connection:
        take_down(connection)
        yield connection


def begin_anew(database: Database) -> None:
    """Empty the log, with what a start of the service wrote; its guards are down from then on."""
    with unguarded(database) as connection:
        connection.execute(delete(AuditEntry))


def take_down(connection: Connection) -> None:
    """Take down the guards of the log."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        return
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'"
    for name in connection.execute(text(names)).scalars().all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def write_anew(database: Database, change: Rewrite) -> None:
    """Write the whole log anew, changed, with a chain in which everything fits."""
    previous = START
    rows = []
    for number, each in enumerate(change([entry for entry, _ in stored(database)]), start=1):
        entry = replace(each, number=number, previous=previous)
        previous = entry.digest
        rows.append((entry, previous))
    put_back(database, rows)


def put_back(database: Database, rows: Sequence[Stored]) -> None:
    """Replace the whole log by these entries and digests."""
    with unguarded(database) as connection:
        connection.execute(delete(AuditEntry))
        for entry, digest in rows:
            connection.execute(insert(AuditEntry).values(**_columns(entry), digest=digest))


def _columns(entry: Entry) -> dict[str, object]:
    return {
        "number": entry.number,
        "utc": utc_moment(entry.utc_us),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "purpose": entry.purpose,
        "detail": dict(entry.detail),
        "previous": entry.previous,
        "address": entry.address,
        "salt": entry.salt,
        "version": int(entry.version),
    }
