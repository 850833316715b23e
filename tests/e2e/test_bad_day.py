"""A bad day at the desk: the network cut, the power pulled, the camera taken back, each while it records.

Real cameras, the real fleet, a laptop and a phone that both stay open. Each page is asked, at each turn of
the day, for what it may say then and for what it may not.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from device.clock import SystemClock
from simulator.cameras.camera import VirtualCamera
from tests.support.fleet.desk import picture
from tests.support.fleet.shift import ACCOUNT, PATIENCE_MS, Shift, fits_both, shift
from tests.support.network.accessible import check_access

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.timeout(900)]

WITHIN_MS = 10_000
CLOCK_SET = SystemClock().label().synchronised
"""Whether the cameras' clock is set: it is that of this machine."""


@pytest.fixture(scope="module", params=[pytest.param("at once", marks=pytest.mark.hunt), "in turn"])
def days(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shift]:
    expect.set_options(timeout=PATIENCE_MS)
    names = [f"cam-{number:02d}" for number in range(1, 5)]
    with shift(tmp_path_factory.mktemp("bad-day"), names, window_s=10) as day:
        day.in_turn = request.param == "in turn"
        yield day


@pytest.fixture
def day(days: Shift) -> Iterator[Shift]:
    """The same for a test, which ends it without pages."""
    days.watch.errors.clear()
    days.next_screen()
    yield days
    days.leave()


def look(pages: tuple[Page, ...], name: str) -> None:
    """Have each page looked at: by axe, for its width, and by whoever opens the pictures."""
    for page in pages:
        fits_both(page)
        check_access(page)
        picture(page, name)


def tile_of(page: Page, camera: VirtualCamera) -> Locator:
    return page.locator(f"#tile-{camera.place.camera}")


def officer_of(day: Shift, camera: VirtualCamera) -> str:
    """Who has it, as the page says."""
    return f"Officer {int(camera.name[-2:])}"


def recording_pages(day: Shift, camera: VirtualCamera, number: int) -> tuple[Page, ...]:
    """Open a recording on each screen, from the list."""
    pages = day.open(f"/recordings?camera={camera.place.camera}")
    for page in pages:
        page.locator("main a[href^='/recordings/']").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Recording {number}")
        says_whose_and_when(page, day, camera)
    return pages


def says_whose_and_when(page: Page, day: Shift, camera: VirtualCamera) -> None:
    """The officer is named, and the press is dated only by a clock that was set."""
    head = page.locator("#recording-head")
    expect(head.locator(".person")).to_contain_text(officer_of(day, camera))
    expect(head).to_contain_text("pressed" if CLOCK_SET else "its clock was not set")
    if not CLOCK_SET:
        expect(head).to_contain_text("first heard of")


def watch(page: Page) -> None:
    """Say why, and see it play."""
    page.wait_for_load_state()  # before its scripts are there Watch opens a page that waits for Play
    page.get_by_role("region", name="Watch").get_by_text("Reviewing an incident").click()
    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    for name in ("Jump to the press", "One picture on", "Keys"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def asks_before_taking_back(day: Shift, camera: VirtualCamera, words: str) -> tuple[Page, ...]:
    """Have each screen ask before the camera is taken back; nothing is taken back yet."""
    pages, known = day.open("/hand-out"), camera.place.camera
    for page in pages:
        page.locator(f"#out-{known}").get_by_role("button").click()
        asked = page.get_by_role("region", name=f"Take {known} back from {officer_of(day, camera)}?")
        expect(asked.get_by_role("alert")).to_contain_text(words)
        expect(asked.get_by_role("alert")).to_contain_text(re.compile(r"As of \d\d:\d\d:\d\d"))
    return pages


# proves F8
def test_the_power_is_pulled_on_one_and_the_network_cut_of_another_while_they_record(day: Shift) -> None:
    """Both at the same moment: what is waited for is the same."""
    today = day.open("/")
    dark, number = day.press("cam-01")
    for page in today:
        expect(tile_of(page, dark)).to_contain_text(f"Recording {number}")
        expect(page.locator("#strip")).to_contain_text(f"{officer_of(day, dark)} is recording")
    of_dark = recording_pages(day, dark, number)
    cameras = day.open(f"/cameras/{dark.place.camera}")
    for page in cameras:
        expect(page.locator("#camera-now")).to_contain_text(f"Recording {number}")
    out_of_sight(of_dark, cameras)
    cut, number_of_cut = day.press("cam-02")
    of_cut = recording_pages(day, cut, number_of_cut)
    for page in of_cut:
        watch(page)
    out_of_sight(of_cut)

    dark.power_off()
    cut.line.cut()
    for page in today:
        expect(page.get_by_role("heading", name=re.compile("(is|are) covered is not known"))).to_be_visible()
        for camera in (dark, cut):
            # Of what is seen: what a tile says once its message is too old stands in it, hidden, before.
            expect(tile_of(page, camera)).to_contain_text("Offline", use_inner_text=True)
        expect(tile_of(page, dark)).not_to_contain_text(f"Recording {number}")
    look(today, "bad-day-dark-and-cut-today")
    look_while_the_power_is_out(day, dark, of_dark, cameras)
    look_while_the_network_is_cut(day, cut, of_cut)

    dark.power_on()
    dark.wait_up()
    cut.line.good()
    cut.ask("stop")
    in_sight(of_dark)
    for page in of_dark:
        expect(page.locator("main")).to_contain_text("nothing shows where it ended")
        expect(page.locator("#recording-head").get_by_text("No end")).to_be_visible()
        says_whose_and_when(page, day, dark)
    for page in today:
        expect(page.get_by_role("heading", name="Everyone is covered.")).to_be_visible()
    look(of_dark, "bad-day-power-back")
    close(of_dark)
    in_sight(of_cut)
    for page in of_cut:
        expect(page.locator("main").get_by_text(re.compile("^(Intact|Not altered)")).first).to_be_visible()
        expect(page.locator("#player-line")).to_have_attribute("data-final", "yes")
        expect(page.get_by_role("region", name="Download")).not_to_contain_text("Incomplete")


def look_while_the_power_is_out(
    day: Shift, camera: VirtualCamera, recordings: tuple[Page, ...], cameras: tuple[Page, ...]
) -> None:
    """What each page says of a camera without power, which was recording; its own page is closed then."""
    in_sight(recordings, cameras)
    for page in recordings:
        expect(page.locator("main")).to_contain_text("The camera is not heard")
        expect(page.locator("main")).not_to_contain_text("still records")
        expect(page.get_by_role("region", name="Download")).to_contain_text(
            "Incomplete: not all of it is known to be here"
        )
    for page in cameras:
        expect(page.locator("#camera-now")).to_contain_text("What is known")
        expect(page.locator("#camera-head")).to_contain_text("whether it records, is not known")
    look(cameras, "bad-day-power-camera")
    close(cameras)
    hand_out = asks_before_taking_back(day, camera, "It is not heard, so whether it records")
    look(hand_out, "bad-day-power-hand-out")
    close(hand_out)
    for page in recordings:
        watch(page)
        expect(page.locator("#player-line")).to_have_attribute("data-final", "no")
    look(recordings, "bad-day-power-recording")
    out_of_sight(recordings)


def look_while_the_network_is_cut(day: Shift, camera: VirtualCamera, recordings: tuple[Page, ...]) -> None:
    """What each page says of a camera without network, which was recording and which somebody watches."""
    in_sight(recordings)
    for page in recordings:
        expect(page.locator("#recording-head")).to_contain_text("The camera is not heard")
        expect(page.locator("main")).not_to_contain_text("The camera says that it is recording")
        expect(page.locator("#player-line")).to_have_attribute("data-final", "no")
        expect(page.get_by_role("region", name="Download")).to_contain_text(
            "Incomplete: not all of it is known to be here"
        )
        expect(page.locator("[data-gap]")).to_have_text("This is the newest that has arrived.")
    hand_out = asks_before_taking_back(day, camera, "It is not heard, so whether it records")
    look(hand_out, "bad-day-network-hand-out")
    close(hand_out)
    look(recordings, "bad-day-network-recording")
    out_of_sight(recordings)


def out_of_sight(*opened: tuple[Page, ...]) -> None:
    """Have pages be tabs behind others: they do not listen, and are put right when they are seen again.

    All tabs of a browser without a window are in sight. Ten that listen at once are more than a person sees,
    and more than the six connections of a browser; each fetches itself every two seconds.
    """
    for page in itertools.chain(*opened):
        page.evaluate(_SIGHT, True)


def in_sight(*opened: tuple[Page, ...]) -> None:
    """Have pages be seen again, and wait until they listen."""
    for page in itertools.chain(*opened):
        page.evaluate(_SIGHT, False)
    for page in itertools.chain(*opened):
        expect(page.locator("#live-status")).to_contain_text("Live")


_SIGHT = """(hidden) => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def close(pages: tuple[Page, ...]) -> None:
    """Close pages that were looked at."""
    for page in pages:
        page.close()


# proves F8
@pytest.mark.hunt
def test_the_camera_is_taken_back_while_it_records(day: Shift) -> None:
    today = day.open("/")
    camera, number = day.press("cam-03")
    known, officer = camera.place.camera, officer_of(day, camera)
    for page in today:
        expect(page.locator("#strip")).to_contain_text(f"{officer} is recording")
    recordings = recording_pages(day, camera, number)
    out_of_sight(recordings)
    asking = asks_before_taking_back(day, camera, "It says that it is recording.")
    look(asking, "bad-day-take-back")

    for acting in asking:  # on the laptop, then on the phone
        if acting is not asking[0]:  # the other has changed what it asked about
            acting.goto("/hand-out")
            acting.locator(f"#out-{known}").get_by_role("button").click()
        take_back(acting, known)
        is_not_ready(acting, known)
        acting.get_by_role("button", name=re.compile(rf"Undo, until .*{known} was taken back")).click()
        expect(acting.get_by_text(f"{known} is with {officer} now.")).to_be_visible()
        for page in today:
            expect(page.locator("#strip")).to_contain_text(f"{officer} is recording")
    acting.locator(f"#out-{known}").get_by_role("button").click()
    take_back(acting, known)
    for page in today:
        expect(page.locator("#strip")).to_contain_text(f"the recording is {officer}'s, nobody has it now")
    close(asking)
    hand_out = day.open("/hand-out")
    for page in hand_out:
        is_not_ready(page, known)
    look((*hand_out, *today), "bad-day-taken-back")

    for page in hand_out:
        page.get_by_role("link", name=re.compile(rf"^{known}\b")).last.click()
        page.get_by_role("button", name=re.compile(rf"\b{officer}$")).click()
        asked = page.get_by_role("region", name=f"Hand {known} to {officer}?")
        expect(asked.get_by_role("alert")).to_contain_text(f"until it is stopped, and stays {officer}'s.")
        look((page,), "bad-day-hand-on")
        asked.get_by_role("link", name="Take another camera").click()

    camera.ask("stop")
    for page in hand_out:
        expect(page.get_by_role("link", name=re.compile(rf"^{known}\b")).last).to_contain_text("ready to go")
    close(hand_out)
    in_sight(recordings)
    for page in recordings:
        expect(page.locator("main").get_by_text(re.compile("^(Intact|Not altered)")).first).to_be_visible()
        says_whose_and_when(page, day, camera)
        told = (
            f"Taken back from {officer}, by the hand-out list."
            if CLOCK_SET
            else "changes of hands are not told"
        )
        expect(page.get_by_role("region", name="What happened")).to_contain_text(told)
        watch(page)
    look(recordings, "bad-day-take-back-recording")


def take_back(page: Page, camera: str) -> None:
    """Take a camera back although the page has asked."""
    page.get_by_role("button", name="Take it back all the same").click()
    expect(page.get_by_text(f"{camera} is back.")).to_be_visible()


def is_not_ready(page: Page, camera: str) -> None:
    """A camera that is in is called ready by nothing on the page while it records."""
    free = page.locator(f".taps a[href$='camera={camera}']")
    expect(free).to_contain_text(re.compile("It says that it is recording|It has not said yet"))
    expect(free).not_to_contain_text("ready to go")
    expect(page.locator(".best", has_text=camera)).to_have_count(0)


# proves F8
def test_signed_out_in_the_middle_of_it_every_tab_says_so_and_what_was_typed_comes_back(day: Shift) -> None:
    camera, number = day.press("cam-04")
    recordings, officers = recording_pages(day, camera, number), day.open("/officers")
    for page in officers:
        expect(page.locator("#live-status")).to_contain_text("Live")
        page.get_by_label("Name, as colleagues know them").fill("Somebody new, half typed")
    camera.line.cut()
    laptop = officers[0].context.new_page()
    laptop.goto("/")
    laptop.get_by_label(re.compile("Your account")).click()
    laptop.get_by_role("button", name="Sign out").click()
    for page in (*recordings, *officers):
        out = page.get_by_role("heading", name="You are signed out")
        expect(out).to_be_visible(timeout=WITHIN_MS)
        assert officer_of(day, camera) not in page.content()
    look(officers, "bad-day-signed-out")
    for page in officers:
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("Name", exact=True).fill(ACCOUNT["name"])
        page.get_by_label("Password").fill(ACCOUNT["password"])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("Name, as colleagues know them")).to_have_value("Somebody new, half typed")
    for page in recordings:  # the other tab of each has signed in again
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"Recording {number}")
    camera.line.good()
    camera.ask("stop")
    for page in recordings:
        expect(page.locator("main").get_by_text(re.compile("^(Intact|Not altered)")).first).to_be_visible()
