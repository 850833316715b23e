"""A state folder: nobody else reads it, and no other folder is taken for one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fleet.cli import app
from fleet.core.database import open_database
from fleet.core.errors import FleetConfigError, StateError
from fleet.core.files import keep_private, make_folder
from fleet.core.state import SETUP_LINK, locked_state, use_state_folder
from fleet.server.serve import ServeOptions, _say_setup_link
from tests.support.fleet.fleet import fleet_services


@pytest.fixture
def generous() -> Iterator[None]:
    """A process that would let everybody read and write what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    found = {each: each.read_bytes() if each.is_file() else b"" for each in (folder, *folder.rglob("*"))}
    return {str(each): (mode(each), data) for each, data in found.items()}


@pytest.mark.slow
@pytest.mark.usefixtures("generous")
def test_nobody_else_reads_anything_of_it(tmp_path: Path) -> None:
    # proves F5
    with fleet_services(tmp_path) as services:
        services.audit.schedule.maker.make()
    state = tmp_path / "state"
    found = {each: mode(each) for each in (state, *state.rglob("*"))}
    assert len(found) > 10
    open_to_others = {str(each): oct(value) for each, value in found.items() if value & 0o077}
    assert open_to_others == {}


@pytest.mark.usefixtures("generous")
def test_what_was_open_to_others_is_tightened_without_being_opened(tmp_path: Path) -> None:
    # proves F5
    file, log = tmp_path / "a.sqlite3", tmp_path / "a.sqlite3-wal"
    keep_private(file, "-wal")
    assert (mode(file), log.exists()) == (0o600, False)
    file.write_bytes(b"kept")
    log.touch()
    for each in (file, log):
        each.chmod(0o664)
    keep_private(file, "-wal")
    assert (mode(file), mode(log), file.read_bytes()) == (0o600, 0o600, b"kept")
    make_folder(tmp_path / "above" / "below")
    assert (mode(tmp_path / "above"), mode(tmp_path / "above/below")) == (0o700, 0o700)


@pytest.mark.parametrize("words", [["setup-link"], ["db", "upgrade"], ["serve", "--any-port"]])
def test_a_folder_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path, words: list[str]) -> None:
    # proves F6
    other = tmp_path / "home"
    other.mkdir(mode=0o755)
    other.chmod(0o755)
    (other / "letter.txt").write_text("mine")
    (other / "ballast").write_text("mine, too")
    before = contents(other)
    answer = CliRunner().invoke(app, [*words, "--state", str(other)])
    assert answer.exit_code != 0
    assert "is no state folder of a fleet, and is not empty" in answer.output
    assert contents(other) == before


@pytest.mark.parametrize(
    "names", [(), ("lost+found",), ("fleet.toml",), ("pki", "notes.txt"), ("fleet.lock",)]
)
def test_an_empty_folder_and_one_of_a_fleet_are_used(tmp_path: Path, names: tuple[str, ...]) -> None:
    # proves F6
    for name in names:
        (tmp_path / name).touch()
    with locked_state(tmp_path):
        assert mode(tmp_path) == 0o700


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    # proves F6
    (tmp_path / "file").touch(0o644)
    with pytest.raises(StateError, match="cannot be used"):
        use_state_folder(tmp_path / "file")
    assert mode(tmp_path / "file") == 0o644


@pytest.mark.slow
@pytest.mark.usefixtures("generous")
def test_the_first_link_is_in_a_file_and_on_a_terminal_and_in_no_log(tmp_path: Path) -> None:
    # proves F5
    said: list[str] = []

    def options(*, is_terminal: bool) -> ServeOptions:
        return ServeOptions(services.config, services.state, True, None, said.append, is_terminal)

    with fleet_services(tmp_path) as services:
        file, link = services.state / SETUP_LINK, "https://localhost:8443/setup/secret"
        _say_setup_link(services, options(is_terminal=False), link)
        assert (mode(file), file.read_text()) == (0o600, f"{link}\n")
        assert "secret" not in "".join(said)
        assert str(file) in said[0]
        _say_setup_link(services, options(is_terminal=True), link)
        assert said[1].endswith(link)
        _say_setup_link(services, options(is_terminal=True), None)
        assert not file.exists(), "somebody has used it"
        assert len(said) == 2


def test_a_database_whose_folder_is_not_there_is_said_to_be_unusable(tmp_path: Path) -> None:
    # proves F6
    with pytest.raises(FleetConfigError, match=r"The database .* cannot be used: No such file"):
        open_database(f"sqlite:///{tmp_path / 'away' / 'a.sqlite3'}", tmp_path)
    assert not (tmp_path / "away").exists()
