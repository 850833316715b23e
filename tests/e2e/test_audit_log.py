"""The audit log in a real browser: read, narrowed, verified and taken away."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.fleet.desk import NAME, Desk, fits, is_whole, picture
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


def test_the_log_is_read_narrowed_verified_and_taken_away(desk: Desk, tmp_path: Path) -> None:  # proves F2
    desk.officer("Somebody with a name for the log")
    page = desk.open("/")
    page.locator("details.account summary").click()
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("heading", name="Audit log", exact=True)).to_be_visible()
    expect(page.get_by_text("added officer Somebody with a name for the log.", exact=False)).to_be_visible()
    looked_at(page, "audit-log")
    is_whole(page)
    page.get_by_label("Person", exact=True).fill(NAME)
    page.get_by_label("What was done").select_option("signed in")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text(f"{NAME} signed in.").first).to_be_visible()
    expect(page.get_by_text("added officer", exact=False)).to_have_count(1)  # what can be chosen
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take these entries (ZIP)").click()
    taken.value.save_as(tmp_path / "log.zip")
    with zipfile.ZipFile(tmp_path / "log.zip") as archive:
        assert "signed" not in archive.read("log.csv").decode()
        assert f'"user:{NAME}","people:session:start"' in archive.read("log.csv").decode()
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("Verified up to entry", exact=False)).to_be_visible()
    expect(page.get_by_text("shown by a checkpoint outside the database", exact=False)).to_be_visible()
    looked_at(page, "audit-verification")
    is_whole(page)
    with desk.elsewhere(size=PHONE, dark=True) as phone:
        other = phone.new_page()
        for path, name in (("/audit", "audit-log-dark"), ("/audit/verification", "audit-verification-dark")):
            other.goto(path)
            check_access(other)
            fits(other)
            picture(other, name)
    desk.watch.check()
