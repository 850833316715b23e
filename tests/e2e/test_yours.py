"""An officer on a phone, and break-glass as everybody sees it, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from fleet.cli import app
from tests.support.fleet.desk import NAME, PASSWORD, Desk, Speaker, fits, is_whole, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]

OFFICER = "Officer Bartholomew Featherstonehaugh-Cholmondeley of the night shift"
REASON = "The head of safety's phone is lost, and a camera has to be taken out of service before the morning"


def looked_at(page: Page, name: str) -> None:
    """Look at a page as a person on a phone and on a laptop would."""
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)


def press(speaker: Speaker, assignment: str) -> str:
    speaker.say(state="recording", recording=1, made=1, prerecord_s=180.0, battery_percent=64)
    return speaker.tell_of_opened(assignment=assignment)


@pytest.fixture
def phone(desk: Desk) -> Iterator[Page]:
    """Somebody's phone, on which nobody is signed in yet."""
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        page = context.new_page()
        desk.watch.follow(page)
        yield page


def test_an_officer_sees_their_camera_and_says_what_happened(desk: Desk, phone: Page) -> None:
    # proves F8
    officer, camera = desk.officer(OFFICER), desk.camera()
    assignment = desk.hand_out(camera.id, officer)
    page = desk.open("/users")
    page.get_by_label("Name, with which they sign in").fill("Officer one")
    page.locator("input[name=role][value=officer]").first.check()
    page.get_by_role("button", name="Make an invitation").click()
    phone.goto(page.locator("code.secret").inner_text())
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_label("Password again").fill(PASSWORD)
    phone.get_by_role("button", name="Make the account").click()
    expect(phone.get_by_text("Your account is not joined to an officer yet")).to_be_visible()
    page.goto("/users")
    page.get_by_role("link", name="Change Officer one").click()
    page.get_by_role("link", name="Change the officer").click()
    looked_at(page, "officer-link")
    page.locator("#officer").select_option(label=OFFICER)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text(f"Is the officer {OFFICER}.")).to_be_visible()
    with desk.speaking(camera) as speaker:
        phone.goto("/")
        expect(phone.get_by_role("heading", name="Yours", exact=True)).to_be_visible()
        expect(phone.locator("#live-status")).to_contain_text("Live.")
        expect(phone.locator(".mine-row")).to_have_count(0)
        name = press(speaker, assignment)
        expect(phone.locator(f'.mine-row[href="/mine/{name}"]')).to_be_visible()  # without anybody's doing
        page.goto("/recordings")
        expect(page.locator(f"#row-{name}")).to_be_visible()
        looked_at(phone, "yours")
        phone.locator(".mine-row").click()
        phone.get_by_label("What happened, as you remember it").fill(
            "He raised a stick.\nI left by the stairs."
        )
        phone.get_by_role("button", name="Keep my words").click()
        expect(phone.get_by_text("It is kept, with your name and the time.")).to_be_visible()
        looked_at(phone, "yours-recording")
        is_whole(phone)
    page.goto(f"/recordings/{name}")
    expect(page.get_by_role("heading", name="The officer's own words")).to_be_visible()
    looked_at(page, "recording-own-words")
    desk.watch.check()


def test_break_glass_lets_one_in_and_is_told_on_every_page(desk: Desk, phone: Page) -> None:
    # proves F8
    page = desk.open("/")
    words = ["break-glass", "give", "--state", str(desk.fleet.state), "--name", NAME, "--reason", REASON]
    given = CliRunner().invoke(app, words)
    assert given.exit_code == 0, given.output
    phone.goto(given.stdout.strip())
    looked_at(phone, "break-glass-in")
    phone.get_by_role("button", name="Go in").click()
    expect(phone.get_by_role("heading", name="Users", exact=True)).to_be_visible()
    for path in ("/", "/recordings", "/account"):
        page.goto(path)
        expect(page.locator("#told")).to_contain_text(f"{NAME} is let in as administrator until")
    looked_at(page, "told")
    is_whole(page)
    page.goto("/break-glass")
    looked_at(page, "break-glass")
    page.get_by_role("button", name=f"End the break-glass of {NAME}").click()
    expect(page.get_by_text(f"by {NAME}.")).to_be_visible()
    expect(phone.get_by_role("heading", name="You are signed out")).to_be_visible()
    desk.watch.check(expected=("status of 4",))
