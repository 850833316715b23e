"""Whatever the fleet answers over HTTPS tells its time; what does not come from it does not."""

from __future__ import annotations

import ssl

import httpx
import pytest

from device.commands.fleet_time import FleetTime
from device.link.errors import LinkError
from device.link.fleet_http import FleetHttp

NINE_US = 1_796_029_200_000_000
DATE = {"Date": "Mon, 30 Nov 2026 09:00:00 GMT"}


# proves L4
@pytest.mark.parametrize("status", [200, 404, 503])
def test_every_answer_tells_the_fleet_s_time(status: int) -> None:
    fleet_time = FleetTime(lambda: 0)
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers=DATE))
    http = FleetHttp(
        "https://fleet.test",
        ssl.create_default_context(),
        at_once=1,
        transport=transport,
        fleet_time=fleet_time,
    )
    if status == 200:
        http.send("GET", "/desired")
    else:
        with pytest.raises(LinkError):
            http.send("GET", "/desired")
    assert fleet_time.earliest_us is not None
    assert 0 <= NINE_US - fleet_time.earliest_us <= 1


def test_no_answer_tells_nothing() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no network", request=request)

    fleet_time = FleetTime(lambda: 0)
    http = FleetHttp(
        "https://fleet.test",
        ssl.create_default_context(),
        at_once=1,
        transport=httpx.MockTransport(fail),
        fleet_time=fleet_time,
    )
    with pytest.raises(LinkError):
        http.send("GET", "/desired")
    assert fleet_time.latest_us is None
