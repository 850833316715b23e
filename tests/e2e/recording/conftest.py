"""The desk of tests of one recording's page: a fleet to which a camera sends footage that verifies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fleet.desk import Desk
from tests.support.fleet.evidence import EvidenceCamera, evidence_camera, evidence_office


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with evidence_office(tmp_path_factory.mktemp("evidence")) as desk:
        yield desk


@pytest.fixture(scope="module")
def camera(desk: Desk) -> EvidenceCamera:
    return evidence_camera(desk)


@pytest.fixture(autouse=True)
def tidy(desk: Desk) -> Iterator[None]:
    """Begin each test without pages, and have axe look at those that it leaves."""
    desk.watch.errors.clear()
    yield
    desk.leave()
