"""Recordings that contradict each other, as the pages say it: on both of them, and on Today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.fleet.desk import fits, picture
from tests.support.fleet.evidence import evidence_camera, evidence_office
from tests.support.fleet.sending import send
from tests.support.network.accessible import check_access
from tests.support.network.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def test_recordings_that_contradict_each_other_say_so(tmp_path: Path) -> None:  # proves F8
    with evidence_office(tmp_path / "office") as desk:
        camera = evidence_camera(desk)
        first = camera.take(1, seconds=4, prerecord=2)
        twin = camera.footage(2, seconds=4)
        twin.run = first.run
        twin.record(prerecord=2, assignment=camera.assignment)
        for take in (first, twin):
            assert send(desk.fleet, camera.files, take) == "receipt"
        said = "hold different footage of the same moment"
        page = desk.open("/")
        for take in (first, twin):  # nothing is calmer than the page itself
            expect(page.locator(f"#new-{take.recording.hex()}")).to_contain_text("Contradicted")
        expect(page.locator(".figures")).to_contain_text(
            re.compile(r"Safe here\s*0\b.*Contradicted\s*2", re.DOTALL)
        )
        page.get_by_role("group").filter(has_text=said).locator("summary").click()
        expect(page.get_by_text(said).first).to_be_visible()
        for take in (first, twin):
            page.goto(f"/recordings/{take.recording.hex()}")
            trusted = page.get_by_role("region", name="Can it be trusted?")
            expect(trusted).to_contain_text(said)
            expect(trusted).to_contain_text("Intact")
            expect(page.locator("#recording-head")).to_contain_text("Contradicted")
        check_access(page)
        page.set_viewport_size({"width": 1366, "height": 768})
        picture(page, "recording-contradicted")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        fits(page)
        picture(page, "recording-contradicted")
        desk.watch.check()
