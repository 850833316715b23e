from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from fleet.assignments.models import Assignment
from fleet.assignments.service import wearer_at
from fleet.audit.models import AuditEntry
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, enrol_camera, problem, token_for


@pytest.fixture
def client(services: FleetServices, tmp_path: Path) -> Iterator[TestClient]:
    for _ in range(2):
        enrol_camera(services, tmp_path)
    with dashboard_client(services, token=token_for(services)) as found:
        for number in (1, 2):
            found.post("/api/v1/officers", json={"name": f"Officer {number}"}).raise_for_status()
        yield found


def officers(client: TestClient) -> list[str]:
    return [officer["id"] for officer in client.get("/api/v1/officers").json()]


def check_out(client: TestClient, camera: str, officer: str) -> str:
    response = client.post("/api/v1/assignments", json={"camera": camera, "officer": officer})
    assert response.status_code == 201, response.text
    found: str = response.json()["id"]
    return found


def test_one_camera_per_officer_and_the_reverse(client: TestClient) -> None:
    one, two = officers(client)
    assignment = check_out(client, "cam-01", one)
    for camera, officer, sentence in (
        ("cam-01", two, "Officer 1 has cam-01, by the hand-out list; check it in first."),
        ("cam-02", one, "Officer 1 has cam-01 already, by the hand-out list; check that in first."),
        ("cam-01", one, "Officer 1 has cam-01 already, by the hand-out list."),
    ):
        refused = client.post("/api/v1/assignments", json={"camera": camera, "officer": officer})
        assert problem(refused) == (409, "assignment_conflict")
        assert refused.json()["detail"] == sentence
    assert client.post(f"/api/v1/assignments/{assignment}/end").status_code == 200
    check_out(client, "cam-01", two)
    check_out(client, "cam-02", one)
    assert [(row["camera"], row["officer_name"]) for row in client.get("/api/v1/assignments").json()] == [
        ("cam-01", "Officer 2"),
        ("cam-02", "Officer 1"),
    ]


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    one, _ = officers(client)
    for body in ({"camera": "cam-09", "officer": one}, {"camera": "cam-01", "officer": "nobody"}):
        assert problem(client.post("/api/v1/assignments", json=body)) == (404, "not_found")
    assert problem(client.post("/api/v1/assignments/none/end")) == (404, "not_found")


def test_a_second_check_in_changes_nothing(client: TestClient, clock: TestClock) -> None:
    one, _ = officers(client)
    assignment = check_out(client, "cam-01", one)
    clock.move(hours=1)
    first = client.post(f"/api/v1/assignments/{assignment}/end").json()
    clock.move(hours=1)
    assert client.post(f"/api/v1/assignments/{assignment}/end").json() == first


def test_a_revoked_camera_is_not_handed_out(client: TestClient) -> None:
    one, _ = officers(client)
    client.post("/api/v1/cameras/cam-01/revoke", json={"purpose": "lost"}).raise_for_status()
    refused = client.post("/api/v1/assignments", json={"camera": "cam-01", "officer": one})
    assert problem(refused) == (409, "camera_revoked")


@pytest.mark.parametrize(
    ("where", "kind"), [("/api/v1/cameras", "json"), ("/cameras", "data")], ids=["program", "page"]
)
def test_revoking_a_camera_ends_its_assignment_and_says_so(
    services: FleetServices, client: TestClient, clock: TestClock, where: str, kind: str
) -> None:
    # The assignment stayed open: the officer could take no other camera, and was said to wear a revoked one.
    one, two = officers(client)
    assignment, other = check_out(client, "cam-01", one), check_out(client, "cam-02", two)
    clock.move(hours=1)
    for _ in range(2):  # revoking twice ends it once
        body: dict[str, Any] = {kind: {"purpose": "It was lost on a bus."}}
        answer = client.post(f"{where}/cam-01/revoke", **body, follow_redirects=False)
        assert answer.status_code in {200, 303}
        clock.move(hours=1)
    assert [row["id"] for row in client.get("/api/v1/assignments").json()] == [other]
    with services.readers() as session:
        row = session.get_one(Assignment, assignment)
        assert (row.ended, row.ended_by) == (row.started + timedelta(hours=1), "token:tests")
        ends = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "assignments:assignment:end")
        ).all()
        assert [(entry.subject, entry.detail) for entry in ends] == [
            (assignment, {"camera": "cam-01", "reason": "the camera was revoked"})
        ]
    client.post("/api/v1/assignments/" + other + "/end").raise_for_status()
    check_out(client, "cam-02", one)


def test_who_wore_it_then(services: FleetServices, client: TestClient, clock: TestClock) -> None:
    one, two = officers(client)
    start = clock.now
    first = check_out(client, "cam-01", one)
    clock.move(hours=4)
    client.post(f"/api/v1/assignments/{first}/end").raise_for_status()
    clock.move(hours=1)
    second = check_out(client, "cam-01", two)
    with services.readers() as session:

        def worn(hours: float) -> str | None:
            found = wearer_at(session, "cam-01", start + timedelta(hours=hours))
            return found.id if found else None

        assert [worn(hours) for hours in (-1, 0, 3.9, 4, 4.5, 5, 100)] == [
            None, first, first, None, None, second, second,
        ]  # fmt: skip
        found = wearer_at(session, "cam-01", start)
        assert found is not None
        assert found.officer.name == "Officer 1"
        assert wearer_at(session, "cam-02", start) is None


@pytest.mark.parametrize("same", ["camera_id", "officer_id"])
def test_the_database_itself_refuses_a_second_open_assignment(
    services: FleetServices, client: TestClient, clock: TestClock, same: str
) -> None:
    one, two = officers(client)
    check_out(client, "cam-01", one)
    values = {"camera_id": "cam-02", "officer_id": two} | (
        {"camera_id": "cam-01"} if same == "camera_id" else {"officer_id": one}
    )
    with pytest.raises(IntegrityError), services.sessions.begin() as session:
        session.add(
            Assignment(id="x", started=clock.now, ended=None, started_by="test", ended_by=None, **values)
        )
