"""Who has a certificate that is not on record, or tries codes, is nobody's camera."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select

from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraCertificate
from fleet.cameras.service import create_code
from fleet.core.actor import OPERATOR
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import (
    TestClock,
    camera_client,
    camera_request,
    dashboard_client,
    enrol_camera,
    fleet_services,
    problem,
)

GUESS = "A" * 20


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


# proves L1
def test_a_certificate_that_is_not_on_record_counts_for_nothing(tmp_path: Path, clock: TestClock) -> None:
    with fleet_services(tmp_path, clock=clock) as services:
        camera = enrol_camera(services, tmp_path)
        device = camera_client(services, camera.certificate_der)
        assert device.get("/api/v1/camera/desired").status_code == 200
        with services.sessions.begin() as session:  # as after a backup of before was restored
            session.execute(delete(CameraCertificate))
        refused = device.get("/api/v1/camera/desired")
        assert problem(refused) == (403, "certificate_unknown")
        assert refused.json()["detail"] == (
            "This certificate of camera cam-01 is not on record here; enrol the camera anew with a code."
        )
        renewal = device.post("/api/v1/camera/certificate", json={"csr_pem": camera_request()[1]})
        assert problem(renewal) == (403, "certificate_unknown")
        assert {"code": "certificate_unknown"} in refusals(services, "cameras:camera:refuse")


# proves F9
def test_codes_that_nobody_made_are_counted_and_then_refused_for_a_while(
    tmp_path: Path, clock: TestClock
) -> None:
    with fleet_services(tmp_path, clock=clock) as services, dashboard_client(services) as client:

        def enrol(code: str) -> tuple[int, str]:
            body = {"code": code, "csr_pem": camera_request()[1]}
            answer = client.post("/api/v1/enrolments", json=body)
            return (201, "") if answer.status_code == 201 else problem(answer)

        with services.sessions.begin() as session:
            good, _ = create_code(session, services.cameras, by=OPERATOR, minutes=60)
            used, _ = create_code(session, services.cameras, by=OPERATOR, minutes=60)
        assert enrol(used) == (201, "")
        allowed = services.config.people.sign_in_attempts
        for _ in range(allowed - 1):
            assert enrol(used) == (409, "enrolment_code_used"), "with another key: counted as a guess"
        assert enrol(GUESS) == (404, "enrolment_code_unknown")
        assert enrol(GUESS) == (429, "too_many_attempts")
        assert enrol(good) == (429, "too_many_attempts")
        clock.move(minutes=15)
        assert enrol(good) == (201, "")
        assert {"code": "enrolment_code_unknown"} in refusals(services, "cameras:enrolment:refuse")


def refusals(services: FleetServices, action: str) -> list[object]:
    """What the audit log says of what was refused."""
    with services.readers() as session:
        return list(session.scalars(select(AuditEntry.detail).where(AuditEntry.action == action)))
