"""A recording whose picture was black is nowhere plainly green, and Today says it (C12)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import ConditionSpan, condition_detail
from protocol.footage.ledger.event_record import EventKind
from tests.support.fleet.desk import Desk, fits, picture
from tests.support.fleet.evidence import EvidenceCamera, evidence_camera, evidence_office
from tests.support.fleet.sending import send
from tests.support.media.media import MediaTake
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]

SECONDS, PRERECORD_S = 20, 6
SECOND_NS = 1_000_000_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with evidence_office(tmp_path_factory.mktemp("conditions")) as desk:
        yield desk


@pytest.fixture(scope="module")
def camera(desk: Desk) -> EvidenceCamera:
    return evidence_camera(desk, "Officer 3")


@pytest.fixture(scope="module")
def take(desk: Desk, camera: EvidenceCamera) -> MediaTake:
    """A recording that was black from before its pre-record on, and silent to its end."""
    take = camera.footage(1, seconds=SECONDS)
    first_ns = take.at_ns
    black = ConditionSpan(Track.VIDEO, "black", first_ns - 30 * SECOND_NS)
    silent = ConditionSpan(Track.AUDIO, "silent", first_ns + 12 * SECOND_NS)
    for _ in range(PRERECORD_S):
        take.chunk()
    take.press(asked_s=PRERECORD_S, assignment=camera.assignment)
    take.event(EventKind.FAULT, **condition_detail(black, "The picture is black."))
    for _ in range(PRERECORD_S, SECONDS):
        take.live()
    over = ConditionSpan(black.track, black.condition, black.start_ns, first_ns + 15 * SECOND_NS)
    take.event(EventKind.FAULT, **condition_detail(over, "It is over: 45.0 s of black picture."))
    take.event(EventKind.FAULT, **condition_detail(silent, "The sound is silent."))
    take.close()
    assert send(desk.fleet, camera.files, take) == "receipt"
    return take


# proves C12
def test_a_recording_whose_picture_was_black_is_not_green(desk: Desk, take: MediaTake) -> None:
    name = take.recording.hex()
    page = desk.open(f"/recordings/{name}")
    trusted = page.get_by_role("region", name="Can it be trusted?")
    expect(trusted).to_contain_text("Not all of it is of use: 15 s of black picture and 8 s of silence.")
    expect(trusted.locator(".verdict").first).to_have_class(re.compile("tone-warn"))
    expect(page.locator("#recording-head .tone-good")).to_have_count(0)
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text("The picture was black for 15 s. It had been so for 30 s before.")
    expect(happened).to_contain_text("The sound was silent for 8 s, to the end.")
    expect(happened).not_to_contain_text("reported a fault")
    check_access(page)
    picture(page, "black-recording")
    page.emulate_media(media="print")
    expect(page.locator("main")).to_contain_text("15 s of black picture", use_inner_text=True)
    page.emulate_media(media="screen")
    page.goto("/recordings")
    row = page.locator(f"#row-{name}")
    expect(row).to_contain_text("Of no use: 15 s of black picture and 8 s of silence")
    expect(row.locator(".tone-good")).to_have_count(0)
    picture(page, "black-recordings")
    for size in (LAPTOP, PHONE, (320, 640)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        fits(page)
    picture(page, "black-recordings-narrow")
    desk.watch.check()


# proves C12
def test_today_says_that_a_camera_captures_nothing_and_when_it_is_over(
    desk: Desk, camera: EvidenceCamera, take: MediaTake
) -> None:
    with desk.speaking(camera.files) as speaker:
        said = {"faults": ("The picture is black.",), "assignment": camera.assignment, "made": 1}
        black = ({"track": "video", "condition": "black", "for_s": 9.5},)
        speaker.say(prerecord_s=179.3, conditions=black, **said)
        page = desk.open("/")
        needs = page.get_by_role("region", name="Needs attention")
        line = needs.get_by_role("link").filter(has_text="captures nothing of use")
        expect(line).to_contain_text("black picture, for 9.5 s when it said so.")
        expect(line).to_contain_text("Take another camera until its lens was looked at.")
        expect(line).to_have_class(re.compile("tone-bad"))
        expect(needs.get_by_text("The picture is black.")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("Officer 3 may not be covered.")
        expect(needs).to_contain_text("is of use: 15 s of black picture and 8 s of silence.")
        check_access(page)
        picture(page, "black-today")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        fits(page)
        picture(page, "black-today")
        page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
        page.goto(f"/cameras/{camera.files.id}")
        expect(page.locator("main")).to_contain_text("9.5 s of black picture")
        page.goto("/")
        speaker.say(prerecord_s=179.3, conditions=(), assignment=camera.assignment, made=1)
        expect(page.get_by_text("captures nothing of use")).to_have_count(0)
        expect(page.locator("main")).to_contain_text("Everyone is covered.")
        page.goto(f"/cameras/{camera.files.id}")
        expect(page.locator("main")).to_contain_text("nothing found wrong")
    desk.watch.check()
