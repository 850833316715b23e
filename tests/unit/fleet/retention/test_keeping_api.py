"""What programs may do that keeps a recording: hold it, end a hold, say whether it shows an incident."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.retention.holds import LONGEST_REVIEW, HoldDraft, hold_recording
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.fleet.of_module import client_of_module
from tests.support.pages.scene import Scene

OVERDUE = "retention.hold-overdue"
HELD, JUDGED, GONE = (f"{number:032x}" for number in (1, 2, 3))


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
    for number, name in enumerate((HELD, JUDGED, GONE), 1):
        scene.held(number=number, recording=name, camera_id="cam-01", pressed=clock(), announced=clock())
    with services.sessions.begin() as session:
        row = session.scalars(select(Recording).where(Recording.recording == GONE)).one()
        row.state, row.deleted = RecordingState.DELETED, clock()
    return scene


def draft(services: FleetServices, **other: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a body
    review = services.clock().date() + timedelta(days=30)
    return {"kind": "claim", "owner": "Head 1", "reason": "A letter", "review": f"{review}", **other}


def written(services: FleetServices) -> list[tuple[str, str, str]]:
    """What the audit log has of retention and judging: what, of what, and why."""
    with services.readers() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.number))
        return [
            (row.action, row.subject, row.purpose or "")
            for row in rows
            if row.action.startswith(("retention:", "incidents:"))
        ]


def test_a_hold_is_placed_listed_and_ended_and_each_is_written_down(
    services: FleetServices, api: TestClient
) -> None:
    # proves F3
    before = len(written(services))
    placed = api.post(f"/api/v1/recordings/{HELD}/holds", json=draft(services))
    assert placed.status_code == 201, placed.text
    hold = placed.json()
    assert (hold["recording"], hold["incident"], hold["released"]) == (HELD, None, None)
    assert (hold["kind"], hold["owner"], hold["placed_by"]) == ("claim", "Head 1", "head")
    assert api.get(f"/api/v1/recordings/{HELD}/holds").json() == [hold]
    assert api.get(f"/api/v1/recordings/{HELD}").json()["held"] is True

    path = f"/api/v1/holds/{hold['id']}/release"
    assert api.post(path, json={"reason": "  "}).status_code == 422, "a reason is needed"
    assert api.get(f"/api/v1/recordings/{HELD}").json()["held"] is True
    ended = api.post(path, json={"reason": "Settled"}).raise_for_status().json()
    assert (ended["released_by"], ended["released_reason"]) == ("head", "Settled")
    assert api.get(f"/api/v1/recordings/{HELD}/holds").json() == []
    again = api.post(path, json={"reason": "Settled"})
    assert (again.status_code, again.json()["code"]) == (409, "hold_ended")
    assert written(services)[before:] == [
        ("retention:recording:hold", HELD, "A letter"),
        ("retention:hold:release", HELD, "Settled"),
    ]


def test_an_incident_is_held_with_its_recordings(services: FleetServices, api: TestClient) -> None:
    # proves F3
    happened = services.clock() - timedelta(minutes=1)
    form = {"place": "12 Elm Road", "category": "threat", "what": "Shouted.", "recording": [HELD]}
    made = api.post("/incidents", data={**form, "happened": f"{happened:%Y-%m-%dT%H:%M}"})
    incident = made.url.path.rpartition("/")[2]
    hold = api.post(f"/api/v1/incidents/{incident}/holds", json=draft(services)).json()
    assert (hold["recording"], hold["incident"]) == (None, incident)
    assert api.get(f"/api/v1/incidents/{incident}/holds").json() == [hold]
    assert api.get(f"/api/v1/recordings/{HELD}/holds").json() == [hold], "it is held by its incident"
    api.post(f"/api/v1/holds/{hold['id']}/release", json={"reason": "Settled"}).raise_for_status()
    assert api.get(f"/api/v1/incidents/{incident}/holds").json() == []
    nowhere = api.post("/api/v1/incidents/none/holds", json=draft(services))
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"kind": "fun"}, "kind_unknown"),
        ({"owner": " "}, "text_unusable"),
        ({"reason": "x" * 501}, "not_valid"),
        ({"review": "2001-01-01"}, "review_unusable"),
        ({"review": "tomorrow"}, "not_valid"),
        ({"why": "?"}, "not_valid"),
    ],
)
def test_a_hold_that_cannot_be_placed_is_refused_whole(
    services: FleetServices, api: TestClient, other: dict[str, Any], code: str
) -> None:
    # proves F6
    before = written(services)
    refused = api.post(f"/api/v1/recordings/{JUDGED}/holds", json=draft(services, **other))
    assert (refused.status_code, refused.json()["code"]) == (422, code), refused.text
    assert api.get(f"/api/v1/recordings/{JUDGED}/holds").json() == []
    assert written(services) == before


def test_what_a_recording_is_said_to_be_takes_the_place_of_what_was_said(
    services: FleetServices, api: TestClient
) -> None:
    # proves F8
    before, path = len(written(services)), f"/api/v1/recordings/{JUDGED}/judge"
    for said in ({"category": "threat", "incident": True}, {"category": None, "incident": False}):
        answer = api.post(path, json=said).raise_for_status().json()
        assert answer == {"recording": JUDGED, **said}
        shown = api.get(f"/api/v1/recordings/{JUDGED}").json()
        assert {key: shown[key] for key in said} == said
    assert [each[:2] for each in written(services)[before:]] == [("incidents:recording:judge", JUDGED)] * 2
    for unfit in (
        {"incident": True},
        {"category": None},
        {"category": None, "incident": "yes"},
        {"category": "fun", "incident": None},
    ):
        assert api.post(path, json=unfit).status_code == 422, unfit
    assert api.get(f"/api/v1/recordings/{JUDGED}").json()["incident"] is False


def test_programs_are_told_of_alerts_that_are_for_them(services: FleetServices, api: TestClient) -> None:
    # proves F8
    today = services.clock().date()
    hold = api.post(f"/api/v1/recordings/{HELD}/holds", json=draft(services, review=f"{today}")).json()

    def told(state: str = "open") -> list[tuple[str, bool]]:
        listed = api.get("/api/v1/alerts", params={"state": state}).raise_for_status().json()
        return [(each["words"], each["ended"] is None) for each in listed if each["kind"] == OVERDUE]

    assert told() == []
    assert isinstance(services.clock, TestClock)
    services.clock.move(days=1)
    [(words, lasts)] = told()
    assert lasts
    assert words.startswith("The hold on recording 1 of cam-01 should have been looked at by")
    with dashboard_client(services, token=token_for(services, Role.SAFETY_TEAM, name="team")) as team:
        kinds = {each["kind"] for each in team.get("/api/v1/alerts").raise_for_status().json()}
    assert OVERDUE not in kinds, "it is for those who may hold"
    api.post(f"/api/v1/holds/{hold['id']}/release", json={"reason": "Settled"}).raise_for_status()
    assert told() == []
    assert told("all") == told("resolved") == [(words, False)]
    assert api.get("/api/v1/alerts", params={"state": "mine"}).status_code == 422


def test_of_what_was_deleted_nothing_more_is_said_and_nothing_is_held(
    services: FleetServices, api: TestClient
) -> None:
    # proves F3
    judged = api.post(f"/api/v1/recordings/{GONE}/judge", json={"category": None, "incident": True})
    held = api.post(f"/api/v1/recordings/{GONE}/holds", json=draft(services))
    assert (judged.status_code, held.status_code) == (410, 410)


def test_a_hold_is_looked_at_again_from_today_on_by_the_days_of_the_site(services: FleetServices) -> None:
    # proves F3
    far = ZoneInfo("Pacific/Kiritimati")  # where it is tomorrow already
    today = services.clock().astimezone(far).date()
    assert today > services.clock().date()

    def hold(review: date) -> None:
        asked = HoldDraft("claim", "Head 1", "A letter", review, far)
        with services.sessions.begin() as session:
            hold_recording(session, services.random, asked, recording=JUDGED, by=OPERATOR)
            session.rollback()

    for review in (today, today + LONGEST_REVIEW):
        hold(review)
    for review in (today - timedelta(days=1), today + LONGEST_REVIEW + timedelta(days=1)):
        with pytest.raises(ProblemError, match="from today on, and within a year"):
            hold(review)
