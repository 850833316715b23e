"""That the camera is private, on its card: each step that makes it durable, or durably gone, in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from device.storage.private_mark import PrivateMark, WasPrivate, read_private
from device.storage.space import Reserve
from tests.support.storage.disks import FULL, WatchedFilesystem, refuse


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private.json"


@pytest.fixture
def mark(disk: WatchedFilesystem, path: Path) -> PrivateMark:
    return PrivateMark(disk, path, Reserve(disk, path.parent / "reserve", 4096))


def steps(disk: WatchedFilesystem, path: Path) -> list[tuple[str, str]]:
    """What was done since the last time, without the folder's own name."""
    found = [(call.name, "" if call.path == path.parent else call.path.name) for call in disk.calls]
    disk.calls.clear()
    return found


# proves C11
def test_that_it_is_not_private_any_more_is_durable_once_it_is_said(
    mark: PrivateMark, disk: WatchedFilesystem, path: Path
) -> None:
    assert mark.keep("visit-1") is None
    steps(disk, path)
    assert mark.forget() is None
    assert steps(disk, path) == [("unlink", "private.json"), ("sync_dir", "")]
    assert read_private(disk, path) is None


# proves C11
def test_what_is_gone_already_is_made_durably_gone(
    mark: PrivateMark, disk: WatchedFilesystem, path: Path
) -> None:
    """The removal before may not have reached the card."""
    assert mark.forget() is None
    assert steps(disk, path) == [("sync_dir", "")]


# proves C11
def test_what_stands_on_a_full_card_from_before_is_made_durable_with_its_name_last(
    mark: PrivateMark, disk: WatchedFilesystem, path: Path
) -> None:
    assert mark.keep("visit-1") is None
    disk.before = refuse(FULL, name="create")
    steps(disk, path)
    assert mark.keep("visit-1") is None
    syncs = [(name, where) for name, where in steps(disk, path) if name.startswith("sync")]
    assert syncs == [("sync_data", "private.json"), ("sync_dir", "")]
    assert mark.keep("visit-2"), "another word needs room, of which there is none"
    assert read_private(disk, path) == WasPrivate("visit-1")
