"""The vault in a real browser: sealed by hand, unsealed by its passphrase, and what is said meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from fleet.core.config import load_config
from fleet.server.compose import build_services
from tests.support.fleet.desk import Desk, is_whole, picture
from tests.support.fleet.vaults import PASSPHRASE, open_by_passphrase
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def look(page: Page, name: str) -> None:
    """Look at a page as it is, on a phone and on a laptop."""
    for width, height in (PHONE, LAPTOP):
        page.set_viewport_size({"width": width, "height": height})
        check_access(page)
        picture(page, name)


def test_somebody_seals_it_and_whoever_knows_the_passphrase_unseals_it(desk: Desk) -> None:
    # proves F8
    services = build_services(load_config(None, desk.fleet.state), desk.fleet.state)
    open_by_passphrase(services)
    services.database.close()
    page = desk.open("/vault")
    expect(
        page.get_by_text("The vault is open: it opens footage to be watched, exported and checked.")
    ).to_be_visible()
    look(page, "vault-open")
    page.get_by_role("button", name="Seal the vault").click()
    expect(
        page.get_by_text("sealed the vault by hand: no footage can be opened until somebody")
    ).to_be_visible()
    look(page, "vault-sealed")
    is_whole(page)
    page.get_by_label("Passphrase of the vault").fill("incorrect horse battery staple")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("that is not its passphrase")
    expect(page.get_by_label("Passphrase of the vault")).to_have_value("")
    look(page, "vault-wrong")
    today = desk.open("/")
    expect(today.get_by_text("sealed the vault by hand")).to_be_visible()
    look(today, "today-sealed")
    page.get_by_label("Passphrase of the vault").fill(PASSPHRASE)
    page.get_by_role("button", name="Unseal the vault").click()
    expect(page.get_by_text("The vault is open: it opens footage")).to_be_visible()
    expect(today.get_by_text("sealed the vault by hand")).to_have_count(0)
    desk.watch.check(expected=("status of 403",))
