"""A release in a real browser: drafted, approved on a phone by a second person, fetched by a stranger."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.fleet.desk import PASSWORD, Desk, fits, picture
from tests.support.fleet.evidence import EvidenceCamera
from tests.support.fleet.sending import send
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def looked_at(page: Page, name: str, *sizes: tuple[int, int]) -> None:
    """Look at a page as it is, for whoever cannot see it too, in windows of these sizes."""
    check_access(page)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)


def fetched(desk: Desk, link: str, code: str, package: Path) -> None:
    """Fetch a package on a phone, as somebody who is not known here, after a wrong code."""
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        stranger = context.new_page()
        stranger.goto(link)
        looked_at(stranger, "collect", LAPTOP, PHONE)
        stranger.get_by_label("Code").fill("22222-22222")
        stranger.get_by_role("button", name="Download").click()
        expect(stranger.get_by_text("That code is not right.")).to_be_visible()
        stranger.get_by_label("Code").fill(code)
        with stranger.expect_download() as download:
            stranger.get_by_role("button", name="Download").click()
        download.value.save_as(package)


def look_at_continuity(page: Page, address: str) -> None:
    """Look at the page of a release's continuity, and go back."""
    page.goto(f"{address}/continuity")
    expect(page.get_by_role("button", name="Keep the entry")).to_be_visible()
    looked_at(page, "continuity", PHONE, LAPTOP)
    page.goto(address)


def test_a_release_goes_its_whole_way(desk: Desk, camera: EvidenceCamera, tmp_path: Path) -> None:
    # proves F10
    take = camera.take(1, seconds=6, prerecord=3)
    assert send(desk.fleet, camera.files, take) == "receipt"
    invitation = desk.invite("DPO 1", "Data protection officer")
    page = desk.open(f"/recordings/{take.recording.hex()}")
    page.get_by_role("link", name="Draft a release").click()
    page.get_by_label("Recipient, whose name each copy bears").fill("Alexandra Hill")
    page.get_by_label("What it is for").fill("Access request")
    page.get_by_label("Lawful basis").select_option("legal-obligation")
    page.get_by_label("To, empty for its end").first.fill("0:03")
    page.get_by_label("What is withheld and why").fill("Everything after the third second")
    looked_at(page, "release-new", PHONE, LAPTOP)
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()
    expect(page.get_by_role("button", name="Approve the release")).to_have_count(0)
    address = page.url
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        phone = context.new_page()
        desk.watch.follow(phone)
        phone.goto(invitation)
        phone.get_by_label("Password", exact=True).fill(PASSWORD)
        phone.get_by_label("Password again").fill(PASSWORD)
        phone.get_by_role("button", name="Make the account").click()
        expect(phone.get_by_role("button", name="Make the account")).to_have_count(0)  # the account is there
        phone.goto(address)
        looked_at(phone, "release-approve", PHONE)
        phone.get_by_role("button", name="Approve the release").click()
        expect(phone.get_by_text("Made", exact=True)).to_be_visible()
    expect(page.get_by_text("Made", exact=True)).to_be_visible()  # by the live stream
    page.get_by_role("button", name="Give out a link").click()  # it came by the live stream, too
    issued = page.locator("section[aria-labelledby=issued-title] code")
    expect(issued).to_have_count(2)
    link, code = issued.all_inner_texts()
    looked_at(page, "release", PHONE, LAPTOP)
    look_at_continuity(page, address)
    expect(page.get_by_text("The link is good until")).to_be_visible()
    page.get_by_label("Good for days").fill("3")
    fetched(desk, link, code, tmp_path / "package.zip")
    expect(page.get_by_text("Downloads by the link were begun as often as was allowed")).to_be_visible()
    expect(page.get_by_label("Good for days")).to_have_value("3")
    with zipfile.ZipFile(tmp_path / "package.zip") as package:
        assert package.testzip() is None
        assert any(each.endswith("/release.json") for each in package.namelist())
    page.goto("/releases")
    expect(page.get_by_role("listitem").get_by_text("Download begun", exact=True)).to_be_visible()
    looked_at(page, "releases", PHONE, LAPTOP)
    page.goto(f"/recordings/{take.recording.hex()}")
    expect(page.get_by_text(re.compile("Release to .*download begun"))).to_be_visible()
    desk.watch.check(expected=("status of 4",))
