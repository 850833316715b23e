"""Migrations of the tables, and running them.

Rules:
- every change of a table is a revision here, with a way up and a way down, tested on SQLite and PostgreSQL;
- they run at start, in one transaction, and under an advisory lock on PostgreSQL so that two processes
  starting together do it once; on SQLite the lock of the state folder does that;
- a database newer than this program is refused, never guessed at.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from fleet.core.database import writing
from fleet.core.errors import StateError

_LOCK = 0x1A9E1_0002


def alembic_config() -> Config:
    """Return Alembic's configuration; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to ``revision``.

    Raises:
        StateError: the database was written by a newer version.
    """
    config = alembic_config()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise StateError(
                f"The database was written by a newer version ({current}); install that version again."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables down to ``revision`` (``base`` for none). Data in dropped tables is gone."""
    config = alembic_config()
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
