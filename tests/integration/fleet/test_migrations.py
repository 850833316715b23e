from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

import fleet.server.compose  # noqa: F401 - brings every table into the metadata
from fleet.core.database import Base, open_database
from fleet.core.errors import StateError
from fleet.migrations import alembic_config, downgrade, upgrade


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[Engine]:
    database = open_database(url, tmp_path)
    yield database.engine
    database.close()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_migrations_make_exactly_the_models(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert tables(engine) == set(Base.metadata.tables)


def test_every_migration_goes_up_and_down_again(engine: Engine) -> None:
    steps = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    steps.reverse()
    for revision in steps:
        before = tables(engine)
        upgrade(engine, revision)
        assert tables(engine) > before
        downgrade(engine, "-1")
        assert tables(engine) == before
        upgrade(engine, revision)
    downgrade(engine, "base")
    assert tables(engine) == set()
    upgrade(engine)
    assert tables(engine) == set(Base.metadata.tables)


def test_a_second_upgrade_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    upgrade(engine)


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StateError, match="written by a newer version"):
        upgrade(engine)
