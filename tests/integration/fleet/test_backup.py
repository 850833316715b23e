"""Backups by the commands of the manual: made beside a fleet, and made a fleet of again."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from fleet.backup import archive, mirror
from fleet.backup.making import BackupMaker, archives
from fleet.backup.restoring import SKIPPED_NUMBERS
from fleet.cameras.models import CameraRow
from fleet.cameras.numbering.mark import MARK, NumberMark
from fleet.cameras.service import change_desired
from fleet.commands.restored import ENDED, GOOD_AGAIN
from fleet.core.actor import OPERATOR, Role
from fleet.core.database import SQLITE_NAME
from fleet.footage.recordings.models import RecordingState
from fleet.server.compose import FleetServices
from fleet.vault.rotating import VaultRotation
from tests.support.fleet.backups import fleet_with_key, new_box, run, sealed_to
from tests.support.fleet.backups import restored as restored_with
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.fleet import dashboard_client, enrol_camera, token_for
from tests.support.fleet.fleet_footage import Link

BOX = new_box()
HTML = {"Accept": "text/html"}


def restored(source: Path, state: Path, *more: str) -> Result:
    return restored_with(source, state, BOX, *more)


def made(bench: DeletingFleet, folder: Path, **more: Any) -> Path:  # noqa: ANN401 - what the maker takes
    services = bench.services
    maker = BackupMaker(services, services.authority, services.footage.store)
    options = {"by": OPERATOR, "with_footage": True, "progress": lambda _done, _total: None, **more}
    return maker.make(folder, **options).archive


def settings(services: FleetServices, name: str) -> str:
    token = token_for(services, Role.ADMINISTRATOR, name=name)
    with dashboard_client(services, token=token) as client:
        return str(client.get("/settings", headers=HTML).text)


def alerts(services: FleetServices) -> list[str]:
    with services.readers() as session:
        looked = services.alerts.look(session, {})
    return [each.words for each in looked.findings if each.kind.id == "backup.old"]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DeletingFleet]:
    with fleet_with_key(tmp_path, BOX) as found:
        yield found


def test_a_backup_is_made_and_a_fleet_is_made_of_it_that_plays_what_was_there(
    tmp_path: Path, bench: DeletingFleet
) -> None:
    link = bench.held()
    bench.services.audit.schedule.maker.make()
    objects = {each.key: each.size for each in bench.services.footage.store.list("")}
    assert "The fleet knows of none." in settings(bench.services, "before")
    done = run("backup", "--state", bench.services.state, "--to", tmp_path / "backup")
    assert done.exit_code == 0, done.stderr
    assert f"Footage: {len(objects)} objects" in done.stdout
    assert "Footage: " in done.stderr
    assert "MiB of footage." in settings(bench.services, "after")
    (file,) = archives(tmp_path / "backup")
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"SQLite format" not in file.read_bytes()  # nothing of it lies open
    assert not (bench.services.state / ".backup-work").exists()
    recipients = [each.key_id for each in bench.services.vault.recipients()]
    take = link.take
    bench.services.database.close()
    shutil.rmtree(tmp_path / "state")  # the disk is lost

    back = restored(tmp_path / "backup", tmp_path / "state")
    assert back.exit_code == 0, back.stderr
    assert "The vault opens." in back.stdout
    assert "The audit log holds: 1 checkpoint shows" in back.stdout
    assert ENDED in back.stdout
    assert GOOD_AGAIN in back.stdout
    with deleting_fleet(tmp_path, clock=bench.clock) as after:
        assert {each.key: each.size for each in after.services.footage.store.list("")} == objects
        assert [each.key_id for each in after.services.vault.recipients()] == recipients
        row = after.row(Link(after.fleet, take, named=True))
        assert row.state == RecordingState.HELD
        opening = after.services.footage.watching.opener.open(
            row.public_id, actor=OPERATOR, action="footage:recording:view", purpose="A restored backup"
        )
        assert next(iter(opening.parts()))  # in plaintext
        opening.close()


def test_a_backup_before_the_newest_key_was_sealed_to_the_recovery_key_says_so(
    tmp_path: Path, bench: DeletingFleet
) -> None:
    # proves F7, F8
    lacking = "1 key of the vault was not sealed to the recovery key yet"
    VaultRotation(bench.services).rotate(None, OPERATOR)
    done = run("backup", "--state", bench.services.state, "--to", tmp_path / "backup")
    assert done.exit_code == 0, done.stderr
    assert f"Attention: When it was made, {lacking}" in done.stdout
    assert lacking in settings(bench.services, "before")
    back = restored(tmp_path / "backup", tmp_path / "new")
    assert lacking in back.stdout
    with deleting_fleet(tmp_path, clock=bench.clock) as again:
        assert again.services.recovery.step() == 1
        again.clock.move(minutes=1)
        done = run("backup", "--state", again.services.state, "--to", tmp_path / "backup")
        assert "Attention" not in done.stdout
        assert lacking not in settings(again.services, "after")


def test_a_number_of_a_camera_is_never_given_twice(tmp_path: Path, bench: DeletingFleet) -> None:
    # proves L1
    enrol_camera(bench.services, tmp_path / "first")
    file = made(bench, tmp_path / "backup")
    since = enrol_camera(bench.services, tmp_path / "since")  # its certificate is good for weeks
    with bench.services.sessions.begin() as session:
        for _ in range(7):
            change_desired(session, "cam-01")
        told = session.get_one(CameraRow, "cam-01").desired_version
    (tmp_path / "backup" / "footage" / "recordings" / "cam-07").mkdir(parents=True)  # of a later backup
    (tmp_path / "new").mkdir()
    back = restored(file, tmp_path / "new" / "state")
    assert back.exit_code == 0, back.stderr
    (anew,) = [line for line in back.stdout.splitlines() if "it was enrolled since" in line]
    assert anew.startswith("Enrol cam-07 anew: ")
    assert [line for line in back.stdout.splitlines() if "cam-01" in line], "each is named"
    mark = NumberMark(tmp_path / "new" / "state" / "pki")
    assert mark.read() == 7 + SKIPPED_NUMBERS
    with deleting_fleet(tmp_path / "new", clock=bench.clock) as after:
        with after.services.readers() as session:
            assert session.get(CameraRow, since.id) is None
            assert session.get_one(CameraRow, "cam-01").desired_version > told
        again = enrol_camera(after.services, tmp_path / "again")
        assert again.id == f"cam-{7 + SKIPPED_NUMBERS + 1}"
        assert mark.read() == 7 + SKIPPED_NUMBERS + 1


@pytest.mark.parametrize(("noted", "first"), [("40\n", 40), ("?", 1)])
def test_what_a_backup_says_of_numbers_beside_the_authority_counts_where_it_can_be_read(
    tmp_path: Path, bench: DeletingFleet, noted: str, first: int
) -> None:
    # proves L1
    enrol_camera(bench.services, tmp_path / "first")
    (bench.services.authority.folder / MARK).write_text(noted)
    file = made(bench, tmp_path / "backup")
    (tmp_path / "new").mkdir()
    assert restored(file, tmp_path / "new" / "state").exit_code == 0
    assert NumberMark(tmp_path / "new" / "state" / "pki").read() == first + SKIPPED_NUMBERS


def test_what_was_deleted_since_stays_deleted_whichever_archive_is_restored(
    tmp_path: Path, bench: DeletingFleet
) -> None:
    # proves F3
    link = bench.held()
    first = made(bench, tmp_path / "backup")
    assert list((tmp_path / "backup" / "footage" / "recordings").rglob("*.seg"))
    bench.overdue()
    bench.round()
    made(bench, tmp_path / "backup")
    mirrored = [each for each in (tmp_path / "backup" / "footage").rglob("*") if each.is_file()]
    assert {each.relative_to(tmp_path / "backup/footage").parts[0] for each in mirrored} == {"deleted"}
    (tmp_path / "new").mkdir()
    back = restored(first, tmp_path / "new" / "state")
    assert back.exit_code == 0, back.stderr
    with deleting_fleet(tmp_path / "new", clock=bench.clock) as after:
        assert after.row(link).state == RecordingState.HELD  # the database is of before
        assert after.services.deleting_again.apply() == 1
        after.round()
        assert after.row(link).state == RecordingState.DELETED
        assert after.objects() == []


def test_a_second_backup_copies_what_is_new_alone_and_one_that_was_cut_off_goes_on(
    tmp_path: Path, bench: DeletingFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F7
    bench.held()
    store, folder = bench.services.footage.store, tmp_path / "backup"
    read: list[str] = []
    original, most = store.read, 2

    def counted(key: str) -> bytes:
        if len(read) == most:
            raise KeyboardInterrupt
        read.append(key)
        return original(key)

    def again() -> list[str]:
        with monkeypatch.context() as patch:
            patch.setattr(store, "read", counted)
            made(bench, folder)
        return sorted(read)

    with pytest.raises(KeyboardInterrupt):
        again()
    assert archives(folder) == []
    assert list(bench.services.state.glob(".backup-work")) == []
    most = 1000
    assert again() == sorted(each.key for each in store.list(""))  # each once
    assert again() == sorted(each.key for each in store.list(""))
    bench.held(2)
    assert again() == sorted(each.key for each in store.list(""))


def test_a_full_disk_leaves_no_half_archive_and_is_said(
    tmp_path: Path, bench: DeletingFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F6
    bench.held()
    folder = tmp_path / "backup"
    whole = made(bench, folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))

    for module, name in ((archive, "sync_file"), (mirror, "write_file")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            bench.clock.move(hours=1)
            failed = run("backup", "--state", bench.services.state, "--to", folder)
        assert failed.exit_code == 1
        assert failed.stderr.splitlines()[-1] == f"{folder} failed: No space left on device."
        assert archives(folder) == [whole]
        assert list(folder.glob(".*.part")) == []
    assert run("backup", "--state", bench.services.state, "--to", folder).exit_code == 0


def test_damage_is_found_before_anything_is_restored(tmp_path: Path, bench: DeletingFleet) -> None:
    bench.held()
    file = made(bench, tmp_path / "backup")
    state = tmp_path / "again"
    segment = next((tmp_path / "backup" / "footage").rglob("*.seg"))
    kept = segment.read_bytes()

    segment.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    wrong = restored(file, state)
    assert (wrong.exit_code, "is not what was put there" in wrong.stderr) == (1, True)
    segment.unlink()
    assert "is missing in the backup" in restored(file, state).stderr
    segment.write_bytes(kept)

    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])
    assert restored(file, state).exit_code == 1
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    file.write_bytes(changed)
    assert "was changed or is cut off" in restored(file, state).stderr
    file.write_bytes(data)
    assert not state.exists()
    assert not list(tmp_path.glob(".again*"))
    assert restored(file, state).exit_code == 0
    again = restored(file, state)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)


def test_an_audit_log_that_was_changed_is_restored_and_called_that(
    tmp_path: Path, bench: DeletingFleet
) -> None:
    # proves F2
    bench.services.audit.schedule.maker.make()
    with bench.services.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_entries_no_update")
        connection.exec_driver_sql("UPDATE audit_entries SET subject = 'somebody else' WHERE number = 1")
    made(bench, tmp_path / "backup")
    back = restored(tmp_path / "backup", tmp_path / "again")
    assert back.exit_code == 3
    assert "does not hold" in back.stdout
    assert (tmp_path / "again" / SQLITE_NAME).exists()


def test_a_vault_whose_key_file_was_kept_elsewhere_is_made_anew(tmp_path: Path, bench: DeletingFleet) -> None:
    state = bench.services.state
    (state / "vault" / "key-file").rename(tmp_path / "elsewhere")
    (state / "pki" / "key-file").rename(tmp_path / "elsewhere-too")
    made(bench, tmp_path / "backup")
    back = restored(tmp_path / "backup", tmp_path / "new-state")
    assert back.exit_code == 0, back.stderr
    assert "The vault is sealed." in back.stdout
    new = tmp_path / "new"
    new.mkdir()
    (tmp_path / "new-state").rename(new / "state")
    shutil.rmtree(new / "state" / "vault")
    (new / "state" / "vault.recovered").rename(new / "state" / "vault")
    (tmp_path / "elsewhere-too").rename(new / "state" / "pki" / "key-file")
    with deleting_fleet(new, clock=bench.clock) as after:
        assert not after.services.vault.is_sealed()
        after.services.authority.check_key()
        assert after.services.authority.has_root_key


def test_without_footage_it_is_said_and_the_oldest_archives_go(tmp_path: Path, bench: DeletingFleet) -> None:
    # proves F8
    folder = tmp_path / "backup"
    for _ in range(3):
        bench.clock.move(hours=1)
        done = run("backup", "--state", bench.services.state, "--to", folder, "--no-footage", "--keep", "2")
        assert "No footage is in this backup" in done.stdout
    assert len(archives(folder)) == 2
    assert not (folder / "footage").exists()
    assert "without any footage." in settings(bench.services, "a")
    refused = restored(folder, tmp_path / "again")
    assert (refused.exit_code, "made without footage" in refused.stderr) == (1, True)
    back = restored(folder, tmp_path / "again", "--no-footage")
    assert back.exit_code == 0, back.stderr
    assert "No checkpoint is in the backup" in back.stdout


def test_an_old_backup_is_called_old(bench: DeletingFleet, tmp_path: Path) -> None:
    # proves F8
    made(bench, tmp_path / "backup", with_footage=False)
    bench.clock.move(days=7)
    assert "That is more than a week ago." not in settings(bench.services, "a")
    assert alerts(bench.services) == []
    bench.clock.move(days=2)
    assert "That is more than a week ago." in settings(bench.services, "b")
    (words,) = alerts(bench.services)
    assert words.startswith("The last backup that the fleet knows of was made ")
    made(bench, tmp_path / "backup", with_footage=False)
    assert alerts(bench.services) == []


def test_a_backup_needs_a_recovery_key_and_a_folder_of_its_own(tmp_path: Path) -> None:
    # proves F6
    with deleting_fleet(tmp_path) as bench:
        none = run("backup", "--state", bench.services.state, "--to", tmp_path / "backup")
        assert (none.exit_code, "A backup is sealed to the recovery key." in none.stderr) == (1, True)
        sealed_to(bench, BOX)
        inside = run("backup", "--state", bench.services.state, "--to", bench.services.state / "backup")
        assert (inside.exit_code, "is in the state folder" in inside.stderr) == (1, True)
        link = bench.services.state / "checkpoints-elsewhere"
        link.symlink_to(tmp_path)  # what it leads to would not be in the backup
        linked = run("backup", "--state", bench.services.state, "--to", tmp_path / "backup")
        assert (linked.exit_code, f"{link} cannot be put into a backup" in linked.stderr) == (1, True)
        link.unlink()
        made(bench, tmp_path / "backup")
        (tmp_path / "backup" / "of-fleet").write_text("another\n")
        other = run("backup", "--state", bench.services.state, "--to", tmp_path / "backup")
        assert (other.exit_code, "backups of another fleet" in other.stderr) == (1, True)
    empty = restored(tmp_path / "nowhere", tmp_path / "again")
    assert (empty.exit_code, "There is no archive in" in empty.stderr) == (1, True)
