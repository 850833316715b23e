"""Alerts in a real browser: found, taken, resolved with a note, and over by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fleet.pki.authority import open_authority
from tests.support.fleet.authorities import plain_key
from tests.support.fleet.desk import Desk, fits, is_whole, office, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE
from tests.support.network.mail_server import PASSWORD, USER, Mailbox, running_mail_server

pytestmark = [pytest.mark.browser, pytest.mark.broker]


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mailbox, Path]]:
    """A mail server, and the folder with what is needed to send by it."""
    folder = tmp_path_factory.mktemp("mail")
    authority = open_authority(folder / "pki", now=datetime.now(UTC))
    authority.renew_own(("localhost",), datetime.now(UTC))
    (folder / "password").write_text(PASSWORD)
    with running_mail_server(
        folder / "pki" / "server.pem", plain_key(folder / "pki", "server", folder)
    ) as box:
        yield box, folder


@pytest.fixture(scope="module")
def new_office(tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, Path]) -> Iterator[Desk]:
    box, folder = mailbox
    config = f"""
[mail]
host = "localhost"
port = {box.port}
user = "{USER}"
password_file = "{folder / "password"}"
sender = "lapel@example.org"
authority_file = "{folder / "pki" / "authority.pem"}"
"""
    with office(tmp_path_factory.mktemp("office"), config=config) as desk:
        yield desk


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


def test_somebody_chooses_what_they_are_told_and_a_test_arrives(
    desk: Desk, mailbox: tuple[Mailbox, Path]
) -> None:
    page = desk.open("/alerts")
    page.get_by_role("link", name="What you are told").click()
    page.get_by_label("Your e-mail address").fill("desk@example.org")
    page.get_by_label("You are told").select_option("All that is ticked below")
    page.get_by_label("Clock not set").uncheck()
    page.get_by_role("button", name="Keep this").click()
    page.get_by_role("button", name="Send a test to yourself").click()
    expect(page.get_by_text("Test: handed over", exact=False)).to_be_visible()
    looked_at(page, "told")
    is_whole(page)
    expect(page.get_by_label("Clock not set")).not_to_be_checked()
    (mail,) = mailbox[0].received
    assert mail["Subject"] == "Lapel: this is a test"
    assert mail["To"] == "desk@example.org"
    desk.watch.check()
