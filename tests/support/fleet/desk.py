"""The safety team's desk in tests: a real fleet, a real browser, and cameras that speak over the real broker.

    with office(folder) as desk:
        page = desk.open("/")

Every page opened is watched: an error on its console, an exception or a request to another host fails the
test that asks (``desk.watch.check()``). Pictures of pages go to the folder named by ``LAPEL_SCREENSHOTS``, if
any.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, BrowserContext, Page, expect

from fleet.people.known.cookie import COOKIE as KNOWN
from fleet.people.sessions import COOKIE
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from protocol.messages.topics import Up, topic
from tests.support.fleet.fleet import EnrolledCamera, RunningFleet, running_fleet
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, Watch, browser, visitor

NAME = "Safety desk"
PASSWORD = "four random words here"
_AT_LEAST_ONCE = 1


@dataclass
class Speaker:
    """A camera's voice on the broker, without the camera."""

    camera: EnrolledCamera
    client: mqtt.Client
    _said: dict[str, Any] = field(default_factory=dict)

    def say(self, **fields: Any) -> None:  # noqa: ANN401 - whatever a status holds
        """Publish a status and wait until the broker has it."""
        self._said = fields
        usual = {"session": "session-1", "state": "ready", "window_s": 180.0, "clock_synchronised": True}
        status = Status(camera=self.camera.id, **{**usual, **fields})
        self._publish(Up.STATUS, status.model_dump_json(), retain=True)

    def say_again(self) -> None:
        """Publish the last status again, as cameras do: of one that is silent nothing is known."""
        if self._said:
            self.say(**self._said)

    def tell(self, event: CameraEvent) -> None:
        """Publish a piece of news."""
        self._publish(Up.EVENT, event.model_dump_json(), retain=False)

    def tell_of_opened(self, **more: Any) -> str:  # noqa: ANN401 - whatever news holds
        """Publish that its first recording was opened by the button, and return the recording's id."""
        name = uuid4().hex
        usual = {"number": 1, "trigger": "button", "prerecord_s": 179.1, "asked_s": 180.0}
        self.tell(
            CameraEvent(
                id=name,
                kind=NewsKind.RECORDING_OPENED,
                camera=self.camera.id,
                at_utc_us=time.time_ns() // 1000,
                clock_synchronised=True,
                recording=name,
                **{**usual, **more},
            )
        )
        return name

    def _publish(self, subject: Up, text: str, *, retain: bool) -> None:
        sent = self.client.publish(
            topic(self.camera.id, "up", subject), text, qos=_AT_LEAST_ONCE, retain=retain
        )
        sent.wait_for_publish(10)


@dataclass
class Desk:
    """A signed-in browser beside a running fleet."""

    folder: Path
    fleet: RunningFleet
    chromium: Browser
    context: BrowserContext
    watch: Watch = field(default_factory=Watch)
    known: str | None = None
    """The cookie by which the service knows the browser that it is signed in with."""

    def open(self, path: str) -> Page:
        """Open a page in a new tab, watched."""
        page = self.context.new_page()
        self.watch.follow(page)
        page.goto(path)
        return page

    def invite(self, name: str, role: str) -> str:
        """Invite somebody on the page of users, with what their role is called there, and return the link."""
        page = self.open("/users")
        page.get_by_label("Name, with which they sign in").fill(name)
        page.get_by_role("group", name="What they may do").first.get_by_label(role).check()
        page.get_by_role("button", name="Make an invitation").click()
        secret = page.locator("code.secret")
        expect(secret).to_be_visible()
        link = secret.inner_text()
        page.close()
        return link

    @contextmanager
    def elsewhere(
        self, *, size: tuple[int, int] = LAPTOP, dark: bool = False, scripts: bool = True
    ) -> Iterator[BrowserContext]:
        """Use another browser of the same person, as on a phone or by night; what moves, moves there."""
        with visitor(
            self.chromium, self.fleet.dashboard_url, size=size, dark=dark, scripts=scripts, still=False
        ) as other:
            session = [cookie for cookie in self.context.cookies() if cookie["name"] in {COOKIE, KNOWN}]
            other.add_cookies(session)  # type: ignore[arg-type]  # what was read can be set: the keys are the same
            yield other

    def sign_in(self) -> None:
        """Sign in through the API, always with one browser, making the first account when there is none."""
        known = {} if self.known is None else {KNOWN: self.known}
        with httpx.Client(
            base_url=self.fleet.dashboard_url, verify=self.fleet.context(), cookies=known
        ) as client:
            account = {"name": NAME, "password": PASSWORD}
            if self.fleet.setup_url is not None:
                link = self.fleet.setup_url.rpartition("/")[2]
                client.post("/api/v1/setup", json={**account, "link": link})
            client.post("/api/v1/session", json=account).raise_for_status()
            kept = {each.name: each.value or "" for each in client.cookies.jar}
        self.known = kept.get(KNOWN, self.known)
        here = self.fleet.dashboard_url
        self.context.add_cookies(
            [{"name": name, "value": kept[name], "url": here, "secure": True} for name in kept]
        )

    def leave(self) -> None:
        """Close the pages, after axe has looked at each as a test leaves it."""
        leave(self.context)

    def officer(self, name: str) -> str:
        """Add an officer and return the id."""
        with self.fleet.api() as api:
            added: str = api.post("/api/v1/officers", json={"name": name}).raise_for_status().json()["id"]
            return added

    def camera(self) -> EnrolledCamera:
        """Enrol a camera."""
        return self.fleet.enrol(self.folder / "cameras")

    def hand_out(self, camera: str, officer: str) -> str:
        """Hand a camera to an officer and return the assignment's id."""
        wanted = {"camera": camera, "officer": officer}
        with self.fleet.api() as api:
            made: str = api.post("/api/v1/assignments", json=wanted).raise_for_status().json()["id"]
            return made

    @contextmanager
    def speaking(self, camera: EnrolledCamera) -> Iterator[Speaker]:
        """Connect a camera to the broker, as itself."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2, camera.id, protocol=mqtt.MQTTv5)
        context = self.fleet.context(camera)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        client.tls_set_context(context)
        client.connect("localhost", self.fleet.mqtt_port)
        client.loop_start()
        try:
            yield Speaker(camera, client)
        finally:
            client.disconnect()
            client.loop_stop()


@contextmanager
def office(folder: Path, *, config: str | None = None) -> Iterator[Desk]:
    """Start a fleet and a browser; nobody is signed in and there is no account yet."""
    with (
        running_fleet(folder, config=config) as fleet,
        browser(folder / "browser") as chromium,
        visitor(chromium, fleet.dashboard_url) as context,
    ):
        desk = Desk(folder, fleet, chromium, context)
        try:
            yield desk
        finally:
            desk.fleet.stop()  # a test may have put another in the first one's place


def leave(context: BrowserContext) -> None:
    """Have axe look at each page as a test leaves it, whatever state that is, and close them."""
    try:
        for page in context.pages:
            if page.locator("main").count():
                check_access(page)
    finally:
        for page in context.pages:
            page.close()


def picture(page: Page, name: str, *, whole: bool = True) -> None:
    """Keep a picture of the whole page, or of what is in view, where somebody has asked for pictures."""
    if whole:
        page.evaluate("scrollTo(0, 0)")
    folder = os.environ.get("LAPEL_SCREENSHOTS")
    if not folder:
        return
    size = page.viewport_size or {"width": 0}
    path = Path(folder) / f"{name}-{'phone' if size['width'] == PHONE[0] else 'laptop'}.png"
    page.screenshot(path=path, full_page=whole, animations="disabled")


def fits(page: Page) -> None:
    """Fail when a page is wider than the window, so that somebody would have to push it sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


_WIDTHS = (320, 360, 390, 480, 600, 768, 900, 1024, 1280, 1366, 1600, 1920)
_CUT_OFF = """
() => {
  const out = [];
  const wide = document.documentElement.clientWidth;
  const whole = "nav a, header.top summary, .btn, input, select, textarea, label, h1";
  for (const each of document.querySelectorAll(whole)) {
    if (each.closest(".visually-hidden, .skip, template, .rows-wrap, .command")) continue;
    if (!each.checkVisibility()) continue;  // what is folded away has a place, and is not shown
    const box = each.getBoundingClientRect();
    if (box.width === 0) continue;
    const name = `${each.tagName} ${each.textContent.trim()}`;
    const room = Math.min(wide, each.closest(".panel")?.getBoundingClientRect().right ?? wide);
    if (box.left < -0.5 || box.right > room + 0.5) out.push(`${name}: ${box.left} to ${box.right}`);
    const cuts = getComputedStyle(each).overflowX !== "visible" && each.matches("nav a, .btn, summary, h1");
    if (cuts && each.scrollWidth > each.clientWidth + 1) out.push(`${name} is cut`);
  }
  const apart = [...document.querySelectorAll("main :is(.btn, .state, .form-control, .form-select, input)")]
    .map((each) => [each, each.getBoundingClientRect()])
    .filter(([each, box]) => box.width > 1 && each.checkVisibility())
    .filter(([each]) => !each.closest(".visually-hidden, .line, template"));
  for (const [one, a] of apart) {
    for (const [other, b] of apart) {
      const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const under = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (one === other || one.contains(other) || other.contains(one) || over <= 1 || under <= 1) continue;
      out.push(`${one.outerHTML} is over ${other.outerHTML}`);
    }
  }
  return out;
}
"""


def is_whole(page: Page) -> None:
    """Fail when anything of the navigation, a button or a field is cut, covered or out of the window."""
    for width in _WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        fits(page)
        cut_off: list[str] = page.evaluate(_CUT_OFF)
        assert cut_off == [], f"{page.url} at {width} px: {cut_off}"
