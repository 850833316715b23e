"""A real fleet to which tests of sources send what they filmed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fleet.fleets import Fleet
from tests.support.media.exported import Export, exporting


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Export]:
    """Records, sends, verifies and exports what a capture filmed."""
    folder = tmp_path_factory.mktemp("exports")
    (folder / "fleet").mkdir()
    with Fleet(folder / "fleet", "cameras.limit = 200\n") as fleet, exporting(fleet, folder) as export:
        yield export
