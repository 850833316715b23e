"""Second factors in a real browser, which holds real passkeys in an authenticator of its own making."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.fleet.desk import NAME, PASSWORD, fits, picture
from tests.support.fleet.fleet import RunningFleet, running_fleet
from tests.support.network.accessible import check_access
from tests.support.network.browser import PHONE, Watch, browser, visitor

pytestmark = [pytest.mark.browser, pytest.mark.broker]

CONFIG = '[people]\nsecond_factor = "privileged"\n'


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFleet]:
    """A fleet with the rules that one has by itself, whose first user is set up."""
    with running_fleet(tmp_path_factory.mktemp("fleet"), config=CONFIG) as made:
        yield made


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser"), whole=True) as found:
        yield found


@contextmanager
def somebody(
    chromium: Browser, fleet: RunningFleet, *, size: tuple[int, int] = PHONE
) -> Iterator[tuple[BrowserContext, Page, Watch]]:
    with visitor(chromium, fleet.dashboard_url, size=size) as context:
        page, watch = context.new_page(), Watch()
        watch.follow(page)
        yield context, page, watch


def authenticator(context: BrowserContext, page: Page) -> Any:  # noqa: ANN401 - CDP
    """Give the browser an authenticator that verifies its owner (CDP, WebAuthn domain)."""
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return lambda verified: cdp.send(
        "WebAuthn.setUserVerified",
        {"authenticatorId": made["authenticatorId"], "isUserVerified": verified},
    )


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture(scope="module")
def codes(chromium: Browser, fleet: RunningFleet) -> list[str]:
    """The first user sets up an account and an app, on a phone; the recovery codes that are shown."""
    with somebody(chromium, fleet) as (_, page, watch):
        page.goto(fleet.setup_url or "")
        page.get_by_label("Your name").fill(NAME)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.locator("form button.btn-primary").click()
        expect(page.get_by_text("Your roles need a second factor.")).to_be_visible()
        check_access(page)
        fits(page)
        picture(page, "second-needed-phone")
        page.locator("#password-app").fill(PASSWORD)
        page.get_by_role("button", name="Show the picture to scan").click()
        secret = page.locator(".scan code.secret").inner_text().replace(" ", "")
        expect(page.locator(".scan img")).to_be_visible()
        check_access(page)
        fits(page)
        picture(page, "second-scan-phone")
        page.get_by_label("The six digits that it shows now").fill(pyotp.TOTP(secret).now())
        page.get_by_role("button", name="Finish").click()
        found = page.locator("[data-codes] code").all_inner_texts()
        check_access(page)
        fits(page)
        picture(page, "second-codes-phone")
        page.get_by_role("link", name="I have them; go on").click()
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        watch.check()
    return found


def test_after_the_password_a_code_is_asked_for(
    chromium: Browser, fleet: RunningFleet, codes: list[str]
) -> None:
    # proves F5
    assert len(codes) == 10
    with somebody(chromium, fleet) as (_, page, watch):
        sign_in(page)
        expect(page.get_by_role("heading", name="Second step")).to_be_visible()
        check_access(page)
        fits(page)
        picture(page, "second-step-phone")
        _show(page, codes[0])
        watch.check()


def test_a_passkey_is_made_and_opens_the_dashboard(
    chromium: Browser, fleet: RunningFleet, codes: list[str]
) -> None:
    # proves F5
    with somebody(chromium, fleet, size=(1366, 768)) as (context, page, watch):
        sign_in(page)
        _show(page, codes[1])
        authenticator(context, page)
        page.goto("/account/second")
        page.get_by_text("Passkey, opened by finger, face or PIN").click()
        page.get_by_label("What you call it").fill("Work laptop")
        page.locator("#password-key").fill(PASSWORD)
        page.get_by_role("button", name="Make a passkey").click()
        expect(page.get_by_text("The passkey is kept")).to_be_visible()
        expect(page.get_by_text("not used yet.")).to_be_visible()
        check_access(page)
        fits(page)
        picture(page, "second-laptop")
        context.clear_cookies()
        page.goto("/sign-in?next=/cameras")
        check_access(page)
        picture(page, "sign-in-passkey")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", name="Cameras", exact=True)).to_be_visible()
        page.goto("/account/second")
        expect(page.get_by_text(re.compile("last used"))).to_be_visible()
        context.clear_cookies()
        sign_in(page)
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        watch.check()


def test_what_goes_wrong_with_a_passkey_is_said(
    chromium: Browser, fleet: RunningFleet, codes: list[str]
) -> None:
    # proves F8
    with somebody(chromium, fleet) as (context, page, watch):
        sign_in(page)
        _show(page, codes[2])
        verified = authenticator(context, page)
        page.goto("/account/second")
        page.get_by_text("Passkey, opened by finger, face or PIN").click()

        def make(password: str = PASSWORD) -> None:
            page.get_by_label("What you call it").fill("Work phone")
            page.locator("#password-key").fill(password)
            page.get_by_role("button", name="Make a passkey").click()

        make("not the password")
        expect(page.get_by_text("The password of today is not that; type it again.")).to_be_visible()
        fits(page)
        verified(False)
        make()
        expect(page.get_by_text("No passkey was used: it was cancelled, or took too long.")).to_be_visible()
        verified(True)
        page.route("**/passkeys/question", lambda route: route.fulfill(status=502, body="no"))
        make()
        expect(
            page.get_by_text("The fleet service refused this; reload the page and try again.")
        ).to_be_visible()
        page.unroute("**/passkeys/question")
        page.route("**/passkeys/question", lambda route: route.abort())
        make()
        expect(page.get_by_text("The fleet service does not answer; try again in a moment.")).to_be_visible()
        page.unroute("**/passkeys/question")
        page.route("**/passkeys/question", lambda route: route.fulfill(status=200, body="{}"))
        make()
        expect(page.get_by_text("The browser could not use a passkey here.")).to_be_visible()
        page.unroute("**/passkeys/question")
        make()
        expect(page.get_by_text("The passkey is kept")).to_be_visible()
        page.get_by_text("Passkey, opened by finger, face or PIN").click()
        make()
        expect(page.get_by_text("This device holds a passkey of this account already.")).to_be_visible()
        # What the browser itself says of refusals is provoked here; exceptions are not.
        watch.check(expected=("error: ", "warning: "))


def test_a_passkey_confirms_who_sits_there_and_what_was_asked_for_goes_on(
    chromium: Browser, fleet: RunningFleet, codes: list[str]
) -> None:
    # proves F5
    with somebody(chromium, fleet) as (context, page, watch):
        sign_in(page)
        _show(page, codes[3])
        verified = authenticator(context, page)
        page.goto("/account/second")
        page.get_by_text("Passkey, opened by finger, face or PIN").click()
        page.get_by_label("What you call it").fill("Own phone")
        page.locator("#password-key").fill(PASSWORD)
        page.get_by_role("button", name="Make a passkey").click()
        expect(page.get_by_text("The passkey is kept")).to_be_visible()
        page.goto("/vault")
        page.get_by_role("button", name="Seal the vault").click()
        expect(page.get_by_role("heading", name="Unseal it")).to_be_visible()
        with sqlite3.connect(fleet.state / "fleet.sqlite3") as database:
            database.execute("UPDATE user_sessions SET confirmed = '2020-01-01 00:00:00.000000'")
        page.get_by_role("button", name="Unseal the vault").click()
        expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        check_access(page)
        fits(page)
        picture(page, "confirm-phone")
        verified(False)
        page.get_by_role("button", name="Use a passkey and go on").click()
        expect(page.get_by_text("No passkey was used: it was cancelled, or took too long.")).to_be_visible()
        verified(True)
        page.get_by_role("button", name="Use a passkey and go on").click()
        expect(page.get_by_text("The vault is open: it opens footage")).to_be_visible()
        watch.check(expected=("status of 403",))


def _show(page: Page, code: str) -> None:
    """Finish signing in with a recovery code: the app's next one may be half a minute away."""
    page.get_by_label(re.compile("Code of your authenticator app")).fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
