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
