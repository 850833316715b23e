"""Signed in, signed out, and whose page it is, in several tabs of a real browser."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.fleet.desk import NAME, PASSWORD, Desk, fits, is_whole, office, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]

WITHIN_MS = 10_000
REFUSED = ("status of 4", "Status Error Code 401", "net::ERR")
SIGNED_OUT = "You are signed out"


@pytest.fixture(scope="module")
def new_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with office(tmp_path_factory.mktemp("office")) as desk:
        desk.sign_in()
        desk.officer("Officer 41")
        long = desk.officer("Officer Bartholomew Featherstonehaugh-Cholmondeley of the night shift")
        desk.hand_out(desk.camera().id, long)
        desk.camera()
        yield desk


def sign_out(page: Page) -> None:
    page.get_by_label(f"Your account, {NAME}").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def sign_in(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def live(page: Page) -> Page:
    """Wait until a page listens."""
    expect(page.locator("#live-status")).to_contain_text("Live. Updated")
    return page


def shows_nothing(page: Page) -> None:
    expect(page.get_by_role("heading", name=SIGNED_OUT)).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_text("Officer 41")).to_have_count(0)
    assert "Officer 41" not in page.content()
    assert NAME not in page.locator("body > :not(template)").all_inner_texts().__str__()
    expect(page).to_have_title("Signed out · Lapel")


# proves F8
def test_signed_out_in_one_tab_every_tab_says_so_and_what_was_typed_comes_back(desk: Desk) -> None:
    first, second, third = live(desk.open("/officers")), live(desk.open("/officers")), live(desk.open("/"))
    first.get_by_label("Name, as colleagues know them").fill("Officer 42, half typed")
    third.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    sign_out(second)
    for page in (first, third):
        shows_nothing(page)
    expect(
        first.get_by_text("What you typed in this tab is put back when you sign in again.")
    ).to_be_visible()
    expect(third.get_by_text("What you typed in this tab")).to_have_count(0)
    check_access(first)
    picture(first, "signed-out")
    sign_in(second)
    expect(first.get_by_label("Name, as colleagues know them")).to_have_value(
        "Officer 42, half typed", timeout=WITHIN_MS
    )
    expect(
        first.get_by_text("What you had typed is back. Look whether it is still needed, and send it.")
    ).to_be_visible()
    expect(first.get_by_text("Officer 41", exact=True).first).to_be_visible()
    check_access(first)
    picture(first, "typed-is-back")
    first.reload()
    expect(first.get_by_label("Name, as colleagues know them")).to_have_value("")
    desk.watch.check(expected=REFUSED)


# proves F8
def test_a_session_that_ended_by_itself_is_noticed(desk: Desk) -> None:
    page = live(desk.open("/officers"))
    page.get_by_label("Name, as colleagues know them").fill("Officer 43")
    with sqlite3.connect(desk.fleet.state / "fleet.sqlite3") as database:
        database.execute("UPDATE user_sessions SET expires = '2020-01-01 00:00:00.000000'")
    shows_nothing(page)
    page.get_by_role("link", name="Sign in").click()
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/officers$"))
    expect(page.get_by_label("Name, as colleagues know them")).to_have_value("Officer 43")
    desk.watch.check(expected=REFUSED)


def test_a_form_that_was_sent_after_the_end_is_not_lost(desk: Desk) -> None:
    page = live(desk.open("/officers"))
    page.get_by_label("Name, as colleagues know them").fill("Officer 44")
    page.evaluate("for (const name of ['fetch', 'EventSource']) delete window[name]")
    desk.context.clear_cookies()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Sign in first")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page)
    expect(page).to_have_url(re.compile(r"/officers$"))
    expect(page.get_by_label("Name, as colleagues know them")).to_have_value("Officer 44")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Officer 44 was added.")).to_be_visible()
    expect(page.get_by_label("Name, as colleagues know them")).to_have_value("")
    desk.watch.check(expected=(*REFUSED, "exception", "fetch", "EventSource"))


# proves F8
def test_another_person_sees_nothing_of_it(desk: Desk) -> None:
    page = live(desk.open("/officers"))
    page.get_by_label("Name, as colleagues know them").fill("a secret of the first")
    page.route("**/signed-in", lambda route: route.fulfill(json={"who": "somebody-else"}))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("heading", name="Somebody else is signed in")).to_be_visible(timeout=WITHIN_MS)
    assert "Officer 41" not in page.content()
    check_access(page)
    picture(page, "somebody-else")
    page.unroute("**/signed-in")

    def as_another(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]  # playwright's Route
        route.fulfill(  # type: ignore[attr-defined]
            response=answer, body=re.sub(r'data-who="[^"]*"', 'data-who="somebody-else"', answer.text())
        )

    page.route("**/officers", as_another)
    page.goto("/officers")
    expect(page.get_by_label("Name, as colleagues know them")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('lapel-draft')") is None


# proves F8
def test_a_service_that_does_not_answer_is_not_taken_for_a_sign_out(desk: Desk) -> None:
    page = live(desk.open("/officers"))
    try:
        desk.context.set_offline(True)
        with page.expect_event("requestfailed", lambda request: request.url.endswith("/signed-in")):
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        status = page.locator("#live-status")
        expect(status).to_contain_text("Whether you are still signed in is not known.")
        expect(page.get_by_role("heading", name=SIGNED_OUT)).to_have_count(0)
        expect(page.get_by_text("Officer 41", exact=True).first).to_be_visible()
    finally:
        desk.context.set_offline(False)
    live(page)
    desk.watch.check(expected=REFUSED)


def test_passwords_are_never_kept(desk: Desk) -> None:
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        page = context.new_page()
        page.goto("/officers")
        page.get_by_label("Name", exact=True).fill("Somebody")
        page.get_by_label("Password").fill("a password half typed")
        assert "password half" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
        fits(page)


# proves F8
def test_what_is_typed_as_a_password_is_shown_and_measured_and_kept_nowhere(desk: Desk) -> None:
    page = desk.open("/account")
    field = page.get_by_label("New password", exact=True)
    said = page.locator(".password-said")
    for typed, words in (
        ("short", "5 of at least 12 characters."),
        ("abababababab", "Long enough, but of very few different characters: easily guessed."),
        ("correct horse", "Long enough. The longer, the harder to guess."),
        ("correct horse battery staple", "Long."),
        ("correct horse battery staple" * 5, "Too long: at most 128 characters."),
        ("", ""),
    ):
        field.fill(typed)
        expect(said).to_have_text(words)
    field.fill("correct horse battery")
    page.get_by_role("button", name="Show what is typed").nth(1).click()
    expect(field).to_have_attribute("type", "text")
    field.press("End")
    field.type(" staple")
    assert "correct horse" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")
    check_access(page)
    picture(page, "passwords")
    page.get_by_role("button", name="Hide what is typed").click()
    expect(field).to_have_attribute("type", "password")


# proves F5
def test_a_sign_in_elsewhere_is_told_on_a_page_that_is_open(desk: Desk) -> None:
    pages = [desk.open("/"), desk.open("/account")]
    told = pages[0].locator("#told [data-notice]")
    for left in range(told.count() - 1, -1, -1):  # of sign-ins of other tests
        told.first.get_by_role("button", name="I know of this").click()
        expect(told).to_have_count(left)
    live(pages[0])
    for page in pages:
        expect(page.locator("#told [data-notice]")).to_have_count(0, timeout=WITHIN_MS)
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        there = context.new_page()
        there.goto("/sign-in")
        sign_in(there)
        live(there)
        for page in pages:
            news = page.locator("#told [data-notice]")
            expect(news).to_contain_text("not known as yours", timeout=WITHIN_MS)
        check_access(pages[0])
        picture(pages[0], "told-of-own")
        pages[0].get_by_role("button", name="This was not me").click()
        expect(pages[0].get_by_text("You are signed out everywhere else")).to_be_visible()
        expect(there.get_by_role("heading", name=SIGNED_OUT)).to_be_visible(timeout=WITHIN_MS)
    expect(pages[1].locator("#told [data-notice]")).to_have_count(0, timeout=WITHIN_MS)


@pytest.fixture
def phone(desk: Desk) -> Iterator[BrowserContext]:
    with desk.elsewhere(size=PHONE) as context:
        yield context


def test_on_a_phone_it_fits(desk: Desk, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/officers")
    live(page)
    page.get_by_label("Name, as colleagues know them").fill("Officer 45")
    sign_out(live(desk.open("/")))
    shows_nothing(page)
    fits(page)
    check_access(page)
    picture(page, "signed-out")


# proves F8
def test_a_range_of_days_the_wrong_way_round_filters_nothing_and_says_so_beside_the_field(desk: Desk) -> None:
    page = live(desk.open("/recordings"))
    page.get_by_label("From").fill("2026-11-22")
    page.get_by_label("To", exact=True).fill("2026-11-21")
    beside = page.locator("#to-field .field-fault")
    expect(beside).to_have_text("This day comes before the first, so neither is used; change one of them.")
    expect(page.get_by_label("To", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("heading", name="No recordings", exact=True)).to_be_visible()
    check_access(page)
    picture(page, "reversed-days")
    page.get_by_label("To", exact=True).fill("2026-11-23")
    expect(beside).to_have_count(0)
    expect(page.get_by_role("heading", name="No recordings found")).to_be_visible()
    desk.watch.check(expected=REFUSED)


WIDEST = (
    "/",
    "/hand-out",
    "/recordings",
    "/account",
    "/retention/preview?plain=3&incident=12",
    "/visits/new",
)
"""One of each build: tiles, two columns, a table, forms, a comparison, a form with a table."""
OTHERS = (
    *(
        "/cameras",
        "/officers",
        "/cameras/cam-01",
        "/nowhere",
        "/sign-in",
        "/alerts",
        "/alerts/told",
        "/users",
    ),
    *("/account/second", "/break-glass", "/mine", "/viewings", "/marking", "/retention", "/vault"),
    *("/settings/groups", "/incidents/new", "/reviews/figures", "/visits", "/visits/table"),
    *("/settings/visit-texts", "/mine/visits"),
)


@pytest.mark.parametrize("path", [*WIDEST, *(pytest.param(each, marks=pytest.mark.hunt) for each in OTHERS)])
def test_navigation_and_fields_are_whole_at_every_width(desk: Desk, path: str) -> None:
    with visitor(desk.chromium, desk.fleet.dashboard_url) as stranger:
        page = stranger.new_page() if path.startswith("/sign-in") else desk.open(path)
        page.goto(f"{desk.fleet.dashboard_url}{path}")
        is_whole(page)


# proves F8
@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-10-25T00:30:00Z", "01:30:00 BST"),
        ("2026-10-25T01:30:00Z", "01:30:00 GMT"),
        ("2026-10-25T02:00:00Z", "02:00:00"),
        ("2026-03-29T01:30:00Z", "02:30:00"),
        ("2026-07-01T11:00:00Z", "12:00:00"),
    ],
)
def test_a_script_says_bst_or_gmt_where_the_clocks_show_a_time_twice(
    desk: Desk, moment: str, shown: str
) -> None:
    page = desk.open("/officers")
    script = page.locator("script[src$='/live.js']").get_attribute("src")
    assert script is not None
    said = page.evaluate(
        "([path, at]) => import(path).then((clock) => clock.timeOfDay(new Date(at)))",
        [script.replace("live.js", "clock.js"), moment],
    )
    assert said == shown
