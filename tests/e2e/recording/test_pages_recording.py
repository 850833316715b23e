"""One recording in a real browser: a purpose first, then playing, what happened, and taking it out."""

from __future__ import annotations

import json
import re
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from protocol.footage.format.model import Gap, GapCause, Track
from protocol.messages.events import CameraEvent, NewsKind
from tests.support.fleet.desk import NAME, Desk, fits, is_whole, picture
from tests.support.fleet.evidence import (
    PRERECORD_S,
    REFUSED,
    SECONDS,
    SIZE,
    EvidenceCamera,
    hold,
    watch,
)
from tests.support.fleet.sending import Sender, send
from tests.support.media.media import MediaTake, make_media
from tests.support.network.accessible import check_access
from tests.support.network.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]

WITHOUT_HLS = """
delete window.MediaSource;
delete window.ManagedMediaSource;
HTMLMediaElement.prototype.canPlayType = () => "";
"""


@pytest.fixture(scope="module")
def held(desk: Desk, camera: EvidenceCamera) -> str:
    """The id of a whole recording that was verified."""
    take = camera.take(1)
    assert send(desk.fleet, camera.files, take) == "receipt"
    return take.recording.hex()


def playing_from(page: Page, second: int) -> None:
    """Wait until the player's own clock has reached a second, or passed it by a little."""
    near = "|".join(str(second + more) for more in range(4))
    expect(page.locator("[data-now]")).to_have_text(re.compile(f"^0:0?({near})$"))


# proves F1
def test_nothing_plays_before_a_purpose_is_given(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    expect(page.locator("video")).to_have_count(0)
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    form = page.get_by_role("region", name="Watch")
    form.get_by_text("Another reason", exact=True).click()
    form.get_by_role("button", name="Watch", exact=True).click()
    expect(form.get_by_role("alert")).to_have_text("Say in a few words what the other reason is.")
    expect(form.get_by_role("radio", name="Another reason")).to_be_checked()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    check_access(page)
    picture(page, "recording-purpose")
    form.get_by_label("In your own words").fill("The insurer asked for it")
    form.get_by_role("button", name="Watch", exact=True).click()
    looks = page.get_by_role("region", name="Who looked at it")
    expect(looks).to_contain_text(f"{NAME} · Opened to watch")
    expect(looks).to_contain_text("The insurer asked for it")
    desk.watch.check(expected=REFUSED)


# proves C7
def test_it_plays_from_before_the_press_with_sound(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    watch(page)
    playing_from(page, 1)
    state = page.evaluate(
        """() => {
          const video = document.querySelector("video");
          return {
            ready: video.readyState, muted: video.muted, width: video.videoWidth,
            start: video.buffered.start(0), end: video.duration,
            frames: video.getVideoPlaybackQuality().totalVideoFrames,
            sound: video.webkitAudioDecodedByteCount,
          };
        }"""
    )
    assert state["ready"] >= 3
    assert state["start"] < 0.2
    assert state["end"] == pytest.approx(SECONDS, abs=0.15)
    assert state["frames"] > 0
    assert state["sound"] > 0
    assert state["width"] == SIZE.width
    assert not state["muted"]
    expect(page.locator("[data-phase]")).to_contain_text("Before the press: 0:0")
    page.get_by_role("button", name="Jump to the press").click()
    expect(page.locator("[data-phase]")).to_contain_text("After the press: 0:0")
    playing_from(page, PRERECORD_S + 1)
    check_access(page)
    picture(page, "recording-player")
    desk.watch.check()


# proves F1
def test_the_first_picture_takes_one_request_and_one_for_each_track(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if "/api/v1/viewings/" in each.url else None)
    watch(page)
    playing_from(page, 1)
    names = [each.split("/viewings/")[1].partition("/")[2] for each in asked]
    assert names[0] == "ahead"
    assert {each.partition("/")[0] for each in names[1:3]} == {"video", "audio"}, names
    assert all(each.endswith(".m4s") for each in names[1:]), (
        "what was in the first answer was asked for again"
    )
    desk.watch.check()


def test_without_that_first_answer_it_plays_all_the_same(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    page.route("**/ahead", lambda route: route.abort())
    watch(page)
    playing_from(page, 1)
    desk.watch.check(expected=("ERR_FAILED",))


def test_the_player_is_worked_by_keyboard(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    watch(page)
    hold(page)
    place = page.get_by_role("slider", name="Place in the footage")
    page.keyboard.press("p")
    expect(place).to_have_attribute(
        "aria-valuetext", f"0:0{PRERECORD_S} of 0:{SECONDS}. After the press: 0:00"
    )
    page.keyboard.press("j")
    expect(place).to_have_attribute("aria-valuetext", f"0:00 of 0:{SECONDS}. Before the press: 0:09 to go")
    place.focus()
    page.keyboard.press("ArrowRight")
    expect(place).to_have_attribute("aria-valuetext", f"0:05 of 0:{SECONDS}. Before the press: 0:04 to go")
    sound = page.get_by_role("button", name="Sound")
    expect(sound).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    expect(sound).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("m")
    page.locator("h1").click()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    desk.watch.check()


def test_the_page_tells_the_verdict_and_what_happened(desk: Desk, camera: EvidenceCamera, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    expect(page.get_by_role("heading", name=f"Recording 1 of {camera.files.id}")).to_be_visible()
    expect(page.get_by_role("region", name="Can it be trusted?")).to_contain_text("ntact")
    events = page.get_by_role("region", name="What happened")
    expect(events).to_contain_text("Press of the button; 9 s of pre-record held of 9 s asked for.")
    expect(events).to_contain_text("Bookmark.")
    expect(events).to_contain_text("the fleet signed a receipt")
    expect(page.locator(".page-head")).to_contain_text("Officer 1")


# proves F1
def test_it_is_taken_out_as_one_file_and_the_log_says_why(desk: Desk, held: str, tmp_path: Path) -> None:
    page = desk.open(f"/recordings/{held}")
    page.get_by_text("Download as MP4").click()
    panel = page.get_by_role("region", name="Download")
    panel.get_by_text("Police or court request").click()
    with page.expect_download() as started:
        panel.get_by_role("button", name="Download", exact=True).click()
    target = tmp_path / started.value.suggested_filename
    started.value.save_as(target)
    assert target.suffix == ".mp4"
    probe = ["ffprobe", "-v", "warning", "-show_streams", "-show_format", "-of", "json", str(target)]
    done = subprocess.run(probe, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    facts = json.loads(done.stdout)
    assert {stream["codec_type"] for stream in facts["streams"]} == {"video", "audio"}
    assert float(facts["format"]["duration"]) == pytest.approx(SECONDS, abs=0.1)
    looks = page.get_by_role("region", name="Who looked at it")
    expect(looks).to_contain_text(f"{NAME} · Download begun")
    expect(looks).to_contain_text("Police or court request")
    desk.watch.check(expected=("ERR_ABORTED",))


def test_a_press_shows_by_itself(desk: Desk, camera: EvidenceCamera) -> None:
    page = desk.open("/")
    expect(page.locator("#live-status")).to_contain_text("Live")
    with desk.speaking(camera.files) as speaker:
        speaker.say(prerecord_s=179.2, made=1)
        expect(page.locator(f"#tile-{camera.files.id}")).to_contain_text("Full")
        speaker.tell(
            CameraEvent(
                id="event-2",
                kind=NewsKind.RECORDING_OPENED,
                camera=camera.files.id,
                at_utc_us=time.time_ns() // 1000,
                number=2,
                recording="cd" * 16,
                assignment=camera.assignment,
                trigger="button",
                prerecord_s=179.2,
                asked_s=180.0,
            )
        )
        speaker.say(state="recording", recording=2, made=2)
        row = page.locator(f"#new-{'cd' * 16}")
        expect(row).to_contain_text("Recording")
        expect(row).to_contain_text("Officer 1")
        expect(page.locator(f"#tile-{camera.files.id}")).to_contain_text("Recording 2")
        picture(page, "today-recording")
    page.goto("/recordings")
    expect(page.locator(f"#row-{'cd' * 16}")).to_contain_text("2:59 before the press")
    page.goto(f"/recordings/{'cd' * 16}")
    expect(page.get_by_role("heading", name="Nothing to watch yet")).to_be_visible()
    expect(page.get_by_text("Nothing of it that could be taken out is here yet.")).to_be_visible()
    check_access(page)
    desk.watch.check()


ICONS_APART = """
icons => [...document.querySelectorAll(icons)].map((icon) =>
  Math.abs(icon.getBoundingClientRect().top - icon.nextElementSibling.getBoundingClientRect().top))
"""
"""How far icons stand above or below the words that they stand for, in px."""


def test_what_is_here_can_be_watched_while_the_rest_arrives(desk: Desk, camera: EvidenceCamera) -> None:
    take = camera.take(3)
    names = sorted(take.segments)
    with desk.fleet.camera_api(camera.files) as client:
        sender = Sender(client, take)
        sender.ledger()
        sender.segments(names[:3])
        page = desk.open(f"/recordings/{take.recording.hex()}")
        watch(page)
        playing_from(page, 1)
        sender.segments(names[3:])
        assert sender.complete() == "receipt"
        expect(page.locator(".page-head")).to_contain_text("Safe")
        expect(page.locator("[data-total]")).to_have_text(f"0:{SECONDS}", timeout=20_000)
        expect(page.get_by_role("region", name="What happened")).to_contain_text("signed a receipt")
    desk.watch.check()


# proves F8
def test_what_has_not_arrived_is_shown_as_not_here_and_the_press_where_it_is(
    desk: Desk, camera: EvidenceCamera
) -> None:
    take = camera.take(6)
    names = sorted(take.segments)
    with desk.fleet.camera_api(camera.files) as client:
        sender = Sender(client, take)
        sender.ledger()
        sender.segments(names[:1])
        here = take.per_segment
        page = desk.open(f"/recordings/{take.recording.hex()}")
        watch(page)
        line = page.locator("#player-line")
        expect(line).to_have_attribute("data-final", "no")
        assert float(line.get_attribute("data-here") or 0) == pytest.approx(here, abs=0.1)
        assert float(line.get_attribute("data-duration") or 0) == pytest.approx(SECONDS, abs=0.1)
        press = float(page.locator("#player-line").get_attribute("data-press") or 0)
        assert press == pytest.approx(PRERECORD_S, abs=0.1)
        expect(page.get_by_role("img", name=f"{here} s of {SECONDS} s is here")).to_be_visible()
        expect(page.locator("[data-gap]")).to_have_text("This is the newest that has arrived.")
        expect(page.locator("[data-phase]")).to_contain_text("Before the press")
        page.keyboard.press("p")
        expect(page.locator("[data-message]")).to_have_text("The press is not here yet.")
        expect(page.locator("[data-gap]")).to_have_text("")
        page.keyboard.press("n")
        expect(page.locator("[data-message]")).to_have_text("That bookmark is not here yet.")
        line.evaluate("drawn => { drawn.dataset.bookmarks = '[]'; }")  # as before any was heard of
        page.keyboard.press("n")
        expect(page.locator("[data-message]")).to_have_text("No bookmark after this is known yet.")
        check_access(page)
        picture(page, "recording-in-part")
        size = page.viewport_size
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        fits(page)
        picture(page, "recording-in-part-phone")
        if size is not None:
            page.set_viewport_size(size)
        sender.segments(names[1:])
        assert sender.complete() == "receipt"
        expect(line).to_have_attribute("data-final", "yes", timeout=20_000)
        page.get_by_role("button", name="Jump to the press").click()
        expect(page.locator("[data-phase]")).to_contain_text("After the press")
    desk.watch.check()


# proves F8
def test_a_press_of_an_unset_clock_that_nobody_signed_is_nobody_s_until_it_is_known(
    desk: Desk, camera: EvidenceCamera
) -> None:
    take = camera.footage(8).record(prerecord=PRERECORD_S, assignment=None, clock_set=False)
    assert send(desk.fleet, camera.files, take) == "receipt"
    page = desk.open(f"/recordings/{take.recording.hex()}")
    header = page.locator(".page-head")
    expect(header).to_contain_text("Not known who had it")
    expect(header).to_contain_text("its clock was not set, so the hand-out list cannot say either.")
    expect(header).not_to_contain_text("Officer 1")
    expect(header).to_contain_text(re.compile("first heard of .*; its clock was not set"))
    expect(header).to_contain_text("lengths and order hold, times of day do not.")
    check_access(page)
    picture(page, "recording-nobody-s")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    apart = page.evaluate(ICONS_APART, "#recording-head .page-sub > .icon:first-child")
    assert len(apart) == 2
    assert max(apart) < 8  # px: else an icon stands on a line of its own
    desk.watch.check()


# proves C6
def test_a_gap_is_drawn_told_and_said_while_it_plays(desk: Desk, camera: EvidenceCamera) -> None:
    media = make_media(seconds=6, picture=SIZE)
    silent = media[3]
    gap = Gap(Track.AUDIO, silent.start_ns, silent.duration_ns, GapCause.NO_MICROPHONE)
    media[3] = replace(silent, parts=silent.parts[:1], gaps=(gap,))
    take = MediaTake(camera.identity, seed=5, number=5, media=media).record(prerecord=2)
    assert send(desk.fleet, camera.files, take) == "receipt"
    page = desk.open(f"/recordings/{take.recording.hex()}")
    told = "No sound for 1 s: no sound came from the microphone"
    expect(page.get_by_role("region", name="What happened")).to_contain_text(f"{told}.")
    watch(page)
    hold(page)
    place = page.get_by_role("slider", name="Place in the footage")
    place.fill("2.5")
    expect(page.locator("[data-gap]")).to_have_text("")
    place.fill("3.5")
    expect(page.locator("[data-gap]")).to_have_text(told)
    expect(page.get_by_role("img", name=re.compile("1 bookmark, 1 gap"))).to_be_visible()
    check_access(page)
    picture(page, "recording-gap")
    page.get_by_role("button", name="Play", exact=True).last.click()
    playing_from(page, 4)
    desk.watch.check()


def test_a_recording_that_was_altered_is_refused_in_words(desk: Desk, camera: EvidenceCamera) -> None:
    take = camera.take(4, seconds=4, prerecord=2)
    name = min(take.segments)
    take.segments[name][-40] ^= 1
    refusal = send(desk.fleet, camera.files, take)
    assert "ltered" in refusal
    page = desk.open("/")
    expect(page.get_by_text(f"Recording 4 of {camera.files.id} was refused")).to_be_visible()
    page.goto(f"/recordings/{take.recording.hex()}")
    expect(page.get_by_role("region", name="Can it be trusted?")).to_contain_text("ltered")
    expect(page.locator(".page-head")).to_contain_text("Refused")
    check_access(page)
    picture(page, "recording-refused")
    desk.watch.check()


def test_recordings_are_found_by_day_officer_and_state(desk: Desk, held: str) -> None:
    page = desk.open("/recordings")
    row = page.locator(f"#row-{held}")
    expect(row).to_be_visible()
    page.get_by_label("State").select_option("Refused")
    expect(row).to_have_count(0)
    expect(page).to_have_url(re.compile("state=failed"))
    page.get_by_label("State").select_option("With a receipt")
    expect(row).to_be_visible()
    page.get_by_label("To", exact=True).fill("2020-01-01")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Show all recordings").click()
    page.get_by_label("Officer").select_option("Officer 1")
    expect(row).to_be_visible()
    page.get_by_label("To", exact=True).fill("2020-01-01")
    page.get_by_label("From").fill("2020-01-02")
    expect(page.locator("#from-field, #to-field").get_by_role("alert")).to_be_visible()
    expect(row).to_be_visible()  # and it filters nothing
    desk.watch.check(expected=REFUSED)


def test_a_page_that_is_loaded_again_waits_for_play(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    watch(page)
    expect(page).to_have_url(re.compile("viewing="))
    page.reload()
    expect(page.get_by_role("button", name="Play", exact=True).last).to_be_enabled()
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    page.get_by_role("button", name="Play", exact=True).last.click()
    playing_from(page, 1)
    page.go_back()
    expect(page.get_by_role("button", name="Watch", exact=True)).to_be_visible()
    desk.watch.check()


def test_a_page_of_many_regions_is_fetched_once_for_all_of_them(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    watch(page)
    fetched: list[str] = []
    page.on("request", lambda each: fetched.append(each.url) if f"recordings/{held}" in each.url else None)
    before = page.evaluate("[...document.querySelectorAll('[data-live]')].map(each => each.id)")
    assert len(before) >= 3
    page.evaluate(
        """() => {
          for (const each of document.querySelectorAll('[data-live]')) each.dataset.seen = '1';
          document.dispatchEvent(new CustomEvent('lapel:opened'));
        }"""
    )
    watch(desk.open(f"/recordings/{held}"))  # which is news for whoever looks at it, too
    page.wait_for_function("[...document.querySelectorAll('[data-live]')].every(each => !each.dataset.seen)")
    assert 1 <= len(fetched) < len(before), fetched
    assert len(set(fetched)) == 1, "the page with the viewing has what the page without it has"
    assert page.evaluate("[...document.querySelectorAll('[data-live]')].map(each => each.id)") == before
    desk.watch.check()


def test_nothing_is_fetched_besides_the_footage_while_a_player_opens(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    page.evaluate(
        """() => {
          performance.clearResourceTimings();
          window.addEventListener('lapel:opened', () => { window.openedAt ??= performance.now(); }, true);
        }"""
    )
    watch(page)  # who looks is news for this very page
    page.wait_for_function("window.openedAt !== undefined")
    asked = page.evaluate(
        """held => performance.getEntriesByType('resource')
          .filter(each => each.name.includes(`/recordings/${held}`) && each.startTime < window.openedAt)
          .map(each => each.name)""",
        held,
    )
    assert [each.rpartition("/")[2] for each in asked] == ["watch"]
    page.wait_for_function("document.querySelector('#looks .history')")
    desk.watch.check()


_WITH_A_PRESS_AT = """([press, what]) => {
  document.querySelector("#player-line").dataset.press = press;
  document.querySelector(`[data-do="${what}"]`).click();
  const phase = document.querySelector("[data-phase]");
  return [phase.hidden ? "" : phase.textContent, document.querySelector("[data-message]").textContent];
}"""


def test_a_press_that_is_not_known_is_not_said_to_be_over(desk: Desk, held: str) -> None:
    # proves F8
    page = desk.open(f"/recordings/{held}")
    watch(page)
    hold(page)
    expect(page.locator("[data-phase]")).to_contain_text("Before the press")
    # The page is fetched again when it likes, and has the press then: each is asked in the same moment.
    assert page.evaluate(_WITH_A_PRESS_AT, ["", "on"]) == ["", ""]
    assert page.evaluate(_WITH_A_PRESS_AT, ["", "press"])[1] == "Where the press is, is not known."
    assert page.evaluate(_WITH_A_PRESS_AT, ["-8.0", "press"]) == [
        "After the press: 0:08",
        "The press came 8 s before the first picture.",
    ]
    assert page.evaluate(_WITH_A_PRESS_AT, ["-75.0", "press"])[1] == (
        "The press came 1:15 before the first picture."
    )


def test_what_the_player_says_of_a_fault_is_what_happened(desk: Desk, held: str) -> None:
    # proves F8: a service that answers with a fault is there
    for answer, said in (
        (lambda route: route.fulfill(status=503), "The fleet cannot give the footage now."),
        (lambda route: route.abort(), "The fleet does not answer."),
    ):
        page = desk.open(f"/recordings/{held}")
        page.route("**/api/v1/viewings/**", answer)
        page.get_by_role("region", name="Watch").get_by_text("Reviewing an incident").click()
        page.get_by_role("button", name="Watch", exact=True).click()
        expect(page.get_by_text(said)).to_be_visible(timeout=30_000)
        page.unroute("**/api/v1/viewings/**")
        expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=30_000)
    for may, said in ((True, " You can download the footage instead."), (False, "")):
        page = desk.open("/recordings")
        page.add_init_script(WITHOUT_HLS)
        page.goto(f"/recordings/{held}")
        if not may:
            page.evaluate("document.querySelector('#download form').remove()")
        page.get_by_role("region", name="Watch").get_by_text("Reviewing an incident").click()
        page.get_by_role("button", name="Watch", exact=True).click()
        expect(page.locator("[data-message]")).to_have_text(f"This browser cannot play it here.{said}")


def test_a_viewing_that_ended_asks_again(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}?viewing=nothing")
    expect(page.get_by_text("That viewing has ended. Say again why you are watching.")).to_be_visible()
    expect(page.get_by_role("button", name="Watch", exact=True)).to_be_visible()


def test_one_recording_on_a_phone_by_night(desk: Desk, held: str) -> None:
    with desk.elsewhere(size=PHONE, dark=True) as phone:
        page = phone.new_page()
        desk.watch.follow(page)
        page.goto(f"/recordings/{held}")
        fits(page)
        check_access(page)
        picture(page, "recording-purpose-dark")
        watch(page)
        hold(page)
        page.get_by_role("button", name="Jump to the press").click()
        fits(page)
        check_access(page)
        picture(page, "recording-player-dark")
        for name, path in {"today-full-dark": "/", "recordings-full-dark": "/recordings"}.items():
            page.goto(path)
            fits(page)
            check_access(page)
            picture(page, name)
    desk.watch.check()


# proves F8
def test_the_player_stops_when_its_person_signs_out_elsewhere(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    watch(page)
    other = desk.open("/officers")
    other.get_by_label(f"Your account, {NAME}").click()
    other.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=10_000)
    expect(page.locator("video")).to_have_count(0)
    assert "Officer 1" not in page.content()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request("**/signed-in"):
        pass  # it goes on to ask who is signed in
    assert all(url.endswith("/signed-in") for url in asked), asked
    desk.sign_in()  # for the tests that follow
    desk.watch.check(expected=(*REFUSED, "Status Error Code 401"))


def test_a_recordings_page_is_whole_at_every_width(desk: Desk, held: str) -> None:
    page = desk.open(f"/recordings/{held}")
    is_whole(page)
    watch(page)
    is_whole(page)
    desk.watch.check()
