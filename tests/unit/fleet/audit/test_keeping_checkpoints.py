"""When checkpoints are made, from what, and where they go; and the commands that check the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text, update
from typer.testing import CliRunner, Result

from fleet.audit.checkpoints.bucket import open_places
from fleet.audit.checkpoints.checkpoint import parse_checkpoint
from fleet.audit.checkpoints.making import CheckpointMaker, LogBrokenError
from fleet.audit.checkpoints.schedule import CheckpointSchedule
from fleet.audit.log import check_log, record
from fleet.audit.models import AuditCheckpoint, AuditEntry
from fleet.audit.momentous import asks_for_checkpoint
from fleet.cli import app
from fleet.core.actor import FLEET
from fleet.core.config import FleetConfig, parse_config
from fleet.core.errors import FleetConfigError
from fleet.footage.released.keys import HANDED_OVER
from fleet.server.compose import FleetServices
from fleet.web.views.audit.actions import ACTIONS
from tests.support.fleet.audit_log import FORGER, begin_anew, checkpoint_of, take_down
from tests.support.fleet.fleet import TestClock


@pytest.fixture(autouse=True)
def _anew(services: FleetServices) -> None:
    begin_anew(services.database)


def enter(services: FleetServices, *actions: str) -> None:
    with services.sessions.begin() as session:
        for action in actions:
            record(session, FLEET.at("10.0.0.7"), action, "one", "because")


def made(services: FleetServices) -> list[int]:
    """The sizes of the checkpoints that lie beside the database."""
    folder = services.state / "checkpoints"
    files = sorted(folder.iterdir()) if folder.exists() else []
    return [parse_checkpoint(each.read_bytes()).checkpoint.size for each in files]


DELETED = {
    "imagery:import:delete",
    "imagery:import:delete-again",
    "imagery:import:deleted",
    "imagery:import:destroy-keys",
    "releases:release:delete",
    "requests:request:delete",
    "retention:recording:delete",
    "retention:recording:delete-again",
    "retention:recording:deleted",
    "retention:recording:destroy-keys",
    "visits:consent:delete",
    "visits:consent:export",
    "visits:visit:delete",
}
GIVEN_AWAY = {
    "audit:log:export",
    "footage:recording:export",
    "imagery:import:export",
    "releases:import:hand-over",
    "releases:link:fetch",
    "releases:recording:hand-over",
    "releases:release:download",
    "requests:request:release",
    "retention:hold:release",  # no footage: it lets go what may then be deleted
}


# proves F2
def test_what_is_deleted_or_given_away_asks_for_a_checkpoint_and_nothing_else() -> None:
    assert {each for each in ACTIONS if asks_for_checkpoint(each)} == DELETED | GIVEN_AWAY


def test_checkpoints_are_made_at_the_start_daily_and_after_what_asks_for_one(
    services: FleetServices, clock: TestClock
) -> None:  # proves F2
    schedule = services.audit.schedule
    assert schedule.step() is not None
    assert schedule.step() is None, "nothing was added"
    enter(services, "people:session:start", "people:session:end")
    assert schedule.step() is None, "it is a day's work"
    clock.move(hours=24)
    assert schedule.step() is not None
    momentous = ("footage:recording:export", "retention:recording:delete", HANDED_OVER)
    for action in momentous:
        enter(services, action)
        assert schedule.step() is not None, action
    assert made(services) == [0, 2, 3, 4, 5]
    enter(services, "people:session:start")
    clock.move(days=-30)
    assert schedule.step() is not None, "a clock that was put back keeps none off"
    assert schedule.trouble == ""
    with services.readers() as session:
        checkpoints = [parse_checkpoint(each.read_bytes()).checkpoint for each in files(services)]
        assert check_log(session, checkpoints).seen == 6


def files(services: FleetServices) -> list[Path]:
    return sorted((services.state / "checkpoints").iterdir())


def test_a_checkpoint_goes_on_from_the_one_outside_whatever_the_database_says(
    services: FleetServices,
) -> None:
    # proves F2
    maker = services.audit.schedule.maker
    enter(services, "x:y:z", "x:y:z")
    maker.make()
    with services.sessions.begin() as session:
        session.execute(update(AuditCheckpoint).values(edge=b"damaged", note=""))
    enter(services, "x:y:z")
    assert maker.make().signed.checkpoint.size == 3
    # A file of somebody else, and one that is none, stop nobody.
    forged = checkpoint_of(services.database, FORGER)
    (services.state / "checkpoints" / "999999999999-0.checkpoint").write_bytes(forged.note)
    (services.state / "checkpoints" / "999999999999-1.checkpoint").write_text("nonsense")
    enter(services, "x:y:z")
    assert maker.make().signed.checkpoint.size == 4


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "DELETE FROM audit_entries WHERE number > 1",
            "was cut off, or is an older copy: it has 1 entries, and a checkpoint shows 3",
        ),
        ("UPDATE audit_entries SET purpose = 'other' WHERE number = 5", "Entry 5 does not fit the digest"),
        ("DELETE FROM audit_entries WHERE number = 4", "Entry 5 stands where entry 4 belongs"),
        ("UPDATE audit_entries SET detail = '{' WHERE number = 4", "entry 4 cannot be read"),
    ],
)
def test_a_log_that_does_not_hold_is_not_signed(services: FleetServices, statement: str, said: str) -> None:
    # proves F2
    schedule = services.audit.schedule
    enter(services, "x:y:z", "x:y:z", "x:y:z")
    schedule.maker.make()
    enter(services, "x:y:z", "x:y:z")
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(text(statement.replace(":", r"\:")))
    before = made(services)
    with pytest.raises(LogBrokenError, match=said):
        schedule.maker.make()
    assert schedule.step() is None
    assert said in schedule.trouble
    assert made(services) == before


def test_entries_that_were_changed_before_a_damaged_row_are_found_by_the_maker(
    services: FleetServices,
) -> None:
    # proves F2
    maker = services.audit.schedule.maker
    enter(services, "x:y:z", "x:y:z")
    maker.make()
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(update(AuditCheckpoint).values(edge=bytes(64)))
        connection.execute(update(AuditEntry).where(AuditEntry.number == 1).values(salt=bytes(16)))
    with pytest.raises(
        LogBrokenError, match=r"Entry 1 does not fit the digest|not the one that the checkpoint"
    ):
        maker.make()


def test_a_second_place_gets_a_copy_of_each_as_soon_as_it_can(
    services: FleetServices, tmp_path: Path, clock: TestClock
) -> None:
    second = tmp_path / "elsewhere" / "second"
    second.parent.write_text("no folder")
    config = FleetConfig.model_validate({"audit": {"second_place": str(second)}})
    places = open_places(config, services.state)
    schedule = CheckpointSchedule(
        services, CheckpointMaker(services, services.audit.schedule.maker.signer, places)
    )
    enter(services, "x:y:z")
    assert schedule.step() is None
    assert "cannot be" in schedule.trouble
    assert made(services) == [1], "the first place has it all the same"
    second.parent.unlink()
    enter(services, "x:y:z")
    assert schedule.step() is not None, "it is tried again"
    assert schedule.trouble == ""
    assert [each.name for each in sorted(second.iterdir())] == [each.name for each in files(services)]


def test_a_place_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for audit in (
        {"second_place": "relative"},
        {"checkpoints": "s3://"},
        {"second_place": "s3://u:p@bucket"},
    ):
        config = parse_config({"audit": audit}, "fleet.toml")
        with pytest.raises(FleetConfigError, match="audit"):
            open_places(config, tmp_path)


# --- The commands ---


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["audit", *map(str, words)])


@pytest.fixture
def kept(services: FleetServices, tmp_path: Path) -> dict[str, Path]:
    """A log of five entries with two checkpoints, and the key, as somebody keeps them elsewhere."""
    folder = tmp_path / "kept"
    folder.mkdir()
    found = {"log": services.state / "fleet.sqlite3", "key": folder / "key", "folder": folder}
    for name, count in (("old", 2), ("new", 3)):
        enter(services, *["x:y:z"] * count)
        found[name] = folder / f"{name}.checkpoint"
        found[name].write_bytes(services.audit.schedule.maker.make().signed.note)
    found["key"].write_text(services.audit.schedule.maker.signer.key.text + "\n")
    return found


def test_a_log_is_verified_by_whoever_has_a_checkpoint(
    services: FleetServices, kept: dict[str, Path], tmp_path: Path
) -> None:  # proves F2
    how = ("verify", "--log", kept["log"], "--checkpoint", kept["old"], "--checkpoint", kept["new"])
    said = run(*how, "--key", kept["key"])
    assert (said.exit_code, said.stdout) == (
        0,
        "The audit log holds: 2 checkpoints show all of its 5 entries.\n",
    )
    certificate = services.authority.file("checkpoints.pem")
    assert run(*how, "--key", certificate).exit_code == 0
    assert (
        run("verify", "--log", kept["log"], "--checkpoint", kept["folder"], "--key", kept["key"]).exit_code
        == 0
    )
    said = run(*how)
    assert said.exit_code == 4
    assert "nothing shows whose" in said.stdout
    other = tmp_path / "other"
    other.write_text(FORGER.key.text)
    said = run(*how, "--key", other)
    assert (said.exit_code, said.stderr) == (
        1,
        "The checkpoint of 2 entries is not signed by a key that was given.\n",
    )
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(update(AuditEntry).where(AuditEntry.number == 4).values(actor="user:\x1b[2K"))
    said = run(*how, "--key", kept["key"])
    assert said.exit_code == 1
    assert said.stdout == (
        "The audit log does not hold. Entry 4 does not fit the digest beside it: one of the two was changed. "
        "What comes before, up to entry 2, is as a checkpoint shows it.\n"
    )


def test_an_entry_and_the_growth_of_the_log_are_proved(kept: dict[str, Path], tmp_path: Path) -> None:
    # proves F2
    proof = tmp_path / "entry.tlog-proof"
    about = ("--log", kept["log"], "--checkpoint", kept["new"])
    assert run("prove", *about, "--entry", "4", "--out", proof).exit_code == 0
    said = run("check-proof", proof, "--key", kept["key"])
    assert said.exit_code == 0
    entry, sentence = said.stdout.splitlines()
    assert json.loads(entry)["number"] == 4
    assert json.loads(entry)["address"] == "10.0.0.7"
    assert sentence == "Entry 4 is in the log that the checkpoint of 5 was made of."
    assert run("check-proof", proof).exit_code == 4
    growth = tmp_path / "growth"
    growth.write_text(run("prove", *about, "--since", kept["old"]).stdout)
    said = run("check-proof", growth, "--since", kept["old"], "--key", kept["key"])
    assert (said.exit_code, said.stdout) == (
        0,
        "The log of 5 entries begins with the 2 of the older checkpoint.\n",
    )
    assert run("check-proof", growth, "--key", kept["key"]).exit_code == 2
    changed = proof.read_text().replace("index 3", "index 2")
    proof.write_text(changed)
    said = run("check-proof", proof, "--key", kept["key"])
    assert said.exit_code == 1
    assert said.stderr.startswith("The proof does not hold: ")


def test_what_cannot_be_proved_or_read_is_said_in_a_sentence(
    services: FleetServices, kept: dict[str, Path], tmp_path: Path
) -> None:  # proves F6
    nothing = tmp_path / "nothing"
    nothing.write_text("nothing")
    empty = tmp_path / "empty"
    empty.mkdir()
    log, new = ("--log", kept["log"]), ("--checkpoint", kept["new"])
    for words, status in (
        (("verify", *log, "--checkpoint", nothing), 2),
        (("verify", *log, "--checkpoint", empty), 2),
        (("verify", *log, "--checkpoint", tmp_path / "none"), 2),
        (("verify", *log, *new, "--key", nothing), 2),
        (("verify", "--log", nothing, *new), 2),
        (("verify", "--log", tmp_path / "none", *new), 2),
        (("verify", "--log", "mysql://host/lapel", *new), 2),
        (("prove", *log, *new), 2),
        (("prove", *log, *new, "--entry", "9"), 1),
        (("prove", *log, "--checkpoint", kept["old"], "--since", kept["new"]), 1),
        (("check-proof", nothing), 2),
    ):
        said = run(*words)
        assert said.exit_code == status, (words, said.output)
        assert said.stderr.endswith(".\n"), words
        assert said.stderr.count("\n") == 1, words
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(text("DELETE FROM audit_entries WHERE number = 5"))
    assert "cut off" in run("prove", *log, *new, "--entry", "1").stderr


def test_the_fleet_s_own_log_is_checked_and_signed_on_the_host(services: FleetServices) -> None:
    state = ("--state", services.state)
    said = run("check", *state)
    assert said.exit_code == 2
    assert "There is no checkpoint of this fleet" in said.stderr
    enter(services, "x:y:z", "x:y:z")
    first = run("checkpoint", *state).stdout
    size = parse_checkpoint(first.encode()).checkpoint.size
    assert size >= 1, "and what a start wrote"
    assert run("checkpoint", *state).stdout == first
    assert run("key", *state).stdout == services.audit.schedule.maker.signer.key.text + "\n"
    said = run("check", *state)
    assert (said.exit_code, said.stdout) == (
        0,
        f"The audit log holds: 1 checkpoint shows all of its {size} entries.\n",
    )
