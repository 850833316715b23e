"""A fleet that imports, without any network; files are read in this process unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from fleet.core.actor import Role
from fleet.core.sections.landlord import LandlordSection
from fleet.imagery import receiving
from fleet.imagery.reading.child import read_file
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits
from fleet.imagery.reading.seconds import cut_movie
from fleet.imagery.seconds import cutting
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, dashboard_client, fleet_services, token_for

BEGIN = datetime(2027, 3, 1, 12, tzinfo=UTC)
LANDLORD = LandlordSection(name="Northgate Homes", contact="1 Gate Street, Northgate NG1 1AA")
CONFIG = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})


class _Source:
    """A file by a function that reads spans of it."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read, self._size, self._at = read, size, 0

    def read(self, size: int) -> bytes:
        data = self._read(self._at, size)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = {0: 0, 1: self._at, 2: self._size}[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at


class _Target:
    """A copy by a function that takes spans of it."""

    def __init__(self, write: Callable[[int, bytes], None]) -> None:
        self._write, self._at, self._size = write, 0, 0

    def write(self, data: bytes) -> int:
        self._write(self._at, bytes(data))
        self._at += len(data)
        self._size = max(self._size, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = {0: 0, 1: self._at, 2: self._size}[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at


def read_here(
    size: int,
    read: Callable[[int, int], bytes],
    write: Callable[[int, bytes], None],
    limits: ReadingLimits,
    work: str = "copy",
) -> ReadFacts:
    """What the reading process does, without one: ``test_import_reading.py`` has the process."""
    if work == "seconds":
        return cut_movie(_Source(read, size), _Target(write), limits)
    return read_file(_Source(read, size), size, _Target(write), limits)  # type: ignore[arg-type]  # alike


@pytest.fixture(autouse=True)
def without_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "read_supervised", read_here)
    monkeypatch.setattr(cutting, "read_supervised", read_here)


@pytest.fixture(scope="module")
def whole_clock() -> TestClock:
    return TestClock(BEGIN)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, whole_clock: TestClock) -> Iterator[FleetServices]:
    folder: Path = tmp_path_factory.mktemp("fleet")
    with fleet_services(folder, config=CONFIG, clock=whole_clock) as found:
        yield found


@pytest.fixture
def services(whole: FleetServices, whole_clock: TestClock) -> FleetServices:
    """The fleet that the tests of a file share, at the time at which it began."""
    whole_clock.now = BEGIN
    return whole


@pytest.fixture(scope="module")
def token(whole: FleetServices) -> str:
    return token_for(whole, Role.CCTV_MANAGER, name="manager")


@pytest.fixture
def api(services: FleetServices, token: str) -> Iterator[TestClient]:
    with dashboard_client(services, token=token, workers=False) as client:
        yield client
