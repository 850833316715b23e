"""What is sensitive asks whoever sits at a page to confirm that it is they, after 15 minutes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.people.access import SAFE_METHODS, Requirement
from fleet.people.attempts import WINDOW
from fleet.people.break_glass.service import give
from fleet.people.confirming.rules import LASTS, NEVER, is_confirmed
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.app import create_dashboard_app
from fleet.server.compose import FleetServices
from tests.support.fleet.authenticator import SoftwareAuthenticator
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import TestClock, dashboard_client, enrol_camera, fleet_services, token_for
from tests.support.fleet.routes import routes_of

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "correct horse battery"
ASKS = "Confirm that it is you"
CODE = "lapel-device enrol"
JSON = {"Accept": "*/*"}

# What asks again, whoever edits the routes; each is a change, and none is a page that is only looked at.
ASKING = {
    "POST /account/notices/{notice}/not-me",
    "POST /api/v1/cameras/{camera}/revoke",
    "POST /api/v1/enrolment-codes",
    "POST /api/v1/imports/{name}/delete",
    "POST /api/v1/imports/{name}/exports",
    "POST /api/v1/recordings/{recording}/exports",
    "POST /api/v1/releases/{release}/link",
    "POST /api/v1/releases/{release}/package",
    "POST /audit/export",
    "POST /cameras/codes",
    "POST /cameras/{camera}/revoke",
    "POST /imports/{name}/delete",
    "POST /imports/{name}/download",
    "POST /recordings/{recording}/download",
    "POST /releases/{release}/link",
    "POST /releases/{release}/package",
    "POST /retention/change",
    "POST /retention/deletion",
    "POST /retention/undo",
    "POST /users/invitations",
    "POST /users/tokens",
    "POST /users/{user}/back",
    "POST /users/{user}/officer",
    "POST /users/{user}/password-link",
    "POST /users/{user}/roles",
    "POST /users/{user}/second-reset",
    "POST /vault/unseal/by-itself",
}
TIMES = st.integers(631_152_000, 3_786_912_000).map(lambda each: datetime.fromtimestamp(each, UTC))
Opens = Callable[[], Browser]


@pytest.fixture(scope="module")
def shared_clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, shared_clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet"), clock=shared_clock) as services:
        with services.sessions.begin() as session:
            link = create_setup_link(session, services).rpartition("/")[2]
        set_up(services, link=link, name="Administrator 1", password=PASSWORD, roles=frozenset(Role))
        yield services


@pytest.fixture(scope="module")
def opens(fleet: FleetServices) -> Iterator[Opens]:
    with browsers(fleet) as another:
        yield another


@pytest.fixture
def me(fleet: FleetServices, opens: Opens, shared_clock: TestClock) -> Browser:
    """Somebody who signed in just now, an hour after whatever was before."""
    shared_clock.move(hours=1)
    browser = opens()
    browser.sign_in("Administrator 1", PASSWORD)
    assert browser.is_in()
    return browser


def form_of(page: str) -> dict[str, Any]:
    """The fields of the form that a page asks with, as a browser would send them."""
    form = page.partition("data-confirmed-form")[2].partition("</form>")[0]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def entries(fleet: FleetServices, action: str) -> list[dict[str, Any]]:
    with fleet.readers() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == action))
        return [dict(each.detail or {}) for each in found]


@given(now=TIMES, ago=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_it_counts_for_15_minutes_and_never_longer_whatever_the_clock_does(
    now: datetime, ago: timedelta
) -> None:
    # proves F5
    assert is_confirmed(now - ago, now) == (ago < LASTS)
    assert is_confirmed(now + ago, now) == (ago < LASTS), "a clock that was set back"
    assert not is_confirmed(NEVER, now)


@pytest.mark.slow
def test_what_is_sensitive_asks_and_nothing_else_does(fleet: FleetServices) -> None:
    # proves F5
    found = {
        str(route)
        for route in routes_of(create_dashboard_app(fleet))
        for each in route.calls
        if isinstance(each, Requirement) and each.confirmed and route.method not in SAFE_METHODS
    }
    assert found == ASKING


@pytest.mark.slow
def test_the_password_is_asked_for_again_and_what_was_typed_goes_on_with_it(
    fleet: FleetServices, me: Browser, shared_clock: TestClock
) -> None:
    # proves F5
    assert CODE in me.post("/cameras/codes", "/cameras"), "just signed in"
    shared_clock.move(minutes=16)
    typed = {"name": 'Officer & "friend"', "role": ["officer", "safety-team"]}
    page = me.client.post(
        "/users/invitations",
        data={"csrf_token": token_of(me), **typed},
        headers={"Referer": f"{me.client.base_url}/users"},
    )
    assert page.status_code == 403
    assert ASKS in page.text
    fields = form_of(page.text)
    assert (fields["name"], fields["role"]) == ([typed["name"]], typed["role"])
    assert fields["came_from"] == ["/users"]
    wrong = me.client.post("/users/invitations", data={**fields, "own_password": "not that one"})
    assert wrong.status_code == 403
    assert "That is not your password" in wrong.text
    assert "not that one" not in wrong.text
    assert form_of(wrong.text) == fields, "nothing is lost by a wrong password"
    nothing = me.client.post("/users/invitations", data=fields)
    assert "Nobody has confirmed yet" in nothing.text
    assert 'Officer & "friend"' not in me.get("/users")
    done = me.client.post("/users/invitations", data={**fields, "own_password": PASSWORD})
    assert done.status_code < 300
    assert "/join/" in done.text
    assert 'Officer & "friend"' in me.get("/users")
    assert CODE in me.post("/cameras/codes", "/cameras"), "it counts for what comes next, too"
    assert {"by": "password"} in entries(fleet, "people:session:confirm")
    assert {"why": "password"} in entries(fleet, "people:confirmation:refuse")


def token_of(browser: Browser) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', browser.get("/account"))
    assert found is not None
    return found[1]


@pytest.mark.slow
def test_enrolling_revoking_and_taking_entries_away_ask(
    fleet: FleetServices, me: Browser, shared_clock: TestClock, tmp_path: Path
) -> None:
    # proves F5
    camera = enrol_camera(fleet, tmp_path).id
    shared_clock.move(minutes=15)
    for path, page in (
        ("/cameras/codes", "/cameras"),
        (f"/cameras/{camera}/revoke", "/cameras"),
        ("/audit/export", "/audit"),
    ):
        assert ASKS in me.post(path, page, purpose="it was lost"), path
    with fleet.readers() as session:
        assert "cameras:camera:revoke" not in session.scalars(select(AuditEntry.action)).all()
    assert ASKS not in me.get("/cameras"), "looking asks nothing"
    again = me.post(f"/cameras/{camera}/revoke", "/cameras", purpose="it was lost", own_password=PASSWORD)
    assert ASKS not in again
    with fleet.readers() as session:
        assert "cameras:camera:revoke" in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.slow
def test_unsealing_what_a_key_file_opens_asks_and_sealing_does_not(
    fleet: FleetServices, me: Browser, shared_clock: TestClock
) -> None:
    # proves F5
    shared_clock.move(minutes=16)
    assert "sealed the vault by hand" in me.post("/vault/seal", "/vault"), "cutting off asks nothing"
    page = me.get("/vault")
    assert 'action="/vault/unseal/by-itself"' in page
    assert "Whoever has not shown who they are in the last 15 minutes is asked to confirm it first." in page
    assert "What you type is not kept" not in page, "nothing is typed"
    asked = me.client.post(
        "/vault/unseal/by-itself",
        data={"csrf_token": token_of(me)},
        headers={"Referer": f"{me.client.base_url}/vault"},
    )
    assert ASKS in asked.text
    assert form_of(asked.text)["came_from"] == ["/vault"]
    around = me.client.post("/vault/unseal", data={"csrf_token": token_of(me)})
    assert around.status_code == 409, "the way that asks for a secret is no way around it"
    assert "The vault is not opened that way" in around.text
    wrong = me.client.post("/vault/unseal/by-itself", data={**form_of(asked.text), "own_password": "a guess"})
    assert "That is not your password" in wrong.text
    assert "sealed the vault by hand" in me.get("/vault")
    assert entries(fleet, "vault:key:unseal") == []
    done = me.client.post("/vault/unseal/by-itself", data={**form_of(asked.text), "own_password": PASSWORD})
    assert "The vault is open" in done.text
    me.post("/vault/seal", "/vault")
    assert "The vault is open" in me.post("/vault/unseal/by-itself", "/vault"), "it counts for 15 minutes"


@pytest.mark.slow
def test_a_session_that_asks_as_a_program_is_told_and_a_token_is_not_asked(
    fleet: FleetServices, me: Browser, shared_clock: TestClock
) -> None:
    # proves F5
    token = token_for(fleet)
    shared_clock.move(minutes=16)
    headers = {**JSON, "X-CSRF-Token": token_of(me)}
    refused = me.client.post("/api/v1/enrolment-codes", json={}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "confirmation_needed")
    wrong = me.client.post("/api/v1/session/confirmation", json={"password": "no"}, headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "password_wrong")
    right = me.client.post("/api/v1/session/confirmation", json={"password": PASSWORD}, headers=headers)
    assert right.status_code == 204
    assert me.client.post("/api/v1/enrolment-codes", json={}, headers=headers).status_code == 201
    with dashboard_client(fleet, token=token) as program:
        shared_clock.move(days=1)
        assert program.post("/api/v1/enrolment-codes", json={}).status_code == 201
        assert program.post("/api/v1/session/confirmation", json={"password": "x"}).status_code == 403


@pytest.mark.slow
def test_guesses_are_counted_as_in_signing_in(
    fleet: FleetServices, me: Browser, shared_clock: TestClock
) -> None:
    # proves F5
    shared_clock.move(minutes=16)
    allowed = fleet.config.people.sign_in_attempts
    for _ in range(allowed):
        assert "That is not your password" in me.post("/cameras/codes", "/cameras", own_password="guess")
    late = me.client.post("/cameras/codes", data={"csrf_token": token_of(me), "own_password": PASSWORD})
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert "Too many failed attempts" in late.text
    assert {"code": "too_many_attempts"} in entries(fleet, "people:confirmation:refuse")
    shared_clock.now += WINDOW
    assert CODE in me.post("/cameras/codes", "/cameras", own_password=PASSWORD)


def test_others_who_guess_behind_the_same_address_keep_nobody_from_confirming(
    fleet: FleetServices, me: Browser, shared_clock: TestClock
) -> None:
    # proves F5
    shared_clock.move(minutes=16)
    with dashboard_client(fleet) as stranger:
        guess = {"name": "nobody", "password": "guess"}
        answers = [stranger.post("/api/v1/session", json=guess).status_code for _ in range(11)]
    assert answers[-1] == 429, "that address has to wait"
    assert CODE in me.post("/cameras/codes", "/cameras", own_password=PASSWORD)


@pytest.mark.slow
def test_a_passkey_of_ones_own_does_as_well_and_nobody_elses(
    fleet: FleetServices, me: Browser, opens: Opens, shared_clock: TestClock
) -> None:
    # proves F5
    headers = {**JSON, "X-CSRF-Token": token_of(me)}
    path = "/account/confirm/passkey"
    none = me.client.post(f"{path}/question", json={}, headers=headers)
    assert (none.status_code, none.json()["code"]) == (409, "no_passkey")
    mine, other = SoftwareAuthenticator(), SoftwareAuthenticator(id=b"another credential")
    options = me.client.post(
        "/account/second/passkeys/question", json={"password": PASSWORD}, headers=headers
    )
    made = {"name": "Phone", "answer": mine.make(options.json())}
    assert me.client.post("/account/second/passkeys", json=made, headers=headers).status_code == 200
    shared_clock.move(minutes=16)
    page = me.post("/cameras/codes", "/cameras")
    assert "Use a passkey and go on" in page

    def shown(key: SoftwareAuthenticator) -> int:
        asked = me.client.post(f"{path}/question", json={}, headers=headers).json()
        answer = {"answer": key.show(asked)}
        status: int = me.client.post(path, json=answer, headers=headers).status_code
        twice = me.client.post(path, json=answer, headers=headers)
        assert twice.json()["code"] == "passkey_refused", "each question is good once"
        return status

    assert shown(other) == 403
    assert ASKS in me.post("/cameras/codes", "/cameras")
    assert shown(mine) == 200
    assert CODE in me.client.post("/cameras/codes", data=form_of(page)).text
    assert {"by": "passkey"} in entries(fleet, "people:session:confirm")


@pytest.mark.slow
def test_who_has_no_password_is_told_what_else_does(
    fleet: FleetServices, opens: Opens, shared_clock: TestClock
) -> None:
    # proves F5
    def let_in(**more: bool) -> Browser:
        with fleet.sessions.begin() as session:
            given = give(
                session, fleet, name="Made by the host", reason="it burns", hours=2, by=OPERATOR, **more
            )
        browser = opens()
        path = given.url.partition(":8443")[2]
        browser.post(path, path)
        assert browser.is_in()
        return browser

    me = let_in(new=True)
    assert CODE in me.post("/cameras/codes", "/cameras"), "the link was shown just now"
    shared_clock.move(minutes=16)
    page = me.post("/cameras/codes", "/cameras")
    assert "This account has no password here." in page
    assert "Another link for emergency access" in page
    assert "Your password" not in page
    assert ASKS in me.post("/cameras/codes", "/cameras", own_password=""), "no password is none"
    assert "That is not your password" in me.post("/cameras/codes", "/cameras", own_password="a guess")
    assert CODE in let_in(new=False).post("/cameras/codes", "/cameras")
