"""Strangers who sign in all at once keep nobody who is signed in from a page.

Each of them takes a processor longer than a page does: more pages than strangers are answered meanwhile. That
hashing gives way to pages is for its unit test; a bound in seconds would say more of the machine.
"""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import ssl
import threading
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.fleet.fleet import RunningFleet

pytestmark = pytest.mark.broker

MANY = 24
PATIENCE_S = 120


def sign_in_all_at_once(authority: str, port: int) -> None:
    """Sign in with wrong passwords, each from an address of its own; a process does nothing else."""
    context = ssl.create_default_context(cafile=authority)

    def sign_in(number: int) -> None:
        source = (f"127.0.2.{number + 1}", 0)
        connection = http.client.HTTPSConnection(
            "localhost", port, context=context, timeout=PATIENCE_S, source_address=source
        )
        body = urlencode({"name": f"nobody {number}", "password": "it is not this one"})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://localhost:{port}",
            "Sec-Fetch-Site": "same-origin",
        }
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("POST", "/sign-in", body, headers)
            connection.getresponse().read()

    strangers = [threading.Thread(target=sign_in, args=(number,)) for number in range(MANY)]
    for each in strangers:
        each.start()
    for each in strangers:
        each.join()


# proves F9
def test_a_crowd_that_signs_in_makes_no_page_wait(fleet: RunningFleet) -> None:
    port = urlsplit(fleet.dashboard_url).port or 0
    with fleet.api() as api:
        crowd = multiprocessing.get_context("spawn").Process(
            target=sign_in_all_at_once, args=(str(fleet.authority), port)
        )
        crowd.start()
        answered = 0
        while crowd.is_alive():
            api.get("/", headers={"Accept": "text/html"}).raise_for_status()
            answered += 1
        crowd.join()
    assert answered >= MANY
