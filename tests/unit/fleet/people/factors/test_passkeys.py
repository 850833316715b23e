"""Passkeys as a browser would use them, and as nobody may."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from fleet.core.database import Base
from fleet.core.problems import ProblemError
from fleet.people.factors.models import Passkey
from fleet.people.factors.passkeys import check_new, check_shown, credential_id, relying_party
from fleet.people.factors.questions import _said, new_question
from fleet.people.factors.seal import FactorSeal
from fleet.people.models import User
from fleet.people.sessions import COOKIE, STEP_COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from tests.support.fleet.authenticator import ORIGIN, SoftwareAuthenticator
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import TestClock

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "correct horse battery"
PAGE = "/account/second"
Opens = Callable[[], Browser]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@pytest.fixture
def open_browser(services: FleetServices) -> Iterator[Opens]:
    with browsers(services) as another:
        yield another


@pytest.fixture
def me(services: FleetServices, open_browser: Opens) -> Browser:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    signed, browser = set_up(services, link=link, name="Administrator 1", password=PASSWORD), open_browser()
    browser.client.cookies.set(COOKIE, signed.secret)
    browser.client.headers["X-CSRF-Token"] = signed.csrf
    return browser


JSON = {"Accept": "*/*"}
"""As a script of the page asks."""


def asked(browser: Browser, path: str = f"{PAGE}/passkeys/question", **body: str) -> dict[str, Any]:
    answer = browser.client.post(path, json=body, headers=JSON)
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.json()
    return options


def add(browser: Browser, key: SoftwareAuthenticator, name: str = "Work phone") -> Any:  # noqa: ANN401 - JSON
    made = key.make(asked(browser, password=PASSWORD))
    return browser.client.post(f"{PAGE}/passkeys", json={"name": name, "answer": made}, headers=JSON)


def show(browser: Browser, key: SoftwareAuthenticator) -> Any:  # noqa: ANN401 - a response
    shown = key.show(asked(browser, "/sign-in/passkey/question"))
    return browser.client.post("/sign-in/passkey", json={"answer": shown, "next": "/cameras"}, headers=JSON)


def test_a_passkey_opens_its_account_by_itself(me: Browser, open_browser: Opens) -> None:
    key = SoftwareAuthenticator()
    answer = add(me, key)
    assert answer.status_code == 200
    assert len(answer.json()["codes"]) == 10
    assert "Work phone" in me.get(PAGE)
    assert "Sign in with a passkey" in open_browser().get("/sign-in")
    browser = open_browser()
    gone_on = show(browser, key)
    assert (gone_on.status_code, gone_on.json()) == (200, {"next": "/cameras"})
    assert browser.is_in()


def test_a_passkey_is_the_second_step_after_a_password(me: Browser, open_browser: Opens) -> None:
    key = SoftwareAuthenticator()
    add(me, key)
    browser = open_browser()
    assert "Use a passkey" in browser.sign_in("Administrator 1", PASSWORD)
    options = asked(browser, "/sign-in/passkey/question")
    assert len(options["allowCredentials"]) == 1
    assert (
        browser.client.post("/sign-in/passkey", json={"answer": key.show(options)}, headers=JSON).status_code
        == 200
    )
    assert browser.is_in()


def test_what_is_asked_of_the_browser_is_discoverable_and_verified(me: Browser) -> None:
    options = asked(me, password=PASSWORD)
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == "localhost"
    assert asked(me, "/sign-in/passkey/question")["userVerification"] == "required"


@pytest.mark.parametrize(
    "wrong",
    [
        {"verified": False},
        {"origin": "https://localhost.example:8443"},
        {"origin": "https://localhost:9443"},
        {"party": "example.org"},
    ],
)
def test_a_passkey_that_was_not_made_here_by_its_owner_is_refused(
    me: Browser, open_browser: Opens, wrong: dict[str, Any]
) -> None:
    answer = add(me, SoftwareAuthenticator(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "passkey_wrong")
    right = SoftwareAuthenticator()
    assert add(me, right).status_code == 200
    browser = open_browser()
    refused = show(browser, replace(right, **wrong))
    assert (refused.status_code, refused.json()["code"]) == (401, "passkey_refused")
    assert not browser.is_in()


def test_an_answer_is_good_once_and_for_its_own_question(me: Browser, open_browser: Opens) -> None:
    key = SoftwareAuthenticator()
    add(me, key)
    browser, other = open_browser(), open_browser()
    shown = key.show(asked(browser, "/sign-in/passkey/question"))
    asked(other, "/sign-in/passkey/question")
    assert other.client.post("/sign-in/passkey", json={"answer": shown}, headers=JSON).status_code == 401
    assert browser.client.post("/sign-in/passkey", json={"answer": shown}, headers=JSON).status_code == 200
    again = browser.client.post("/sign-in/passkey", json={"answer": shown}, headers=JSON)
    assert (again.status_code, again.json()["code"]) == (410, "sign_in_over")


def test_strangers_who_ask_fill_nothing_and_push_out_nobodys_question(
    services: FleetServices, me: Browser, open_browser: Opens
) -> None:
    key = SoftwareAuthenticator()
    add(me, key)
    browser, stranger = open_browser(), open_browser()
    shown = key.show(asked(browser, "/sign-in/passkey/question"))
    before = rows(services)
    for _ in range(40):
        stranger.client.cookies.clear()
        asked(stranger, "/sign-in/passkey/question")
    assert rows(services) == before
    assert browser.client.post("/sign-in/passkey", json={"answer": shown}, headers=JSON).status_code == 200


def test_a_question_is_good_for_five_minutes_and_once_also_with_its_cookie_put_back(
    services: FleetServices, me: Browser, open_browser: Opens, clock: TestClock
) -> None:
    key = SoftwareAuthenticator()
    add(me, key)
    thief = open_browser()
    shown = key.show(asked(thief, "/sign-in/passkey/question"))
    cookie = thief.client.cookies[STEP_COOKIE]

    def answered() -> Any:  # noqa: ANN401 - a response
        thief.client.cookies.set(STEP_COOKIE, cookie)
        return thief.client.post("/sign-in/passkey", json={"answer": shown}, headers=JSON)

    assert answered().status_code == 200
    again = answered()
    assert (again.status_code, again.json()["code"]) == (410, "sign_in_over")
    assert rows(services)["answered_questions"] == 1
    late = open_browser()
    shown = key.show(asked(late, "/sign-in/passkey/question"))
    clock.move(minutes=5)
    refused = late.client.post("/sign-in/passkey", json={"answer": shown}, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (410, "sign_in_over")
    assert show(open_browser(), key).status_code == 200
    assert rows(services)["answered_questions"] == 1, "what is over anyway is forgotten"


@given(st.data())
def test_a_question_that_the_fleet_did_not_ask_is_none(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        seal = FactorSeal(Path(folder))
        carried, _ = new_question(seal, os.urandom, datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
        place = data.draw(st.integers(0, len(carried) - 1))
        other = data.draw(st.text(max_size=3))
        altered = carried[:place] + other + carried[place + 1 :]
        said = _said(seal, carried)
        assert said is not None
        assert _said(seal, altered) in {None, said}, "what is taken says the same"


def rows(services: FleetServices) -> dict[str, int]:
    """How many rows each table has."""
    with services.readers() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_a_counter_that_goes_back_is_refused_and_one_that_stands_at_nought_is_not(
    me: Browser, open_browser: Opens
) -> None:
    counting, still = SoftwareAuthenticator(count=5), SoftwareAuthenticator(id=b"another", counts=False)
    add(me, counting)
    add(me, still)
    for _ in range(2):
        assert show(open_browser(), still).status_code == 200
        assert show(open_browser(), counting).status_code == 200
    assert show(open_browser(), replace(counting, count=2)).status_code == 401


def test_somebody_elses_passkey_is_no_second_step(
    services: FleetServices, me: Browser, open_browser: Opens
) -> None:
    mine, theirs = SoftwareAuthenticator(), SoftwareAuthenticator(id=b"another")
    add(me, mine)
    add(me, theirs)
    with services.sessions.begin() as session:
        other = User(id="ab12", name="Desk 2", password="", roles=frozenset(), created=services.clock())
        session.add(other)
        session.flush()
        session.execute(update(Passkey).where(Passkey.credential == theirs.id).values(user_id="ab12"))
    browser = open_browser()
    browser.sign_in("Administrator 1", PASSWORD)
    assert show(browser, theirs).status_code == 401
    assert not browser.is_in()


def test_a_passkey_of_who_is_retired_opens_nothing(
    services: FleetServices, me: Browser, open_browser: Opens
) -> None:
    key = SoftwareAuthenticator()
    add(me, key)
    with services.sessions.begin() as session:
        session.scalars(select(User)).one().retired = services.clock()
    answer = show(open_browser(), key)
    assert (answer.status_code, answer.json()["code"]) == (403, "user_retired")


def test_a_passkey_is_added_by_who_knows_the_password_in_time_and_once(me: Browser, clock: TestClock) -> None:
    key = SoftwareAuthenticator()
    refused = me.client.post(f"{PAGE}/passkeys/question", json={"password": "something else"}, headers=JSON)
    assert refused.status_code == 403
    options = asked(me, password=PASSWORD)
    clock.move(minutes=6)
    late = me.client.post(f"{PAGE}/passkeys", json={"name": "Key", "answer": key.make(options)}, headers=JSON)
    assert (late.status_code, late.json()["code"]) == (410, "passkey_late")
    assert add(me, key).status_code == 200
    again = add(me, key)
    assert (again.status_code, again.json()["code"]) == (409, "passkey_known")


def test_one_of_two_is_removed(services: FleetServices, me: Browser, open_browser: Opens) -> None:
    first, second = SoftwareAuthenticator(), SoftwareAuthenticator(id=b"another")
    add(me, first, "First")
    add(me, second, "Second")
    with services.readers() as session:
        row = session.scalars(select(Passkey.id).where(Passkey.name == "First")).one()
    me.post(f"{PAGE}/passkeys/{row}/remove", PAGE, password=PASSWORD)
    page = me.get(PAGE)
    assert "Second" in page
    assert ">First<" not in page
    assert show(open_browser(), first).status_code == 401
    assert "no passkey" in me.post(f"{PAGE}/passkeys/{row}/remove", PAGE, password=PASSWORD)


@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://cameras.example.org:8443", "cameras.example.org"),
        ("https://localhost:8443", "localhost"),
        ("https://192.0.2.7:8443", None),
        ("https://[2001:db8::7]:8443", None),
    ],
)
def test_passkeys_belong_to_a_name(url: str, party: str | None) -> None:
    assert relying_party(url) == party


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]) | st.text(max_size=9), anything))
def test_whatever_a_browser_says_is_refused_in_words(answer: dict[str, Any]) -> None:
    key = Passkey(id="1", credential=b"x", public_key=b"\xa1\x01\x02", count=0)
    credential_id(answer)
    assert check_shown(ORIGIN, answer, b"c" * 32, key) is None
    with pytest.raises(ProblemError, match="shows no new passkey"):
        check_new(ORIGIN, answer, b"c" * 32)


@given(st.data())
def test_an_answer_that_was_altered_is_refused(data: st.DataObject) -> None:
    key, options = SoftwareAuthenticator(), {"challenge": "Y2hhbGxlbmdl"}
    answer = key.make(options)
    field = data.draw(st.sampled_from(sorted(answer["response"])))
    text = answer["response"][field]
    place = data.draw(st.integers(0, len(text) - 1))
    answer["response"][field] = text[:place] + data.draw(st.text(max_size=3)) + text[place + 1 :]
    try:
        made = check_new(ORIGIN, answer, b"challenge")
    except ProblemError:
        return
    assert made.user_verified  # what was changed says nothing, such as the spaces of its JSON
