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

from simulator.bench.journal import LogLine
from simulator.bench.orders import BenchButton, FleetButton
from simulator.bench.server import BenchServer
from simulator.bench.wall import CameraTile
from simulator.errors import CameraError
from tests.support.fleet.desk import fits, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, Watch, browser, visitor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

pytestmark = [pytest.mark.browser]

BLUE = cv2.imencode(".jpg", np.full((180, 320, 3), (200, 40, 10), np.uint8))[1].tobytes()


CORNER = "(tile) => document.querySelector(`${tile} canvas`).getContext('2d').getImageData(5, 5, 1, 1).data"


class ScriptedWall:
    """Three cameras without processes: the page's behaviour is what is tested here."""

    fleet_url = "https://localhost:8443"
    own_fleet = True
    later = ("cam-04",)

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._tiles = {
            "cam-01": CameraTile("cam-01", officer="Officer 1", state="ready", prerecord_s=180),
            "cam-02": CameraTile("cam-02", state="ready", prerecord_s=61),
            "cam-03": CameraTile("cam-03", officer="Officer 3", trouble="cam-03 ended; see its log."),
        }
        self.watchers = 0
        self.pressed: list[tuple[str, BenchButton]] = []
        self.given: list[dict[str, str]] = []
        self.at_fleet: list[FleetButton] = []
        self._lines: list[LogLine] = []

    def tiles(self) -> Sequence[CameraTile]:
        with self._guard:
            return tuple(self._tiles.values())

    def act(self, camera: str, button: BenchButton, given: Mapping[str, str]) -> str:
        with self._guard:
            tile = self._tiles.get(camera) or CameraTile(camera, state="ready")
            if button is BenchButton.BOOKMARK and camera == "cam-02":
                raise CameraError("cam-02 refused: nothing is being recorded.")
            changes = {
                BenchButton.PRESS: {"state": "recording", "number": 1, "recording_s": 7.0},
                BenchButton.STOP: {"state": "ready", "number": None, "recording_s": None},
                BenchButton.UNPLUG: {"unplugged": True},
                BenchButton.PLUG_IN: {"unplugged": False},
                BenchButton.PRIVATE_ON: {"state": "private"},
                BenchButton.PRIVATE_OFF: {"state": "ready"},
                BenchButton.DOCK: {"state": "docked"},
                BenchButton.CARD: {"broken": f"card {given.get('state')}"},
            }.get(button, {})
            self._tiles[camera] = replace(tile, **changes)  # type: ignore[arg-type]  # a table of fields
            self.pressed.append((camera, button))
            self.given.append(dict(given))
            self._say(camera, f"{button} was done.")
        return f"{button} was done."

    def act_at_fleet(self, button: FleetButton) -> str:
        with self._guard:
            self.at_fleet.append(button)
            self._say("", f"{button} was done.")
        return f"{button} was done."

    def log(self, after: int = 0) -> Sequence[LogLine]:
        with self._guard:
            return [line for line in self._lines if line.number > after]

    def scenario(self) -> str:
        return 'name = "from_the_bench"\n'

    def begin_anew(self) -> str:
        return "A new scenario begins here."

    def _say(self, camera: str, sentence: str) -> None:
        number = len(self._lines) + 1
        self._lines.append(LogLine(number, f"14:03:{number:02d}", camera, sentence, "done"))

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

    page.locator("#cam-01 summary[aria-label^=Tester]").focus()
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


def test_private_and_the_dock_are_buttons_of_the_officer(page: Page, wall: ScriptedWall) -> None:
    page.get_by_role("button", name="Private, cam-01").click()
    expect(page.locator("#cam-01")).to_have_attribute("data-state", "private")
    page.get_by_role("button", name="End private, cam-01").click()
    page.get_by_role("button", name="Dock, cam-01", exact=True).click()

    expect(page.get_by_role("button", name="Undock, cam-01")).to_be_visible()
    assert [button for _, button in wall.pressed] == [
        BenchButton.PRIVATE_ON,
        BenchButton.PRIVATE_OFF,
        BenchButton.DOCK,
    ]


def test_what_is_said_at_the_door_is_a_click(page: Page, wall: ScriptedWall) -> None:
    page.locator("#cam-01 summary[aria-label^='At the door']").click()
    read = page.get_by_role("group", name="What was said, cam-01").get_by_label("text read to them")
    read.fill("English")
    page.get_by_role("button", name="Consent given, cam-01").click()
    assert read.evaluate("field => field.validity.patternMismatch")  # and nothing is said by it
    read.fill("en 2")
    read.press("Enter")  # nor by this: which of the five would it be?
    for name in (
        "Consent given",
        "Consent refused",
        "Consent withdrawn",
        "Record all the same",
        "They ask for it",
    ):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name=f"{name}, cam-01").click()
        expect(page.locator("#cam-01 .said")).to_have_text(f"{wall.pressed[-1][1]} was done.")
    nobody = page.get_by_role("group", name="Nobody was asked, cam-01")
    nobody.get_by_label("because").select_option("danger")
    nobody.get_by_role("button").click()
    expect(page.locator("#lines li")).to_have_count(6)

    assert [button for _, button in wall.pressed] == [
        BenchButton.CONSENT_GIVEN,
        BenchButton.CONSENT_REFUSED,
        BenchButton.CONSENT_WITHDRAWN,
        BenchButton.CONSENT_OVERRIDDEN,
        BenchButton.ASKED_FOR,
        BenchButton.NOT_ASKED,
    ]
    assert wall.given == [*[{"wording": "en 2"}] * 5, {"why": "danger"}]
    page.locator("#cam-03 summary[aria-label^='At the door']").click()
    for each in page.locator("#cam-03 details:first-of-type button").all():
        expect(each).to_be_disabled()  # it has no power
    check_access(page)
    picture(page, "bench-door")


def test_a_card_is_filled_with_the_figures_of_its_form(page: Page, wall: ScriptedWall) -> None:
    page.locator("#cam-01 summary[aria-label^=Tester]").click()
    card = page.get_by_role("group", name="Card, cam-01")
    card.get_by_label("is").select_option("failing")
    card.get_by_label("failing %").fill("30")
    card.get_by_label("is").select_option("full")
    # What goes with another state is neither shown nor sent.
    expect(card.get_by_label("failing %")).to_be_hidden()
    card.get_by_label("left MiB").fill("3")
    card.get_by_role("button", name="Change the card, cam-01").click()

    expect(page.locator("#cam-01 .broken")).to_have_text("card full")
    assert wall.given == [{"state": "full", "free_mib": "3"}]
    check_access(page)
    picture(page, "bench-tester")


def test_every_breakage_of_a_tester_is_a_click(page: Page, wall: ScriptedWall) -> None:
    page.locator("#cam-01 summary[aria-label^=Tester]").click()
    for name in (
        "Hand out",
        "Take back",
        "Revoke it",
        "Damage recordings",
        "Replay messages",
        "Smash it",
        "Pull the power",
        "Cover the lens",
        "Stall the lens",
        "Mute microphone",
        "Stall the microphone",
    ):
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.get_by_role("button", name=f"{name}, cam-01").click()
        expect(page.locator("#cam-01 .said")).to_have_text(f"{wall.pressed[-1][1]} was done.")
    forged = page.get_by_role("group", name="Forged messages, cam-01")
    forged.get_by_label("with the certificate of").select_option("cam-03")
    forged.get_by_role("button").click()
    battery = page.get_by_role("group", name="Battery, cam-01")
    battery.get_by_label("at %").fill("12")
    battery.get_by_role("button").click()
    clock = page.get_by_role("group", name="Clock, cam-01")
    clock.get_by_label("is").select_option("wrong")
    clock.get_by_label("ahead by s").fill("3600")
    clock.get_by_role("button").click()
    expect(page.locator("#lines li")).to_have_count(14)

    assert [button for _, button in wall.pressed] == [
        BenchButton.ASSIGN,
        BenchButton.UNASSIGN,
        BenchButton.REVOKE,
        BenchButton.DAMAGE_CARD,
        BenchButton.REPLAY,
        BenchButton.SMASH,
        BenchButton.POWER_OFF,
        BenchButton.COVER,
        BenchButton.STALL,
        BenchButton.MUTE,
        BenchButton.STALL_MICROPHONE,
        BenchButton.FORGE,
        BenchButton.BATTERY,
        BenchButton.CLOCK,
    ]
    assert {camera for camera, _ in wall.pressed} == {"cam-01"}
    assert wall.given[-3:] == [
        {"by": "cam-03"},
        {"percent": "12", "state": "worn"},
        {"state": "wrong", "offset_s": "3600"},
    ]
    check_access(page)


def test_what_a_landlord_does_at_the_dashboard_is_a_form(page: Page, wall: ScriptedWall) -> None:
    page.locator("#cam-01 summary[aria-label^='At the dashboard']").click()
    hold = page.get_by_role("group", name="A hold, cam-01")
    hold.get_by_label("held for").select_option("investigation")
    hold.get_by_label("who answers for it").fill("Legal")
    hold.get_by_label("why").fill("A fall on the stairs, 12 May")
    hold.get_by_role("button").click()
    expect(page.locator("#cam-01 .said")).to_have_text("hold was done.")
    shows = page.get_by_role("group", name="What it shows, cam-01")
    shows.get_by_label("category").select_option("threat")
    shows.get_by_role("button", name="It shows an incident").click()
    expect(page.locator("#cam-01 .said")).to_have_text("incident was done.")
    page.get_by_role("group", name="Ending holds, cam-01").get_by_role("button").click()
    expect(page.locator("#cam-01 .said")).to_have_text("release was done.")

    said = {"kind": "investigation", "owner": "Legal", "reason": "A fall on the stairs, 12 May"}
    assert [each for _, each in wall.pressed] == [BenchButton.HOLD, BenchButton.INCIDENT, BenchButton.RELEASE]
    assert wall.given[:2] == [said, {"category": "threat"}]
    check_access(page)
    picture(page, "bench-dashboard")


def test_a_camera_that_joins_has_a_tile_at_once(page: Page, wall: ScriptedWall) -> None:
    page.get_by_role("button", name="Enrol cam-04").click()

    expect(page.locator("#cam-04 h2")).to_have_text("cam-04")
    assert wall.pressed == [("cam-04", BenchButton.ENROL)]


def test_the_log_says_in_words_what_was_done(page: Page, wall: ScriptedWall) -> None:
    page.get_by_role("button", name="Dock, cam-02", exact=True).click()
    page.get_by_role("button", name="Kill the fleet").click()

    expect(page.locator("#lines li")).to_have_text(
        ["14:03:02 kill-fleet was done.", "14:03:01 cam-02 dock was done."]
    )
    assert wall.at_fleet == [FleetButton.KILL_FLEET]
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as a scenario").click()
    assert saved.value.suggested_filename == "from_the_bench.toml"


COUNT_TONES = """() => {
  window.tones = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (when) {
    window.tones.push(this.frequency.value);
    return start.call(this, when);
  };
}"""


def test_tones_sound_when_they_were_asked_for(page: Page) -> None:
    page.evaluate(COUNT_TONES)
    page.get_by_role("button", name="Press, cam-01").click()
    expect(page.locator("#cam-01")).to_have_attribute("data-state", "recording")
    assert page.evaluate("window.tones") == []

    page.get_by_label("Tones").check()
    page.get_by_role("button", name="Press, cam-02").click()
    expect(page.locator("#cam-02")).to_have_attribute("data-state", "recording")
    assert page.evaluate("window.tones") == [660, 880]


def test_a_phone_shows_it_whole(chromium: Browser, bench: str) -> None:
    with visitor(chromium, bench, size=PHONE) as context:
        page = context.new_page()
        page.goto("/")
        expect(page.locator("#line")).to_have_text("Live")
        page.locator("#cam-01 summary[aria-label^='At the door']").click()
        page.locator("#cam-02 summary[aria-label^=Tester]").click()
        buttons = page.locator(".tile button:visible")
        assert buttons.evaluate_all("all => all.filter(it => it.scrollWidth > it.clientWidth).length") == 0
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
