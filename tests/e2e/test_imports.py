"""A photograph and a clip as people import and look at them, in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.fleet.desk import Desk, fits, picture
from tests.support.media.imported import clip, photograph
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def looked_at(page: Page, name: str) -> None:
    """Look at a page as a person on a phone and on a laptop would."""
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)


def described(page: Page, kind: str) -> None:
    """Say what is to be imported."""
    page.goto("/imports/new")
    page.get_by_role("link", name=kind).click()
    expect(page.get_by_role("heading", name=kind)).to_be_visible()
    page.get_by_label("Who gave it, or which camera it is of").fill("Camera 4 of the car park")
    page.get_by_label("Lawful basis").select_option("legitimate-interests")
    page.get_by_label("What it is needed for").fill("Who damaged the door")
    day = datetime.now(UTC).date() + timedelta(days=60)
    page.get_by_label(re.compile("Last day on which it is needed")).fill(day.isoformat())
    page.get_by_role("button", name="Go on to the file").click()
    expect(page.get_by_role("button", name="Send the file")).to_be_visible()


def sent(page: Page, name: str, data: bytes) -> None:
    """Choose a file and send it."""
    page.get_by_label("The file as it was given to you").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    page.get_by_role("button", name="Send the file").click()


def looking(page: Page) -> None:
    """Say why one looks."""
    page.get_by_label("Complaint or claim").first.check()
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_role("heading", name="What it shows")).to_be_visible()


def test_a_photograph_is_sent_from_its_page_and_looked_at(desk: Desk) -> None:
    # proves F1 F6 F8
    page = desk.open("/imports")
    expect(page.get_by_text("Nothing imported is here")).to_be_visible()
    described(page, "Photograph")
    looked_at(page, "import-new-file")
    desk.watch.errors.clear()
    page.locator("form[data-import-file]").evaluate("form => { form.dataset.most = 0 }")
    sent(page, "holiday.mp4", b"<html>no picture</html>")
    expect(page.get_by_text("This file is larger than the 0 MiB that are allowed.")).to_be_visible()
    page.locator("form[data-import-file]").evaluate("form => { form.dataset.most = 100 }")
    page.get_by_role("button", name="Send the file").click()
    expect(page.locator("[data-import-fault]")).to_contain_text("none of what is imported, by its contents")
    desk.watch.errors.clear()  # the browser says that the service refused
    sent(page, "a.txt", photograph(width=640, height=480))
    expect(page.get_by_role("button", name="Look", exact=True)).to_be_visible()
    looked_at(page, "import-held")
    looking(page)
    shown = page.get_by_alt_text("The imported photograph")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 640)
    expect(page.locator("[data-watermark] span").first).to_contain_text("·")
    looked_at(page, "import-shown")
    page.goto("/imports")
    expect(page.get_by_role("link", name=re.compile("IMP-"))).to_be_visible()
    looked_at(page, "imports")


def test_a_clip_plays_from_any_place(desk: Desk) -> None:
    # proves F1
    page = desk.open("/imports")
    described(page, "CCTV clip")
    sent(page, "clip.avi", clip("avi", "mjpeg", sound="pcm_s16le", pictures=60, width=320))
    expect(page.get_by_role("button", name="Look", exact=True)).to_be_visible()
    looking(page)
    video = page.locator("video")
    expect(video).not_to_have_js_property("readyState", 0)
    assert video.evaluate("each => each.duration") == pytest.approx(6, abs=0.3)
    video.evaluate("each => { each.currentTime = 5 }")
    expect(video).to_have_js_property("seeking", False)
    expect(video).to_have_js_property("error", None)
    assert video.evaluate("each => each.currentTime") == pytest.approx(5, abs=0.2)
