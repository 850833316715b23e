"""The vault in a real browser: sealed by hand, unsealed by its passphrase, and what is said meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from fleet.core.actor import OPERATOR
from fleet.core.config import load_config
from fleet.server.compose import build_services
from fleet.vault.keybox import OpenedBy
from fleet.vault.rotating import VaultRotation
from tests.support.fleet.desk import Desk, is_whole, picture
from tests.support.fleet.fleet import start_fleet
from tests.support.fleet.vaults import CHEAP, PASSPHRASE, open_by_passphrase
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


def test_after_a_rotation_its_keys_and_whoever_has_not_followed_are_on_its_page(desk: Desk) -> None:
    # proves F8
    camera = desk.camera()
    desk.fleet.stop()
    services = build_services(load_config(None, desk.fleet.state), desk.fleet.state)
    old = services.vault.known()[0].key_id
    secret = None if services.vault.opener.by is OpenedBy.KEY_FILE else PASSPHRASE.encode()
    new = VaultRotation(services, passphrase_cost=CHEAP).rotate(secret, OPERATOR).after
    services.database.close()
    token = desk.fleet.token
    desk.fleet = start_fleet(desk.folder)
    desk.fleet.token = token
    page = desk.open("/vault")
    panel = page.get_by_role("region", name="Keys")
    expect(panel.locator("code")).to_have_text([new[:16], old[:16]])
    expect(panel).to_contain_text("What they seal to is not known, for they have not said it:")
    with desk.speaking(camera) as speaker:
        speaker.say(sealed_to=[old])
        desk.watch.errors.clear()
        behind = page.get_by_text("Sealed to an earlier key, as last said:")
        reload_until(page, behind)
        expect(behind).to_contain_text(camera.id)
        look(page, "vault-keys")
        is_whole(page)
        speaker.say(sealed_to=[new])
        reload_until(page, page.get_by_text("Every camera in service last said that it seals to the newest"))
        expect(panel).to_contain_text("It opens no recordings of those that were looked at.")
        look(page, "vault-keys-followed")
    desk.watch.check()


def reload_until(page: Page, wanted: Locator) -> None:
    """Load a page anew until it says something: it does not follow by itself."""
    for _ in range(100):
        page.reload()
        if wanted.count():
            return
    expect(wanted).to_be_visible()
