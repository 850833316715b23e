"""Officers renamed, retired, brought back and found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraRow
from fleet.core.actor import Role
from fleet.people.admission import SignedIn
from fleet.people.models import User
from fleet.people.sessions import COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import dashboard_client, enrol_camera, problem, token_for

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "four random words here"


@pytest.fixture
def client(services: FleetServices, tmp_path: Path) -> Iterator[TestClient]:
    enrol_camera(services, tmp_path)
    with dashboard_client(services, token=token_for(services)) as found:
        yield found


def add(client: TestClient, name: str) -> str:
    found: str = client.post("/api/v1/officers", json={"name": name}).raise_for_status().json()["id"]
    return found


def names(client: TestClient, query: str = "") -> list[str]:
    return [row["name"] for row in client.get(f"/api/v1/officers{query}").json()]


def test_officers_are_listed_as_people_count(client: TestClient) -> None:
    for name in ("Officer 10", "officer 2", "Officer 1"):
        add(client, name)
    assert names(client) == ["Officer 1", "officer 2", "Officer 10"]


def test_a_renamed_officer_is_the_same_one_and_the_camera_is_told(
    client: TestClient, services: FleetServices
) -> None:
    one = add(client, "Officer 1")
    client.post("/api/v1/assignments", json={"camera": "cam-01", "officer": one}).raise_for_status()
    with services.readers() as session:
        version = session.get_one(CameraRow, "cam-01").desired_version
    answer = client.post(f"/api/v1/officers/{one}/name", json={"name": "Officer 31"})
    assert answer.json()["id"] == one
    assert client.get("/api/v1/assignments").json()[0]["officer_name"] == "Officer 31"
    with services.readers() as session:
        assert session.get_one(CameraRow, "cam-01").desired_version == version + 1
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert entry is not None
    assert entry.action == "people:officer:rename"
    assert entry.detail == {"before": "Officer 1", "name": "Officer 31"}


def test_a_name_that_somebody_has_is_refused_and_letters_may_change(client: TestClient) -> None:
    one, two = add(client, "Officer 1"), add(client, "Officer 2")
    assert problem(client.post(f"/api/v1/officers/{one}/name", json={"name": "officer 2"})) == (
        409,
        "name_taken",
    )
    assert client.post(f"/api/v1/officers/{one}/name", json={"name": "OFFICER 1"}).status_code == 200
    client.post(f"/api/v1/officers/{two}/retire").raise_for_status()
    refused = client.post("/api/v1/officers", json={"name": "Officer 2"})
    assert "who is retired already" in refused.json()["detail"]
    assert problem(client.post("/api/v1/officers/none/name", json={"name": "x"})) == (404, "not_found")


def test_a_retired_officer_gets_no_camera_until_brought_back(client: TestClient) -> None:
    one = add(client, "Officer 1")
    wanted = {"camera": "cam-01", "officer": one}
    worn = client.post("/api/v1/assignments", json=wanted).json()["id"]
    refused = client.post(f"/api/v1/officers/{one}/retire")
    assert problem(refused) == (409, "officer_has_camera")
    assert refused.json()["detail"] == "Officer 1 has cam-01; take it back first."
    client.post(f"/api/v1/assignments/{worn}/end").raise_for_status()
    retired = client.post(f"/api/v1/officers/{one}/retire").raise_for_status().json()["retired"]
    assert retired is not None
    assert client.post(f"/api/v1/officers/{one}/retire").json()["retired"] == retired  # twice is once
    assert problem(client.post("/api/v1/assignments", json=wanted)) == (409, "officer_retired")
    assert names(client) == []
    assert names(client, "?retired=true") == ["Officer 1"]
    client.post(f"/api/v1/officers/{one}/back").raise_for_status()
    assert client.post("/api/v1/assignments", json=wanted).status_code == 201


@pytest.fixture
def account(services: FleetServices) -> SignedIn:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    signed = set_up(services, link=link, name="Officer 1", password=PASSWORD)
    with services.sessions.begin() as session:  # who manages users beside them
        roles, created = frozenset({Role.ADMINISTRATOR}), services.clock()
        session.add(User(id="other", name="Desk", password="x", roles=roles, created=created))
    return signed


def test_the_account_of_a_retired_officer_opens_nothing(services: FleetServices, account: SignedIn) -> None:
    program = {"Authorization": f"Bearer {token_for(services)}"}
    with dashboard_client(services) as client:
        added = client.post("/api/v1/officers", json={"name": "Officer 1"}, headers=program)
        one = f"/api/v1/officers/{added.json()['id']}"
        with services.sessions.begin() as session:
            session.execute(update(User).where(User.id != "other").values(officer_id=added.json()["id"]))
        client.cookies.set(COOKIE, account.secret)
        assert client.get("/api/v1/session").status_code == 200
        own = client.post(f"{one}/retire", headers={"X-CSRF-Token": account.csrf})
        assert problem(own) == (409, "own_account")
        client.post(f"{one}/retire", headers=program).raise_for_status()
        assert client.get("/api/v1/session").status_code == 401
        client.cookies.clear()
        again = {"name": "officer 1", "password": PASSWORD}
        assert problem(client.post("/api/v1/session", json=again)) == (403, "user_retired")
        wrong = {**again, "password": "another"}
        assert problem(client.post("/api/v1/session", json=wrong)) == (401, "sign_in_refused")
        client.post(f"{one}/back", headers=program).raise_for_status()
        client.cookies.set(COOKIE, account.secret)
        assert client.get("/api/v1/session").status_code == 401, "brought back, they sign in anew"
        client.cookies.clear()
        assert client.post("/api/v1/session", json=again).status_code == 201


def test_who_hands_out_cameras_does_not_lock_an_account(services: FleetServices, account: SignedIn) -> None:
    dock = token_for(services, Role.SAFETY_TEAM, name="dock")
    with dashboard_client(services, token=dock) as client:
        one = add(client, "Officer 1")
        with services.sessions.begin() as session:
            session.execute(update(User).where(User.id == account.actor.id).values(officer_id=one))
        refused = client.post(f"/api/v1/officers/{one}/retire")
    assert problem(refused) == (403, "not_allowed")
    assert refused.json()["detail"] == "Officer 1 has an account; ask an administrator."
