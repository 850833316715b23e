"""A recording that will never be whole, in a browser: ended by a person, taken out as a part, gone on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from protocol.messages.events import CameraEvent, NewsKind
from tests.support.fleet.desk import NAME, Desk, fits, picture
from tests.support.fleet.evidence import (
    EvidenceCamera,
)
from tests.support.fleet.sending import Sender
from tests.support.media.media import MediaTake
from tests.support.network.accessible import check_access
from tests.support.network.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def begin(desk: Desk, camera: EvidenceCamera, number: int) -> tuple[MediaTake, str]:
    """Send the beginning of a recording, and have the camera say that it closed it after 205 s."""
    take = camera.take(number)
    with desk.fleet.camera_api(camera.files) as client:
        sender = Sender(client, take)
        piece = bytes(take.ledger[: len(take.ledger) - 100])
        sender.put("/ledger/0", piece)
        sender.segments([min(take.segments)])
    name = take.recording.hex()
    event = CameraEvent(
        id=f"{name}-closed",
        kind=NewsKind.RECORDING_CLOSED,
        camera=take.identity.camera,
        at_utc_us=take.label().utc_us,
        number=take.number,
        recording=name,
        duration_s=205.0,
        ended="closed",
    )
    with desk.speaking(camera.files) as speaker:
        speaker.tell(event)
    return take, name


# proves F8
def test_a_person_ends_the_waiting_and_the_page_says_who_and_why(desk: Desk, camera: EvidenceCamera) -> None:
    _, name = begin(desk, camera, 21)
    page = desk.open(f"/recordings/{name}")
    form = page.get_by_role("region", name="Will the rest never come?")
    form.get_by_text("No more will come …").click()
    form.get_by_text("Another reason", exact=True).click()
    form.get_by_role("button", name="End the waiting").click()
    expect(form.get_by_role("alert")).to_have_text("Say in a few words what the other reason is.")
    check_access(page)
    fits(page)
    form.get_by_text("The camera is destroyed").click()
    form.get_by_label("In your own words").fill("Run over by a van")
    form.get_by_role("button", name="End the waiting").click()
    expect(page.locator(".page-head")).to_contain_text("Ended")
    said = re.compile(f"{NAME} said on .* that no more of it will come: The camera is destroyed: Run over")
    expect(page.locator("#recording-head, [id=recording-head]").first).to_contain_text(said)
    trust = page.get_by_role("region", name="Can it be trusted?")
    expect(trust).to_contain_text("A part, up to 3 s of 3 min 25 s: what is here is exactly as")
    expect(trust).to_contain_text("3 s of 3 min 25 s")
    expect(page.get_by_role("region", name="Will the rest never come?")).to_have_count(0)
    expect(page.get_by_role("region", name="Download")).to_contain_text("Incomplete: 3 s of 3 min 25 s.")
    expect(page.get_by_role("region", name="What happened")).not_to_contain_text("signed a receipt")
    check_access(page)
    fits(page)
    picture(page, "part-laptop")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    fits(page)
    picture(page, "part-phone")
    rows = desk.open("/recordings?state=stopped")
    expect(rows.locator("main")).to_contain_text("A part")


# proves F8
def test_what_is_here_is_taken_out_as_a_part(desk: Desk, camera: EvidenceCamera) -> None:
    _, name = begin(desk, camera, 22)
    page = desk.open(f"/recordings/{name}")
    box = page.get_by_role("region", name="Download")
    expect(box).to_contain_text("not all of it is known to be here, and what is has not been checked yet")
    box.get_by_text("Download as MP4 …").click()
    box.get_by_text("Police or court request").click()
    with page.expect_download() as waiting:
        box.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename.endswith("_incomplete_3_of_205_s.mp4")


# proves L2
def test_a_camera_that_turns_up_goes_on_and_the_page_says_so(desk: Desk, camera: EvidenceCamera) -> None:
    take, name = begin(desk, camera, 23)
    page = desk.open(f"/recordings/{name}")
    form = page.get_by_role("region", name="Will the rest never come?")
    form.get_by_text("No more will come …").click()
    form.get_by_text("The camera is lost or stolen").click()
    form.get_by_role("button", name="End the waiting").click()
    expect(page.locator(".page-head")).to_contain_text("Ended")
    with desk.fleet.camera_api(camera.files) as client:
        sender = Sender(client, take, ledger_sent=len(take.ledger) - 100)
        sender.ledger()
        sender.segments()
        assert sender.complete() == "receipt"
    expect(page.locator(".page-head")).to_contain_text("Safe")
    expect(page.locator("main")).to_contain_text("The camera sent more all the same")
    expect(page.get_by_role("region", name="Can it be trusted?")).to_contain_text("Intact")
