"""Training as it is noted, wanted at hand-out, told of, and seen by the officer."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete
from starlette.testclient import TestClient

from fleet.alerts.models import AlertRow
from fleet.core.actor import Role
from fleet.core.config import FleetConfig
from fleet.core.sections.training import TrainingSection
from fleet.people.models import Officer, User
from fleet.people.passwords import hash_password
from fleet.people.training.models import OfficerTraining
from fleet.server.compose import FleetServices
from fleet.web.alerting.training import ENDS, LACKS
from tests.support.fleet.alerting import alerts_of
from tests.support.fleet.filling_in import Browser
from tests.support.fleet.fleet import BY_PASSWORD, TestClock
from tests.support.fleet.of_module import client_of_module, clock_of_module, services_of_module
from tests.support.pages.scene import Scene

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD = "four random words here"
CONFIG: FleetConfig = BY_PASSWORD.model_copy(
    update={"training": TrainingSection(required=True, course="Cameras", soon_days=30)}
)
PAGE = "/officers/officer-1/training"


clock = clock_of_module()
services = services_of_module(CONFIG)
head = client_of_module(Role.HEAD_OF_SAFETY, name="head", pages=True, workers=False)


@pytest.fixture
def scene(services: FleetServices, clock: TestClock, head: TestClient) -> Scene:
    clock.now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    found = Scene(services, clock, head)
    with services.sessions.begin() as session:
        for table in (OfficerTraining, User):
            session.execute(delete(table))
    found.clear()
    found.camera()
    found.officer()
    return found


def words(page: str) -> str:
    """What a page shows, as one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def noted(head: TestClient, course: str = "Cameras", taken: str = "2026-01-10", until: str = "") -> None:
    answer = head.post(PAGE, data={"course": course, "taken": taken, "until": until}, follow_redirects=False)
    assert answer.status_code == 303, words(answer.text)


def handed_out(head: TestClient) -> tuple[int, str]:
    answer = head.post(
        "/hand-out", data={"camera": "cam-01", "officer": "officer-1", "sure": "yes"}, follow_redirects=False
    )
    return answer.status_code, words(answer.text)


def lasting(services: FleetServices, kind: str) -> list[AlertRow]:
    return [each for each in alerts_of(services, kind) if each.lasts]


def test_a_camera_is_handed_to_who_is_trained_and_the_refusal_says_why(
    scene: Scene, head: TestClient
) -> None:
    # proves F10, F6
    status, said = handed_out(head)
    assert (status, "No training “Cameras” of Officer 1 that counts today is noted" in said) == (409, True)
    answer = head.post("/api/v1/assignments", json={"camera": "cam-01", "officer": "officer-1"})
    assert (answer.status_code, answer.json()["code"]) == (409, "officer_untrained")
    noted(head, "First aid")
    assert handed_out(head)[0] == 409  # another course
    noted(head, until="2026-11-29")
    status, said = handed_out(head)
    assert (status, "was valid until 29 November 2026" in said) == (409, True)
    noted(head, until="2026-11-30")
    assert handed_out(head)[0] == 303
    page = words(head.get(PAGE).text)
    assert "Cameras , taken on 10 January 2026, valid until 30 November 2026" in page
    assert "Cameras , taken on 10 January 2026, was valid until 29 November 2026" in page
    assert "First aid , taken on 10 January 2026, without an end" in page
    assert "A camera is handed to them only while a training of “Cameras” is valid." in page


def test_what_was_noted_wrongly_is_taken_back_and_stays_to_be_seen(scene: Scene, head: TestClient) -> None:
    # proves F10, F6
    assert "No training is noted." in words(head.get(PAGE).text)
    for fields, said in (
        ({"course": "Cameras", "taken": "never"}, "“never” is no day; write it as 2026-11-30."),
        ({"course": " ", "taken": "2026-11-30"}, "Say which course it was."),
        ({"course": "x" * 101, "taken": "2026-11-30"}, "Name the course in 100 characters or fewer"),
        ({"course": "Cameras", "taken": "2026-12-01"}, "that day is still to come"),
    ):
        answer = head.post(PAGE, data=fields)
        assert (answer.status_code, said in words(answer.text)) == (422, True), said
    assert (
        head.post("/officers/nobody/training", data={"course": "a", "taken": "2026-11-30"}).status_code == 404
    )
    noted(head)
    (row,) = head.get("/api/v1/officers/officer-1/trainings").json()
    assert (row["course"], row["until"], row["noted_by"]) == ("Cameras", None, "head")
    back = head.post(f"{PAGE}/{row['id']}/withdraw", follow_redirects=False)
    assert back.status_code == 303
    assert "Taken back 12:00 by head : it does not count" in words(head.get(PAGE).text)
    assert head.get("/api/v1/officers/officer-1/trainings").json() == []
    assert handed_out(head)[0] == 409
    again = head.post(
        "/api/v1/officers/officer-1/trainings", json={"course": "Cameras", "taken": "2026-11-30"}
    )
    assert again.status_code == 201
    path = f"/api/v1/officers/officer-1/trainings/{again.json()['id']}/withdraw"
    assert head.post(path).status_code == 200
    assert head.post(path.replace("officer-1", "officer-2")).status_code == 404


def test_what_ends_soon_and_who_has_none_is_told_until_it_is_noted(scene: Scene, head: TestClient) -> None:
    # proves F10, F8
    (alert,) = lasting(scene.services, LACKS.id)
    assert alert.words == (
        "No training of Officer 1 that counts today is noted. No camera is handed to them until one is noted."
    )
    assert "Officer" not in alert.name  # what goes out to others names nobody
    noted(head, until="2026-12-30")
    assert lasting(scene.services, LACKS.id) == []
    (alert,) = lasting(scene.services, ENDS.id)
    assert alert.words == "The training of Officer 1 is valid until 30 December 2026."
    assert "The training of Officer 1 is valid until 30 December 2026." in head.get("/").text  # on Today
    scene.clock.move(days=31)
    assert lasting(scene.services, ENDS.id) == []
    (alert,) = lasting(scene.services, LACKS.id)
    assert "The last training of Officer 1 that is noted was valid until 30 December 2026." in alert.words
    noted(head, taken="2026-12-30", until="2027-12-30")
    assert [*lasting(scene.services, LACKS.id), *lasting(scene.services, ENDS.id)] == []


def test_an_officer_sees_their_own_and_nobody_elses(
    scene: Scene, head: TestClient, services: FleetServices
) -> None:
    # proves F5
    noted(head, until="2027-01-10")
    with services.sessions.begin() as session:
        session.add(Officer(id="officer-2", name="Officer 2", created=services.clock(), retired=None))
        for number in (1, 2):
            session.add(
                User(
                    id=f"user-{number}",
                    name=f"user {number}",
                    password=hash_password(PASSWORD),
                    roles=frozenset({Role.OFFICER}),
                    created=services.clock(),
                    officer_id=f"officer-{number}",
                    retired=None,
                )
            )
    noted_of = {
        1: "Cameras , taken on 10 January 2026, valid until 10 January 2027",
        2: "No training of yours is noted.",
    }
    for number, said in noted_of.items():
        browser = another(scene)
        browser.sign_in(f"user {number}", PASSWORD)
        assert said in words(browser.get("/mine"))
        assert browser.client.get(PAGE).status_code == 403


def another(scene: Scene) -> Browser:
    """A browser in which nobody is signed in."""
    client = TestClient(scene.client.app, base_url="https://localhost:8443", raise_server_exceptions=False)
    client.portal = scene.client.portal
    return Browser(client)
