"""Migrations of the tables, and running them.

Rules:
- every change of a table is a revision in a file below ``versions``, with a way up and a way down, tested on
  SQLite and PostgreSQL;
- they run at start, in one transaction, and under an advisory lock on PostgreSQL so that two processes
  starting together do it once; on SQLite the lock of the state folder does that;
- SQLite changes a table by making it anew: what refers to it would go with the old one. So references are
  not acted upon meanwhile, and all of them are checked before the transaction ends;
- a database newer than this program is refused, never guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from fleet.core.database import writing
from fleet.core.errors import StateError

_LOCK = 0x1A9E1_0002


def alembic_config() -> Config:
    """Return Alembic's configuration; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("recursive_version_locations", "true")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to ``revision``.

    Raises:
        StateError: the database was written by a newer version.
    """
    known = _revisions()
    with _migrating(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise StateError(
                f"The database is of a version that this one does not know ({current}); install the one that "
                "wrote it."
            )
        if current == known[0] and revision == "head":
            return  # as at nearly every start: nothing is to be read or changed
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@cache
def _revisions() -> tuple[str, ...]:
    """Every revision that this program knows, newest first; read once, for its files do not change."""
    return tuple(script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions())


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Open the transaction that migrations run in."""
    with writing(engine).connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        raw = connection.connection.cursor()  # within a transaction the switch does nothing
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise StateError(f"A migration would leave a row of {broken[0]} that refers to nothing.")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")
            raw.close()


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables down to ``revision`` (``base`` for none). Data in dropped tables is gone."""
    config = alembic_config()
    with _migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
