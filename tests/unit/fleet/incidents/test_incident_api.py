"""Incidents by programs: opened, listed, given recordings; and notes of what a person says is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.incidents.models import Note
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.fleet.of_module import client_of_module
from tests.support.pages.scene import Scene

FIRST, SECOND = (f"{number:032x}" for number in (1, 2))
API = "/api/v1/incidents"


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet")) as found:
        yield found


api = client_of_module(Role.HEAD_OF_SAFETY, name="head")


@pytest.fixture(scope="module", autouse=True)
def scene(services: FleetServices, api: TestClient) -> Scene:
    clock = services.clock
    assert isinstance(clock, TestClock)
    scene = Scene(services, clock, api)
    scene.camera(1)
    for number, name in enumerate((FIRST, SECOND), 1):
        scene.held(number=number, recording=name, camera_id="cam-01", pressed=clock(), announced=clock())
    return scene


def body(services: FleetServices, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a body
    happened = services.clock() - timedelta(minutes=5)
    said = {"place": "Block A", "category": "threat", "what": "Shouted.", "people": ["tenant", "officer"]}
    return {**said, "happened": happened.isoformat(), **other}


def test_an_incident_is_opened_with_its_recordings_and_gets_more(
    services: FleetServices, api: TestClient
) -> None:
    # proves F8
    opened = api.post(API, json=body(services, recordings=[FIRST, FIRST]))
    assert opened.status_code == 201, opened.text
    made = opened.json()
    assert (made["recordings"], made["people"], made["opened_by"]) == ([FIRST], ["officer", "tenant"], "head")
    assert api.get(f"/api/v1/recordings/{FIRST}").json()["incident"] is True
    more = api.post(f"{API}/{made['id']}/recordings", json={"recordings": [SECOND, FIRST]}).json()
    assert more["recordings"] == [FIRST, SECOND]
    assert api.get(f"{API}/{made['id']}").json() == more
    assert api.get(API).json()[0] == more
    with services.readers() as session:
        actions = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.action.startswith("incidents:incident:"))
            .order_by(AuditEntry.number)
        ).all()
    assert [each.rpartition(":")[2] for each in actions] == ["open", "add-recording", "add-recording"]


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"place": " "}, 422, "place_unusable"),
        ({"category": "fun"}, 422, "category_unusable"),
        ({"happened": "2099-01-01T10:00:00Z"}, 422, "happened_unusable"),
        ({"happened": "2026-01-01T10:00:00"}, 422, "not_valid"),
        ({"what": ""}, 422, "what_unusable"),
        ({"recordings": ["none"]}, 404, "not_found"),
        ({"people": ["x"] * 20}, 422, "not_valid"),
        ({"why": "?"}, 422, "not_valid"),
    ],
)
def test_what_cannot_be_an_incident_is_refused_whole(
    services: FleetServices, api: TestClient, other: dict[str, Any], status: int, code: str
) -> None:
    # proves F6
    before = api.get(API).json()
    refused = api.post(API, json=body(services, **other))
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert api.get(API).json() == before


def test_an_incident_that_there_is_not_gets_nothing(api: TestClient) -> None:
    # proves F6
    assert api.get(f"{API}/none").status_code == 404
    assert api.post(f"{API}/none/recordings", json={"recordings": [FIRST]}).status_code == 404


def test_what_a_person_says_is_wrong_is_noted_beside_the_recording(
    services: FleetServices, api: TestClient
) -> None:
    # proves F10
    asked = {"kind": "rectification", "channel": "email", "name": "Person 1", "contact": "Box 1"}
    received = services.clock().date().isoformat()
    case = api.post(
        "/api/v1/requests", json={**asked, "received": received, "what": "The visit", "owner": "DPO 1"}
    ).json()
    path = f"/api/v1/requests/{case['id']}/recordings"
    note = f"{path}/{FIRST}/note"
    assert api.post(note, json={"text": "It was not I."}).json()["code"] == "not_linked"
    api.post(path, json={"recording": FIRST}).raise_for_status()
    assert api.post(note, json={"text": " "}).status_code == 422
    assert api.post(note, json={"text": "It was not I."}).status_code == 201
    with services.readers() as session:
        notes = session.scalars(select(Note.text)).all()
    assert notes == [f"Request {case['reference']}: It was not I."]
