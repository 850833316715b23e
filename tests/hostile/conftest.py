"""A fleet of its own for strangers to attack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fleet.fleet import EnrolledCamera, RunningFleet, running_fleet
from tests.support.programs.prepared import WHOLE_COST


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFleet]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(WHOLE_COST, "1")  # what strangers can make it work is what is looked at
        with running_fleet(tmp_path_factory.mktemp("fleet")) as found:
            yield found


@pytest.fixture(scope="module")
def camera(fleet: RunningFleet, tmp_path_factory: pytest.TempPathFactory) -> EnrolledCamera:
    return fleet.enrol(tmp_path_factory.mktemp("camera"))
