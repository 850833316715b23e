"""What a copy brings back after it was deleted is deleted again: an older database, older footage, both."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import Role
from fleet.core.database import SQLITE_NAME
from fleet.footage.recordings.accounts import accounts
from fleet.footage.recordings.models import RecordingState
from fleet.footage.store import names
from fleet.retention.deletion.again import AGAIN, DeletingAgain
from protocol.footage.deletion import sign_deletion
from protocol.footage.format.signing import ed25519_signer
from tests.support.fleet.deleting import BEGIN, DeletingFleet, deleting_fleet
from tests.support.fleet.fleet import TestClock, problem
from tests.support.fleet.fleet_footage import Link, bearer
from tests.support.media.recordings import Take, make_identity


def copied(folder: Path, name: str) -> None:
    """Keep a copy of the database, as a backup would."""
    shutil.copy(folder / "state" / SQLITE_NAME, folder / name)


def restored(folder: Path, name: str) -> None:
    """Put a copy of the database in its place again."""
    for left in (folder / "state").glob(f"{SQLITE_NAME}*"):
        left.unlink()
    shutil.copy(folder / name, folder / "state" / SQLITE_NAME)


def again_of(bench: DeletingFleet) -> DeletingAgain:
    return bench.services.deleting_again


def deleted(folder: Path) -> tuple[Take, TestClock, bytes]:
    """Have a recording deleted, with a copy of the database from before it came and one from after that."""
    with deleting_fleet(folder) as bench:
        take = bench.take()
    copied(folder, "before")
    with deleting_fleet(folder, clock=TestClock(BEGIN)) as bench:
        link = Link(bench.fleet, take, named=True)
        link.everything()
        link.complete()
        bench.verify()
    copied(folder, "held")
    shutil.copytree(folder / "state/footage/objects/recordings", folder / "recordings")
    with deleting_fleet(folder, clock=TestClock(BEGIN)) as bench:
        bench.overdue()
        bench.round()
        assert bench.objects() == []
        return take, bench.clock, bench.services.footage.store.read(bench.left()[0])


def check_gone_again(bench: DeletingFleet, take: Take, certificate: bytes) -> None:
    link = Link(bench.fleet, take, named=True)
    row = bench.row(link)
    assert row.state == RecordingState.DELETED
    assert bench.objects() == []
    assert len(bench.left()) == 2
    assert bench.services.footage.store.read(bench.left()[0]) == certificate, (
        "when it went first is what counts"
    )
    said = json.loads(certificate)["certificate"]
    assert row.deleted is not None
    assert (row.deleted.isoformat().replace("+00:00", "Z"), row.deleted_why) == (
        said["bytes_deleted"],
        said["why"],
    )
    with bench.services.readers() as session:
        account = accounts(session)[take.identity.camera]
        assert (account.deleted, account.received) == (1, 0)
        assert take.number not in account.missing
        assert verify_log(session) is None
        assert AGAIN in session.scalars(select(AuditEntry.action)).all()
    assert link.state()["state"] == "deleted"
    assert link.request("GET", "/receipt").status_code == 200


@pytest.mark.parametrize("copy", ["held", "before"])
@pytest.mark.parametrize("with_footage", [False, True])
def test_an_older_database_deletes_again_before_anything_is_shown(
    tmp_path: Path, copy: str, *, with_footage: bool
) -> None:
    # proves F3
    take, clock, certificate = deleted(tmp_path)
    restored(tmp_path, copy)
    if with_footage:
        shutil.copytree(
            tmp_path / "recordings", tmp_path / "state/footage/objects/recordings", dirs_exist_ok=True
        )
    with deleting_fleet(tmp_path, clock=clock) as bench:
        assert again_of(bench).apply() == 1
        head = bearer(bench.fleet, Role.HEAD_OF_SAFETY)
        path = f"/api/v1/recordings/{take.recording.hex()}/viewings"
        refused = bench.fleet.dashboard.post(path, json={"purpose": "Look"}, headers=head)
        assert problem(refused) == (410, "recording_deleted")
        assert bench.round() == 1, "although deletion is off in that copy"
        check_gone_again(bench, take, certificate)
        assert again_of(bench).apply() == 0


def test_older_footage_beside_this_database_is_deleted_again(tmp_path: Path) -> None:
    # proves F3
    take, clock, certificate = deleted(tmp_path)
    shutil.copytree(
        tmp_path / "recordings", tmp_path / "state/footage/objects/recordings", dirs_exist_ok=True
    )
    with deleting_fleet(tmp_path, clock=clock) as bench:
        assert again_of(bench).apply() == 0
        assert bench.round() == 1
        check_gone_again(bench, take, certificate)
        assert bench.round() == 0


def test_what_an_upload_left_in_the_place_of_a_deleted_recording_goes(tmp_path: Path) -> None:
    # proves F3, F7
    take, clock, certificate = deleted(tmp_path)
    with deleting_fleet(tmp_path, clock=clock) as bench:
        assert bench.round() == 0
        place = names.Place(take.identity.camera, take.number)
        with bench.services.footage.spool.keep(b"sealed") as incoming:
            bench.services.footage.store.put(names.segment_key(place, min(take.segments)), incoming.finish())
        assert bench.round() == 0, "it was looked for a moment ago"
        clock.move(days=1)
        assert bench.round() == 1
        check_gone_again(bench, take, certificate)


def of_another_fleet(certificate: bytes) -> bytes:
    other = make_identity()
    said = json.loads(certificate)["certificate"]
    chain = (other.receipts_certificate, other.authority)
    return sign_deletion(said, ed25519_signer(other.receipts_key), chain).encode()


def of_another_recording(certificate: bytes) -> bytes:
    return certificate.replace(b'"number": 7', b'"number": 8')


@pytest.mark.parametrize("forge", [of_another_fleet, of_another_recording, lambda _: b"{}"])
def test_nothing_is_deleted_for_what_this_fleet_did_not_sign(
    tmp_path: Path, forge: Callable[[bytes], bytes]
) -> None:
    # proves F3
    _, clock, certificate = deleted(tmp_path)
    restored(tmp_path, "held")
    objects = tmp_path / "state/footage/objects"
    shutil.copytree(tmp_path / "recordings", objects / "recordings", dirs_exist_ok=True)
    [file] = (objects / "deleted").rglob("*.json")
    file.unlink()
    file.write_bytes(forge(certificate))
    with deleting_fleet(tmp_path, clock=clock) as bench:
        before = bench.objects()
        assert again_of(bench).apply() == 0
        bench.round()
        assert bench.objects() == before
