"""What programs are told of recordings: what people say of them, and until when they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from starlette.testclient import TestClient

from fleet.core.actor import OPERATOR, Role
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.incidents.judging import SaidOfRecording, judge
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.pages.scene import Scene

NAMES = [f"{number:032x}" for number in (1, 2, 3)]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet")) as found:
        yield found


@pytest.fixture(scope="module")
def api(services: FleetServices) -> Iterator[TestClient]:
    token = token_for(services, Role.HEAD_OF_SAFETY, name="head")
    with dashboard_client(services, token=token, workers=False) as client:
        yield client


@pytest.fixture(scope="module", autouse=True)
def scene(services: FleetServices, api: TestClient) -> Scene:
    clock = services.clock
    assert isinstance(clock, TestClock)
    scene = Scene(services, clock, api)
    scene.camera(1)
    for number, name in enumerate(NAMES, 1):
        at = clock() - timedelta(hours=4 - number)
        scene.held(number=number, recording=name, camera_id="cam-01", pressed=at, announced=at)
    return scene


def told(api: TestClient, number: int) -> dict[str, Any]:
    document: dict[str, Any] = api.get(f"/api/v1/recordings/{NAMES[number]}").raise_for_status().json()
    assert document in api.get("/api/v1/recordings").raise_for_status().json()
    return {key: document[key] for key in ("category", "incident", "incidents", "kept_until", "held")}


def test_programs_are_told_what_people_say_and_until_when_it_is_kept(
    services: FleetServices, api: TestClient, scene: Scene
) -> None:
    # proves F8
    pressed = scene.clock().date()
    nothing: dict[str, Any] = {"category": None, "incident": None, "incidents": [], "held": False}
    assert told(api, 0) == {**nothing, "kept_until": "2027-05-22"}
    with services.sessions.begin() as session:
        judge(session, recording=NAMES[0], said=SaidOfRecording("threat", incident=True), by=OPERATOR)
    assert told(api, 0) == {
        "category": "threat",
        "incident": True,
        "incidents": [],
        "kept_until": "2027-11-22",
        "held": False,
    }
    assert told(api, 1) == {**nothing, "kept_until": "2027-05-22"}
    form = {
        "place": "12 Elm Road",
        "category": "threat",
        "what": "Shouted at.",
        "happened": f"{scene.clock() - timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        "recording": [NAMES[1]],
    }
    made = api.post("/incidents", data=form, follow_redirects=False)
    path = made.headers["location"]
    assert told(api, 1)["incidents"] == [
        {"id": path.rpartition("/")[2], "reference": f"INC-{pressed.year}-0001"}
    ]
    held = {
        "kind": "claim",
        "owner": "User 1",
        "reason": "A claim",
        "review": f"{pressed + timedelta(days=30)}",
    }
    answer = api.post(f"/recordings/{NAMES[1]}/holds", data=held, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    after = told(api, 1)
    assert (after["held"], after["kept_until"]) == (True, None)


def test_of_a_deleted_recording_no_last_day_is_told(services: FleetServices, api: TestClient) -> None:
    # proves F8
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording).where(Recording.recording == NAMES[2])).one()
        row.state, row.deleted = RecordingState.DELETED, services.clock()
    after = told(api, 2)
    assert (after["held"], after["kept_until"]) == (None, None)


def test_a_list_asks_the_database_as_often_for_one_as_for_many(
    services: FleetServices, api: TestClient
) -> None:
    asked: list[str] = []
    event.listen(services.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for limit in (1, 3):
        asked.clear()
        api.get("/api/v1/recordings", params={"limit": limit}).raise_for_status()
        counts.append(len(asked))
    assert counts[0] == counts[1]
