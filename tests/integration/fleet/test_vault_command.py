"""``lapel-fleet vault`` beside a service that runs: what opens it, unsealing it, sealing it, and by whom."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fleet.cli import app
from fleet.commands import vault
from fleet.core.config import FleetConfig
from fleet.vault.changing import MadeShares, OpeningChange
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import OpenedBy
from tests.support.fleet.fleet import RunningFleet, running_fleet, start_fleet
from tests.support.fleet.made_state import lay_out

pytestmark = pytest.mark.broker
PASSPHRASE = "correct horse battery staple"


def run(state: Path, command: str, *lines: str) -> Result:
    typed = "".join(f"{line}\n" for line in lines)
    return CliRunner().invoke(app, ["vault", *command.split(), "--state", str(state)], input=typed)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFleet]:
    folder = tmp_path_factory.mktemp(
        "fleet-with-a-state-folder-whose-name-is-longer-than-a-socket-address-may-be"
    )
    with running_fleet(folder) as found:
        assert run(found.state, "status").stdout == "The vault is open.\n"
        changed = run(found.state, "set-passphrase", PASSPHRASE, PASSPHRASE)
        assert changed.exit_code == 0, changed.stderr
    found = start_fleet(folder)
    try:
        yield found
    finally:
        found.stop()


def test_it_is_unsealed_and_sealed_on_the_service_s_machine(fleet: RunningFleet) -> None:
    sealed = run(fleet.state, "status")
    assert sealed.exit_code == 3
    assert "no footage can be opened until somebody unseals it with its passphrase" in sealed.stdout
    wrong = run(fleet.state, "unseal", "incorrect horse battery staple")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert (
        wrong.stderr
        == "The vault does not open: that is not its passphrase, or the vault's file was changed.\n"
    )
    assert "there is nothing on standard input" in run(fleet.state, "unseal").stderr
    assert run(fleet.state, "unseal", PASSPHRASE).stdout == "The vault is open.\n"
    assert run(fleet.state, "unseal").stdout == "The vault is open.\n"
    assert run(fleet.state, "seal").stdout.startswith("The vault was sealed by hand")
    assert "Somebody on the service's machine sealed the vault by hand" in today(fleet)
    again = run(fleet.state, "seal")
    assert (again.exit_code, again.stderr) == (2, "The vault is sealed by hand already.\n")
    log = (fleet.state.parent / "fleet.log").read_text()
    assert PASSPHRASE not in log
    assert "incorrect horse" not in log


def today(fleet: RunningFleet) -> str:
    with fleet.api() as api:
        return html.unescape(api.get("/", headers={"Accept": "text/html"}).text)


def test_its_socket_is_for_its_own_user_alone(fleet: RunningFleet) -> None:
    assert (fleet.state / "vault/control").stat().st_mode & 0o777 == 0o600


def test_without_a_service_it_says_so(tmp_path: Path) -> None:
    found = run(tmp_path, "unseal", PASSPHRASE)
    assert (found.exit_code, found.stdout) == (1, "")
    assert found.stderr.startswith("No service listens at ")


def test_what_was_not_typed_alike_changes_nothing(fleet: RunningFleet) -> None:
    before = (fleet.state / "vault/sealing-key.json").read_bytes()
    found = run(fleet.state, "set-passphrase", PASSPHRASE, "another passphrase", "another pasphrase")
    assert (found.exit_code, found.stderr) == (2, "The two are not the same; nothing has changed.\n")
    found = run(fleet.state, "set-passphrase", "incorrect horse battery staple")
    assert (found.exit_code, found.stdout) == (2, "")
    assert (fleet.state / "vault/sealing-key.json").read_bytes() == before


def test_shares_are_typed_back_before_they_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, made = tmp_path / "state", list[str]()
    lay_out(state, datetime.now(UTC))
    real = OpeningChange.make_shares

    def make(change: OpeningChange, *, needed: int, shares: int) -> MadeShares:
        found = real(change, needed=needed, shares=shares)
        made[:] = [each.words for each in found.shares]
        return found

    monkeypatch.setattr(OpeningChange, "make_shares", make)
    typed = iter((0, 0, 2, 0))
    monkeypatch.setattr(vault, "_typed", lambda _what: made[next(typed)])
    found = run(state, "set-shares --needed 2 --shares 3")
    assert (found.exit_code, found.stderr) == (
        2,
        "Those are not 2 different ones of the shares that were just made; nothing has changed.\n",
    )
    assert VaultFiles.of(state, FleetConfig()).box().opener.by is OpenedBy.KEY_FILE
    found = run(state, "set-shares --needed 2 --shares 3")
    assert found.exit_code == 0, found.stderr
    assert all(words in found.stdout for words in made)
    assert VaultFiles.of(state, FleetConfig()).box().opener.needed == 2
    assert not (state / "vault/key-file").exists()
    typed = iter((0, 1, 1, 2))  # the shares of today, twice
    monkeypatch.setattr(vault, "_typed", lambda _what: made[next(typed)])
    assert run(state, "set-shares --needed 3 --shares 2").exit_code == 2
    assert run(state, "set-key-file").exit_code == 0
    assert (state / "vault/key-file").exists()
