"""Chromium on the fleet of a pilot: what its people read on their screens while the clock stands still.

The fleet is in this process and has no socket: a small server carries to it what browsers ask for. Rules:

* one request at a time, and none but those that read: who asks is told by a header of the browser's context;
* the live stream stays open and says nothing, as where nothing happens.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from simulator.driven.fleet import DrivenFleet
from tests.support.network.browser import Watch, visitor

_READ = """
() => {
  document.querySelectorAll("main details").forEach((each) => { each.open = true; });
  const words = (each) => each.innerText.replace(/[\\u2066-\\u2069]/g, "").replace(/\\s+/g, " ").trim();
  const all = (what) => [...document.querySelectorAll(what)].map(words);
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return {
    heading: all("main h1").join(" "),
    text: all("main").join(" "),
    lines: all("main ul.out > li, main ul.mine-list > li"),
    rows: all("main table.rows > tbody > tr"),
    links: [...document.querySelectorAll("main a[href]")].map((each) => each.getAttribute("href")),
    menu: all(".nav-main a"),
    wide,
  };
}
"""
_WHO = "x-who-asks"
"""Carries somebody's cookie from their browser to the server here."""
_CARRIED = ("accept", "accept-language", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "hx-request")


@dataclass(frozen=True)
class ReadPage:
    """What somebody read on a page.

    Attributes:
        status: What the fleet answered.
        path: Where it led.
        heading: The page's.
        text: All of it, what is folded away too.
        lines: Each line of its lists.
        rows: Each row of its tables.
        links: Where its links lead.
        menu: The pages that the person is offered.
        wide: By how many pixels it is wider than the window.
        errors: What the browser complained of.
    """

    status: int
    path: str
    heading: str = ""
    text: str = ""
    lines: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    wide: int = 0
    errors: tuple[str, ...] = ()


@dataclass
class Screen:
    """One person's screen."""

    page: Page
    name: str
    watch: Watch = field(default_factory=Watch)

    def read(self, path: str, *, media: str = "screen") -> ReadPage:
        """Open a page, and read it."""
        self.watch.errors.clear()
        self.page.emulate_media(media="print" if media == "print" else "screen")
        answer = self.page.goto(path)
        assert answer is not None
        self.page.wait_for_load_state()
        read = self.page.evaluate(_READ)
        errors = [each for each in self.watch.errors if answer.ok or f"status of {answer.status}" not in each]
        self._keep(path, media)
        found: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in read.items()
        }
        led = httpx.URL(self.page.url).raw_path.decode()
        return ReadPage(answer.status, led, **found, errors=tuple(errors))

    def table(self, path: str) -> str:
        """Return the table that a page offers to be taken."""
        self.page.emulate_media(media="screen")
        self.page.goto(path)
        link = self.page.get_by_role("link", name="Table (CSV)").get_attribute("href")
        text: str = self.page.evaluate("(link) => fetch(link).then((answer) => answer.text())", link)
        return text

    def _keep(self, path: str, media: str) -> None:
        folder = os.environ.get("LAPEL_SCREENSHOTS")
        if folder:
            name = "".join(each if each.isalnum() else "-" for each in f"{self.name}{path}-{media}")
            self.page.screenshot(path=Path(folder) / f"pilot-{name}.png", full_page=True)


@contextmanager
def carried(fleet: DrivenFleet) -> Iterator[str]:
    """Carry what browsers ask for to a fleet for the length of the block, in which nobody else asks it.

    Yields:
        The address at which they ask.
    """
    over, one = threading.Event(), threading.Lock()

    class Carrier(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/live":
                self._stay_silent()
                return
            headers = {each: self.headers[each] for each in _CARRIED if each in self.headers}
            headers["cookie"] = self.headers.get(_WHO, "")  # what a browser asks by itself is of nobody
            with one:
                answer = fleet.ask_dashboard(httpx.Request("GET", f"{fleet.url}{self.path}", headers=headers))
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in ("content-length", "strict-transport-security"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def _stay_silent(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            self.wfile.flush()
            over.wait()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def screen(
    chromium: Browser, url: str, at: datetime, cookie: str, *, name: str, size: tuple[int, int]
) -> Iterator[Screen]:
    """Open a screen of somebody who is signed in; the browser's clock is the fleet's.

    Args:
        chromium: The browser.
        url: Where it asks.
        at: What the fleet's clock shows.
        cookie: What the person's browser sends.
        name: Whose it is, for pictures.
        size: Of the window.
    """
    with visitor(chromium, url, size=size) as context:
        context.set_extra_http_headers({_WHO: cookie})
        context.clock.set_fixed_time(at)
        shown = Screen(context.new_page(), name)
        shown.watch.follow(shown.page)
        yield shown
