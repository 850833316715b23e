"""Requests in a real browser: one is written down, its clock explained, a letter written, and closed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.fleet.desk import Desk, fits, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def looked_at(page: Page, name: str) -> None:
    """Look at a page as a person on a laptop and on a phone would."""
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})


def test_a_request_is_written_down_and_closed_with_a_reason(desk: Desk) -> None:  # proves F10
    page = desk.open("/requests")
    expect(page.get_by_role("heading", name="Requests", level=1)).to_be_visible()
    looked_at(page, "requests")
    page.get_by_role("link", name="Write one down").click()
    page.get_by_role("link", name="Access").click()
    page.get_by_label("How it came").select_option("letter")
    page.get_by_label("Who asks").fill("Alexandra Hill")
    page.get_by_label("Where the answer goes").fill("7 Elm Road")
    page.get_by_label("What is asked for, in their words").fill("The visit last Tuesday")
    looked_at(page, "request-new")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("The clock starts that day.")).to_be_visible()
    looked_at(page, "request")
    page.get_by_role("link", name="Please show who you are").click()
    page.get_by_label("What you write; the template has the rest").fill("A bill, please.")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("Set landlord.name and landlord.contact in the configuration")).to_be_visible()
    looked_at(page, "request-letter")
    page.go_back()
    page.goto("/letters/extension")
    looked_at(page, "letters-one")
    page.goto("/requests")
    page.get_by_role("link", name="REQ-").click()
    page.get_by_text("Close it without an answer").first.click()
    page.get_by_label("Nobody will be answered by this request").check()
    page.get_by_label("Why, as when it was withdrawn").fill("Withdrawn by phone")
    page.get_by_role("button", name="Close it without an answer").click()
    expect(page.get_by_text("Closed: withdrawn")).to_be_visible()
