"""What becomes of an enrolment where the mark of numbers is above the database, broken, full or gone."""

from __future__ import annotations

import errno
import logging
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from fleet.audit.models import AuditEntry
from fleet.cameras.models import CameraNumberFloor
from fleet.cameras.numbering import mark as marking
from fleet.cameras.numbering import numbers as numbering
from fleet.cameras.numbering.mark import MARK
from fleet.core.database import SQLITE_NAME
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import (
    TestClock,
    camera_request,
    dashboard_client,
    enrol_camera,
    fleet_services,
    problem,
    token_for,
)

NOTED = ", as is noted beside the authority, and the database knows of numbers up to "


def raised(services: FleetServices) -> list[tuple[str, dict[str, object] | None]]:
    with services.readers() as session:
        query = select(AuditEntry.subject, AuditEntry.detail).where(
            AuditEntry.action == "cameras:number:raise"
        )
        return [(subject, detail) for subject, detail in session.execute(query)]


def test_a_database_that_was_copied_back_by_hand_gives_no_number_again(
    tmp_path: Path, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    # proves L1
    kept = tmp_path / "kept"
    with fleet_services(tmp_path, clock=clock) as services:
        mark, database = services.authority.folder / MARK, services.state / SQLITE_NAME
        assert mark.read_text() == "0\n"
        assert enrol_camera(services, tmp_path / "a").id == "cam-01"
    shutil.copyfile(database, kept)
    with fleet_services(tmp_path, clock=clock) as services:
        assert raised(services) == []
        assert enrol_camera(services, tmp_path / "b").id == "cam-02"
        assert mark.read_text() == "2\n"
    for each in database.parent.glob(f"{SQLITE_NAME}-*"):
        each.unlink()
    shutil.copyfile(kept, database)
    caplog.clear()
    with fleet_services(tmp_path, clock=clock) as services:
        assert raised(services) == [("2", {"known": 1, "noted": 2})]
        with services.readers() as session:
            assert list(session.scalars(select(CameraNumberFloor.number))) == [2]
        assert f"A camera was to have number 2{NOTED}1: it is older than that" in caplog.text
        assert enrol_camera(services, tmp_path / "c").id == "cam-03"
    mark.write_text("1\n")  # of an older copy of that folder
    with fleet_services(tmp_path, clock=clock) as services:
        assert mark.read_text() == "3\n"
        assert len(raised(services)) == 1


def test_where_no_number_can_be_noted_none_is_given_and_all_else_goes_on(
    services: FleetServices, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # proves L1 and F6
    mark = services.authority.folder / MARK
    with dashboard_client(services, token=token_for(services)) as client:
        code = client.post("/api/v1/enrolment-codes", json={}).json()["code"]
        request = {"code": code, "csr_pem": camera_request()[1]}

        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as failing:
            failing.setattr(marking, "write_file", full)
            refused = client.post("/api/v1/enrolments", json=request)
            assert problem(refused) == (503, "numbers_unwritten")
            assert "so it enrols none: No space left on device." in refused.text
            mark.unlink()
            services.cameras.numbers.settle()
            assert "is not noted beside the authority: [Errno 28] No space left on device." in caplog.text
        mark.write_text("cam-01")
        refused = client.post("/api/v1/enrolments", json=request)
        assert problem(refused) == (503, "numbers_unknown")
        assert str(mark) not in refused.text
        assert problem(client.post("/api/v1/enrolment-codes", json={})) == (503, "numbers_unknown")
        assert f"cannot be read from {mark}" in caplog.text
        caplog.clear()
        services.cameras.numbers.settle()
        assert [each.levelno for each in caplog.records] == [logging.ERROR]
        assert mark.read_text() == "cam-01"
        assert client.get("/api/v1/cameras").json() == []
        mark.unlink()
        wrong = client.post("/api/v1/enrolments", json={**request, "csr_pem": "none"})
        assert problem(wrong) == (422, "signing_request_refused")
        assert not mark.exists(), "no number is taken for what is refused"
        assert client.post("/api/v1/enrolments", json=request).json()["camera"] == "cam-01"
        assert mark.read_text() == "1\n"

    def away(_session: object) -> int:
        raise OperationalError("SELECT", {}, Exception("it is away"))

    monkeypatch.setattr(numbering, "highest_known", away)
    services.cameras.numbers.settle()
    assert "What numbers cameras were given is not compared: it is away." in caplog.text
