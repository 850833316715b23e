"""The desk that tests of pages share. A module's own ``new_office`` or ``desk`` takes the place of these."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.fleet.desk import Desk, office
from tests.support.network.browser import PATIENCE_MS

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def new_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A fleet in which nobody has an account yet."""
    with office(tmp_path_factory.mktemp("office")) as desk:
        yield desk


@pytest.fixture
def desk(new_office: Desk) -> Iterator[Desk]:
    """The same, with somebody signed in."""
    new_office.sign_in()
    new_office.watch.errors.clear()
    yield new_office
    new_office.leave()
