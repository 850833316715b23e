"""A recording that did not verify, in a real browser: told as its own word, also while it plays."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.fleet.desk import Desk, fits, picture
from tests.support.fleet.evidence import REFUSED, EvidenceCamera, watch
from tests.support.fleet.sending import send
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


# proves F8
def test_what_did_not_verify_says_so_for_as_long_as_it_plays(desk: Desk, camera: EvidenceCamera) -> None:
    take = camera.take(1, seconds=8, prerecord=4)
    take.segments[max(take.segments)][-40] ^= 1
    send(desk.fleet, camera.files, take)
    name = take.recording.hex()
    page = desk.open(f"/recordings/{name}")
    head, over = page.locator("#recording-head"), page.locator("#refused-mark")
    expect(head.get_by_role("alert")).to_contain_text("This did not verify.")
    expect(head.get_by_role("alert")).to_contain_text("Officer 1 had the camera")
    expect(head.locator(".person")).to_contain_text("Not known who had it")
    expect(head).to_contain_text("first heard of")
    expect(page).to_have_title("cam-01 · 1, refused · Lapel")
    watch(page)
    for size in (LAPTOP, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(over).to_contain_text("Did not verify")
        expect(over.locator("p")).to_be_visible()
        fits(page)
        picture(page, "recording-did-not-verify")
    expect(head.get_by_role("alert")).to_contain_text("This did not verify.")
    expect(page.locator("#player-line")).to_have_attribute("data-press", "")
    expect(page.locator("[data-phase]")).to_be_hidden()
    expect(page.locator("[data-wall]")).to_have_text("")
    expect(page.get_by_role("button", name="Jump to the press")).to_have_count(0)
    for key, what in (("p", "a press"), ("n", "bookmarks"), ("b", "bookmarks")):
        page.keyboard.press(key)
        said = f"What it says of {what} did not verify, so it is not told here."
        expect(page.locator("[data-message]")).to_have_text(said)
    expect(page.get_by_role("region", name="What happened")).to_contain_text("is not told here")
    expect(page.get_by_role("region", name="Download")).to_contain_text("It was refused")
    check_access(page)
    page.goto("/recordings")
    row = page.locator(f"#row-{name}")
    expect(row).to_contain_text("Not known who had it")
    expect(row).to_contain_text("first heard of; what was sent did not verify")
    expect(row).to_contain_text("Altered")
    expect(row).not_to_contain_text("Officer 1")
    fits(page)
    picture(page, "recordings-did-not-verify")
    desk.watch.check(expected=REFUSED)  # the chunk that was altered does not open
