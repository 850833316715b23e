"""What a newcomer does with ``make demo``: set up, press on the bench, see it, say why, and watch it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from simulator.scenario.language.read import read_scenario
from simulator.scenario.steps.base import CameraStep
from tests.support.fleet.desk import leave
from tests.support.network.browser import LAPTOP, Watch, browser, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.real_time, pytest.mark.timeout(600)]

CAMERAS = 2
READY = "Ctrl-C stops everything."
PATIENCE_MS = 120_000
PASSWORD = "four random words here"


@dataclass(frozen=True)
class Demo:
    dashboard: str
    bench: str
    setup: str


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    command = [str(Path(sys.executable).with_name("lapel-simulator")), "demo", "--cameras", str(CAMERAS)]
    state = tmp_path_factory.mktemp("demo") / "state"
    with subprocess.Popen(
        [*command, "--state", str(state)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = ""
            for line in process.stdout or ():
                said += line
                if READY in line:
                    break
            assert process.poll() is None, said
            found = [re.search(rf"{name} +(http\S+)", said) for name in ("Dashboard", "Bench", "Set-up")]
            assert all(found), said
            yield Demo(*(match[1] for match in found if match))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def context(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with (
        browser(tmp_path_factory.mktemp("browser")) as chromium,
        visitor(chromium, demo.dashboard, size=LAPTOP) as context,
    ):
        context.set_default_timeout(PATIENCE_MS)
        yield context
        leave(context)


def playing_at(page: Page, second: float) -> None:
    """Wait until the player has shown more than that much of the footage."""
    expect(page.locator("#footage")).to_have_js_property("paused", value=False, timeout=PATIENCE_MS)
    while page.evaluate("document.querySelector('#footage').currentTime") < second:
        page.wait_for_timeout(50)


# proves C7
def test_a_press_on_the_bench_is_watched_from_three_minutes_before_it(
    demo: Demo, context: BrowserContext
) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    watch, page, bench = Watch(), context.new_page(), context.new_page()
    watch.follow(page)
    watch.follow(bench)

    page.goto(demo.setup)
    page.get_by_label("Your name").fill("Safety desk")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.locator("#live-status")).to_contain_text("Live")

    bench.goto(demo.bench)
    tile = bench.locator("#cam-01")
    expect(tile).to_have_attribute("data-state", "ready")
    tile.locator("[data-action=press]").click()
    expect(tile).to_have_attribute("data-state", "recording")

    # The dashboard shows it by itself.
    row = page.locator("main a[href^='/recordings/']").first
    expect(row).to_be_visible()
    row.click()
    expect(page.get_by_role("heading", name="Recording 1 of cam-01")).to_be_visible()

    tile.locator("summary[aria-label^=Tester]").click()
    tile.get_by_role("button", name="Stop at once").click()
    expect(tile).to_have_attribute("data-state", "ready")
    # A busy machine may make the cameras wait for it: that is said, and is nothing that this judges.
    trusted = page.get_by_role("region", name="Can it be trusted?")
    expect(trusted.get_by_text(re.compile("^(Intact|Not altered)")).first).to_be_visible()

    page.locator("#watch input[name=choice]").first.check()
    page.get_by_role("button", name="Watch", exact=True).click()
    playing_at(page, 1)
    expect(page.locator("[data-phase]")).to_contain_text("Before the press: 2:5")
    assert float(page.locator("#player-line").get_attribute("data-press") or 0) >= 179
    page.get_by_role("button", name="Jump to the press").click()
    playing_at(page, 179)
    heard_and_seen = page.evaluate(
        """() => {
          const video = document.querySelector("#footage");
          const frames = video.getVideoPlaybackQuality().totalVideoFrames;
          return [video.webkitAudioDecodedByteCount, frames, video.muted];
        }"""
    )
    assert heard_and_seen[0] > 0
    assert heard_and_seen[1] > 0
    assert heard_and_seen[2] is False
    watch.check()


# proves C11
def test_what_is_said_at_the_door_is_done_signed_shown_and_saved(demo: Demo, context: BrowserContext) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    watch, bench, page = Watch(), context.new_page(), context.new_page()
    watch.follow(bench)
    bench.goto(demo.bench)
    tile, lines = bench.locator("#cam-01"), bench.locator("#lines")
    expect(tile).to_have_attribute("data-state", "ready")
    tile.locator("summary[aria-label^='At the door']").click()
    tile.get_by_role("button", name="Consent refused").click()
    expect(tile).to_have_attribute("data-state", "private")
    expect(lines).to_contain_text("cam-01 Kept as consent event 1. Camera and microphone are closed.")
    tile.get_by_role("button", name="Record all the same").click()
    expect(tile).to_have_attribute("data-state", "recording")
    expect(lines).to_contain_text("cam-01 Kept as consent event 2. Recording 2 is running.")
    tile.get_by_role("group", name="Nobody was asked").get_by_role("button").click()
    expect(lines).to_contain_text("cam-01 Kept as consent event 3.")
    tile.locator("summary[aria-label^=Tester]").click()
    tile.get_by_role("button", name="Stop at once").click()
    expect(tile).to_have_attribute("data-state", "private")
    watch.check()

    # The fleet has it by now, of a visit that nobody planned.
    page.goto(f"{demo.dashboard}/visits/signed")
    for words in ("its event 1", "its event 2", "its event 3"):
        expect(page.get_by_text(words)).to_be_visible()
    with bench.expect_download() as saved:
        bench.get_by_role("link", name="Save as a scenario").click()
    scenario = read_scenario(Path(saved.value.path()).read_text())
    assert not scenario.problems
    assert scenario.scenario is not None
    said = [getattr(each, "kind", None) for each in scenario.scenario.steps if each.do == "consent"]
    assert said == ["refused", "overridden", "not asked"]


# proves C3
def test_a_recording_whose_camera_lost_its_power_is_watched_arriving_as_cut_off(
    demo: Demo, context: BrowserContext
) -> None:
    expect.set_options(timeout=PATIENCE_MS)
    watch, bench, page = Watch(), context.new_page(), context.new_page()
    watch.follow(bench)
    bench.goto(demo.bench)
    tile, lines = bench.locator("#cam-02"), bench.locator("#lines")
    expect(tile).to_have_attribute("data-state", "ready")
    tile.locator("[data-action=press]").click()
    expect(tile).to_have_attribute("data-state", "recording")
    expect(lines).to_contain_text(
        re.compile(r"cam-02 Recording 1 is durable, with 1[0-9]{2}\.[0-9] s before")
    )

    tile.locator("summary[aria-label^=Tester]").click()
    tile.get_by_role("button", name="Pull the power").click()
    expect(tile).to_have_attribute("data-state", "off")
    tile.get_by_role("button", name="Power on").click()
    expect(tile).to_have_attribute("data-state", "ready")
    expect(lines).to_contain_text("The fleet holds recording 1. It has no end: nothing shows where it ended")
    # What the landlord does with it is done from here, at the fleet.
    tile.locator("summary[aria-label^='At the dashboard']").click()
    hold = tile.get_by_role("group", name="A hold")
    hold.get_by_label("who answers for it").fill("Legal")
    hold.get_by_role("button").click()
    expect(lines).to_contain_text("cam-02 Recording 1 is held for Legal.")
    tile.get_by_role("button", name="It shows an incident").click()
    expect(lines).to_contain_text("cam-02 Recording 1 was said to show an incident.")
    bench.get_by_role("button", name="Enrol cam-03").click()
    expect(bench.locator("#cam-03")).to_have_attribute("data-state", "standby")
    expect(lines).to_contain_text("cam-03 It was enrolled and switched on; nobody wears it yet.")
    bench.locator("#cam-03 summary[aria-label^=Tester]").click()
    bench.get_by_role("button", name="Hand out, cam-03").click()
    expect(bench.locator("#cam-03")).to_have_attribute("data-state", "ready")
    watch.check()

    page.goto(demo.dashboard)
    page.get_by_role("link", name="Recordings").first.click()
    row = page.locator("main :is(tr, li, article)", has_text="cam-02").first
    row.locator("a[href^='/recordings/']").first.click()
    expect(page.get_by_role("heading", name="Recording 1 of cam-02")).to_be_visible()
    expect(page.get_by_text("nothing shows where it ended").first).to_be_visible()
    expect(page.get_by_text("Legal").first).to_be_visible()

    # What was done is a scenario in which nothing is wrong.
    with bench.expect_download() as saved:
        bench.get_by_role("link", name="Save as a scenario").click()
    scenario = read_scenario(Path(saved.value.path()).read_text())
    assert not scenario.problems
    assert scenario.scenario is not None
    done = [(step.do, step.cameras) for step in scenario.scenario.steps if isinstance(step, CameraStep)]
    of_second = [do for do, cameras in done if cameras == ("cam-02",)]
    assert of_second[:5] == ["press", "kill_camera", "restart_camera", "hold", "judge"]
    assert [do for do, cameras in done if cameras == ("cam-03",)][:2] == ["enrol", "assign"]
