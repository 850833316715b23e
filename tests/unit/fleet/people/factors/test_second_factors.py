"""Second factors through the pages: set up, asked for, lost, taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import func, select

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig, parse_config
from fleet.people.accounts.links import invite, new_password_link, use_link
from fleet.people.accounts.users import list_users
from fleet.people.factors.models import AuthenticatorApp, RecoveryCode
from fleet.people.sessions import COOKIE, STEP_COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.fleet.made_state import lay_out

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD, OTHER = "correct horse battery", "another long password"
ME = "Administrator 1"
PAGE = "/account/second"
Opens = Callable[[], Browser]


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def services(tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    """A fleet with the rules that it has by itself."""
    lay_out(tmp_path / "state", clock())
    with fleet_services(tmp_path, FleetConfig(), clock=clock) as made:
        yield made


@pytest.fixture
def open_browser(services: FleetServices) -> Iterator[Opens]:
    with browsers(services) as another:
        yield another


@pytest.fixture
def me(services: FleetServices, open_browser: Opens) -> Browser:
    """The first user, who has no second factor yet."""
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    browser = open_browser()
    browser.client.cookies.set(COOKIE, set_up(services, link=link, name=ME, password=PASSWORD).secret)
    return browser


def code_now(secret: str, clock: TestClock) -> str:
    return pyotp.TOTP(secret).at(clock())


def add_app(browser: Browser, clock: TestClock) -> tuple[str, list[str]]:
    """Set up an authenticator app; return its secret and the recovery codes that are shown."""
    shown = browser.post(f"{PAGE}/app", PAGE, password=PASSWORD)
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', shown)
    assert found is not None, shown
    secret = found[1].replace(" ", "")
    done = browser.post(f"{PAGE}/app/code", PAGE, code=code_now(secret, clock))
    clock.move(seconds=30)  # that code is used up
    return secret, re.findall(r'<li><code class="secret">([^<]+)</code>', done)


def half_in(browser: Browser, name: str = ME, password: str = PASSWORD) -> str:
    return browser.sign_in(name, password)


def entries(services: FleetServices, action: str) -> int:
    with services.readers() as session:
        return session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


# proves F5
def test_who_needs_one_is_let_in_to_set_it_up_and_to_nothing_else(
    services: FleetServices, me: Browser
) -> None:
    for path in ("/", "/cameras", "/recordings", "/users", "/officers"):
        answer = me.client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    answer = me.client.get("/api/v1/cameras")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")
    page = me.get(PAGE)
    assert "Your roles need a second factor. Set one up to go on" in page
    assert 'href="/cameras"' not in page
    assert me.client.get("/account").status_code == 200
    assert me.client.get("/api/v1/session").status_code == 200


# proves F5
def test_who_does_not_need_one_is_let_in_by_the_password(
    services: FleetServices, open_browser: Opens
) -> None:
    with services.sessions.begin() as session:
        link = invite(session, services, name="Desk 2", roles=frozenset({Role.SAFETY_TEAM}), by=OPERATOR)
    use_link(services, secret=link.rpartition("/")[2], password=PASSWORD)
    browser = open_browser()
    half_in(browser, "Desk 2")
    assert browser.client.get("/cameras").status_code == 200
    assert "You sign in by the password alone." in browser.get("/account")
    assert "Nothing yet. You sign in by the password alone." in browser.get(PAGE)


def test_an_app_opens_the_dashboard_and_is_asked_for_from_then_on(
    services: FleetServices, me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    elsewhere = open_browser()
    half_in(elsewhere)
    assert elsewhere.is_in()
    secret, codes = add_app(me, clock)
    assert len(codes) == 10
    assert me.client.get("/cameras", follow_redirects=False).status_code == 200
    assert not elsewhere.is_in()  # which was in by the password alone
    asked = half_in(elsewhere)
    assert "Code of your authenticator app, or a recovery code" in asked
    assert not elsewhere.is_in()
    wrong = elsewhere.post("/sign-in/second", "/sign-in/second", code="000000")
    assert "That code is not right, or was used already" in wrong
    elsewhere.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock), next="/cameras")
    assert elsewhere.is_in()
    assert elsewhere.client.get("/cameras", follow_redirects=False).status_code == 200
    assert entries(services, "people:session:refuse") == 1


def test_a_code_is_taken_once(me: Browser, open_browser: Opens, clock: TestClock) -> None:
    secret, _ = add_app(me, clock)
    code = code_now(secret, clock)
    first, second = open_browser(), open_browser()
    half_in(first)
    first.post("/sign-in/second", "/sign-in/second", code=code)
    half_in(second)
    assert "was used already" in second.post("/sign-in/second", "/sign-in/second", code=code)
    assert (first.is_in(), second.is_in()) == (True, False)


def test_a_recovery_code_signs_in_once_and_the_page_says_what_is_left(
    me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    _, codes = add_app(me, clock)
    first, second = open_browser(), open_browser()
    for browser in (first, second):
        half_in(browser)
        browser.post("/sign-in/second", "/sign-in/second", code=f" {codes[0].upper()} ")
    assert (first.is_in(), second.is_in()) == (True, False)
    assert "You have 9 recovery codes left." in first.get(PAGE)


def test_new_codes_end_the_old_ones(me: Browser, open_browser: Opens, clock: TestClock) -> None:
    _, old = add_app(me, clock)
    assert "The password of today is not that" in me.post(f"{PAGE}/codes", PAGE, password=OTHER)
    new = re.findall(
        r'<li><code class="secret">([^<]+)</code>', me.post(f"{PAGE}/codes", PAGE, password=PASSWORD)
    )
    assert len(new) == 10
    assert not set(new) & set(old)
    browser = open_browser()
    half_in(browser)
    browser.post("/sign-in/second", "/sign-in/second", code=old[1])
    assert not browser.is_in()
    browser.post("/sign-in/second", "/sign-in/second", code=new[1])
    assert browser.is_in()


def test_five_wrong_codes_end_the_sign_in(me: Browser, open_browser: Opens, clock: TestClock) -> None:
    secret, _ = add_app(me, clock)
    browser = open_browser()
    half_in(browser)
    for _ in range(4):
        assert "not right" in browser.post("/sign-in/second", "/sign-in/second", code="000000")
    assert "This sign-in is over; sign in again" in browser.post(
        "/sign-in/second", "/sign-in/second", code="0"
    )
    browser.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock))
    assert not browser.is_in()


def test_new_sign_ins_are_no_way_around_the_count(me: Browser, open_browser: Opens, clock: TestClock) -> None:
    secret, _ = add_app(me, clock)
    browser, said = open_browser(), ""
    for _ in range(3):
        half_in(browser)
        for _ in range(4):
            said += browser.post("/sign-in/second", "/sign-in", code="000000")
    assert "Too many failed attempts; try again in" in said
    browser.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock))
    assert not browser.is_in()
    clock.move(minutes=16)
    half_in(browser)
    browser.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock))
    assert browser.is_in()


# proves F9
def test_who_tries_codes_elsewhere_keeps_nobody_out_of_their_own_browser(
    me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    secret, _ = add_app(me, clock)
    own, elsewhere, said = open_browser(), open_browser(), ""
    half_in(own)
    own.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock))
    assert own.is_in()
    own.client.cookies.delete(COOKIE)
    clock.move(seconds=30)
    for _ in range(3):
        half_in(elsewhere)
        for _ in range(4):
            said += elsewhere.post("/sign-in/second", "/sign-in", code="000000")
    assert "Too many failed attempts; try again in" in said
    half_in(own)
    assert "not right" in own.post("/sign-in/second", "/sign-in/second", code="000000")
    own.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock))
    assert own.is_in()
    half_in(elsewhere)
    clock.move(seconds=30)
    elsewhere.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock))
    assert not elsewhere.is_in(), "which lets nobody else try anew"


def test_a_sign_in_that_waits_too_long_is_over(me: Browser, open_browser: Opens, clock: TestClock) -> None:
    secret, _ = add_app(me, clock)
    browser = open_browser()
    half_in(browser)
    clock.move(minutes=6)
    said = browser.post("/sign-in/second", "/sign-in/second", code=code_now(secret, clock))
    assert "This sign-in is over; sign in again." in said
    assert not browser.is_in()


def test_a_link_for_a_new_password_is_no_way_around_it(
    services: FleetServices, me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    add_app(me, clock)
    with services.sessions.begin() as session:
        user = list_users(session)[0].id
        link = new_password_link(session, services, user=user, by=OPERATOR)
    browser, path = open_browser(), "/join/" + link.rpartition("/")[2]
    assert "Second step" in browser.post(path, path, password=OTHER, again=OTHER)
    assert not browser.is_in()


def test_the_last_key_of_who_needs_it_stays(me: Browser, clock: TestClock) -> None:
    add_app(me, clock)
    assert "The last one stays, for your roles need it." in me.get(PAGE)
    said = me.post(f"{PAGE}/app/remove", PAGE, password=PASSWORD)
    assert "Your roles need a second factor, and this is the last" in said


def test_an_app_is_replaced_once_the_new_one_has_shown_its_code(
    me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    old, _ = add_app(me, clock)
    shown = me.post(f"{PAGE}/app", PAGE, password=PASSWORD)
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', shown)
    assert found is not None
    new = found[1].replace(" ", "")
    browser = open_browser()
    half_in(browser)
    browser.post("/sign-in/second", "/sign-in/second", code=code_now(old, clock))
    assert browser.is_in()
    assert "not the code of this moment" in me.post(f"{PAGE}/app/code", PAGE, code="000000")
    me.post(f"{PAGE}/app/code", PAGE, code=code_now(new, clock))
    assert "no authenticator app waits for its first code" in me.post(f"{PAGE}/app/code", PAGE, code="000000")
    clock.move(seconds=30)
    late = open_browser()
    half_in(late)
    late.post("/sign-in/second", "/sign-in/second", code=code_now(old, clock))
    assert not late.is_in()
    late.post("/sign-in/second", "/sign-in/second", code=code_now(new, clock))
    assert late.is_in()


def test_an_administrator_takes_away_what_somebody_has_lost(
    services: FleetServices, me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    add_app(me, clock)
    with services.sessions.begin() as session:
        link = invite(session, services, name="Head 2", roles=frozenset({Role.HEAD_OF_SAFETY}), by=OPERATOR)
    use_link(services, secret=link.rpartition("/")[2], password=PASSWORD)
    head = open_browser()
    half_in(head, "Head 2")
    add_app(head, clock)
    assert head.client.get("/recordings", follow_redirects=False).status_code == 200
    with services.readers() as session:
        ids = {user.name: user.id for user in list_users(session)}
    theirs = f"/users/{ids['Head 2']}"
    assert (
        "They sign in by the password and a code of the authenticator app; 10 recovery codes left."
        in me.get(theirs)
    )
    assert "Say how you made sure that it is they who ask" in me.post(f"{theirs}/second-reset", theirs)
    assert "Say how you made sure" in me.post(f"{theirs}/second-reset", theirs, sure="a feeling")
    assert head.is_in(), "nothing was taken away"
    me.post(f"{theirs}/second-reset", theirs, sure="called-back")
    assert "They sign in by the password alone." in me.get(theirs)
    assert not head.is_in()
    half_in(head, "Head 2")
    assert head.client.get("/recordings", follow_redirects=False).headers["location"] == PAGE
    own = f"/users/{ids[ME]}"
    assert "Take away the second factor" not in me.get(own)
    assert "That is your own account" in me.post(f"{own}/second-reset", own)
    assert entries(services, "people:second:reset") == 1
    with services.readers() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "people:second:reset"))
        assert entry.detail["made sure"] == "called-back"
    told = re.sub("[\u2066-\u2069]", "", head.get(PAGE))
    assert f"{ME} took your second factors away" in told
    assert "and says how they made sure that you asked: “I called them back on a number" in told


def test_a_program_has_none_and_takes_none_away(services: FleetServices, me: Browser) -> None:
    token = token_for(services)
    with services.readers() as session:
        user = list_users(session)[0].id
    with dashboard_client(services, token=token) as program:
        assert program.get("/api/v1/cameras").status_code == 200
        for path in (f"{PAGE}/app", f"{PAGE}/codes", f"{PAGE}/app/remove", f"/users/{user}/second-reset"):
            assert program.post(path, data={"password": PASSWORD}).status_code == 403


def test_the_api_asks_for_the_code_as_well(
    services: FleetServices, me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    secret, _ = add_app(me, clock)
    client = open_browser().client
    account = {"name": ME, "password": PASSWORD}
    refused = client.post("/api/v1/session", json=account)
    assert (refused.status_code, refused.json()["code"]) == (401, "code_needed")
    wrong = client.post("/api/v1/session", json={**account, "code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "code_wrong")
    right = client.post("/api/v1/session", json={**account, "code": code_now(secret, clock)})
    assert right.status_code == 201


def test_no_secret_of_a_factor_is_kept_in_the_clear(
    services: FleetServices, me: Browser, clock: TestClock, tmp_path: Path
) -> None:
    secret, codes = add_app(me, clock)
    with services.readers() as session:
        app = session.scalars(select(AuthenticatorApp)).one()
        kept = session.scalars(select(RecoveryCode.digest)).all()
    assert app.secret is not None
    assert secret.encode() not in app.secret
    assert len(kept) == 10
    raw = b"".join(path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file())
    assert ME.encode() in raw
    for each in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert each.encode() not in raw


def test_a_second_step_without_a_first_begins_at_the_first(open_browser: Opens, me: Browser) -> None:
    browser = open_browser()
    assert "Sign in" in browser.get("/sign-in/second")
    browser.client.cookies.set(STEP_COOKIE, "nonsense")
    assert "sign in again" in browser.post("/sign-in/second", "/sign-in", code="123456")
    assert not browser.is_in()


def test_without_a_name_there_are_no_passkeys_and_the_page_says_so(tmp_path: Path, clock: TestClock) -> None:
    config = parse_config({"server": {"names": ["192.0.2.7"]}}, "fleet.toml")
    lay_out(tmp_path / "state", clock())
    with fleet_services(tmp_path, config, clock=clock) as services, dashboard_client(services) as client:
        with services.sessions.begin() as session:
            link = create_setup_link(session, services).rpartition("/")[2]
        client.cookies.set(COOKIE, set_up(services, link=link, name=ME, password=PASSWORD).secret)
        page = Browser(client).get(PAGE)
        assert "Passkeys cannot be used here: the dashboard is reached by an IP address" in page
        assert "Make a passkey" not in page
