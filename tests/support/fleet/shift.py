"""A shift at the desk: real cameras and their real fleet, and one person's laptop and phone that stay open.

Cameras tell of themselves every two seconds here, and are silent once four of those are missed. A page that
stays open fetches itself as often as there is news, and so costs as much as a camera: where tests take turns
at the two screens, one of them is looked at in each, and whether a page fits is asked of both sizes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import BrowserContext, Page

from fleet.people.sessions import COOKIE
from simulator.bringup import StackSpec, bring_up
from simulator.cameras.camera import VirtualCamera
from simulator.cameras.group import CameraGroup
from simulator.fleet.service import ANY_PORTS
from simulator.sources.choose import SourceKind, choose_scene
from tests.support.fleet.desk import fits, leave
from tests.support.network.browser import LAPTOP, PHONE, Watch, browser, visitor
from tests.support.programs.forking import forking_fleets

ACCOUNT: Final = {"name": "Safety desk", "password": "four random words here"}
PATIENCE_MS: Final = 100_000
_TOLD_EVERY_S, _SILENT_AFTER_S = 2, 8


class Quiet:
    """Progress that nobody looks at."""

    def doing(self, words: str, *, of: int = 0) -> None: ...

    def failed(self) -> None: ...

    def done(self) -> None: ...


@dataclass
class Shift:
    """A running fleet, its cameras, and one person's laptop and phone.

    Attributes:
        cameras: All of them, on.
        laptop_and_phone: Both screens.
        screens: Those that are looked at.
        in_turn: Whether one of them is looked at in each test, and not both.
        watch: What went wrong in the pages' own eyes.
    """

    cameras: CameraGroup
    laptop_and_phone: tuple[BrowserContext, ...]
    screens: tuple[BrowserContext, ...]
    in_turn: bool = False
    watch: Watch = field(default_factory=Watch)

    def next_screen(self) -> None:
        """Have whoever takes turns at the screens look at the other one."""
        laptop, phone = self.laptop_and_phone
        if self.in_turn:
            self.screens = (phone,) if self.screens == (laptop,) else (laptop,)

    def open(self, path: str) -> tuple[Page, ...]:
        """Open a page on each screen that is looked at."""
        pages = tuple(screen.new_page() for screen in self.screens)
        for page in pages:
            self.watch.follow(page)
            page.goto(path)
        return pages

    def press(self, name: str) -> tuple[VirtualCamera, int]:
        """Press, and return the camera with its recording's number."""
        camera = self.cameras[name]
        return camera, int(camera.ask("press")["number"])

    def leave(self) -> None:
        """Close the pages, after axe has looked at each as a test leaves it."""
        for screen in self.laptop_and_phone:
            leave(screen)


@contextmanager
def shift(folder: Path, names: list[str], *, window_s: int, forked: bool = True) -> Iterator[Shift]:
    """Bring a fleet and its cameras up, and sign somebody in on both screens, for the length of the block.

    Args:
        folder: Of all of it.
        names: Of the cameras.
        window_s: Their pre-record.
        forked: Whether the fleet is forked; one that is keeps the zones that were read before.
    """
    with ExitStack() as ends:
        if forked:
            ends.enter_context(forking_fleets())
        spec = StackSpec(
            names,
            folder,
            choose_scene(SourceKind.SYNTHETIC, {}, width=160, height=120, fps=5),
            window_s,
            seed=1,
            prefill=True,
            fleet=None,
            ports=ANY_PORTS,
            settings=lambda _: {"link": {"status_s": _TOLD_EVERY_S}},
            fleet_settings={"cameras": {"offline_after_s": _SILENT_AFTER_S}},
        )
        site, cameras = bring_up(ends, spec, Quiet(), threading.Event())
        assert site.addresses is not None
        assert site.addresses.setup_url is not None
        url = site.addresses.dashboard_url
        session = _account(url, site.addresses.setup_url)
        chromium = ends.enter_context(browser(folder / "browser"))
        screens = [ends.enter_context(visitor(chromium, url, size=size)) for size in (LAPTOP, PHONE)]
        for screen in screens:
            screen.set_default_timeout(PATIENCE_MS)
            screen.add_cookies([{"name": COOKIE, "value": session, "url": url, "secure": True}])
        yield Shift(cameras, tuple(screens), tuple(screens))


def fits_both(page: Page) -> None:
    """Fail when a page is wider than the window of a laptop, or of a phone."""
    before = page.viewport_size
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
    if before is not None:
        page.set_viewport_size(before)


def _account(url: str, setup_url: str) -> str:
    """Make the first account, and return the secret of its session."""
    with httpx.Client(base_url=url, verify=False) as client:  # noqa: S501 - this machine's own fleet
        link = setup_url.rpartition("/")[2]
        client.post("/api/v1/setup", json={**ACCOUNT, "link": link}).raise_for_status()
        client.post("/api/v1/session", json=ACCOUNT).raise_for_status()
        return client.cookies[COOKIE]
