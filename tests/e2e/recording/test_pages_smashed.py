"""A camera is smashed: the seconds around the press have arrived and the rest has not: the page says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.fleet.desk import Desk, fits, picture
from tests.support.fleet.evidence import PRERECORD_S, SECONDS, EvidenceCamera, watch
from tests.support.fleet.sending import Sender
from tests.support.network.accessible import check_access
from tests.support.network.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]

HERE = (-2, 3)
"""The seconds that have arrived, counted from the press."""


def smashed(desk: Desk, camera: EvidenceCamera, number: int) -> str:
    """Send what had arrived of a recording when its camera was smashed; return the recording's id."""
    take = camera.footage(number)
    take.per_segment = 1
    take.record(prerecord=PRERECORD_S, closed=False, assignment=camera.assignment)
    names = sorted(take.segments)
    with desk.fleet.camera_api(camera.files) as client:
        sender = Sender(client, take)
        sender.ledger()
        sender.segments(names[PRERECORD_S + HERE[0] : PRERECORD_S + HERE[1]])
    return take.recording.hex()


def both_sizes(page: Page, name: str, folder: Path) -> None:
    check_access(page)
    fits(page)
    picture(page, name)
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    fits(page)
    picture(page, name)


def facts(page: Page) -> Locator:
    return page.get_by_role("region", name="Can it be trusted?")


# proves F8, L5
def test_the_page_says_what_is_here_and_what_has_not_arrived(
    desk: Desk, camera: EvidenceCamera, tmp_path: Path
) -> None:
    page = desk.open(f"/recordings/{smashed(desk, camera, 31)}")
    expect(page.locator("main")).to_contain_text(
        "The camera is not heard: what else it has is not known until"
    )
    expect(facts(page)).to_contain_text("Not known yet: it is verified once all of it is here.")
    expect(facts(page)).to_contain_text(re.compile(r"Length\s*not known yet"))
    expect(facts(page)).to_contain_text("Recorded from")
    expect(facts(page)).not_to_contain_text("Footage from")  # that begins seven seconds later
    expect(page.get_by_role("region", name="Download")).to_contain_text(
        "Incomplete: not all of it is known to be here"
    )
    both_sizes(page, "smashed", tmp_path)


# proves F8, L5
def test_the_player_begins_with_what_is_here_and_draws_the_rest_as_not_arrived(
    desk: Desk, camera: EvidenceCamera, tmp_path: Path
) -> None:
    page = desk.open(f"/recordings/{smashed(desk, camera, 32)}")
    watch(page)
    expect(page.locator("[data-wall]")).not_to_be_empty()
    line = page.locator("svg.line-picture")
    before = f"{PRERECORD_S + HERE[0]} s"
    here = f"Timeline: {HERE[1] - HERE[0]} s of {SECONDS} s is here"
    expect(line).to_have_attribute(
        "aria-label",
        f"{here}, {before} before the last of it has not arrived, "
        f"the press lies {PRERECORD_S} s into it, 1 bookmark.",
    )
    expect(line.locator("rect.line-away")).to_have_count(2)  # before what is here, and after it
    expect(line.locator("rect.line-gap")).to_have_count(0)  # nobody says that anything was lost
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text(f"No picture and no sound for {before}: it has not arrived.")
    expect(page.locator("#player")).to_contain_text("Not arrived when opened")
    both_sizes(page, "smashed-player", tmp_path)
