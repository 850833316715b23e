"""What a fleet does at its first start, done quickly: for processes that start many.

New tables in SQLite are copied from some that the migrations made, once, and the vault's key file is
stretched at the lowest cost, which stands in its box. Nothing else is different: a database that has tables
is brought up to date as ever, and what migrations do is tested by itself.
"""

from __future__ import annotations

import functools
import sqlite3
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from fleet import migrations
from fleet.core.database import SQLITE_NAME, open_database
from fleet.server import compose
from fleet.vault import open_vault

CHEAPEST = 2
"""scrypt's n."""
WHOLE_LOCK: Any = vars(open_vault)["lock"]


def start_quickly() -> None:
    """Have every fleet that this process starts from now on start quickly."""
    setattr(compose, "upgrade", copy_or_upgrade)  # noqa: B010 - it is typed as what it imported
    setattr(open_vault, "lock", partial(WHOLE_LOCK, cost=CHEAPEST))  # noqa: B010 - likewise


def lock_at_whole_cost() -> None:
    """Have vaults that this process makes be as dear as the product's."""
    setattr(open_vault, "lock", WHOLE_LOCK)  # noqa: B010 - it is typed as what it imported


def copy_or_upgrade(engine: Engine) -> None:
    """Put the fleet's tables where there are none, else bring them up to date.

    Raises:
        StateError: the database was written by a newer version.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            if not raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raw.rollback()
                made_tables().backup(raw)
                return
    migrations.upgrade(engine)


@functools.cache
def made_tables() -> sqlite3.Connection:
    """Return a database in memory that the migrations made the tables of."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database("", Path(folder))
        migrations.upgrade(database.engine)
        database.close()
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        with sqlite3.connect(Path(folder) / SQLITE_NAME) as made:
            made.backup(kept)
        made.close()
    return kept
