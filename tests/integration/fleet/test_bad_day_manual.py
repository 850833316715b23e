"""What the manual says to do on a bad day: its commands are there, and each of its rows was tried."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from starlette.testclient import TestClient

from fleet.backup.making import archives
from fleet.cameras.service import revoke
from fleet.cli import app
from fleet.core.actor import OPERATOR
from fleet.core.database import SQLITE_NAME
from tests.support.fleet.backups import fleet_with_key, new_box, restored, run, sealed_to
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.fleet import EnrolledCamera, camera_client, enrol_camera

ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "docs" / "operations.md"
ROW = re.compile(r"^\| \*\*(.+?)\*\*", re.MULTILINE)
COMMAND = re.compile(r"(?:lapel-fleet|/opt/lapel/bin/lapel-fleet) ([^`\n#]+)")

TRIED = {
    "The disk is lost": "test_a_backup_is_made_and_a_fleet_is_made_of_it_that_plays_what_was_there",
    "The database is damaged": "test_a_damaged_database_is_put_back_and_the_footage_stays_where_it_is",
    "What unlocks the vault is lost": "test_what_the_fleet_kept_opens_the_vault_when_its_key_file_is_lost",
    "The recovery key or its passphrase is lost": "test_another_recovery_key_opens_the_backups_from_then_on",
    "A camera is stolen or lost": "test_a_camera_that_was_stolen_is_taken_out_of_service_again",
    "The service's clock is wrong": (
        "test_a_clock_that_jumps_deletes_nothing_until_people_had_time_to_put_it_right"
    ),
    "The disk is full": "test_a_full_disk_is_said_and_nothing_is_kept",
    "The broker does not run": "test_a_broker_that_dies_comes_back",
    "Nobody can sign in": "test_break_glass_is_given_listed_and_ended_beside_a_running_service",
    "No camera can be enrolled": "test_where_no_number_can_be_noted_none_is_given_and_all_else_goes_on",
    "The audit log does not hold": "test_an_audit_log_that_was_changed_is_restored_and_called_that",
}


def bad_day() -> str:
    text = MANUAL.read_text()
    return text[text.index("## A bad day") : text.index("## Cameras")]


def options_of(words: list[str]) -> tuple[list[str], set[str]]:
    """The subcommand that these words name, and the options that it has."""
    found: Any = typer.main.get_command(app)  # a group, or a command: as typer has them
    named = []
    for word in words:
        if word not in getattr(found, "commands", ()):
            break
        found = found.commands[word]
        named.append(word)
    assert not hasattr(found, "commands"), f"the manual names no whole command: {' '.join(words)}"
    return named, {option for each in found.params for option in (*each.opts, *each.secondary_opts)}


def test_every_command_of_the_manual_is_there_with_its_options() -> None:
    commands = COMMAND.findall(MANUAL.read_text())
    assert len(commands) > 15
    for command in commands:
        words = shlex.split(command.partition(" > ")[0].rstrip(". ),;:").replace("'", ""))
        if not words or words[0].startswith("-") or words[0] in {"commands", "command"}:
            continue
        named, options = options_of(words)
        used = {word.partition("=")[0] for word in words[len(named) :] if word.startswith("--")}
        assert used <= options, command


def test_a_command_that_is_not_there_is_found() -> None:
    with pytest.raises(AssertionError, match="no whole command"):
        options_of(["vault", "recovery-nothing"])
    assert "--key" not in options_of(["backup"])[1]


def test_every_row_of_a_bad_day_was_tried() -> None:
    rows = [each for each in ROW.findall(bad_day()) if each != "After a restore"]
    assert rows == list(TRIED)
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)
    }
    assert set(TRIED.values()) - defined == set()


def back_in(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder / "state"


def test_a_damaged_database_is_put_back_and_the_footage_stays_where_it_is(tmp_path: Path) -> None:
    box = new_box()
    with fleet_with_key(tmp_path, box) as bench:
        link = bench.held()
        state, take, clock = bench.services.state, link.take, bench.clock
        done = run("backup", "--state", state, "--to", tmp_path / "backup", "--no-footage")
        assert done.exit_code == 0, done.stderr
    database = state / SQLITE_NAME
    database.write_bytes(b"\xff" * 8192)
    for left in (f"{SQLITE_NAME}-wal", f"{SQLITE_NAME}-shm"):
        (state / left).unlink(missing_ok=True)
    broken = run("user", "list", "--state", state)
    assert (broken.exit_code, "not a database" in broken.stderr) != (0, False)
    new = back_in(tmp_path, "new")
    back = restored(tmp_path / "backup", new, box, "--no-footage")
    assert back.exit_code == 0, back.stderr
    shutil.move(state / "footage", new / "footage")
    with deleting_fleet(tmp_path / "new", clock=clock) as after:
        row = after.row(type(link)(after.fleet, take, named=True))
        opened = after.services.footage.watching.opener.open(
            row.public_id, actor=OPERATOR, action="footage:recording:view", purpose="After a bad day"
        )
        assert next(iter(opened.parts()))
        opened.close()


def test_another_recovery_key_opens_the_backups_from_then_on(tmp_path: Path) -> None:
    lost, other = new_box(), new_box()
    with fleet_with_key(tmp_path, lost) as bench:
        run("backup", "--state", bench.services.state, "--to", tmp_path / "backup", "--no-footage")
        sealed_to(bench, other)
        bench.clock.move(hours=1)
        run("backup", "--state", bench.services.state, "--to", tmp_path / "backup", "--no-footage")
    older, newer = archives(tmp_path / "backup")
    refused = restored(older, tmp_path / "again", other, "--no-footage")
    assert (refused.exit_code, "is sealed to the recovery key" in refused.stderr) == (1, True)
    back = restored(newer, tmp_path / "again", other, "--no-footage")
    assert back.exit_code == 0, back.stderr
    assert "The vault opens." in back.stdout


def test_a_camera_that_was_stolen_is_taken_out_of_service_again(tmp_path: Path) -> None:
    # proves L1
    box = new_box()
    with fleet_with_key(tmp_path, box) as bench:
        stolen = enrol_camera(bench.services, tmp_path / "cameras")
        run("backup", "--state", bench.services.state, "--to", tmp_path / "backup", "--no-footage")
        later = enrol_camera(bench.services, tmp_path / "cameras")
        with bench.services.sessions.begin() as session:
            revoke(session, camera=stolen.id, by=OPERATOR, purpose="Stolen")
        assert asked(bench, stolen) == "camera_revoked"
        clock = bench.clock
    restored(tmp_path / "backup", back_in(tmp_path, "new"), box, "--no-footage")
    with deleting_fleet(tmp_path / "new", clock=clock) as after:
        assert asked(after, stolen) == ""  # of what happened since, the backup knows nothing
        with after.services.sessions.begin() as session:
            revoke(session, camera=stolen.id, by=OPERATOR, purpose="Stolen")
        assert asked(after, stolen) == "camera_revoked"
        assert asked(after, later) == "camera_unknown"
        assert enrol_camera(after.services, tmp_path / "anew").id not in {stolen.id, later.id}


def asked(bench: DeletingFleet, camera: EnrolledCamera) -> str:
    """What a camera is refused with; empty where it is not."""
    client: TestClient = camera_client(bench.services, camera.certificate_der)
    answer = client.get("/api/v1/camera/desired")
    return "" if answer.status_code == 200 else str(answer.json()["code"])
