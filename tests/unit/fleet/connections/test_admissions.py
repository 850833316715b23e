"""What is said of the connections that were ended, and when."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from fleet.connections.admission import Why
from fleet.connections.admissions import Admissions


# proves F9
def test_what_was_ended_is_said_at_the_latest_when_the_service_stops(
    caplog: pytest.LogCaptureFixture,
) -> None:
    admissions = Admissions.of(1024)

    async def stopped() -> None:
        saying = asyncio.create_task(admissions.keep_saying(every_s=3600))
        await asyncio.sleep(0)
        admissions.dashboard.ended[Why.SLOW] += 3
        saying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saying

    asyncio.run(stopped())
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 1
    assert said[0].startswith("Connections to the dashboard listener that ")
    assert said[0].endswith(": 3.")


def test_nothing_is_said_where_none_was_ended(caplog: pytest.LogCaptureFixture) -> None:
    async def stopped() -> None:
        saying = asyncio.create_task(Admissions.of(1024).keep_saying(every_s=3600))
        await asyncio.sleep(0)
        saying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saying

    asyncio.run(stopped())
    assert not caplog.records
