"""The sign-in page of a fleet with a provider of identities, which does not answer, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.fleet.desk import fits, is_whole, picture
from tests.support.fleet.fleet import running_fleet
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, browser, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]


def test_a_provider_that_is_silent_is_said_to_be_on_the_page_with_the_form(tmp_path: Path) -> None:
    # proves F8
    secret = tmp_path / "client.secret"
    secret.touch(mode=0o600)
    secret.write_text("a secret")
    config = (
        '[provider]\nissuer = "http://127.0.0.1:9"\nname = "Northgate Homes and Neighbourhoods"\n'
        f'client_id = "lapel"\nclient_secret_file = "{secret}"\n'
    )
    with (
        running_fleet(tmp_path / "fleet", config=config) as fleet,
        browser(tmp_path / "browser") as chromium,
        visitor(chromium, fleet.dashboard_url, size=PHONE) as context,
    ):
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_role("link", name="Sign in with Northgate Homes and Neighbourhoods").click()
        expect(
            page.get_by_text("could not be asked, or gave no good answer; try again, or sign in with a name")
        ).to_be_visible()
        expect(page.get_by_label("Password")).to_be_visible()
        check_access(page)
        for width, height in (LAPTOP, PHONE):
            page.set_viewport_size({"width": width, "height": height})
            fits(page)
            picture(page, "sign-in-provider")
        is_whole(page)
