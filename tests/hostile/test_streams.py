"""Whoever is signed in and opens live pages without end ends their own, and Settings say so."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from fleet.connections.streams import EACH_READER
from tests.hostile.test_connections import secured, somebody_is_answered
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet
from tests.support.network.mqtt import until

pytestmark = pytest.mark.broker

MORE = 4


# proves F9
def test_live_pages_without_end_end_the_oldest_and_are_said(
    fleet: RunningFleet, camera: EnrolledCamera
) -> None:
    host = urlsplit(fleet.dashboard_url).netloc
    ask = f"GET /live HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {fleet.token}\r\n\r\n".encode()
    opened = []
    for _ in range(EACH_READER + MORE):
        one = secured(fleet)
        one.sendall(ask)
        heard = b""
        while b"hello" not in heard:
            heard += one.recv(65_536)
        opened.append(one)
    try:
        for one in opened[:MORE]:
            while (rest := one.recv(65_536)) and not rest.endswith(b"0\r\n\r\n"):
                pass  # a beat, perhaps, and then the end of the answer
        somebody_is_answered(fleet, camera)
        said = f"{MORE} live pages were disconnected for others."
        with fleet.api() as api:
            until(lambda: said in api.get("/settings").text)
    finally:
        for one in opened:
            one.close()
