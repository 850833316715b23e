"""A browser without scripts that fills in forms, of a fleet that opens no port."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.testclient import TestClient

from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import dashboard_client

HTML = {"Accept": "text/html", "User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}


class Browser:
    """A browser that fills in forms, as somebody who is signed in or is not yet."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        client.headers.update(HTML)

    def get(self, path: str) -> str:
        return html.unescape(self.client.get(path).text)

    def post(self, path: str, page: str, **fields: str | list[str]) -> str:
        """Send a form that stands on ``page``."""
        found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', self.get(page))
        token = {"csrf_token": found[1]} if found else {}
        return html.unescape(self.client.post(path, data={**token, **fields}).text)

    def sign_in(self, name: str, password: str) -> str:
        return self.post("/sign-in", "/sign-in", name=name, password=password)

    def is_in(self) -> bool:
        status: int = self.client.get("/account", follow_redirects=False).status_code
        return status == 200


@contextmanager
def browsers(services: FleetServices, *, workers: bool = True) -> Iterator[Callable[[], Browser]]:
    """Open as many browsers as are asked for, of one running service.

    Without ``workers`` nothing happens but what the test does: none of them writes down what a test does too.
    A service of its own for each would wait at its end for the workers that the first has stopped.
    """
    with dashboard_client(services, workers=workers) as running:

        def another() -> Browser:
            client = TestClient(running.app, base_url=running.base_url, raise_server_exceptions=False)
            client.portal = running.portal
            return Browser(client)

        yield another
