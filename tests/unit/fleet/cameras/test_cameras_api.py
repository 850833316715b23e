from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraCertificate, CameraRow, EnrolmentCodeRow
from fleet.cameras.service import MOST_REPEATS
from fleet.core.config import FleetConfig
from fleet.core.sections.cameras import CamerasSection
from fleet.server.compose import FleetServices
from protocol.messages.desired import Desired
from protocol.messages.enrolment import EnrolmentResponse, parse_code, read_certificates
from tests.support.fleet.fleet import (
    TestClock,
    camera_client,
    camera_request,
    dashboard_client,
    enrol_camera,
    fleet_services,
    problem,
    token_for,
)


@pytest.fixture
def client(services: FleetServices) -> Iterator[TestClient]:
    with dashboard_client(services, token=token_for(services)) as found:
        yield found


def new_code(client: TestClient, **body: int) -> str:
    response = client.post("/api/v1/enrolment-codes", json=body)
    assert response.status_code == 201, response.text
    code: str = response.json()["code"]
    return code


def test_a_camera_enrols_with_its_code(services: FleetServices, client: TestClient) -> None:
    code = parse_code(new_code(client))
    response = client.post("/api/v1/enrolments", json={"code": str(code), "csr_pem": camera_request()[1]})
    assert response.status_code == 201
    answer = EnrolmentResponse.model_validate_json(response.content)
    assert answer.camera == "cam-01"
    assert answer.cameras_url == services.endpoints.cameras_url
    assert answer.recipients
    assert client.get("/api/v1/authority").text == answer.authority_pem
    assert code.trusts(services.authority.der)
    (camera,) = client.get("/api/v1/cameras").json()
    assert (camera["id"], camera["online"], camera["status"], camera["officer"]) == (
        "cam-01",
        False,
        None,
        None,
    )


def test_the_secret_half_of_a_code_is_enough(client: TestClient) -> None:
    code = parse_code(new_code(client))
    response = client.post("/api/v1/enrolments", json={"code": code.secret, "csr_pem": camera_request()[1]})
    assert response.status_code == 201


def test_an_expired_code_is_gone(client: TestClient, clock: TestClock) -> None:
    code = new_code(client, minutes=5)
    clock.move(minutes=5)
    response = client.post("/api/v1/enrolments", json={"code": code, "csr_pem": camera_request()[1]})
    assert problem(response) == (410, "enrolment_code_expired")
    assert response.json()["detail"] == (
        "This enrolment code expired at 2026-11-22 12:05 UTC; ask an administrator for a new one."
    )


def enrolment_entries(services: FleetServices) -> dict[str, int]:
    with services.readers() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    return Counter(
        each for each in actions if each.startswith(("cameras:camera:enrol", "cameras:enrolment:"))
    )


def test_a_code_works_once(services: FleetServices, client: TestClient) -> None:
    code = new_code(client)
    for expected in (201, 409):
        again = client.post("/api/v1/enrolments", json={"code": code, "csr_pem": camera_request()[1]})
        assert again.status_code == expected
    assert problem(again) == (409, "enrolment_code_used")
    assert "was used for cam-01" in again.json()["detail"]
    assert enrolment_entries(services) == {"cameras:camera:enrol": 1, "cameras:enrolment:refuse": 1}


# proves F7, L1
def test_the_same_key_gets_the_same_answer_again_while_the_code_lives(
    services: FleetServices, client: TestClient, clock: TestClock
) -> None:
    body = {"code": new_code(client, minutes=5), "csr_pem": camera_request()[1]}
    first = client.post("/api/v1/enrolments", json=body)
    assert first.status_code == 201
    clock.move(minutes=4)
    for _ in range(MOST_REPEATS):
        again = client.post("/api/v1/enrolments", json=body)
        assert (again.status_code, again.json()) == (201, first.json())
    assert problem(client.post("/api/v1/enrolments", json=body)) == (409, "enrolment_code_used"), "bounded"
    counted = {"cameras:camera:enrol": 1, "cameras:enrolment:repeat": MOST_REPEATS}
    assert enrolment_entries(services) == counted | {"cameras:enrolment:refuse": 1}
    with services.readers() as session:
        assert len(session.scalars(select(CameraRow)).all()) == 1
        assert len(session.scalars(select(CameraCertificate)).all()) == 1


def test_neither_a_code_that_has_ended_nor_one_of_a_revoked_camera_is_answered_again(
    client: TestClient, clock: TestClock
) -> None:  # proves L1
    lost, late = ({"code": new_code(client), "csr_pem": camera_request()[1]} for _ in range(2))
    for body in (lost, late):
        client.post("/api/v1/enrolments", json=body).raise_for_status()
    client.post("/api/v1/cameras/cam-01/revoke", json={"purpose": "lost"}).raise_for_status()
    assert problem(client.post("/api/v1/enrolments", json=lost)) == (409, "enrolment_code_used")
    nonsense = client.post("/api/v1/enrolments", json=late | {"csr_pem": "nonsense"})
    assert problem(nonsense) == (422, "signing_request_refused")
    clock.move(minutes=60)
    assert problem(client.post("/api/v1/enrolments", json=late)) == (409, "enrolment_code_used")


# proves F9
def test_codes_that_were_used_are_counted_as_guesses(services: FleetServices, client: TestClient) -> None:
    code = new_code(client)
    for _ in range(1 + services.config.people.sign_in_attempts):
        body = {"code": code, "csr_pem": camera_request()[1]}
        refused = client.post("/api/v1/enrolments", json=body)
    assert refused.status_code == 409
    assert problem(client.post("/api/v1/enrolments", json=body)) == (429, "too_many_attempts")


def test_an_unknown_code_is_not_found(client: TestClient) -> None:
    response = client.post(
        "/api/v1/enrolments", json={"code": "none-such-code", "csr_pem": camera_request()[1]}
    )
    assert problem(response) == (404, "enrolment_code_unknown")


def test_a_refused_request_leaves_the_code_good(
    services: FleetServices, client: TestClient
) -> None:  # proves F6
    code = new_code(client)
    refused = client.post("/api/v1/enrolments", json={"code": code, "csr_pem": "nonsense"})
    assert problem(refused) == (422, "signing_request_refused")
    with services.readers() as session:
        assert session.scalars(select(CameraRow)).all() == []
    response = client.post("/api/v1/enrolments", json={"code": code, "csr_pem": camera_request()[1]})
    assert response.status_code == 201


def test_the_sixteenth_camera_is_refused_with_a_sentence(
    services: FleetServices, client: TestClient, tmp_path: Path
) -> None:
    code = new_code(client)
    for _ in range(15):
        enrol_camera(services, tmp_path)
    response = client.post("/api/v1/enrolments", json={"code": code, "csr_pem": camera_request()[1]})
    assert problem(response) == (409, "camera_limit")
    assert response.json()["detail"] == (
        "This fleet takes at most 15 cameras and has 15. Take one that is no longer used out of service on "
        "its page, or raise cameras.limit in the configuration and restart the service."
    )
    assert problem(client.post("/api/v1/enrolment-codes", json={})) == (409, "camera_limit")
    revoked = client.post("/api/v1/cameras/cam-07/revoke", json={"purpose": "lost"})
    assert revoked.status_code == 200
    response = client.post("/api/v1/enrolments", json={"code": code, "csr_pem": camera_request()[1]})
    assert response.json()["camera"] == "cam-16"  # a number is never used again


@pytest.mark.slow
def test_the_limit_is_what_the_configuration_says(tmp_path: Path) -> None:
    config = FleetConfig(cameras=CamerasSection(limit=1))
    with (
        fleet_services(tmp_path, config) as services,
        dashboard_client(services, token=token_for(services)) as client,
    ):
        enrol_camera(services, tmp_path)
        refused = client.post("/api/v1/enrolment-codes", json={})
    assert refused.json()["limit"] == 1


def test_only_digests_of_codes_are_kept(services: FleetServices, client: TestClient) -> None:
    code = parse_code(new_code(client))
    with services.readers() as session:
        (row,) = session.scalars(select(EnrolmentCodeRow)).all()
    assert row.digest == hashlib.sha256(code.secret.encode()).digest()


def test_a_camera_asks_what_is_wanted_of_it(
    services: FleetServices, client: TestClient, tmp_path: Path
) -> None:
    camera = enrol_camera(services, tmp_path)
    device = camera_client(services, camera.certificate_der)
    before = Desired.model_validate_json(device.get("/api/v1/camera/desired").content)
    assert (before.camera, before.assignment) == (camera.id, None)
    officer = client.post("/api/v1/officers", json={"name": "Officer 1"}).json()["id"]
    assignment = client.post("/api/v1/assignments", json={"camera": camera.id, "officer": officer}).json()[
        "id"
    ]
    after = Desired.model_validate_json(device.get("/api/v1/camera/desired").content)
    assert after.version == before.version + 1
    assert after.assignment is not None
    assert (after.assignment.id, after.assignment.officer) == (assignment, "Officer 1")
    client.post(f"/api/v1/assignments/{assignment}/end")
    ended = Desired.model_validate_json(device.get("/api/v1/camera/desired").content)
    assert (ended.version, ended.assignment) == (after.version + 1, None)


def test_a_revoked_camera_is_refused_at_its_next_request(
    services: FleetServices, client: TestClient, tmp_path: Path
) -> None:
    camera = enrol_camera(services, tmp_path)
    device = camera_client(services, camera.certificate_der)
    assert device.get("/api/v1/camera/desired").status_code == 200
    client.post(f"/api/v1/cameras/{camera.id}/revoke", json={"purpose": "stolen"}).raise_for_status()
    assert problem(device.get("/api/v1/camera/desired")) == (403, "camera_revoked")  # proves L1
    assert client.get("/api/v1/cameras").json() == []
    with services.readers() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "cameras:camera:revoke")).one()
        assert (entry.actor, entry.subject, entry.purpose) == ("token:tests", camera.id, "stolen")
        assert verify_log(session) is None


# proves F8
def test_pages_that_tell_of_a_camera_s_recordings_look_again_once_it_is_out_of_service(
    services: FleetServices, client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = enrol_camera(services, tmp_path)
    told: list[str] = []
    monkeypatch.setattr(services.live, "publish_all", lambda hints: told.extend(topic for topic, _ in hints))
    client.post(f"/api/v1/cameras/{camera.id}/revoke", json={"purpose": "lost"}).raise_for_status()
    assert "presence" in told


def test_the_fleets_own_certificate_is_no_camera(services: FleetServices) -> None:  # proves L1
    pem = services.authority.file("service.pem").read_bytes()
    der, _issuing = read_certificates(pem.decode())
    assert problem(camera_client(services, der).get("/api/v1/camera/desired")) == (403, "camera_unknown")


def test_a_certificate_renews_itself(services: FleetServices, tmp_path: Path) -> None:
    camera = enrol_camera(services, tmp_path)
    device = camera_client(services, camera.certificate_der)
    answer = device.post("/api/v1/camera/certificate", json={"csr_pem": camera_request()[1]})
    assert answer.status_code == 201
    newer, _issuing = read_certificates(answer.json()["certificate_pem"])
    assert camera_client(services, newer).get("/api/v1/camera/desired").status_code == 200
    # The answer may have been lost on its way: the older one stays good until it ends.
    assert device.get("/api/v1/camera/desired").status_code == 200


def test_a_certificate_that_has_ended_is_good_for_the_next_one_and_nothing_else(
    services: FleetServices, clock: TestClock, client: TestClient, tmp_path: Path
) -> None:  # proves L1
    camera, other = enrol_camera(services, tmp_path), enrol_camera(services, tmp_path)
    device = camera_client(services, camera.certificate_der)
    clock.move(days=services.config.cameras.certificate_days + 400)
    for method, path in (
        ("GET", "/desired"),
        ("GET", "/recordings/1/receipt"),
        ("GET", "/recordings/1"),
    ):
        refused = device.request(method, f"/api/v1/camera{path}")
        assert problem(refused) == (403, "certificate_ended"), path
        assert refused.headers["Connection"] == "close", "the next one is shown on another"
    answer = device.post("/api/v1/camera/certificate", json={"csr_pem": camera_request()[1]})
    assert (answer.status_code, answer.headers["Connection"]) == (201, "close")
    newer, _issuing = read_certificates(answer.json()["certificate_pem"])
    assert camera_client(services, newer).get("/api/v1/camera/desired").status_code == 200
    assert problem(device.get("/api/v1/camera/desired")) == (403, "certificate_ended")
    client.post(f"/api/v1/cameras/{other.id}/revoke", json={"purpose": "lost"}).raise_for_status()
    lost = camera_client(services, other.certificate_der)
    late = lost.post("/api/v1/camera/certificate", json={"csr_pem": camera_request()[1]})
    assert problem(late) == (403, "camera_revoked"), "and only for who is in service"
    clock.move(days=-5000)
    early = camera_client(services, newer).get("/api/v1/camera/desired")
    assert problem(early) == (403, "certificate_early"), "a clock that was set back"
