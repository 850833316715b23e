from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from fleet.core.database import Database
from tests.support.fleet.tables import empty_tables, rows


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Every table, and nothing in them."""
    with empty_tables(tmp_path_factory.mktemp("tables")) as found:
        yield found


@pytest.fixture
def session(tables: Database) -> Iterator[Session]:
    """A session whose rows are gone after the test."""
    with rows(tables) as found:
        yield found
