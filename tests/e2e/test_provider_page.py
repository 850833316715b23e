"""Signing in through a provider of identities in a real browser: there, back, and out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from fleet.people.provided.sign_in import BACK
from tests.support.fleet.desk import NAME, PASSWORD, fits, is_whole, picture
from tests.support.fleet.fleet import RunningFleet, running_fleet
from tests.support.network.accessible import check_access
from tests.support.network.browser import LAPTOP, PHONE, browser, visitor
from tests.support.provider.provider import SECRET, TestProvider, a_provider

pytestmark = [pytest.mark.browser, pytest.mark.broker]

PROVIDER = "Northgate Homes and Neighbourhoods"
SILENT = f"{PROVIDER} could not be asked, or gave no good answer; try again, or sign in with a name"
SIGN_IN = re.compile("^Sign in$")


@dataclass(frozen=True)
class Landlord:
    """A provider, a fleet that people come to through it, and a browser."""

    provider: TestProvider
    fleet: RunningFleet
    chromium: Browser


@pytest.fixture(scope="module")
def landlord(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landlord]:
    folder = tmp_path_factory.mktemp("provider")
    secret = folder / "client.secret"
    secret.touch(mode=0o600)
    secret.write_text(SECRET)
    with ExitStack() as ends:
        nowhere = "https://localhost:1/"  # its address is said once the fleet has one
        provider = ends.enter_context(a_provider(redirect=nowhere, logout=nowhere))
        config = (
            f'[provider]\nissuer = "{provider.issuer}"\nname = "{PROVIDER}"\nclient_id = "lapel"\n'
            f'client_secret_file = "{secret}"\nroles = {{ "CCTV" = ["cctv-manager"] }}\n'
        )
        fleet = ends.enter_context(running_fleet(folder / "fleet", config=config))
        chromium = ends.enter_context(browser(folder / "browser"))
        provider.say(redirect=f"{fleet.dashboard_url}{BACK}")
        _first_account(fleet)
        yield Landlord(provider, fleet, chromium)


@pytest.fixture
def page(landlord: Landlord) -> Iterator[Page]:
    """A stranger's, on a phone."""
    with visitor(landlord.chromium, landlord.fleet.dashboard_url, size=PHONE) as context:
        yield context.new_page()


def _first_account(fleet: RunningFleet) -> None:
    """Make it; the provider can be nobody's first."""
    assert fleet.setup_url is not None
    account = {"name": NAME, "password": PASSWORD, "link": fleet.setup_url.rpartition("/")[2]}
    with httpx.Client(base_url=fleet.dashboard_url, verify=fleet.context()) as client:
        client.post("/api/v1/setup", json=account).raise_for_status()


def someone(provider: TestProvider, account: str, name: str, *groups: str) -> None:
    """Have the provider know somebody, and ask who they are before it sends them back."""
    claims = {"preferred_username": name, "groups": list(groups)}
    provider.say(account=account, claims=claims, asks=True, silent="")


def go_there(page: Page) -> None:
    """Press the button on the page to sign in."""
    page.get_by_role("link", name=f"Sign in with {PROVIDER}").click()


def go_on(page: Page, account: str) -> None:
    """Say at the provider who one is."""
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    expect(page.get_by_label("Account")).to_have_value(account)
    page.get_by_role("button", name="Go on").click()


def is_out(page: Page) -> None:
    """The page to sign in by is there, and nobody is signed in behind it."""
    expect(page.get_by_role("heading", name=SIGN_IN)).to_be_visible()
    assert page.evaluate("fetch('/signed-in').then((answer) => answer.json())") == {"who": ""}


def sign_out(page: Page, name: str) -> None:
    """Leave by the menu."""
    page.get_by_label(f"Your account, {name}").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name=SIGN_IN)).to_be_visible()


def test_somebody_comes_through_the_provider_once_it_answers_and_leaves(
    landlord: Landlord, page: Page
) -> None:
    # proves F5, F8: cookies that a browser keeps on its way there and back are shown by a browser alone
    provider = landlord.provider
    provider.say(silent="/")
    page.goto("/recordings?state=held")
    go_there(page)
    expect(page.get_by_text(SILENT)).to_be_visible()
    check_access(page)
    for width, height in (LAPTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        fits(page)
        picture(page, "sign-in-provider")
    is_whole(page)
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=SIGN_IN).click()
    expect(page.get_by_role("heading", name="Recordings", exact=True)).to_be_visible()
    sign_out(page, NAME)

    someone(provider, "one", "Person 1", "CCTV")
    page.goto("/recordings?state=held")
    go_there(page)
    go_on(page, "one")
    expect(page).to_have_url(re.compile(r"/recordings\?state=held$"))
    expect(page.get_by_role("heading", name="Recordings", exact=True)).to_be_visible()
    page.goto("/account")
    expect(page.get_by_text(f"You sign in through {PROVIDER}")).to_be_visible()
    check_access(page)
    fits(page)
    sign_out(page, "Person 1")
    is_out(page)
    page.goto("/recordings")
    is_out(page)


def test_a_provider_that_goes_while_somebody_is_there_lets_nobody_in(landlord: Landlord, page: Page) -> None:
    # proves F8
    someone(landlord.provider, "two", "Person 2", "CCTV")
    page.goto("/sign-in")
    go_there(page)
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    landlord.provider.say(silent="/token")
    go_on(page, "two")
    expect(page.get_by_text(SILENT)).to_be_visible()
    is_out(page)


def test_who_has_no_account_here_or_would_rather_not_is_told_so_and_stays_out(
    landlord: Landlord, page: Page
) -> None:
    # proves F5, F8
    someone(landlord.provider, "three", "Person 3", "Gardeners")
    page.goto("/sign-in")
    go_there(page)
    expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    page.get_by_role("button", name="Rather not").click()
    expect(page.get_by_text(f"{PROVIDER} did not sign you in; begin again.")).to_be_visible()
    go_there(page)
    go_on(page, "three")
    expect(page.get_by_text(f"What {PROVIDER} says of you gives you no role here")).to_be_visible()
    check_access(page)
    fits(page)
    is_out(page)
