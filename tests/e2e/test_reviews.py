"""Reviews in a real browser: a safety override is queued, two people look at it, and both sign."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.database import open_database
from fleet.footage.watching.export import ACTION as EXPORTED
from tests.support.fleet.desk import PASSWORD, Desk, Speaker, fits, is_whole, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def override(speaker: Speaker) -> str:
    """Press while the camera is private."""
    speaker.say(state="recording", recording=1, made=1)
    return speaker.tell_of_opened(prerecord_s=0.0, marks=("safety override",))


@contextmanager
def head_of_safety(desk: Desk) -> Iterator[Page]:
    """Have a second person, in a browser of their own, on a phone, by night."""
    link = desk.invite("Head 1", "Head of safety")
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE, dark=True) as context:
        other = context.new_page()
        desk.watch.follow(other)
        other.goto(link)
        other.get_by_label("Password", exact=True).fill(PASSWORD)
        other.get_by_label("Password again").fill(PASSWORD)
        other.get_by_role("button", name="Make the account").click()
        expect(other.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        yield other


def copied(desk: Desk, recording: str) -> None:
    """Have somebody have taken a copy, as the audit log says it."""
    database = open_database("", desk.fleet.state)
    person = Actor(ActorKind.USER, "1", "Manager 2")
    with database.sessions.begin() as session:
        record(session, person, EXPORTED, recording, "Police or court request: reference 12")
    database.close()


def asked_about(page: Page) -> None:
    """Find what is odd among the viewings, ask, and write down what was said."""
    page.goto("/viewings")
    expect(page.get_by_text("They asked for a copy.")).to_be_visible()
    looked_at(page, "viewings")
    is_whole(page)
    page.get_by_role("link", name="Manager 2").click()
    page.get_by_text("I ask about it").click()
    page.get_by_label("Whom you ask, and what").fill("Manager 2: which officer of the police?")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_label("How it is explained").fill("By the letter of the police")
    looked_at(page, "viewing")
    is_whole(page)
    page.get_by_role("button", name="It is explained").click()
    expect(page.get_by_text("Explained").first).to_be_visible()
    looked_at(page, "viewing-explained")


def looked_at(page: Page, name: str) -> None:
    """Look at a page as a person on a laptop and on a phone would."""
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, name)
    page.set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})


def test_an_override_is_queued_and_two_people_close_it(desk: Desk) -> None:  # proves F5
    with desk.speaking(desk.camera()) as camera, head_of_safety(desk) as head:
        page = desk.open("/reviews")
        expect(page.get_by_text("Nothing to review")).to_be_visible()
        looked_at(page, "reviews-empty")
        name = override(camera)
        expect(page.locator(f"#review-{name}")).to_contain_text("a safety override.")
        looked_at(page, "reviews")
        is_whole(page)
        page.get_by_role("link", name="Review of").click()
        page.get_by_label("Made private, or recorded while private").check()
        page.get_by_label("What is done about it").select_option("Talk with the officer")
        page.get_by_label("In your own words").fill("Pressed at the door.\nNo reason was given.")
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator("#found")).to_contain_text("No reason was given.")
        looked_at(page, "review-found")
        is_whole(page)
        head.goto(f"/reviews/{name}")
        expect(head.get_by_text("More of its recording may come").first).to_be_visible()
        check_access(head)
        fits(head)
        picture(head, "review-night")
        copied(desk, name)
        page.goto(f"/recordings/{name}")
        page.get_by_text("No more will come …").click()
        page.locator("#no-more").get_by_role("radio").first.check()
        page.get_by_role("button", name="End the waiting").click()
        page.goto(f"/reviews/{name}")
        expect(page.get_by_text("A person said that no more of it will come").first).to_be_visible()
        page.get_by_role("button", name="Sign as CCTV manager").click()
        expect(page.get_by_role("button", name="Take back")).to_be_visible()
        expect(head.get_by_text("One name")).to_be_visible()
        head.get_by_role("button", name="Sign as Head of safety").click()
        expect(head.get_by_text("Closed on")).to_be_visible()
        expect(page.get_by_text("Closed on")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Have it reviewed again")).to_be_visible()
        looked_at(page, "review-closed")
        is_whole(page)
        page.goto("/reviews/figures")
        looked_at(page, "reviews-figures")
        asked_about(page)
    desk.watch.check()
