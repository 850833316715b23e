"""The page of settings in a real browser, with the service's own broker, store and vault beneath it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.fleet.desk import Desk, is_whole, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def test_an_administrator_sees_how_the_service_is_doing(desk: Desk) -> None:
    # proves F8
    page = desk.open("/")
    more = page.get_by_role("navigation", name="Pages").get_by_text("More", exact=True)
    for width, height in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": height})
        more.click()
        expect(page.get_by_role("link", name="Settings")).to_be_in_viewport()
        check_access(page)
        picture(page, "more")
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Settings")).to_be_hidden()
    more.click()
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("The service is connected to it, since")).to_be_visible()
    expect(page.get_by_text("Good until").first).to_be_visible()
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        picture(page, "settings")
    is_whole(page)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", name="How it is doing")).to_be_visible()
    desk.watch.check()


def test_a_team_is_made_an_officer_put_into_it_and_the_lists_narrowed(desk: Desk) -> None:
    # proves F8
    officer = desk.officer("Officer 31")
    page = desk.open("/settings")
    page.get_by_role("link", name="Sites and teams").click()
    for label, name in (("New site", "Depot north"), ("New team", "Night team")):
        page.get_by_label(label).fill(name)
        page.get_by_label(label).press("Enter")
        expect(page.locator("main strong", has_text=name)).to_be_visible()
    page.locator("summary", has_text="Change Night team").click()
    for width, height in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": height})
        check_access(page)
        picture(page, "groups")
        is_whole(page)
    page.goto(f"/officers/{officer}")
    page.locator("#team").select_option("Night team")
    page.get_by_role("region", name="Team").get_by_role("button", name="Change").click()
    expect(page.locator("#team option:checked")).to_have_text("Night team")
    picture(page, "officer-with-team")
    page.goto("/officers")
    page.locator("#team").select_option("Night team")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#officer-list").get_by_text("Night team")).to_be_visible()
    check_access(page)
    picture(page, "officers-of-a-team")
    page.goto("/recordings")
    page.get_by_label("Officer", exact=True).select_option("Night team")
    expect(page.get_by_text("No recording fits all of what you chose.")).to_be_visible()
    check_access(page)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto("/cameras")
    expect(page.get_by_label("Site")).to_be_visible()
    check_access(page)
    picture(page, "cameras-by-site")
    desk.watch.check()
