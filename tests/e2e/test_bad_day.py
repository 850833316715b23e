"""A bad day at the desk: the network cut, the power pulled, the camera taken back, each while it records.

Real cameras, the real fleet, a laptop and a phone that both stay open. Each page is asked, at each turn of
the day, for what it may say then and for what it may not.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from fleet.people.sessions import COOKIE
from simulator.bringup import StackSpec, bring_up
from simulator.cameras.camera import VirtualCamera
from simulator.cameras.group import CameraGroup
from simulator.fleet.service import ANY_PORTS
from simulator.sources.choose import SourceKind, choose_scene
from tests.support.fleet.desk import check_access, fits, leave, picture
from tests.support.network.browser import LAPTOP, PHONE, Watch, browser, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]

WINDOW_S = 20
PATIENCE_MS = 100_000
"""A camera that is not heard is known to be so within 90 s."""
ACCOUNT = {"name": "Safety desk", "password": "four random words here"}


class Quiet:
    """Progress that nobody looks at."""

    def doing(self, words: str, *, of: int = 0) -> None: ...

    def failed(self) -> None: ...

    def done(self) -> None: ...


@dataclass
class BadDay:
    """A running fleet, its cameras, and one person's laptop and phone."""

    cameras: CameraGroup
    screens: tuple[BrowserContext, ...]
    folder: Path
    watch: Watch = field(default_factory=Watch)

    def open(self, path: str) -> tuple[Page, ...]:
        """Open a page on each screen."""
        pages = tuple(screen.new_page() for screen in self.screens)
        for page in pages:
            self.watch.follow(page)
            page.goto(path)
        return pages

    def look(self, pages: tuple[Page, ...], name: str) -> None:
        """Have each page looked at: by axe, for its width, and by whoever opens the pictures."""
        for page in pages:
            fits(page)
            check_access(page)
            picture(page, name, self.folder)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadDay]:
    folder = tmp_path_factory.mktemp("bad-day")
    expect.set_options(timeout=PATIENCE_MS)
    with ExitStack() as ends:
        scene = choose_scene(SourceKind.SYNTHETIC, {}, width=320, height=180, fps=10)
        names = ["cam-01", "cam-02", "cam-03"]
        spec = StackSpec(names, folder, scene, WINDOW_S, 1, prefill=True, fleet=None, ports=ANY_PORTS)
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
        yield BadDay(cameras, tuple(screens), folder)


def _account(url: str, setup_url: str) -> str:
    """Make the first account, and return the secret of its session."""
    with httpx.Client(base_url=url, verify=False) as client:  # noqa: S501 - this machine's own fleet
        link = setup_url.rpartition("/")[2]
        client.post("/api/v1/setup", json={**ACCOUNT, "link": link}).raise_for_status()
        client.post("/api/v1/session", json=ACCOUNT).raise_for_status()
        return client.cookies[COOKIE]


@pytest.fixture(autouse=True)
def tidy(day: BadDay) -> Iterator[None]:
    day.watch.errors.clear()
    yield
    for screen in day.screens:
        leave(screen)


def press(day: BadDay, name: str) -> tuple[VirtualCamera, int]:
    """Press, and return the camera with its recording's number."""
    camera = day.cameras[name]
    return camera, int(camera.ask("press")["number"])


def tile_of(page: Page, camera: VirtualCamera) -> Locator:
    return page.locator(f"#tile-{camera.place.camera}")


def officer_of(day: BadDay, camera: VirtualCamera) -> str:
    """Who has it, as the page says."""
    return f"Officer {int(camera.name[-2:])}"


# proves F8
def test_the_power_is_pulled_while_it_records(day: BadDay) -> None:
    today = day.open("/")
    camera, number = press(day, "cam-01")
    for page in today:
        expect(tile_of(page, camera)).to_contain_text(f"Recording {number}")
    recordings = day.open(f"/recordings?camera={camera.place.camera}")
    for page in recordings:
        page.locator("main a[href^='/recordings/']").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Recording {number}")

    camera.power_off()
    for page in today:
        expect(page.get_by_role("heading", name=re.compile("(is|are) covered is not known"))).to_be_visible()
        expect(tile_of(page, camera)).to_contain_text("Offline")
        expect(tile_of(page, camera)).not_to_contain_text(f"Recording {number}")
    for page in recordings:
        expect(page.locator("main")).to_contain_text("The camera is not heard")
        expect(page.locator("main")).not_to_contain_text("still records")
    day.look(today, "bad-day-power-today")
    day.look(recordings, "bad-day-power-recording")

    camera.power_on()
    camera.wait_up()
    for page in recordings:
        expect(page.locator("main")).to_contain_text("nothing shows where it ended")
        expect(page.locator("#recording-head").get_by_text("No end")).to_be_visible()
    for page in today:
        expect(page.get_by_role("heading", name="Everyone is covered.")).to_be_visible()
    day.look(recordings, "bad-day-power-back")


# proves F8
def test_the_network_is_cut_while_it_records(day: BadDay) -> None:
    today = day.open("/")
    camera, _ = press(day, "cam-02")
    recordings = day.open(f"/recordings?camera={camera.place.camera}")
    for page in recordings:
        page.locator("main a[href^='/recordings/']").first.click()
        page.get_by_role("region", name="Watch").get_by_text("Reviewing an incident").click()
        page.get_by_role("button", name="Watch", exact=True).click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()

    camera.line.cut()
    for page in today:
        expect(page.get_by_role("heading", name=re.compile("(is|are) covered is not known"))).to_be_visible()
        expect(tile_of(page, camera)).to_contain_text("Offline")
    day.look(today, "bad-day-network-today")
    day.look(recordings, "bad-day-network-recording")

    camera.line.good()
    camera.ask("stop")
    for page in today:
        expect(page.get_by_role("heading", name="Everyone is covered.")).to_be_visible()
    for page in recordings:
        expect(page.locator("main").get_by_text(re.compile("^Intact")).first).to_be_visible()


# proves F8
def test_the_camera_is_taken_back_while_it_records(day: BadDay) -> None:
    today = day.open("/")
    camera, number = press(day, "cam-03")
    for page in today:
        expect(tile_of(page, camera)).to_contain_text(f"Recording {number}")
    hand_out = day.open("/hand-out")
    for page in hand_out:
        page.locator(f"#out-{camera.place.camera}").get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text("recording")
    day.look(hand_out, "bad-day-take-back")
    hand_out[0].get_by_role("button", name="Take it back all the same").click()
    expect(hand_out[0].get_by_role("status").first).to_contain_text("is back")
    camera.ask("stop")
