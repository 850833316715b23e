"""One camera that fills the disk, lies about numbers or sends documents without end stops nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.cameras.service import take_out_of_service
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig, FootageSection
from fleet.core.database import utc_now
from fleet.core.problems import ProblemError
from fleet.footage.receiving.allowance import DailyAllowance
from fleet.footage.receiving.camera_allowances import CameraAllowances
from fleet.footage.receiving.services import RECEIVING
from fleet.footage.recordings.lookup import NUMBER_WINDOW
from fleet.footage.store.spool import Incoming
from protocol.messages.uploads import MAX_JSON_BYTES
from protocol.units import GIB
from tests.support.fleet.deleting import deleting_fleet
from tests.support.fleet.fleet import BY_PASSWORD
from tests.support.fleet.fleet_footage import HOME, Fleet, Link, bearer, running
from tests.support.fleet.made_state import lay_out
from tests.support.media.recordings import record

MOST_MIB = 1_048_576


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with running(tmp_path / "fleet") as fleet:
        yield fleet


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])


def told(fleet: Fleet) -> list[dict[str, object] | None]:
    """What the audit log says of uploads that were refused."""
    with fleet.services.readers() as session:
        query = select(AuditEntry.detail).where(AuditEntry.action == "cameras:upload:refuse")
        return list(session.scalars(query))


# proves F9
def test_a_full_disk_stops_uploads_and_nobody_else(tmp_path: Path) -> None:
    lay_out(tmp_path / "fleet", utc_now())
    full = FleetConfig(people=BY_PASSWORD.people, footage=FootageSection(reserve_mib=MOST_MIB))
    with running(tmp_path / "fleet", full) as fleet:
        link = Link(fleet, record(fleet.identity()))
        refused = link.segment(min(link.take.segments))
        assert code(refused) == (507, "storage_failed")
        assert refused.json()["detail"] == (
            "The fleet cannot store what was sent now: what is left of its disk is kept for the database."
        )
        assert "Retry-After" in refused.headers
        header = bearer(fleet, Role.ADMINISTRATOR)
        revoked = fleet.dashboard.post(
            "/api/v1/cameras/cam-01/revoke", json={"purpose": "it fills the disk"}, headers=header
        )
        assert revoked.status_code == 200
        assert code(link.segment(min(link.take.segments))) == (403, "camera_revoked")


# proves F9
def test_a_camera_that_has_sent_its_share_is_refused_and_said(fleet: Fleet) -> None:
    receiving = fleet.services.footage.receiving
    day = DailyAllowance(fleet.services.database, "footage", 100_000, lambda: 0.0)
    small = CameraAllowances(day, in_all=10**9, held=lambda _camera: 0, clock=lambda: 0.0)
    RECEIVING.put(fleet.cameras.app.app, replace(receiving, allowances=small))  # type: ignore[attr-defined]
    link = Link(fleet, record(fleet.identity()))
    name = min(link.take.segments)
    answer = link.segment(name, os.urandom(100_001))
    assert code(answer) == (429, "camera_rate")
    assert "Retry-After" in answer.headers
    other = Link(fleet, record(fleet.identity("cam-02")))
    assert other.segment(min(other.take.segments), b"x").status_code == 201
    assert told(fleet) == [{"code": "camera_rate"}]


# proves F9 and F7
def test_a_restart_of_the_service_gives_no_camera_a_second_day(tmp_path: Path) -> None:
    whole = FootageSection().camera_gib_per_day * GIB
    with deleting_fleet(tmp_path) as before:
        before.held()
        clock = before.clock
    with deleting_fleet(tmp_path, clock=clock) as after:
        receiving = after.services.footage.receiving
        with pytest.raises(ProblemError) as refused:
            receiving.allowances.take("cam-01", whole)
        assert (refused.value.status, refused.value.code) == (429, "camera_rate")
        clock.move(days=1, seconds=1)
    with deleting_fleet(tmp_path, clock=clock) as later:
        later.services.footage.receiving.allowances.take("cam-01", whole)


# proves F9 and L3
def test_a_number_far_beyond_what_has_come_is_refused_and_said(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    name = min(link.take.segments)
    assert link.segment(name).status_code == 201
    last = link.take.number + NUMBER_WINDOW
    link.base = f"{HOME}/{last + 1}"
    assert code(link.segment(name)) == (400, "number_too_far")
    assert link.state()["state"] == "unknown"
    link.base = f"{HOME}/{last}"
    assert link.segment(name).status_code == 201
    assert told(fleet) == [{"code": "number_too_far"}]


# proves F9
def test_a_document_without_end_is_refused_before_it_is_read(fleet: Fleet) -> None:
    link = Link(fleet, record(fleet.identity()))
    link.segment(min(link.take.segments))
    answer = link.request("POST", "/complete", content=b"[" * (MAX_JSON_BYTES + 1))
    assert code(answer) == (413, "too_large")
    word = link.word().model_dump(mode="json")
    word["segments"] = word["segments"][:1] * 20_001
    assert code(link.request("POST", "/complete", json=word)) == (422, "not_valid")


@pytest.mark.parametrize("offset", [-1, 2**53, 10**30])
def test_a_place_in_a_ledger_that_is_none_is_refused(fleet: Fleet, offset: int) -> None:
    link = Link(fleet, record(fleet.identity()))
    assert link.ledger(0, 10).status_code == 201
    link_answer = link.request("PUT", f"/ledger/{offset}", content=b"", headers={"Content-Digest": "none"})
    assert 400 <= link_answer.status_code < 500


# proves L1
def test_a_camera_taken_out_of_service_while_its_body_comes_is_refused(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = Link(fleet, record(fleet.identity()))
    finish = Incoming.finish

    def and_revoke(incoming: Incoming) -> object:
        services = fleet.services
        with services.sessions.begin() as session:
            wearers = services.cameras.wearers
            take_out_of_service(session, wearers, camera="cam-01", by=OPERATOR, purpose="stolen")
        return finish(incoming)

    monkeypatch.setattr(Incoming, "finish", and_revoke)
    assert code(link.segment(min(link.take.segments))) == (403, "camera_revoked")
    assert fleet.services.footage.store.list("cam-01") == ()


ROOT = Path(__file__).parents[2]
FULL_DISK = ROOT / "tests" / "support" / "storage" / "full_disk.py"


def can_mount() -> bool:
    """Whether a disk of a test's own can be made here."""
    return subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode == 0


# proves F7 and F9
@pytest.mark.broker
@pytest.mark.skipif(not can_mount(), reason="no disk of a test's own can be mounted here")
def test_on_a_disk_without_a_byte_left_a_camera_is_revoked_and_the_service_starts(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=192m tmpfs "$1" && exec "$2" "$3" "$1"'
    words = ["unshare", "-rm", "sh", "-c", mount, "sh", str(tmp_path), sys.executable, str(FULL_DISK)]
    path = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120, env=path)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    for held in ("cam-01 is out of service.", "the service started", "the service answered"):
        assert held in said
