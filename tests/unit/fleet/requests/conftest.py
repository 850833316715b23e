"""A fleet of a housing association, without any network, whose clock a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fleet.core.config import FleetConfig
from fleet.core.sections.landlord import LandlordSection
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, fleet_services

LANDLORD = LandlordSection(
    name="Northgate Homes",
    contact="1 Gate Street, Northgate NG1 1AA",
    complaints="complaints@northgate.example",
)
CONFIG: FleetConfig = BY_PASSWORD.model_copy(update={"landlord": LANDLORD})


@pytest.fixture(scope="module")
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet"), config=CONFIG, clock=clock) as found:
        yield found


@pytest.fixture
def services(whole: FleetServices, clock: TestClock) -> FleetServices:
    clock.now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    return whole
