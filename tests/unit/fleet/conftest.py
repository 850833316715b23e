from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, fleet_services


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def services(tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path, clock=clock) as found:
        yield found
