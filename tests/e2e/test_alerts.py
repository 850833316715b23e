"""Alerts in a real browser: found, taken, resolved with a note, and over by themselves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.fleet.desk import Desk, fits, is_whole, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def looked_at(page: Page, name: str) -> None:
    """Look at a page as a person on a laptop and on a phone would, by day and by night."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check_access(page)
        for width, height in (LAPTOP, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            fits(page)
            picture(page, f"{name}-{scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})


def test_an_alert_is_taken_and_resolved_and_another_is_over_by_itself(desk: Desk) -> None:
    # proves L3
    camera = desk.camera()
    with desk.speaking(camera) as speaker:
        speaker.say(state="standby", made=2, battery_percent=7)
        today = desk.open("/")
        expect(today.get_by_text("7 % of its battery left")).to_be_visible()
        expect(today.get_by_text("Recordings 1 and 2")).to_be_visible()
        today.get_by_role("link", name="All alerts").click()
        page = today
        expect(page.get_by_role("heading", name="3 alerts")).to_be_visible()
        looked_at(page, "alerts")
        page.get_by_role("button", name=f"Seen: A recording has not arrived, {camera.id}, 1").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("has seen it")).to_be_visible()
        page.get_by_role("button", name=f"Take it: A recording has not arrived, {camera.id}, 1").click()
        expect(page.get_by_text("Safety desk has it, since")).to_be_visible()
        is_whole(page)
        page.get_by_role("link", name="Recording 1 of", exact=False).click()
        expect(page.get_by_text("Safety desk took it.")).to_be_visible()
        looked_at(page, "alert")
        page.get_by_label("Why it needs nobody any more").fill("The card burnt in the fire of Thursday.")
        page.get_by_role("button", name="Resolve", exact=True).click()
        expect(page.get_by_text("Resolved by Safety desk")).to_be_visible()
        expect(page.get_by_role("button", name="Open it again")).to_be_visible()
        looked_at(page, "alert-resolved")
        page.goto("/")
        expect(page.get_by_text("Recording 2 of")).to_be_visible()
        looked_at(page, "today-alerts")
        other = desk.open("/alerts")
        expect(other.get_by_text("7 % of its battery left")).to_be_visible()
        speaker.say(state="standby", made=2, battery_percent=80)
        expect(other.get_by_text("7 % of its battery left")).to_have_count(0)
        other.goto("/alerts?state=resolved")
        expect(other.get_by_text("That is not so any more", exact=False)).to_be_visible()
        looked_at(other, "alerts-resolved")
    desk.watch.check()
