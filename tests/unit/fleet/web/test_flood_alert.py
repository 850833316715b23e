"""What the alert says of a camera that says more than is read, and when it is said (F8)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import timedelta

import pytest

from fleet.alerts.sources import AlertLook
from fleet.cameras.hearing.floods import LASTS, FloodBook
from fleet.server.compose import FleetServices
from fleet.web.alerting.floods import flood_source
from fleet.web.zone import in_zone
from tests.support.fleet.fleet import TestClock


# proves F8
@pytest.mark.parametrize(
    ("times", "said"),
    [
        (1, "1 message of cam-01 was left out since 12:00: it said more than is read of one camera."),
        (3, "3 messages of cam-01 were left out since 12:00: it said more than is read of one camera."),
    ],
)
def test_a_flood_is_said_while_it_lasts(
    services: FleetServices, clock: TestClock, times: int, said: str
) -> None:
    book, nothing = FloodBook(), dict[tuple[str, str], bool]()

    def around() -> contextlib.AbstractContextManager[None]:
        return in_zone(services.config.site.time_zone)

    def found(lasting: Mapping[tuple[str, str], bool]) -> list[str]:
        with services.readers() as session:
            looked = flood_source(around, book.now).look(AlertLook(session, clock(), lasting))
        return [each.words for each in looked.findings]

    assert found(nothing) == []
    for _ in range(times):
        book.note("cam-01", clock())
    assert found(nothing) == [said]
    clock.now += LASTS - timedelta(seconds=1)
    assert found(nothing) == [said]
    clock.now += timedelta(seconds=1)
    assert found(nothing) == []
