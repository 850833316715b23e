"""A real browser for tests: Playwright driving the Chromium that the system has, kept off the network.

Rules:
- Debian's Chromium, never a downloaded one;
- as root, as in a container, it runs without its sandbox, which would not start there;
- it gives way to whatever else runs;
- whatever a page writes to its console as an error, throws, or asks of another host fails the test (Watch).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

LAPTOP = (1366, 768)
PHONE = (390, 844)
YIELDS = 10
"""How far a browser gives way (nice(2)): beside it, tests film in real time and must not fall behind."""
PATIENCE_MS = 20_000
"""What a machine needs that has much else to do; whoever waits goes on as soon as it is there."""

CUT_OFF = ("net::ERR", "htmx:sendError", "htmx:afterRequest")
"""What a page notes once nobody answers: Chromium's word, and both of htmx's for a request on its way."""

_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--metrics-recording-only",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--lang=en-GB",
)


@dataclass
class Watch:
    """What went wrong in a page's own eyes."""

    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def follow(self, page: Page) -> None:
        """Note errors on the console, exceptions, and every host asked."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"exception: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        if request.url.startswith(("http:", "https:", "ws:", "wss:")):
            self.hosts.add(request.url.split("/", 3)[2])

    def check(self, *, expected: tuple[str, ...] = ()) -> None:
        """Fail when anything was noted but what a test says it provoked."""
        left = [error for error in self.errors if not any(part in error for part in expected)]
        assert not left, "\n".join(left)
        assert all(host.startswith(("localhost:", "127.0.0.1:")) for host in self.hosts), self.hosts


@contextmanager
def browser(profile: Path, *, whole: bool = False) -> Iterator[Browser]:
    """Start Chromium for the length of the block.

    Args:
        profile: Its home.
        whole: Whether it has all that is around a page too, such as passkeys; else it is Debian's shell of
            the same engine, which takes less of a processor.
    """
    program = shutil.which("chromium" if whole else "chromium-headless-shell")
    assert program is not None, "make setup installs Debian's chromium and chromium-headless-shell"
    flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    profile.mkdir(parents=True, exist_ok=True)
    gentle = profile / "chromium"
    gentle.write_text(f'#!/bin/sh\nexec nice -n {YIELDS} {program} "$@"\n')
    gentle.chmod(0o700)
    surroundings: dict[str, str | float | bool] = {
        **os.environ,
        "HOME": str(profile),
        "XDG_CONFIG_HOME": str(profile),
        "XDG_CACHE_HOME": str(profile),
    }
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=gentle, args=flags, env=surroundings)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def visitor(
    chromium: Browser,
    url: str,
    *,
    size: tuple[int, int] = LAPTOP,
    dark: bool = False,
    scripts: bool = True,
    still: bool = True,
) -> Iterator[BrowserContext]:
    """Open a fresh person's browser: no cookies, and trust in the fleet's own authority.

    Args:
        chromium: The browser.
        url: Of the fleet.
        size: Of the window.
        dark: Whether the person wants dark colours.
        scripts: Whether pages may run scripts.
        still: Whether the person wants nothing to move; what blinks, and a page that fades into the next, is
            drawn anew sixty times a second.
    """
    context = chromium.new_context(
        base_url=url,
        ignore_https_errors=True,
        viewport={"width": size[0], "height": size[1]},
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if still else "no-preference",
        locale="en-GB",
        timezone_id="America/New_York",  # pages show the site's time wherever somebody looks at them
        java_script_enabled=scripts,
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context
    finally:
        context.close()
