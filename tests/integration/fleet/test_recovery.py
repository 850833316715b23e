"""The recovery key from its making to the day on which it is needed, by the commands of the manual."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fleet.audit.models import AuditEntry
from fleet.cli import app
from fleet.commands import recovery as commands
from fleet.core.actor import Role
from fleet.core.database import utc_now
from fleet.recovery.key_file import make_key
from fleet.recovery.models import RecoveryKeyRow
from fleet.recovery.service import copies_of, current_key
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, fleet_services, token_for
from tests.support.fleet.made_state import CHEAP

PASSPHRASE = "seven words that were drawn by lot"
HTML = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def _cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is who can open them, and not what guessing costs."""
    monkeypatch.setattr(commands, "make_key", partial(make_key, cost=CHEAP))


@pytest.fixture
def clock() -> TestClock:
    return TestClock(utc_now())


@pytest.fixture
def services(tmp_path: Path, clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path, clock=clock) as found:
        yield found


def run(command: str, *more: str | Path, passphrase: str | None = PASSPHRASE) -> Result:
    if passphrase is None:
        return CliRunner().invoke(app, ["vault", command, *map(str, more)])
    reading, writing = os.pipe()
    try:
        os.write(writing, f"{passphrase}\n".encode())
        os.close(writing)
        return CliRunner().invoke(app, ["vault", command, *map(str, more), "--passphrase-fd", str(reading)])
    finally:
        os.close(reading)


def on_fleet(command: str, services: FleetServices, *more: str | Path) -> Result:
    return run(command, "--state", services.state, *more, passphrase=None)


def new_key(folder: Path, name: str = "recovery") -> tuple[Path, Path]:
    private, public = folder / f"{name}.key", folder / f"{name}.pub"
    made = run("recovery-key", "--out", private)
    assert made.exit_code == 0, made.stderr
    public.write_text(made.stdout)
    return private, public


def settings(services: FleetServices) -> str:
    with services.readers() as session:
        name = f"settings {session.query(AuditEntry).count()}"
    token = token_for(services, Role.ADMINISTRATOR, name=name)
    with dashboard_client(services, token=token) as client:
        return str(client.get("/settings", headers=HTML).text)


def alerts(services: FleetServices) -> list[str]:
    with services.readers() as session:
        looked = services.alerts.look(session, {})
    return [each.words for each in looked.findings if each.kind.id == "recovery.overdue"]


def row(services: FleetServices) -> RecoveryKeyRow:
    with services.readers() as session:
        found = current_key(session)
    assert found is not None
    return found


def test_a_key_is_made_given_tried_and_known_to_work_for_a_year(
    tmp_path: Path, services: FleetServices, clock: TestClock
) -> None:
    # proves F8
    assert "The fleet was given none." in settings(services)
    assert alerts(services) == []
    private, public = new_key(tmp_path)
    assert private.stat().st_mode & 0o777 == 0o600
    given = on_fleet("recovery-give", services, "--public", public)
    assert given.exit_code == 0, given.stderr
    assert "The fleet was not told that anybody tried it." in settings(services)
    clock.move(days=31)
    (words,) = alerts(services)
    assert words.startswith("The fleet was never told that it was tried: whether the recovery key ")
    assert "Whether it works today is not known." in settings(services)
    clock.move(days=-31)

    sample = tmp_path / "sample.json"
    assert on_fleet("recovery-sample", services, "--out", sample).exit_code == 0
    wrong = run("recovery-try", "--key", private, "--sample", sample, passphrase="another passphrase of many")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("The recovery key does not open: the passphrase is another")
    answer = run("recovery-try", "--key", private, "--sample", sample).stdout.strip()
    refused = on_fleet("recovery-tried", services, "--answer", answer[::-1])
    assert (refused.exit_code, row(services).tried) == (1, None)
    assert on_fleet("recovery-tried", services, "--answer", answer.upper()).exit_code == 0
    assert "That it works the fleet was last told" in settings(services)
    assert "works; that is noted" not in on_fleet("recovery-tried", services, "--answer", answer).stdout

    clock.move(days=365)
    assert alerts(services) == []
    clock.move(days=2)
    (words,) = alerts(services)
    assert words.startswith("The fleet was last told that it was tried ")
    with services.readers() as session:
        said = [each.action for each in session.query(AuditEntry).order_by(AuditEntry.number)]
    assert [each for each in said if each.startswith("recovery:")] == [
        "recovery:key:give",
        "recovery:copy:make",
        "recovery:sample:make",
        "recovery:key:try",
    ]


def test_what_the_fleet_kept_opens_the_vault_when_its_key_file_is_lost(
    tmp_path: Path, services: FleetServices
) -> None:
    private, public = new_key(tmp_path)
    on_fleet("recovery-give", services, "--public", public)
    sample, made = tmp_path / "sample.json", tmp_path / "made"
    on_fleet("recovery-sample", services, "--out", sample)
    held = services.vault.recipients()
    services.database.close()
    shutil.rmtree(services.state / "vault")
    opened = run("recovery-open", "--key", private, "--sample", sample, "--out", made)
    assert opened.exit_code == 0, opened.stderr
    again = run("recovery-open", "--key", private, "--sample", sample, "--out", made)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    made.rename(services.state / "vault")
    with fleet_services(tmp_path) as after:
        assert [each.key_id for each in after.vault.recipients()] == [each.key_id for each in held]
        assert not after.vault.is_sealed()  # the private half is the one that belongs to it


def test_a_sealed_vault_is_sealed_to_the_recovery_key_once_it_is_open(
    tmp_path: Path, services: FleetServices, clock: TestClock
) -> None:
    # proves F8
    public = new_key(tmp_path)[1]
    services.database.close()
    key_file, away = services.state / "vault" / "key-file", tmp_path / "away"
    key_file.rename(away)
    with fleet_services(tmp_path, clock=clock) as sealed:
        assert on_fleet("recovery-give", sealed, "--public", public).exit_code == 0
        assert sealed.recovery.step() == 0
        early = on_fleet("recovery-sample", sealed, "--out", tmp_path / "sample.json")
        assert (early.exit_code, "once the vault is open" in early.stderr) == (1, True)
        assert "are not sealed to it yet" in settings(sealed)
        away.rename(key_file)
        assert sealed.recovery.step() == 1
        assert sealed.recovery.step() == 0
        assert "The fleet was not told that anybody tried it." in settings(sealed)


def test_a_second_key_takes_the_place_of_the_first_for_good(tmp_path: Path, services: FleetServices) -> None:
    first, second = new_key(tmp_path, "first")[1], new_key(tmp_path, "second")[1]
    on_fleet("recovery-give", services, "--public", first)
    on_fleet("recovery-give", services, "--public", first)
    assert services.recovery.step() == 0  # the same again changes nothing
    on_fleet("recovery-give", services, "--public", second)
    with services.readers() as session:
        assert session.query(RecoveryKeyRow).count() == 2
        assert len(copies_of(session, row(services))) == 1
    again = on_fleet("recovery-give", services, "--public", first)
    assert (again.exit_code, "was replaced by another one" in again.stderr) == (1, True)


def test_an_answer_counts_once_and_for_a_month(
    tmp_path: Path, services: FleetServices, clock: TestClock
) -> None:
    private, public = new_key(tmp_path)
    none = on_fleet("recovery-sample", services, "--out", tmp_path / "s")
    assert (none.exit_code, none.stderr.startswith("No recovery key was given.")) == (1, True)
    on_fleet("recovery-give", services, "--public", public)
    on_fleet("recovery-sample", services, "--out", tmp_path / "s")
    answer = run("recovery-try", "--key", private, "--sample", tmp_path / "s").stdout
    with services.sessions.begin() as session:
        found = current_key(session)
        assert found is not None
        assert found.asked is not None
        found.asked = found.asked.replace(year=found.asked.year - 1)
    late = on_fleet("recovery-tried", services, "--answer", answer)
    assert (late.exit_code, "not made within the last 31 days" in late.stderr) == (1, True)


@pytest.mark.parametrize("command", ["recovery-key", "recovery-try", "recovery-open"])
def test_a_passphrase_comes_from_no_argument(command: str) -> None:
    help_text = run(command, "--help", passphrase=None).stdout
    assert "--passphrase-fd" in help_text
    assert "--passphrase " not in help_text


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    # proves F6
    private, _ = new_key(tmp_path)
    assert "is there already" in run("recovery-key", "--out", private).stderr
    terminal = run("recovery-key", "--out", tmp_path / "k", passphrase=None)
    assert (terminal.exit_code, "no terminal" in terminal.stderr) == (2, True)
    short = run("recovery-key", "--out", tmp_path / "k", passphrase="short")
    assert (short.exit_code, "it needs 16 to 1024" in short.stderr) == (1, True)
    large = tmp_path / "large"
    large.write_bytes(b"x" * 1_100_000)
    assert "longer than any file" in run("recovery-try", "--key", large, "--sample", large).stderr
    closed = CliRunner().invoke(app, ["vault", "recovery-key", "--out", "k", "--passphrase-fd", "987"])
    assert (closed.exit_code, "File descriptor 987 cannot be read" in closed.stderr) == (2, True)
