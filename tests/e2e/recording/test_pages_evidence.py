"""One recording's page as evidence, in a real browser: what it says, and how it is worked."""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.event_record import EventKind
from protocol.units import utc_moment
from tests.support.fleet.desk import NAME, Desk, fits, picture
from tests.support.fleet.evidence import EvidenceCamera, evidence_camera, hold, watch
from tests.support.fleet.sending import send
from tests.support.media import recordings
from tests.support.media.media import MediaTake
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE
from tests.support.pages.times import is_now

pytestmark = [pytest.mark.browser, pytest.mark.broker]

SECONDS = 20
PRERECORD_S = 6
MARKS_S = (9, 14)
LONGEST_PICTURE_S = 0.2  # of a browser that leaves some out
SIZES = (LAPTOP, (320, 640), *(pytest.param(each, marks=pytest.mark.hunt) for each in ((1280, 620), PHONE)))
PICKED = "You picked 0:11 in the footage: playing begins there, if that is here."
INNER = re.compile(r"\b(chunk|ledger|overflow|segment|fragment)", re.IGNORECASE)


@pytest.fixture(scope="module")
def take(desk: Desk, camera: EvidenceCamera) -> MediaTake:
    """A recording in which much happens: bookmarks, a second press, a fault, and many gaps."""
    take = camera.footage(1, seconds=SECONDS)
    for _ in range(PRERECORD_S):
        take.chunk()
    take.press(asked_s=PRERECORD_S, assignment=camera.assignment)
    for second in range(PRERECORD_S, SECONDS):
        take.live()
        if second + 1 in MARKS_S:
            take.event(EventKind.BOOKMARK)
        if second + 1 == MARKS_S[0] + 2:
            take.event(EventKind.PRESS, trigger="control")
            take.event(EventKind.FAULT, what="The microphone went away.")
    take.close()
    assert send(desk.fleet, camera.files, take) == "receipt"
    return take


def at(page: Page) -> float:
    """Where the player is, in seconds after the first picture."""
    return float(page.evaluate("document.querySelector('#footage').currentTime"))


def stands_at(page: Page, seconds: float) -> None:
    expect(page.locator("#footage")).to_have_js_property("seeking", value=False)
    page.wait_for_function(
        "to => Math.abs(document.querySelector('#footage').currentTime - to) < 0.06", arg=seconds
    )


# proves F8
def test_heading_events_and_viewings_carry_the_date_the_zone_and_the_id(desk: Desk, take: MediaTake) -> None:
    page = desk.open(f"/recordings/{take.recording.hex()}")
    date = re.compile(r"day \d+ \w+ 20\d\d, \d\d:\d\d:\d\d (GMT|BST)")
    head = page.locator("#recording-head")
    expect(head).to_contain_text(date)
    expect(head).to_contain_text(f"ID {take.recording.hex()}")
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text(re.compile(r"20\d\d, (GMT|BST)"))
    expect(happened).to_contain_text(take.recording.hex())
    watch(page)
    looks = page.get_by_role("region", name="Who looked at it")
    expect(looks).to_contain_text(date)
    expect(looks).to_contain_text(take.recording.hex())
    assert not INNER.search(page.locator("main").inner_text())
    page.emulate_media(media="print")
    for words in (take.recording.hex(), "GMT" if "GMT" in head.inner_text() else "BST", "Printed by"):
        expect(page.locator("main")).to_contain_text(words, use_inner_text=True)
    expect(page.locator(".print-only")).to_contain_text(f"Printed by {NAME}", use_inner_text=True)
    desk.watch.check()


# proves F8
def test_the_list_tells_what_happened_and_a_click_goes_there(desk: Desk, take: MediaTake) -> None:
    page = desk.open(f"/recordings/{take.recording.hex()}")
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text("Pressed again. Press by a program on the camera.")
    expect(happened).to_contain_text("The camera reported a fault: The microphone went away.")
    line = happened.get_by_role("listitem").filter(has_text="Pressed again")
    asked = page.get_by_role("region", name="Watch")
    asked.get_by_label("In your own words").fill("As the insurer asks")
    line.get_by_role("link").click()  # before anybody has said why: it begins there
    expect(asked).to_be_in_viewport()
    expect(asked).to_contain_text(PICKED)
    expect(asked.get_by_label("In your own words")).to_have_value("As the insurer asks")
    watch(page)
    page.wait_for_function(f"() => document.querySelector('#footage').currentTime >= {MARKS_S[0] + 2}")
    hold(page)
    line.get_by_role("link").click()
    stands_at(page, MARKS_S[0] + 2)
    expect(page.locator("#player")).to_be_in_viewport()
    desk.watch.check()


def test_without_scripts_a_place_is_carried_to_the_player(desk: Desk, take: MediaTake) -> None:
    with desk.elsewhere(size=LAPTOP, scripts=False) as other:
        page = other.new_page()
        page.goto(f"/recordings/{take.recording.hex()}")
        line = page.get_by_role("listitem").filter(has_text="Pressed again")
        line.get_by_role("link").click()
        asked = page.get_by_role("region", name="Watch")
        expect(asked).to_contain_text(PICKED)
        asked.get_by_text("Reviewing an incident").click()
        page.get_by_role("button", name="Watch", exact=True).click()
        expect(page.locator("#player")).to_have_attribute("data-begin", "11.0")


def test_in_print_nothing_stays_folded(desk: Desk, take: MediaTake) -> None:
    page = desk.open(f"/recordings/{take.recording.hex()}")
    checked = page.get_by_text("in one unbroken row")
    expect(checked).to_be_hidden()
    page.emulate_media(media="print")
    expect(checked).to_be_visible()
    expect(page.get_by_text("ID " + take.recording.hex()).last).to_be_visible()


def test_paper_is_white_by_night_too(desk: Desk, take: MediaTake) -> None:
    with desk.elsewhere(dark=True) as other:
        page = other.new_page()
        for path in (f"/recordings/{take.recording.hex()}", "/recordings", "/", "/cameras"):
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
            page.emulate_media(media="print")
            check_access(page)
            page.emulate_media(media="screen")
    desk.watch.check()


def test_pictures_and_bookmarks_are_gone_to_by_key(desk: Desk, take: MediaTake) -> None:
    page = desk.open(f"/recordings/{take.recording.hex()}")
    watch(page)
    page.wait_for_function("() => document.querySelector('#footage').currentTime > 0.5")
    hold(page)
    page.keyboard.press("n")
    stands_at(page, MARKS_S[0])
    page.keyboard.press("n")
    stands_at(page, MARKS_S[1])
    page.keyboard.press("b")
    stands_at(page, MARKS_S[0])
    expect(page.locator("[data-message]")).to_be_empty()
    page.keyboard.press("b")
    expect(page.locator("[data-message]")).to_have_text("There is no bookmark before this.")
    for key, direction in ((".", 1), (",", -1)):
        before = at(page)
        page.keyboard.press(key)
        page.wait_for_function(
            "([was, way]) => (document.querySelector('#footage').currentTime - was) * way > 0.02",
            arg=[before, direction],
        )
        assert abs(at(page) - before) < 2 * LONGEST_PICTURE_S
        expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    desk.watch.check()


def stepped(page: Page, came: list[float], place: float, direction: int) -> float:
    """Where the key for a picture goes, after pictures came at those moments and the player stands there."""
    script = page.locator("script[src$='/live.js']").get_attribute("src")
    assert script is not None
    answer = page.evaluate(
        """async ([path, came, place, direction]) => {
          const { Frames } = await import(path);
          const video = { paused: false, currentTime: 0, requestVideoFrameCallback: () => 0 };
          const frames = new Frames(video);
          for (const mediaTime of came) frames.look(0, { mediaTime });
          Object.assign(video, { paused: true, currentTime: place });
          return frames.beside(direction);
        }""",
        [script.replace("live.js", "player_frames.js"), came, place, direction],
    )
    return float(answer)


@pytest.mark.parametrize(
    ("came", "place", "direction", "to"),
    [
        pytest.param([], 0, 1, 0.06, id="none seen yet"),
        pytest.param([0.1, 0.2, 0.3], 0.3, 1, 0.45, id="the next"),
        pytest.param([0.1, 0.2, 0.3], 0.35, -1, 0.25, id="the one before"),
        pytest.param([0.1, 0.2, 0.5, 0.9], 0.9, 1, 1.05, id="the browser left some out"),
        pytest.param([0.1, 0.2, *(0.4 + 0.2 * n for n in range(12))], 2.6, 1, 2.9, id="darker since"),
        pytest.param([0.1, 0.2, 0.3], 0.45, 1, 0.6, id="this one stands longer"),
        pytest.param([0.1, 0.2, 5.3], 5.3, 1, 5.45, id="a gap is no picture"),
    ],
)
def test_a_key_goes_by_one_picture(
    desk: Desk, came: list[float], place: float, direction: int, to: float
) -> None:
    page = desk.open("/officers")
    assert stepped(page, came, place, direction) == pytest.approx(to)


def test_the_keys_are_on_a_sheet_that_gives_the_focus_back(desk: Desk, take: MediaTake) -> None:
    page = desk.open(f"/recordings/{take.recording.hex()}")
    watch(page)
    button = page.get_by_role("button", name="Keys")
    button.click()
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("One picture back, on")
    check_access(page)
    before = at(page)
    page.keyboard.press("p")  # asks for nothing while the sheet is there
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()
    assert at(page) >= before
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    page.keyboard.press("?")
    expect(sheet).to_be_hidden()
    desk.watch.check()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_what_it_is_worked_with_is_in_view_with_the_picture(
    desk: Desk, take: MediaTake, size: tuple[int, int]
) -> None:
    with desk.elsewhere(size=size) as other:
        page = other.new_page()
        desk.watch.follow(page)
        page.goto(f"/recordings/{take.recording.hex()}")
        watch(page)
        hold(page)
        page.locator("#player").evaluate("player => player.scrollIntoView({ block: 'start' })")
        fits(page)
        picture(page, f"player-{size[0]}", whole=False)
        for name in (
            "Back 10 seconds",
            "One picture on",
            "Next bookmark",
            "Jump to the press",
            "Full screen",
            "Keys",
        ):
            expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("slider", name="Place in the footage")).to_be_in_viewport(ratio=1)
        tall = page.locator("#footage").evaluate("video => video.getBoundingClientRect().height")
        assert tall >= 140
        labels = page.locator(".tick-words text").evaluate_all(
            "all => all.filter(one => getComputedStyle(one).display !== 'none')"
            ".map(one => [one.getBoundingClientRect().left, one.getBoundingClientRect().right])"
        )
        assert len(labels) >= 2
        assert all(one[1] < after[0] for one, after in pairwise(labels))
        check_access(page)
    desk.watch.check()


def test_the_viewer_s_name_and_the_time_stand_over_the_picture_also_in_full_screen(
    desk: Desk, take: MediaTake
) -> None:
    """The time is the service's: this laptop's clock is an hour behind."""
    page = desk.context.new_page()
    desk.watch.follow(page)
    page.clock.install(time=time.time() - 3600)
    page.goto(f"/recordings/{take.recording.hex()}")
    watch(page)
    mark = page.locator(".watermark span").first
    expect(mark).to_have_text(re.compile(rf"^\u2068{NAME}\u2069 · \d+ \w+ 20\d\d.* (GMT|BST)"))
    first = mark.inner_text()
    assert is_now(first)
    expect(mark).not_to_have_text(first)  # it goes on
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement?.contains(document.querySelector('.watermark'))")
    expect(mark).to_be_visible()
    desk.watch.check()


# proves F8
def test_a_recording_that_goes_on_from_another_has_no_press(desk: Desk, camera: EvidenceCamera) -> None:
    take = camera.footage(3, seconds=6)
    take.chunk()
    take.press(outside=1, asked_s=0, assignment=camera.assignment, trigger="roll over")
    for _ in range(5):
        take.live()
    take.close()
    assert send(desk.fleet, camera.files, take) == "receipt"
    page = desk.open(f"/recordings/{take.recording.hex()}")
    expect(page.locator("#recording-head")).to_contain_text(re.compile(r"begun \w+day \d+"))
    expect(page.locator("#recording-head")).not_to_contain_text("press")
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text("Goes on from the recording before it, without a press.")
    watch(page)
    hold(page)
    expect(page.locator("[data-phase]")).to_be_hidden()
    expect(page.get_by_role("button", name="Jump to the press")).to_have_count(0)
    expect(page.locator(".line-press, .legend-press")).to_have_count(0)
    page.keyboard.press("p")
    said = "Nobody pressed for this recording: it was begun without."
    expect(page.locator("[data-message]")).to_have_text(said)
    desk.watch.check()


# proves F8
def test_the_timeline_tells_a_change_of_hands_and_whose_it_is_stays(desk: Desk) -> None:
    worn = evidence_camera(desk, "Officer 2")
    take = worn.footage(1, seconds=SECONDS)
    began = utc_moment(recordings.UTC_US + take.at_ns // 1000)
    handed, back = began - timedelta(hours=1), began + timedelta(seconds=SECONDS - 3)
    with sqlite3.connect(desk.fleet.state / "fleet.sqlite3") as database:
        database.execute(
            "UPDATE assignments SET started = ?, ended = ? WHERE id = ?",
            (f"{handed:%Y-%m-%d %H:%M:%S.%f}", f"{back:%Y-%m-%d %H:%M:%S.%f}", worn.assignment),
        )
    for _ in range(PRERECORD_S):
        take.chunk()
    take.press(asked_s=PRERECORD_S, assignment=worn.assignment)
    for _ in range(PRERECORD_S, SECONDS):
        take.live()
    take.close()
    assert send(desk.fleet, worn.files, take) == "receipt"
    for size in (LAPTOP, PHONE):
        with desk.elsewhere(size=size) as other:
            page = other.new_page()
            page.goto(f"/recordings/{take.recording.hex()}")
            told = (
                "Taken back from Officer 2, by the hand-out list. Whose the recording is goes by the press."
            )
            expect(page.get_by_role("region", name="What happened")).to_contain_text(told)
            expect(page.locator("#recording-head .person")).to_contain_text("Officer 2")
            fits(page)
            check_access(page)
    desk.watch.check()


# proves F8
def test_many_gaps_are_one_line_that_stays_unfolded(desk: Desk, camera: EvidenceCamera) -> None:
    take = camera.footage(2, seconds=SECONDS)
    for second in range(SECONDS):
        if second == PRERECORD_S:
            take.press(asked_s=PRERECORD_S, assignment=camera.assignment)
        silent = second % 3 == 1
        plain = take.media[second]
        if silent:
            gap = Gap(Track.AUDIO, plain.start_ns, plain.duration_ns, GapCause.NO_MICROPHONE)
            take.media[second] = replace(plain, parts=plain.parts[:1], gaps=(gap,))
        take.chunk() if second < PRERECORD_S else take.live()
    take.close()
    assert send(desk.fleet, camera.files, take) == "receipt"
    page = desk.open(f"/recordings/{take.recording.hex()}")
    happened = page.get_by_role("region", name="What happened")
    expect(happened.get_by_text(re.compile("^7 gaps from here on: no sound for"))).to_be_visible()
    one = happened.get_by_text("No sound for 1 s: no sound came from the microphone.").first
    expect(one).to_be_hidden()
    happened.get_by_text(re.compile("^7 gaps from here on")).click()
    expect(one).to_be_visible()
    trust = page.get_by_role("region", name="Can it be trusted?")
    expect(trust).to_contain_text(re.compile(r"Not altered\. For 7(\.\d)? s of 20 s \(3\d\.\d %\)"))
    expect(trust.locator(".verdict").first).to_have_class(re.compile("tone-warn"))
    watch(page)  # upon which the list is drawn anew, with links
    expect(happened.get_by_role("link").first).to_be_visible()
    expect(one).to_be_visible()
    desk.watch.check()
