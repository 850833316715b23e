"""The dashboard in a real browser, as the safety team uses it: from the set-up link to handing out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from fleet.web.views.moments import iso
from fleet.web.zone import local, midnight
from tests.support.fleet.desk import NAME, PASSWORD, Desk, fits, is_whole, picture
from tests.support.fleet.fleet import camera_request, start_fleet
from tests.support.network.accessible import check_access
from tests.support.network.browser import CUT_OFF, PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]

REFUSED = ("status of 4",)
"""Chromium writes each refusal to the console; tests that provoke one expect it."""


def test_the_set_up_link_makes_the_first_account_once(new_office: Desk) -> None:
    fleet = new_office.fleet
    assert fleet.setup_url is not None
    with visitor(new_office.chromium, fleet.dashboard_url) as context:
        page = context.new_page()
        new_office.watch.follow(page)
        page.goto(fleet.setup_url)
        check_access(page)
        picture(page, "set-up")
        _fill_set_up(page, PASSWORD, "something else entirely")
        expect(page.get_by_role("alert")).to_have_text("The two passwords are not the same; type them again.")
        _fill_set_up(page, PASSWORD, PASSWORD)
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        expect(page.get_by_role("heading", name="No cameras in service")).to_be_visible()
        picture(page, "today-empty")
        page.goto(fleet.setup_url)
        expect(page.get_by_text("This set-up link was used already; sign in instead.")).to_be_visible()
        page.goto("/")
        page.get_by_label(f"Your account, {NAME}").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()
    new_office.watch.check(expected=REFUSED)


def _fill_set_up(page: Page, password: str, again: str) -> None:
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Password again").fill(again)
    page.get_by_role("button", name="Make the account").click()


def test_somebody_not_signed_in_is_sent_to_sign_in_and_back(desk: Desk) -> None:
    with visitor(desk.chromium, desk.fleet.dashboard_url) as context:
        page = context.new_page()
        desk.watch.follow(page)
        page.goto("/recordings?state=held")
        check_access(page)
        picture(page, "sign-in")
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
        expect(page.get_by_label("Name")).to_have_value(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile(r"/recordings\?state=held$"))
        expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    desk.watch.check(expected=REFUSED)


def test_an_officer_is_added_and_a_name_that_is_taken_is_said_in_place(desk: Desk) -> None:
    page = desk.open("/officers")
    page.get_by_label("Name, as colleagues know them").fill("  Officer   31 ")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Officer 31 was added.")).to_be_visible()
    page.get_by_label("Name, as colleagues know them").fill("officer 31")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("There is an officer named officer 31 already")
    expect(page.get_by_label("Name, as colleagues know them")).to_have_value("officer 31")
    check_access(page)
    desk.watch.check(expected=REFUSED)


def test_a_long_name_fits_at_every_width(desk: Desk) -> None:
    long = desk.officer("Officer with a name as long as names become, of Nether Wallop")
    with desk.elsewhere(size=PHONE) as other:
        page = other.new_page()
        page.goto(f"/officers/{long}")
        fits(page)
        page.get_by_role("button", name="Retire").click()
        page.goto(f"/officers/{long}")
        expect(page.get_by_role("button", name="Bring Officer with")).to_be_visible()
        is_whole(page)


def test_a_camera_is_added_with_a_code_and_appears_by_itself(desk: Desk) -> None:
    page = desk.open("/cameras")
    page.get_by_role("button", name="Make an enrolment code").click()
    command = page.locator("#command").inner_text()
    match = re.fullmatch(r"lapel-device enrol --fleet (https://\S+) --config camera.toml", command)
    assert match is not None, command
    assert match[1] == desk.fleet.dashboard_url
    code = page.locator("#code").inner_text()
    check_access(page)
    picture(page, "enrolment-code")
    _key, request = camera_request()
    with desk.fleet.api() as api:
        answer = api.post("/api/v1/enrolments", json={"code": code, "csr_pem": request})
        camera = answer.raise_for_status().json()["camera"]
    expect(page.get_by_role("link", name=camera)).to_be_visible()
    expect(page.locator("#code")).to_have_text(code)
    desk.watch.check()


def test_a_camera_is_handed_out_in_two_taps_and_a_conflict_is_said_in_place(desk: Desk) -> None:
    first, second = desk.camera().id, desk.camera().id
    desk.officer("Officer 41")
    page, other = desk.open("/hand-out"), desk.open(f"/hand-out?camera={second}")
    page.get_by_role("link", name=first).click()
    page.get_by_role("button", name="Officer 41").click()
    expect(page.get_by_text(f"{first} is with Officer 41 now.")).to_be_visible()

    expect(other.get_by_role("button", name=f"Officer 41 has {first}")).to_be_disabled()
    form = {"camera": second, "officer": _officer_id(desk, "Officer 41"), "csrf_token": _token(other)}
    with other.expect_navigation():
        other.evaluate(_POST, ["/hand-out", form])  # as a tap a moment before the page knew
    expect(other.get_by_role("alert")).to_contain_text(f"Officer 41 has {first}")
    expect(other.get_by_role("heading", name=f"Who takes {second}?")).to_be_visible()
    picture(other, "hand-out-conflict")
    check_access(other)

    page.get_by_role("button", name=f"Take back {first} from Officer 41").click()
    asked = page.get_by_role("region", name=f"Take {first} back from Officer 41?")
    expect(asked).to_contain_text(
        "It is not heard, so whether it records and what it still holds is not known."
    )
    check_access(page)
    picture(page, "take-back")
    asked.get_by_role("link", name="Leave it with Officer 41").click()
    expect(page.locator(f"#out-{first}")).to_be_visible()
    page.get_by_role("button", name=f"Take back {first} from Officer 41").click()
    asked.get_by_role("button", name="Take it back all the same").click()
    expect(page.get_by_text(f"{first} is back.")).to_be_visible()
    expect(other.get_by_role("button", name="Officer 41")).to_be_enabled()
    desk.watch.check(expected=REFUSED)


_POST = """([path, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    [input.name, input.value] = [name, value];
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""


def _officer_id(desk: Desk, name: str) -> str:
    with desk.fleet.api() as api:
        rows = api.get("/api/v1/officers").json()
        found: str = next(row["id"] for row in rows if row["name"] == name)
        return found


def _token(page: Page) -> str:
    return page.locator("input[name=csrf_token]").first.input_value()


def test_today_follows_the_cameras_and_recovers_when_the_service_was_restarted(desk: Desk) -> None:
    camera, officer = desk.camera(), desk.officer("Officer 51")
    desk.hand_out(camera.id, officer)
    page = desk.open("/")
    tile = page.locator(f"#tile-{camera.id}")
    expect(tile).to_contain_text("Not seen yet")
    expect(
        page.get_by_text(f"{camera.id} was handed to Officer 51, and nothing has been heard of it yet.")
    ).to_be_visible()
    with desk.speaking(camera) as speaker:
        speaker.say(prerecord_s=161.3, battery_percent=64)
        expect(tile).to_contain_text("2:41 of 3:00")
        expect(tile).to_contain_text("64 %")
        speaker.say(prerecord_s=179.3, battery_percent=11)
        expect(tile).to_contain_text("Full")
        expect(page.get_by_text(f"{camera.id} has 11 % of its battery left.")).to_be_visible()
        expect(page.locator("#live-status")).to_contain_text("Live. Updated")
        check_access(page)
        picture(page, "today")

    desk.fleet.stop()
    expect(page.locator("#live-status")).to_contain_text("Reconnecting … What you see is from")
    picture(page, "today-offline")
    token = desk.fleet.token
    desk.fleet = start_fleet(desk.folder)
    desk.fleet.token = token
    desk.officer("Officer 52")
    desk.hand_out(desk.camera().id, _officer_id(desk, "Officer 52"))
    expect(page.locator("#live-status")).to_contain_text("Live. Updated", timeout=20_000)
    expect(page.get_by_role("listitem").filter(has_text="Officer 52").first).to_be_visible()
    desk.watch.check(expected=CUT_OFF)


def test_a_page_that_lost_the_network_says_so_and_catches_up(desk: Desk) -> None:
    page = desk.open("/officers")
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    desk.context.set_offline(True)
    expect(page.locator("#live-status")).to_contain_text("Reconnecting")
    desk.officer("Officer 55")
    desk.context.set_offline(False)
    expect(page.get_by_text("Officer 55", exact=True)).to_be_visible()
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    desk.watch.check(expected=CUT_OFF)


def test_a_page_whose_stream_is_gone_is_not_called_live(desk: Desk) -> None:
    # proves F8: one region that comes by itself says nothing of the others
    page = desk.open("/officers")
    status = page.locator("#live-status")
    expect(status).to_contain_text("Live. Updated")
    page.route("**/live", lambda route: route.abort())
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status).to_contain_text("Reconnecting")
    before = page.locator("#officer-list").get_attribute("data-at")
    page.evaluate("htmx.trigger('#officer-list', 'lapel:refresh')")
    expect(page.locator("#officer-list")).not_to_have_attribute("data-at", before or "")
    expect(status).to_contain_text("Reconnecting")
    page.unroute("**/live")
    expect(status).to_contain_text("Live. Updated", timeout=20_000)
    desk.watch.check(expected=CUT_OFF)


def test_somebody_who_likes_the_dark_keeps_it(desk: Desk) -> None:
    page = desk.open("/officers")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.get_by_label(f"Your account, {NAME}").click()
    page.get_by_role("button", name="Use dark colours").click()
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    check_access(page)
    page.get_by_label(f"Your account, {NAME}").click()
    page.get_by_role("button", name="Use light colours").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    desk.watch.check()


def test_a_page_left_open_after_the_session_ended_shows_the_way_back(desk: Desk) -> None:
    page = desk.open("/officers")
    expect(page.locator("#live-status")).to_contain_text("Live")
    desk.context.clear_cookies()
    with desk.fleet.api() as api:
        api.post("/api/v1/officers", json={"name": "Officer 61"}).raise_for_status()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    desk.watch.check(expected=(*REFUSED, "Status Error Code 401"))


def test_everything_but_playing_works_before_any_script(desk: Desk) -> None:
    camera = desk.camera().id
    desk.officer("Officer 71")
    with desk.elsewhere(scripts=False) as context:
        page = context.new_page()
        page.goto("/hand-out")
        page.get_by_role("link", name=camera).click()
        page.get_by_role("button", name="Officer 71").click()
        expect(page.get_by_text(f"{camera} is with Officer 71 now.")).to_be_visible()
        page.goto("/recordings?from=2026-11-22&to=2026-11-21")
        expect(
            page.get_by_text("This day comes before the first, so neither is used; change one of them.")
        ).to_be_visible()
        page.goto("/")
        expect(page.locator("#live-status")).to_contain_text("Reload the page to see what changed since")


def test_a_camera_is_taken_out_of_service_with_a_reason(desk: Desk) -> None:
    camera = desk.camera().id
    page = desk.open(f"/cameras/{camera}")
    page.get_by_text("Take it out of service").click()
    page.get_by_label("Why").fill("Lost on the estate")
    page.get_by_role("button", name=f"Take {camera} out of service").click()
    expect(page.locator(".page-head").get_by_text("Out of service")).to_be_visible()
    page.goto("/hand-out")
    expect(page.get_by_role("link", name=camera)).to_have_count(0)
    desk.watch.check()


SEEN = "hidden => Object.defineProperty(document, 'hidden', {get: () => hidden, configurable: true})"
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


def test_many_tabs_are_open_and_the_one_that_is_seen_is_live(desk: Desk) -> None:
    # A browser has six connections to a service, and each page that listens holds one.
    tabs = []
    for _ in range(7):
        tab = desk.open("/officers")
        expect(tab.locator("#live-status")).to_contain_text("Live. Updated")
        tab.evaluate(SEEN, True)  # without a window, Chromium takes every tab for the one in front
        tab.evaluate(LOOK)
        tabs.append(tab)
    desk.officer("Officer 91")
    tabs[0].evaluate(SEEN, False)
    tabs[0].evaluate(LOOK)
    expect(tabs[0].get_by_text("Officer 91", exact=True)).to_be_visible()
    desk.officer("Officer 92")
    expect(tabs[0].get_by_text("Officer 92", exact=True)).to_be_visible()
    assert tabs[1].get_by_text("Officer 91", exact=True).count() == 0
    desk.watch.check()


def test_a_page_that_never_came_is_given_up_and_nothing_is_missed(desk: Desk) -> None:
    page = desk.open("/officers")
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    page.evaluate("htmx.config.timeout = 300")
    hung: list[Route] = []
    page.route("**/officers", lambda route: hung.append(route), times=1)  # noqa: PLW0108 - it counts the arguments
    desk.officer("Officer 95")
    expect(page.locator("#live-status")).to_contain_text("Reconnecting")
    expect(page.get_by_text("Officer 95", exact=True)).to_be_visible()
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    assert len(hung) == 1
    desk.watch.check(expected=("htmx:afterRequest", "htmx:timeout"))


@pytest.mark.parametrize("path", ["/nowhere", "/cameras/cam-99", "/recordings/nothing"])
def test_an_address_without_a_page_says_so_in_words(desk: Desk, path: str) -> None:
    page = desk.open(path)
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    check_access(page)
    desk.watch.check(expected=REFUSED)


PAGES = {
    "today-all": "/",
    "hand-out": "/hand-out",
    "recordings": "/recordings",
    "cameras": "/cameras",
    "officers": "/officers",
    "users": "/users",
    "account": "/account",
    "fault": "/nowhere",
}


def test_every_page_fits_is_accessible_and_asks_for_nothing_outside(desk: Desk) -> None:
    """By day and by night, on a laptop and on a phone; the pictures are for somebody to look at."""
    desk.officer("Officer 81")
    for name, path in PAGES.items():
        page = desk.open(path)
        fits(page)
        check_access(page)
        picture(page, name)
        page.close()
    with desk.elsewhere(size=PHONE, dark=True) as phone:
        page = phone.new_page()
        desk.watch.follow(page)
        for name, path in PAGES.items():
            page.goto(path)
            fits(page)
            check_access(page)
            picture(page, f"{name}-dark")
    desk.watch.check(expected=REFUSED)


# proves F8
def test_a_page_that_missed_nothing_is_not_fetched_again_and_one_that_did_is(desk: Desk) -> None:
    """Between its reading and its listening, too."""
    page = desk.context.new_page()
    desk.watch.follow(page)
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if each.url.endswith("/officers") else None)
    page.goto("/officers")
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    assert len(asked) == 1

    def late(route: Route) -> None:
        desk.officer("Officer 62")
        route.continue_()

    page.route("**/live", late)
    page.reload()
    expect(page.locator("#officer-list")).to_contain_text("Officer 62")
    desk.watch.check()


# proves F8
def test_at_midnight_an_open_page_is_fetched_though_nothing_comes(desk: Desk) -> None:
    """Else "today" and a time without a day would be yesterday's from then on."""
    page = desk.open("/officers")
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    tomorrow = midnight(local(datetime.now(UTC)).date() + timedelta(days=1))
    almost = iso(tomorrow - timedelta(seconds=3))
    page.evaluate(
        "at => document.querySelectorAll('[data-at]').forEach((each) => { each.dataset.at = at; })", almost
    )
    expect(page.locator("#officer-list")).to_have_attribute("data-at", almost)
    expect(page.locator("#officer-list")).not_to_have_attribute("data-at", almost)
    desk.watch.check()


# proves F8
def test_paper_says_who_printed_it_when_and_as_of_when(desk: Desk) -> None:
    day = r"\w+day \d+ \w+ 20\d\d, \d\d:\d\d:\d\d (GMT|BST)"
    said = re.compile(rf"^Printed by {NAME} on {day}; as of {day}\.$")
    for path in ("/", "/hand-out", "/recordings", "/users", "/officers"):
        page = desk.open(path)
        expect(page.locator("#printed")).to_be_hidden()
        # The first look has come, where any part of the page follows what changes.
        foot = "Reload the page to see what changed since." if path == "/users" else "Live. Updated"
        expect(page.locator("#live-status")).to_contain_text(foot)
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        expect(page.locator("#printed")).to_have_text(said)
        expect(page.locator("#printed")).to_be_visible()
        expect(page.locator("#live-status")).to_be_hidden()
    before = page.locator("#printed").inner_text().partition("as of")[2]
    page.wait_for_function("t => new Date().getSeconds() !== t", arg=page.evaluate("new Date().getSeconds()"))
    desk.officer("Officer who came later")
    expect(page.get_by_text("Officer who came later", exact=True)).to_be_visible()
    expect(page.locator("#printed")).not_to_contain_text(before)
    desk.watch.check()
