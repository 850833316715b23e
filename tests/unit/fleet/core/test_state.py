from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from fleet.core.errors import StateError
from fleet.core.files import write_file
from fleet.core.state import locked_state


def test_one_fleet_per_folder(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with locked_state(state):
        assert state.stat().st_mode & 0o777 == 0o700
        with (
            pytest.raises(
                StateError, match=rf"in use by another program of the fleet \(process {os.getpid()}\)"
            ),
            locked_state(state),
        ):
            pass
    with locked_state(state):
        pass


def test_who_holds_a_folder_is_named_only_once_it_has_said_so(tmp_path: Path) -> None:
    # proves F8: a number that is left of the fleet before is nobody's now
    with locked_state(tmp_path):
        pass
    assert (tmp_path / "fleet.lock").read_bytes() == b""
    with (tmp_path / "fleet.lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StateError, match=r"in use by another .* \(process \?\)"), locked_state(tmp_path):
            pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StateError, match=r"file/state cannot be used: Not a directory"),
        locked_state(tmp_path / "file" / "state"),
    ):
        pass


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_file(path, b"old")
    assert path.stat().st_mode & 0o777 == 0o600
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_file(path, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
