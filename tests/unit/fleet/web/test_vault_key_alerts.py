"""Alerts of cameras that do not follow a rotation, and of rewrapping that hangs or fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fleet.alerts.models import AlertRow
from fleet.cameras.models import CameraRow
from fleet.core.actor import OPERATOR
from fleet.footage.keys.models import RecordingKey
from fleet.footage.recordings.models import LedgerPiece, Recording, RecordingState
from fleet.jobs.models import Job
from fleet.jobs.queue import ask, fail, take
from fleet.rewrapping.hanging import KIND, LATE
from fleet.server.compose import FleetServices
from fleet.vault.rotating import VaultRotation
from fleet.web.alerting.vault_keys import BEHIND, FAILS, HANGS
from tests.support.fleet.alerting import alerts_of
from tests.support.fleet.fleet import TestClock, enrol_camera, fleet_services

WEEK = timedelta(hours=168)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def services(tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    """A fleet with two cameras, whose vault has a new key since."""
    with fleet_services(tmp_path, clock=clock) as first:
        for name in ("one", "two"):
            enrol_camera(first, tmp_path / name)
        VaultRotation(first).rotate(None, OPERATOR)
    with fleet_services(tmp_path, clock=clock) as found:
        yield found


def says(services: FleetServices, camera: str, *keys: str) -> None:
    with services.sessions.begin() as session:
        session.get_one(CameraRow, camera).status = {"sealed_to": list(keys)}


def lasting(services: FleetServices, kind: str) -> list[AlertRow]:
    return [each for each in alerts_of(services, kind) if each.lasts]


def test_a_camera_that_does_not_follow_is_named_once_its_time_is_over_and_no_sooner(
    services: FleetServices, clock: TestClock, tmp_path: Path
) -> None:
    # proves F7, F8
    new, old = (each.key_id for each in services.vault.known())
    says(services, "cam-02", old)
    clock.now += WEEK - timedelta(seconds=1)
    assert lasting(services, BEHIND.id) == []
    enrol_camera(services, tmp_path / "since")  # which was given the new key
    clock.now += timedelta(seconds=1)
    silent, behind = lasting(services, BEHIND.id)
    assert "cam-01 has not said what it seals to." in silent.words
    assert "cam-02 last said that it seals to another." in behind.words
    says(services, "cam-01", new)
    says(services, "cam-02", new, old)
    assert [each.subject for each in lasting(services, BEHIND.id)] == ["cam-02"]
    with services.sessions.begin() as session:
        session.get_one(CameraRow, "cam-02").revoked = clock.now
    assert lasting(services, BEHIND.id) == []


def test_rewrapping_that_hangs_is_told_with_why(services: FleetServices, clock: TestClock) -> None:
    # proves F7, F8
    with services.sessions.begin() as session:
        ask(session, KIND, "a")
    clock.now += LATE - timedelta(seconds=1)
    assert lasting(services, HANGS.id) == []
    clock.now += timedelta(seconds=1)
    (found,) = lasting(services, HANGS.id)
    assert found.words == "Rewrapping was last asked for 12:00, and did not get done since."
    with services.sessions.begin() as session:
        (taken,) = take(session, [KIND], "one")
        fail(session, taken, "The store does not answer.")
    (found,) = lasting(services, HANGS.id)
    assert found.words.endswith("The last attempt failed: The store does not answer.")
    with services.sessions.begin() as session:
        session.get_one(Job, taken.job).state = "done"
    assert lasting(services, HANGS.id) == []


def test_recordings_that_cannot_be_rewrapped_are_told(services: FleetServices) -> None:
    # proves F7, F8
    assert lasting(services, FAILS.id) == []
    with services.sessions.begin() as session:
        moment = services.clock()
        row = Recording(
            camera_id="cam-01",
            number=7,
            recording="5e" * 16,
            announced=moment,
            changed=moment,
            state=RecordingState.FAILED,
        )
        session.add(row)
        session.flush()
        piece = LedgerPiece(recording_id=row.id, offset=0, length=9, sha256=bytes(32), received=moment)
        session.add(piece)
        session.add(RecordingKey(recording_id=row.id, trouble="Its ledger can no longer be read."))
        number, name = row.id, row.public_id
    (found,) = lasting(services, FAILS.id)
    assert found.words == (
        f"1 recording stays under an earlier key for now. Of {name}: Its ledger can no longer be read."
    )
    with services.sessions.begin() as session:
        session.get_one(RecordingKey, number).trouble = ""
    assert lasting(services, FAILS.id) == []
