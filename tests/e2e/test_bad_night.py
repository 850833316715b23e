"""A bad night at the desk: two devices with one identity, and an hour that the clocks show twice.

Real cameras, the real fleet, a laptop and a phone; the power pulled, the network cut and a camera taken back,
each while it records. The night in which this fleet's clocks are put back is this one, a minute after it
began, so that times of both hours stand on its pages. ``test_bad_day`` has what else such a day brings.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from device.link.identity.identity import FOLDER
from simulator.cameras.camera import VirtualCamera
from tests.support.fleet.desk import picture
from tests.support.fleet.shift import PATIENCE_MS, Shift, fits_both, shift
from tests.support.fleet.zone_file import SUMMER, WINTER, zone_put_back
from tests.support.network.accessible import check_access

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.hunt, pytest.mark.timeout(600)]

PUT_BACK_AFTER = timedelta(seconds=60)
DARK, CUT, TAKEN, COPY = "cam-01", "cam-02", "cam-03", "cam-04"
"""Of which the power is pulled, the network cut; which is taken back; and what has a copy of its identity."""
VERDICT = re.compile("Intact|Not altered")
TIMES = r"""() => [...document.querySelectorAll("main time[datetime]:not([data-ago]):not([data-wall])")]
  .filter((each) => each.offsetParent !== null && /\d\d:\d\d/.test(each.textContent))
  .map((each) => [each.getAttribute("datetime"), each.textContent])"""


@dataclass
class BadNight:
    """A shift, and when its fleet's clocks are put back."""

    shift: Shift
    put_back: datetime

    def look(self, pages: Sequence[Page], name: str) -> None:
        """Have each page looked at, ask of each time which of the two hours it is of, and close it."""
        for page in pages:
            self.times_are_named(page)
            fits_both(page)
            check_access(page)
            picture(page, name)
            page.close()

    def times_are_named(self, page: Page) -> None:
        """Each time of this night says whether it is before the clocks were put back, or after."""
        for at, text in page.evaluate(TIMES):
            moment = datetime.fromisoformat(at)
            if abs(moment - self.put_back) > timedelta(hours=1):
                continue  # a day with that time once
            name = SUMMER if moment < self.put_back else WINTER
            assert re.search(rf"\d\d:\d\d(:\d\d)? {name}\b", text), (page.url, at, text)
        said = page.locator("main").inner_text()
        bare = re.findall(rf".*\b\d\d:\d\d:\d\d\b(?! (?:{SUMMER}|{WINTER})).*", said)
        assert bare == [], page.url


@pytest.fixture(scope="module", params=["at once", "in turn"])
def nights(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BadNight]:
    folder = tmp_path_factory.mktemp("bad-night")
    expect.set_options(timeout=PATIENCE_MS)
    put_back = datetime.now(UTC) + PUT_BACK_AFTER
    zone_put_back(folder / "zones", put_back)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONTZPATH", str(folder / "zones"))
        with shift(folder, [DARK, CUT, TAKEN, COPY], window_s=5, forked=False) as on_shift:
            on_shift.in_turn = request.param == "in turn"
            yield BadNight(on_shift, put_back)


@pytest.fixture
def night(nights: BadNight) -> Iterator[BadNight]:
    """The same for a test, which ends it without pages."""
    nights.shift.watch.errors.clear()
    nights.shift.next_screen()
    yield nights
    nights.shift.leave()


def tile(page: Page, camera: VirtualCamera) -> str:
    return f"#tile-{camera.place.camera}"


# proves F8
def test_each_time_of_a_night_with_an_hour_twice_says_which_it_is_whatever_fails(night: BadNight) -> None:
    dark, cut, taken = (night.shift.cameras[name] for name in (DARK, CUT, TAKEN))
    today = night.shift.open("/")
    numbers = {camera.name: int(camera.ask("press")["number"]) for camera in (dark, cut, taken)}
    for page in today:
        expect(page.locator("#strip")).to_contain_text("Officer 3 is recording")
        night.times_are_named(page)
    dark.power_off()
    cut.line.cut()
    hand_out = night.shift.open("/hand-out")
    for page in hand_out[:1]:
        page.locator(f"#out-{taken.place.camera}").get_by_role("button").click()
        page.get_by_role("button", name="Take it back all the same").click()
    for page in hand_out:
        undo = page.get_by_role("button", name="Undo, until").first
        expect(undo).to_contain_text(re.compile(rf"\d\d:\d\d:\d\d ({SUMMER}|{WINTER})"))
    night.look(hand_out, "bad-night-hand-out")
    for page in today:
        for camera in (dark, cut):
            expect(page.locator(tile(page, camera))).to_contain_text("Offline", use_inner_text=True)
        expect(page.locator("main")).to_contain_text(
            re.compile(rf"Last message of \S+: \S+ ({SUMMER}|{WINTER})")
        )
    night.look(today, "bad-night-today")
    night.look(night.shift.open(f"/cameras/{dark.place.camera}"), "bad-night-camera")
    asking = night.shift.open("/hand-out")
    for page in asking:
        page.locator(f"#out-{cut.place.camera}").get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text(re.compile(rf"As of \S+ ({SUMMER}|{WINTER})"))
    night.look(asking, "bad-night-asks")
    dark.power_on()
    dark.wait_up()
    cut.line.good()
    for camera in (cut, taken):
        camera.ask("stop")
    for camera in (dark, cut, taken):
        pages = night.shift.open(f"/recordings?camera={camera.place.camera}")
        for page in pages:
            night.times_are_named(page)
            page.locator("main a[href^='/recordings/']").first.click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(f"Recording {numbers[camera.name]}")
            told = "nothing shows where it ended" if camera is dark else VERDICT
            expect(page.locator("main .verdict").first).to_contain_text(told)
        night.look(pages, f"bad-night-{camera.name}")


# proves F8
def test_of_two_devices_with_one_identity_nothing_is_said_as_the_cameras_whatever_fails(
    night: BadNight,
) -> None:
    first, second = night.shift.cameras[CUT], night.shift.cameras[COPY]
    become(second, first)
    known = first.place.camera
    said = f"Two devices or more are using the identity of {known}."
    today = night.shift.open("/")
    cameras = night.shift.open(f"/cameras/{known}")
    for page in (*today, *cameras):
        expect(page.locator("main")).to_contain_text(said)
    for page in today:
        expect(page.locator(tile(page, first))).to_contain_text("Two devices or more")
        expect(page.locator(tile(page, first))).not_to_contain_text("Full")
    close(cameras)
    for device in (first, second):
        device.ask("press")
    for page in today:
        expect(page.locator("#strip")).to_contain_text(
            f"One of the devices with the identity of {known} is recording"
        )
        expect(page.locator(tile(page, first))).to_contain_text("One of its devices said last: Recording.")
    asks_which(night, known, "bad-night-two-hand-out")

    second.line.cut()
    for page in today:
        expect(page.locator(tile(page, first))).to_contain_text("Two devices or more")
    asks_which(night, known, "bad-night-two-cut")
    first.power_off()
    for page in today:
        expect(page.locator(tile(page, first))).to_contain_text("Offline", use_inner_text=True)
        expect(page.locator("#strip")).not_to_contain_text("is recording")
    night.look(today, "bad-night-two-dark")
    night.look(night.shift.open(f"/cameras/{known}"), "bad-night-two-camera")
    second.line.good()
    second.ask("stop")
    pages = night.shift.open(f"/recordings?camera={known}")
    for page in pages:
        # Each device's first is the camera's first: by the second to arrive, both are.
        expect(page.locator("main").get_by_text("Contradicted", exact=True)).to_have_count(2)
    night.look(pages, "bad-night-two-recordings")
    asking = night.shift.open("/hand-out")
    asking[0].locator(f"#out-{known}").get_by_role("button").click()
    asking[0].get_by_role("button", name="Take it back all the same").click()
    for page in asking:
        free = page.locator(f".taps a[href$='camera={known}']")
        expect(free).to_contain_text("Two devices or more have used its identity.")
        expect(page.locator(".best", has_text=known)).to_have_count(0)
    night.look(asking, "bad-night-two-back")


def become(second: VirtualCamera, first: VirtualCamera) -> None:
    """Give one device the identity of another, as when its card was copied."""
    second.power_off()
    shutil.rmtree(second.spec.state / FOLDER)
    shutil.copytree(first.spec.state / FOLDER, second.spec.state / FOLDER)
    second.place = first.place
    second.power_on()
    second.wait_up()


def asks_which(night: BadNight, camera: str, name: str) -> None:
    """Have each screen ask before a camera of which there are two is taken back; nothing is done yet."""
    pages = night.shift.open("/hand-out")
    for page in pages:
        page.locator(f"#out-{camera}").get_by_role("button").click()
        asked = page.get_by_role("region", name=f"Take {camera} back from Officer 2?")
        expect(asked.get_by_role("alert")).to_contain_text(
            "so whether this one records and what it holds is not"
        )
    night.look(pages, name)


def close(pages: Sequence[Page]) -> None:
    """Close pages that were looked at."""
    for page in pages:
        page.close()
