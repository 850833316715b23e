"""A photograph and a clip as people import and look at them, in a real browser."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from fleet.redaction.checking.still_check import held_findings
from protocol.verify.cli import app as verifier
from tests.support.fleet.desk import PASSWORD, Desk, fits, picture
from tests.support.media.imported import clip, photograph
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, visitor

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


def drawn(page: Page) -> None:
    """Draw a mask over the photograph, and say why."""
    overlay = page.get_by_role("group", name="Masks")
    expect(overlay).to_have_attribute("viewBox", "0 0 640 480")
    box = overlay.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 50, steps=3)
    page.mouse.up()
    expect(page.get_by_label("Why it is hidden")).to_be_focused()
    page.get_by_label("Why it is hidden").fill("a neighbour")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Hidden: a neighbour")).to_be_visible()
    expect(overlay.get_by_role("button", name=re.compile("^Mask 1:"))).to_be_visible()


def approved(desk: Desk, invitation: str, address: str) -> None:
    """Have a second person watch the copy, and approve the release."""
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=LAPTOP) as context:
        other = context.new_page()
        desk.watch.follow(other)
        other.goto(invitation)
        other.get_by_label("Password", exact=True).fill(PASSWORD)
        other.get_by_label("Password again").fill(PASSWORD)
        other.get_by_role("button", name="Make the account").click()
        expect(other.get_by_role("button", name="Make the account")).to_have_count(0)  # the account is there
        other.goto(address)
        expect(other.get_by_text("You have not watched the whole redacted copy")).to_be_visible()
        other.get_by_role("link", name="Watch the redacted copy").click()
        other.get_by_label("Request of a person recorded").check()
        other.route("**/played", lambda route: route.abort())
        other.get_by_role("button", name="Watch", exact=True).click()
        expect(other.get_by_alt_text("The photograph")).to_have_js_property("naturalWidth", 640)
        expect(other.locator("#copy-said")).to_have_text("The fleet does not answer: open the page again.")
        other.unroute("**/played")
        other.reload()
        expect(other.get_by_text("DPO 7 watched all of it.")).to_be_visible()
        looked_at(other, "watch-photograph")
        other.get_by_role("link", name="You can approve the release now.").click()
        other.get_by_role("button", name="Approve the release").click()
        expect(other.get_by_text("Made", exact=True)).to_be_visible()


def test_a_face_in_a_photograph_is_hidden_watched_approved_and_released(desk: Desk, tmp_path: Path) -> None:
    # proves F10 F8
    invitation = desk.invite("DPO 7", "Data protection officer")
    page = desk.open("/imports")
    described(page, "Photograph")
    sent(page, "a.jpg", photograph(width=640, height=480))
    page.get_by_role("link", name="Draft a release").click()
    page.get_by_label("Recipient, whose name each copy bears").fill("DC 12")
    page.get_by_label("What it is for").fill("The door")
    page.get_by_label("Lawful basis").select_option("legal-obligation")
    page.get_by_label("What is withheld and why").fill("The neighbour")
    page.get_by_label("How it is handed over").select_option("medium")
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()
    expect(page.get_by_text("Imported, not verified")).to_be_visible()
    address = page.url
    page.get_by_role("link", name="Hide faces and words").click()
    page.get_by_label("Request of a person recorded").check()
    page.get_by_role("button", name="Open it to hide something").click()
    expect(page.locator("[data-watermark] span").first).to_contain_text("·")
    drawn(page)
    looked_at(page, "redact-photograph")
    approved(desk, invitation, address)
    page.goto(address)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download for a medium").click()
    download.value.save_as(tmp_path / "release.zip")
    with zipfile.ZipFile(tmp_path / "release.zip") as archive:
        archive.extractall(tmp_path)
    (folder,) = {each.parent for each in tmp_path.rglob("release.json")}
    assert list(held_findings((folder / "photograph.jpg").read_bytes())) == []
    found = CliRunner().invoke(verifier, [str(folder)])
    assert (found.exit_code, "Imported: made anew by its fleet" in found.output) == (4, True), found.output
    desk.watch.check(expected=("status of 4", "ERR_FAILED"))
