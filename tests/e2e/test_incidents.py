"""Incidents in a real browser: two cameras record; somebody opens an incident, marks, holds, and counts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.fleet.desk import Desk, Speaker, fits, is_whole, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]

PLACE = "The stairs of 112 to 118 Nether Wallop Gardens, by the bins"


def press(speaker: Speaker) -> str:
    speaker.say(state="recording", recording=1, made=1)
    return speaker.tell_of_opened()


def looked_at(page: Page, name: str) -> None:
    """Look at a page as a person on a laptop and on a phone would."""
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})


def test_an_incident_is_opened_held_and_found_again(desk: Desk) -> None:  # proves F3
    with desk.speaking(desk.camera()) as one, desk.speaking(desk.camera()) as two:
        first, second = press(one), press(two)
        page = desk.open("/recordings")
        expect(page.locator(f"#row-{first}")).to_be_visible()
        expect(page.locator(f"#row-{second}")).to_be_visible()
        page.goto(f"/recordings/{first}")
        expect(page.get_by_text("2 cameras recorded within 10 minutes.")).to_be_visible()
        looked_at(page, "recording-judged")
        page.get_by_role("link", name="Open an incident of these").click()
        page.get_by_label("What sort of incident").select_option("Threat or abuse")
        page.get_by_label("Where it was").fill(PLACE)
        page.get_by_label("What happened").fill("The officer was threatened with a stick.\nNobody was hurt.")
        page.get_by_label("Tenant").check()
        looked_at(page, "incident-new")
        page.get_by_role("button", name="Open the incident").click()
        expect(page.get_by_role("heading", name="INC-", exact=False)).to_be_visible()
        expect(page.locator(f"#own-{second}")).to_be_visible()
        page.get_by_role("group").filter(has_text="Hold its recordings").locator("summary").click()
        page.get_by_label("What for").select_option("A claim, made or expected")
        written = {
            "category": "threat",
            "place": PLACE,
            "happened": page.get_by_label("When it began").input_value(),
            "what": "The officer was threatened with a stick. The police came.",
        }
        with desk.fleet.api() as api:
            api.post(page.url, data=written)
        expect(page.get_by_text("The police came.").first).to_be_visible()
        expect(page.get_by_label("What for")).to_have_value("claim")  # what somebody picked stays so
        page.get_by_label("Why", exact=True).fill("Letter of the solicitor")
        page.get_by_role("button", name="Place the hold").click()
        expect(page.get_by_text("answers for it; to be looked at by")).to_be_visible()
        looked_at(page, "incident")
        is_whole(page)
        page.goto("/incidents")
        expect(page.get_by_text(PLACE)).to_be_visible()
        looked_at(page, "incidents")
        page.goto("/recordings?incident=yes&q=stick")
        expect(page.locator(f"#row-{first}")).to_contain_text("held")
        ended_while_another_types(page, desk.open(f"/recordings/{first}"))
    desk.watch.check()


def ended_while_another_types(page: Page, other: Page) -> None:
    """Hold a recording on one page while the hold that keeps it is ended on another: neither loses a word."""
    other.locator("summary", has_text="Hold it").click()
    other.get_by_label("Why", exact=True).fill("Asked for by the tenant")
    other.get_by_label("Who answers for it").focus()
    expect(other.get_by_text("answers for it; to be looked at by")).to_be_visible()
    page.goto("/retention")
    page.locator("summary", has_text="End it").click()
    page.get_by_label("Why it is not needed any more").fill("Settled")
    page.get_by_role("button", name="End the hold").click()
    expect(other.get_by_text("answers for it; to be looked at by")).to_have_count(0)
    expect(other.get_by_label("Why", exact=True)).to_have_value("Asked for by the tenant")
    other.get_by_label("What for").select_option("Somebody's request about what was recorded of them")
    other.get_by_role("button", name="Place the hold").click()
    expect(other.get_by_text("Asked for by the tenant")).to_be_visible()


def test_many_are_marked_at_once_and_that_is_undone(desk: Desk) -> None:
    with desk.speaking(desk.camera()) as one:
        name = press(one)
        page = desk.open("/recordings")
        expect(page.locator(f"#row-{name}")).to_be_visible()
        page.get_by_role("link", name="Mark several").click()
        for box in page.get_by_role("group", name="Which recordings").get_by_role("checkbox").all():
            box.check()
        page.get_by_label("Category").select_option("Violence")
        looked_at(page, "marking")
        page.get_by_role("button", name="Mark them").click()
        expect(page.get_by_text("marked as “Violence”", exact=False)).to_be_visible()
        looked_at(page, "recordings-marked")
        is_whole(page)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("That was undone.", exact=False)).to_be_visible()
    desk.watch.check()


def test_other_periods_are_counted_confirmed_and_undone(desk: Desk) -> None:  # proves F4
    page = desk.open("/retention")
    looked_at(page, "retention")
    is_whole(page)
    page.get_by_label("Months without an incident").fill("3")
    page.get_by_role("button", name="See what that would do").click()
    expect(page.get_by_role("heading", name="Change it?")).to_be_visible()
    looked_at(page, "retention-preview")
    page.get_by_role("button", name="Keep recordings for 3 months").click()
    expect(page.get_by_text("changed it to 3 months without an incident", exact=False)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("went back to 6 months without an incident", exact=False)).to_be_visible()
    looked_at(page, "retention-undone")
    desk.watch.check()
