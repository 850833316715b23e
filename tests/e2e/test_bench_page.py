"""The bench in a real browser: by mouse, by keyboard, by a screen reader's rules, and without its script."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from simulator.bench.server import BenchServer
from simulator.bench.wall import BenchButton, CameraTile
from simulator.errors import CameraError
from tests.support.fleet.desk import fits, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, Watch, browser, visitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = [pytest.mark.browser]

BLUE = cv2.imencode(".jpg", np.full((180, 320, 3), (200, 40, 10), np.uint8))[1].tobytes()


CORNER = "(tile) => document.querySelector(`${tile} canvas`).getContext('2d').getImageData(5, 5, 1, 1).data"


class ScriptedWall:
    """Three cameras without processes: the page's behaviour is what is tested here."""

    fleet_url = "https://localhost:8443"

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._tiles = {
            "cam-01": CameraTile("cam-01", officer="Officer 1", state="ready", prerecord_s=180),
            "cam-02": CameraTile("cam-02", state="ready", prerecord_s=61),
            "cam-03": CameraTile("cam-03", officer="Officer 3", trouble="cam-03 ended; see its log."),
        }
        self.watchers = 0
        self.pressed: list[tuple[str, BenchButton]] = []

    def tiles(self) -> Sequence[CameraTile]:
        with self._guard:
            return tuple(self._tiles.values())

    def act(self, camera: str, action: BenchButton) -> str:
        with self._guard:
            tile = self._tiles[camera]
            if action is BenchButton.BOOKMARK and camera == "cam-02":
                raise CameraError("cam-02 refused: nothing is being recorded.")
            changes = {
                BenchButton.PRESS: {"state": "recording", "number": 1, "recording_s": 7.0},
                BenchButton.STOP: {"state": "ready", "number": None, "recording_s": None},
                BenchButton.UNPLUG: {"unplugged": True},
                BenchButton.PLUG_IN: {"unplugged": False},
            }.get(action, {})
            self._tiles[camera] = replace(tile, **changes)  # type: ignore[arg-type]  # a table of fields
            self.pressed.append((camera, action))
        return f"{action} was done."

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.watchers += 1
        yield
        self.watchers -= 1

    def picture(self, camera: str) -> tuple[int, bytes] | None:
        return (1, BLUE) if camera == "cam-01" else None


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture
def wall() -> ScriptedWall:
    return ScriptedWall()


@pytest.fixture
def bench(wall: ScriptedWall) -> Iterator[str]:
    with BenchServer(wall, 0) as server:
        yield server.url


@pytest.fixture
def page(chromium: Browser, bench: str) -> Iterator[Page]:
    watch = Watch()
    with visitor(chromium, bench, dark=True) as context:
        page = context.new_page()
        watch.follow(page)
        page.goto("/")
        expect(page.locator("#line")).to_have_text("Live")
        yield page
    watch.check(expected=("status of 409",))


def test_the_wall_shows_pictures_states_and_words(page: Page) -> None:
    expect(page.locator("#summary")).to_have_text("3 virtual cameras, 2 ready, 0 recording, 1 without power")
    expect(page.locator("#cam-03 .said")).to_have_text("cam-03 ended; see its log.")
    page.wait_for_function(f"() => ({CORNER})('#cam-01')[2] > 150")
    check_access(page)
    picture(page, "bench")


def test_a_press_shows_at_once(page: Page, wall: ScriptedWall) -> None:
    page.get_by_role("button", name="Press, cam-01").click()

    expect(page.locator("#cam-01")).to_have_attribute("data-state", "recording")
    expect(page.locator("#cam-01 .timer")).to_have_text("0:07")
    expect(page.locator("#announce")).to_have_text("cam-01: press was done.")
    assert wall.pressed == [("cam-01", BenchButton.PRESS)]


def test_stop_must_be_held(page: Page, wall: ScriptedWall) -> None:
    page.get_by_role("button", name="Press, cam-01").click()
    stop = page.get_by_role("button", name="Stop (hold), cam-01")
    expect(stop).to_be_enabled()

    stop.click()
    expect(page.locator("#cam-01 .said")).to_have_text("Hold the button for three seconds to stop.")
    assert wall.pressed == [("cam-01", BenchButton.PRESS)]

    stop.hover()
    page.mouse.down()
    expect(page.locator("#cam-01")).to_have_attribute("data-state", "ready", timeout=8_000)
    page.mouse.up()
    assert wall.pressed == [("cam-01", BenchButton.PRESS), ("cam-01", BenchButton.STOP)]


def test_everything_works_by_keyboard(page: Page, wall: ScriptedWall) -> None:
    page.get_by_role("button", name="Press, cam-01").focus()
    page.keyboard.press("Enter")
    stop = page.get_by_role("button", name="Stop (hold), cam-01")
    expect(stop).to_be_enabled()
    stop.focus()
    page.keyboard.down("Space")
    expect(page.locator("#cam-01")).to_have_attribute("data-state", "ready", timeout=8_000)
    page.keyboard.up("Space")

    page.locator("#cam-01 summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Unplug network, cam-01").focus()
    page.keyboard.press("Enter")
    # The button that takes its place takes the focus, too.
    expect(page.get_by_role("button", name="Plug network in, cam-01")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Unplug network, cam-01")).to_be_visible()
    assert [action for _, action in wall.pressed] == [
        BenchButton.PRESS,
        BenchButton.STOP,
        BenchButton.UNPLUG,
        BenchButton.PLUG_IN,
    ]


def test_a_refusal_is_said_in_the_camera_s_words(page: Page) -> None:
    page.get_by_role("button", name="Press, cam-02").click()
    page.get_by_role("button", name="Bookmark, cam-02").click()

    expect(page.locator("#cam-02 .said")).to_have_text("cam-02 refused: nothing is being recorded.")
    expect(page.locator("#cam-02 .said")).to_have_attribute("data-kind", "trouble")


def test_a_phone_shows_it_whole(chromium: Browser, bench: str) -> None:
    with visitor(chromium, bench, size=PHONE) as context:
        page = context.new_page()
        page.goto("/")
        expect(page.locator("#line")).to_have_text("Live")
        fits(page)
        check_access(page)
        picture(page, "bench-phone")


def test_without_its_script_the_buttons_work_as_forms(
    chromium: Browser, bench: str, wall: ScriptedWall
) -> None:
    with visitor(chromium, bench, size=LAPTOP, scripts=False) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Press, cam-01").click()
        expect(page).to_have_url(f"{bench}/#cam-01")
        expect(page.locator("#cam-01 .timer")).to_have_text("0:07")
    assert wall.pressed == [("cam-01", BenchButton.PRESS)]


def test_a_bench_that_stops_is_said(chromium: Browser, wall: ScriptedWall) -> None:
    with visitor(chromium, "http://127.0.0.1") as context:
        page = context.new_page()
        with BenchServer(wall, 0) as server:
            page.goto(server.url)
            expect(page.locator("#line")).to_have_text("Live")
        expect(page.locator("#line")).to_contain_text("The bench does not answer")
    assert wall.watchers == 0
