"""Real fleets, and cameras enrolled with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with Fleet(tmp_path_factory.mktemp("fleet"), "cameras.limit = 100\n") as running:
        yield running


@pytest.fixture(scope="session")
def small_fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Another landlord's fleet, which takes a single camera."""
    with Fleet(tmp_path_factory.mktemp("small-fleet"), "cameras.limit = 1\n") as running:
        yield running


@pytest.fixture
def enrolled(fleet: Fleet, tmp_path: Path) -> Callable[[], Camera]:
    """Enrols one more camera each time."""
    count = 0

    def enrol() -> Camera:
        nonlocal count
        count += 1
        return Camera.enrol(fleet, tmp_path / f"camera-{count}")

    return enrol


@pytest.fixture
def camera(enrolled: Callable[[], Camera]) -> Camera:
    """A camera enrolled for this test."""
    return enrolled()
