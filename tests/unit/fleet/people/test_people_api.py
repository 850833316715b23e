from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.core.config import FleetConfig, PeopleSection
from fleet.people.models import User, UserSession
from fleet.people.sign_in import create_setup_link
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, problem

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "correct horse battery"
ME = {"name": "Administrator 1", "password": PASSWORD}


@pytest.fixture
def client(services: FleetServices) -> Iterator[TestClient]:
    with dashboard_client(services) as found:
        yield found


def link(services: FleetServices) -> str:
    with services.sessions.begin() as session:
        return create_setup_link(session, services).rpartition("/")[2]


def set_up(services: FleetServices, client: TestClient) -> str:
    response = client.post("/api/v1/setup", json={"link": link(services), **ME})
    assert response.status_code == 201
    csrf: str = response.json()["csrf"]
    return csrf


def test_the_first_user_is_made_with_the_link_and_signed_in(
    services: FleetServices, client: TestClient
) -> None:
    set_up(services, client)
    me = client.get("/api/v1/session").json()
    assert me["name"] == "Administrator 1"
    assert set(me["roles"]) == {Role.ADMINISTRATOR, Role.CCTV_MANAGER}


def test_the_cookie_is_kept_from_scripts_and_other_sites(services: FleetServices, client: TestClient) -> None:
    response = client.post("/api/v1/setup", json={"link": link(services), **ME})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-lapel=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_setup_link_works_once(services: FleetServices, client: TestClient) -> None:
    used = link(services)
    assert client.post("/api/v1/setup", json={"link": used, **ME}).status_code == 201
    again = client.post("/api/v1/setup", json={"link": used, "name": "Another", "password": PASSWORD})
    assert problem(again) == (410, "setup_link_used")


def test_no_password_is_hashed_for_a_link_that_is_no_good(
    services: FleetServices, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = link(services)
    client.post("/api/v1/setup", json={"link": used, **ME})

    def hashed(password: str) -> str:
        raise AssertionError(password)

    monkeypatch.setattr("fleet.people.sign_in.hash_password", hashed)
    monkeypatch.setattr("fleet.people.accounts.links.hash_password", hashed)
    assert problem(client.post("/api/v1/setup", json={"link": "none", **ME})) == (404, "setup_link_unknown")
    assert problem(client.post("/api/v1/setup", json={"link": used, **ME})) == (410, "setup_link_used")
    words = {"password": PASSWORD, "again": PASSWORD}
    assert client.post("/join/nothing", data=words).status_code == 404


def test_a_second_link_makes_no_second_first_user(services: FleetServices, client: TestClient) -> None:
    first, second = link(services), link(services)
    assert client.post("/api/v1/setup", json={"link": first, **ME}).status_code == 201
    other = client.post("/api/v1/setup", json={"link": second, "name": "Another", "password": PASSWORD})
    assert problem(other) == (409, "already_set_up")


def test_an_expired_link_says_how_to_make_another(
    services: FleetServices, client: TestClient, clock: TestClock
) -> None:
    old = link(services)
    clock.move(hours=24)
    response = client.post("/api/v1/setup", json={"link": old, **ME})
    assert problem(response) == (410, "setup_link_expired")
    assert "lapel-fleet setup-link" in response.json()["detail"]


def test_an_unknown_link_and_a_short_password(services: FleetServices, client: TestClient) -> None:
    assert problem(client.post("/api/v1/setup", json={"link": "x", **ME})) == (404, "setup_link_unknown")
    short = client.post("/api/v1/setup", json={"link": link(services), "name": "A", "password": "short"})
    assert problem(short) == (422, "password_short")
    assert "at least 12 characters" in short.json()["detail"]


def test_nothing_secret_is_stored(services: FleetServices, client: TestClient) -> None:
    secret = link(services)
    client.post("/api/v1/setup", json={"link": secret, **ME})
    cookie = client.cookies["__Host-lapel"]
    services.database.engine.dispose()  # writes everything from the log into the file
    stored = b"".join(path.read_bytes() for path in services.state.glob("fleet.sqlite3*"))
    assert b"Administrator 1" in stored
    for word in (secret, cookie, PASSWORD):
        assert word.encode() not in stored
    with services.readers() as session:
        assert session.scalars(select(User)).one().password.startswith("$argon2id$")


def test_signing_in_and_out(services: FleetServices, client: TestClient) -> None:
    csrf = set_up(services, client)
    old = client.cookies["__Host-lapel"]
    assert client.delete("/api/v1/session", headers={"x-csrf-token": csrf}).status_code == 204
    assert problem(client.get("/api/v1/session")) == (401, "not_signed_in")
    client.cookies.set("__Host-lapel", old)
    assert client.get("/api/v1/session").status_code == 401
    client.cookies.clear()
    response = client.post("/api/v1/session", json={**ME, "name": "administrator 1"})
    assert response.status_code == 201
    assert client.cookies["__Host-lapel"] != old
    assert client.get("/api/v1/session").json()["csrf"] == response.json()["csrf"]


def test_a_name_of_any_alphabet_signs_in_and_is_told_apart(
    services: FleetServices, client: TestClient
) -> None:
    who = {"name": "Émile Łęcki", "password": PASSWORD}
    csrf = client.post("/api/v1/setup", json={"link": link(services), **who}).json()["csrf"]
    officer = {"name": "Ólafur Ægisson"}
    headers = {"X-CSRF-Token": csrf}
    assert client.post("/api/v1/officers", json=officer, headers=headers).status_code == 201
    twice = client.post("/api/v1/officers", json=officer, headers=headers)
    assert problem(twice) == (409, "name_taken")
    assert client.delete("/api/v1/session", headers=headers).status_code == 204
    assert client.post("/api/v1/session", json=who).status_code == 201


def test_a_session_ends_when_idle_and_at_the_latest_after_its_hours(
    services: FleetServices, client: TestClient, clock: TestClock
) -> None:
    set_up(services, client)
    for _ in range(24):
        clock.move(minutes=29)
        assert client.get("/api/v1/session").status_code == 200
    clock.move(minutes=28)
    assert client.get("/api/v1/session").status_code == 401  # 12 h 4 min after signing in
    client.post("/api/v1/session", json=ME)
    clock.move(minutes=30)
    assert client.get("/api/v1/session").status_code == 401
    with services.readers() as session:
        assert len(session.scalars(select(UserSession)).all()) == 1  # the first went when the second began


@pytest.mark.parametrize(
    ("path", "headers", "stays"),
    [
        ("/account", {"X-Lapel-By-Itself": "yes"}, False),
        ("/account", {"Accept": "text/event-stream"}, False),
        ("/signed-in", {}, False),
        ("/signed-in?used=yes", {}, True),
        ("/account", {}, True),
    ],
)
def test_what_a_page_asks_by_itself_is_no_sign_that_somebody_is_at_work(
    services: FleetServices,
    client: TestClient,
    clock: TestClock,
    path: str,
    headers: dict[str, str],
    stays: bool,
) -> None:
    # proves F5
    assert FleetConfig().people.idle_minutes == 30
    set_up(services, client)
    clock.move(minutes=20)
    assert client.get(path, headers=headers).status_code == 200
    clock.move(minutes=20)
    assert (client.get("/api/v1/session").status_code == 200) is stays


@pytest.mark.parametrize("name", ["Administrator 1", "Nobody"])
def test_a_wrong_password_and_a_wrong_name_answer_alike(
    services: FleetServices, client: TestClient, name: str
) -> None:
    set_up(services, client)
    client.cookies.clear()
    response = client.post("/api/v1/session", json={"name": name, "password": "wrong" * 4})
    assert problem(response) == (401, "sign_in_refused")
    assert response.json()["detail"] == "Name or password is wrong."


@pytest.mark.slow
def test_failures_are_limited_and_logged(tmp_path: Path, clock: TestClock) -> None:
    config = FleetConfig(people=PeopleSection(sign_in_attempts=3))
    with fleet_services(tmp_path, config, clock=clock) as services, dashboard_client(services) as client:
        set_up(services, client)
        client.cookies.clear()
        for _ in range(3):
            wrong = client.post("/api/v1/session", json={**ME, "password": "wrong" * 4})
            assert problem(wrong) == (401, "sign_in_refused")
        refused = client.post("/api/v1/session", json=ME)
        assert problem(refused) == (429, "too_many_attempts")
        assert refused.json()["detail"] == "Too many failed attempts; try again in 15 minutes."
        assert int(refused.headers["retry-after"]) == 900
        with services.readers() as session:
            refusals = select(AuditEntry).where(AuditEntry.action == "people:session:refuse")
            assert len(session.scalars(refusals).all()) == 4, "the one that had to wait as well"
        clock.move(minutes=15)
        assert client.post("/api/v1/session", json=ME).status_code == 201


def test_a_form_must_carry_its_token(services: FleetServices, client: TestClient) -> None:
    csrf = set_up(services, client)
    body = {"name": "Officer 1"}
    assert problem(client.post("/api/v1/officers", json=body)) == (403, "csrf")
    wrong = client.post("/api/v1/officers", json=body, headers={"x-csrf-token": csrf[::-1]})
    assert problem(wrong) == (403, "csrf")
    assert client.post("/api/v1/officers", json=body, headers={"x-csrf-token": csrf}).status_code == 201


def test_a_field_of_the_form_will_do(services: FleetServices, client: TestClient) -> None:
    csrf = set_up(services, client)
    response = client.post("/sign-out", data={"csrf_token": csrf}, follow_redirects=False)
    assert response.status_code == 303
    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/officers", "/api/v1/session"])
def test_another_site_is_refused_even_with_a_token(
    services: FleetServices, client: TestClient, path: str
) -> None:
    csrf = set_up(services, client)
    headers = {"x-csrf-token": csrf, "origin": "https://elsewhere.example"}
    body = ME if path.endswith("session") else {"name": "Officer 1"}
    assert problem(client.post(path, json=body, headers=headers)) == (403, "other_origin")
    headers["origin"] = "https://localhost:8443"
    assert client.post(path, json=body, headers=headers).status_code == 201


def test_officers_are_told_apart(services: FleetServices, client: TestClient) -> None:
    headers = {"x-csrf-token": set_up(services, client)}
    assert (
        client.post("/api/v1/officers", json={"name": " Officer 1 "}, headers=headers).json()["name"]
        == "Officer 1"
    )
    assert problem(client.post("/api/v1/officers", json={"name": "officer 1"}, headers=headers)) == (
        409,
        "name_taken",
    )
    for wrong in (
        {"name": ""},
        {"name": "  "},
        {"name": "a\nb"},
        {"name": "a" * 101},
        {},
        {"name": "A", "more": 1},
    ):
        assert problem(client.post("/api/v1/officers", json=wrong, headers=headers)) == (422, "not_valid"), (
            wrong
        )
    assert [officer["name"] for officer in client.get("/api/v1/officers").json()] == ["Officer 1"]
