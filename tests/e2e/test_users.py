"""Users in a real browser: somebody is invited, comes, is given other roles, and leaves."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.fleet.desk import PASSWORD, Desk, fits, picture
from tests.support.network.accessible import check_access
from tests.support.network.browser import PHONE, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]

NEW = "Desk 2 with a name that is as long as names of people get to be"


def test_somebody_is_invited_comes_and_leaves(desk: Desk) -> None:  # proves F5
    page = desk.open("/users")
    page.get_by_label("Name, with which they sign in").fill(NEW)
    page.get_by_role("group", name="What they may do").first.get_by_label("Safety team").check()
    page.get_by_role("button", name="Make an invitation").click()
    link = page.locator("code.secret").inner_text()
    check_access(page)
    fits(page)
    picture(page, "users-invited")
    with visitor(desk.chromium, desk.fleet.dashboard_url, size=PHONE) as context:
        phone = context.new_page()
        desk.watch.follow(phone)
        phone.goto(link)
        check_access(phone)
        fits(phone)
        picture(phone, "join")
        phone.get_by_label("Password", exact=True).fill(PASSWORD)
        phone.get_by_label("Password again").fill(PASSWORD)
        phone.get_by_role("button", name="Make the account").click()
        expect(phone.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        phone.goto("/account")
        check_access(phone)
        fits(phone)
        picture(phone, "account-phone")
        page.goto("/users")
        page.get_by_role("link", name=f"Change {NEW}").click()
        check_access(page)
        fits(page)
        picture(page, "user")
        page.get_by_label("Head of safety").check()
        page.get_by_role("button", name="Change roles").click()
        expect(page.get_by_text("Safety team, Head of safety.").first).to_be_visible()
        page.get_by_role("button", name="Make a link for a new password").click()
        expect(page.locator("code.secret")).to_contain_text("/join/")
        page.goto(page.url.removesuffix("/password-link"))
        page.get_by_role("button", name=f"Retire {NEW}").click()
        expect(page.get_by_role("button", name=f"Bring back {NEW}")).to_be_visible()
        expect(phone.get_by_role("heading", name="You are signed out")).to_be_visible()
        phone.goto("/account")
        expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    desk.watch.check(expected=("status of 4",))
