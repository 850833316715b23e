"""The durable procedures: what they promise when every operation in turn fails."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import StorageError, StorageFullError
from device.storage import durable
from device.storage.durable import AppendFile
from device.storage.filesystem import PosixFilesystem
from tests.support.storage.disks import Call, WatchedFilesystem, refuse

CODES = [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS]


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


def test_what_append_returned_for_is_in_the_file_and_synced(disk: WatchedFilesystem, tmp_path: Path) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    file.append(b"one")
    file.append(b"two")
    assert (tmp_path / "log").read_bytes() == b"onetwo"
    assert file.length == 6
    assert disk.count("sync_data") == 2


@given(sizes=st.lists(st.integers(min_value=1, max_value=7), max_size=30), data=st.binary(max_size=60))
def test_short_writes_are_continued(
    sizes: list[int], data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    allowed = iter(sizes)
    disk = WatchedFilesystem(before=lambda call: next(allowed, 60) if call.name == "write" else None)
    path = tmp_path_factory.mktemp("short") / "log"
    AppendFile.create(disk, path).append(data)
    assert path.read_bytes() == data


@pytest.mark.parametrize("code", CODES)
def test_a_failed_write_is_undone_and_the_file_goes_on(
    code: int, disk: WatchedFilesystem, tmp_path: Path
) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    file.append(b"kept")
    disk.before = refuse(code, name="write", times=1)
    with pytest.raises(StorageError) as caught:
        file.append(b"lost")
    assert caught.value.code == code
    assert isinstance(caught.value, StorageFullError) == (code in {errno.ENOSPC, errno.EDQUOT})
    assert (tmp_path / "log").read_bytes() == b"kept"
    assert file.open
    file.append(b" on")
    assert (tmp_path / "log").read_bytes() == b"kept on"


def test_a_write_that_fails_half_way_leaves_nothing(disk: WatchedFilesystem, tmp_path: Path) -> None:
    def before(call: Call) -> int | None:
        if call.name != "write":
            return None
        if call.size == 8:
            return 3
        raise OSError(errno.ENOSPC, "full")

    file = AppendFile.create(disk, tmp_path / "log")
    disk.before = before
    with pytest.raises(StorageFullError):
        file.append(b"halfdone")
    assert (tmp_path / "log").read_bytes() == b""
    assert file.length == 0


def test_a_write_that_takes_nothing_is_an_error_and_not_a_loop(
    disk: WatchedFilesystem, tmp_path: Path
) -> None:
    file = AppendFile.create(disk, tmp_path / "log")

    def before(call: Call) -> int | None:
        assert disk.count("write") == 1, "a loop"
        return 0 if call.name == "write" else None

    disk.before = before
    with pytest.raises(StorageError) as caught:
        file.append(b"data")
    assert caught.value.operation == "write"
    assert file.open


@pytest.mark.parametrize("code", CODES)
def test_a_failed_sync_is_final_and_never_tried_again(
    code: int, disk: WatchedFilesystem, tmp_path: Path
) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    file.append(b"kept")
    disk.before = refuse(code, name="sync_data", times=1)
    with pytest.raises(StorageError) as first:
        file.append(b"in doubt")
    syncs = disk.count("sync_data")
    with pytest.raises(StorageError) as again:
        file.append(b"more")
    with pytest.raises(StorageError):
        file.finish()
    assert again.value is first.value
    assert disk.count("sync_data") == syncs
    assert disk.count("sync") == 0
    assert not file.open
    assert file.length == 4
    file.abandon()
    assert (tmp_path / "log").read_bytes() == b"kept"


def test_a_cut_that_fails_is_final(disk: WatchedFilesystem, tmp_path: Path) -> None:
    file = AppendFile.create(disk, tmp_path / "log")

    def before(call: Call) -> None:
        if call.name in {"write", "truncate"}:
            raise OSError(errno.EIO, "broken")

    disk.before = before
    with pytest.raises(StorageError) as first:
        file.append(b"data")
    assert first.value.operation == "write"
    assert not file.open
    disk.before = lambda _: None
    tries: tuple[Callable[[], object], ...] = (lambda: file.append(b"more"), file.finish, file.close)
    for again in tries:
        with pytest.raises(StorageError) as caught:
            again()
        assert caught.value.operation == "truncate"
    assert (disk.count("write"), disk.count("sync_data")) == (1, 0)


def test_a_finished_file_is_read_only_and_takes_no_more(disk: WatchedFilesystem, tmp_path: Path) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    file.append(b"done")
    file.finish()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o444
    names = [call.name for call in disk.calls]
    assert names[names.index("chmod") :] == ["chmod", "sync", "close"]
    with pytest.raises(ValueError, match="closed"):
        file.append(b"more")


def test_after_a_cut_the_content_is_synced_before_the_mode_says_that_it_is_final(
    disk: WatchedFilesystem, tmp_path: Path
) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    disk.before = refuse(errno.ENOSPC, name="write", times=1)
    with pytest.raises(StorageFullError):
        file.append(b"lost")
    file.finish()
    names = [call.name for call in disk.calls]
    assert names[names.index("truncate") :] == ["truncate", "sync_data", "chmod", "sync", "close"]


def test_what_was_cut_off_is_synced_once(disk: WatchedFilesystem, tmp_path: Path) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    disk.before = refuse(errno.ENOSPC, name="write", times=1)
    with pytest.raises(StorageFullError):
        file.append(b"lost")
    file.append(b"kept")
    file.finish()
    names = [call.name for call in disk.calls]
    assert names[names.index("truncate") :] == ["truncate", "write", "sync_data", "chmod", "sync", "close"]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("step", ["chmod", "sync", "close"])
def test_a_file_that_cannot_be_finished_says_why_and_keeps_what_is_durable(
    step: str, code: int, disk: WatchedFilesystem, tmp_path: Path
) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    file.append(b"kept")
    disk.before = refuse(code, name=step, times=1)
    with pytest.raises(StorageError) as caught:
        file.finish()
    assert (caught.value.operation, caught.value.code) == (step, code)
    file.abandon()
    assert disk.count("close") == 1, "let go of once, whatever failed"
    assert disk.count("sync") == (step != "chmod")
    assert (tmp_path / "log").read_bytes() == b"kept"


def test_a_closed_file_stays_writable_and_takes_no_more(disk: WatchedFilesystem, tmp_path: Path) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    file.append(b"kept")
    file.close()
    assert disk.calls[-1].name == "close"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
    assert not file.open
    with pytest.raises(ValueError, match="closed"):
        file.append(b"more")
    file.abandon()
    assert disk.count("close") == 1


def test_a_close_that_fails_is_said(disk: WatchedFilesystem, tmp_path: Path) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    disk.before = refuse(errno.EIO, name="close")
    with pytest.raises(StorageError) as caught:
        file.close()
    assert caught.value.operation == "close"
    file.abandon()
    assert disk.count("close") == 1, "the descriptor is gone, whatever the system said"


@pytest.mark.parametrize("broken", [set(), {"truncate"}, {"close"}, {"truncate", "close"}])
def test_abandoning_a_file_cuts_it_then_lets_go_and_never_raises(
    broken: set[str], disk: WatchedFilesystem, tmp_path: Path
) -> None:
    file = AppendFile.create(disk, tmp_path / "log")
    file.append(b"kept")
    disk.before = lambda call: refuse(errno.EIO)(call) if call.name in {"sync_data", *broken} else None
    with pytest.raises(StorageError):
        file.append(b"in doubt")
    disk.calls.clear()
    file.abandon()
    assert [call.name for call in disk.calls] == ["truncate", "close"]
    file.abandon()
    assert len(disk.calls) == 2
    assert not file.open


def test_replace_shows_the_old_or_the_new(disk: WatchedFilesystem, tmp_path: Path) -> None:
    path = tmp_path / "value"
    durable.replace(disk, path, b"old")
    durable.replace(disk, path, b"new")
    assert path.read_bytes() == b"new"
    steps = [call.name for call in disk.calls][-6:]
    assert steps == ["create", "write", "sync", "close", "rename", "sync_dir"]


def test_what_a_replace_that_was_cut_off_left_gives_way(disk: WatchedFilesystem, tmp_path: Path) -> None:
    (tmp_path / "value.new").write_bytes(b"half of someth")
    durable.replace(disk, tmp_path / "value", b"new")
    assert (tmp_path / "value").read_bytes() == b"new"
    assert [each.name for each in tmp_path.iterdir()] == ["value"]
    assert disk.count("unlink") == 1


STEPS: list[tuple[str, bytes]] = [
    ("create", b"old"),
    ("write", b"old"),
    ("sync", b"old"),
    ("close", b"old"),
    ("rename", b"old"),
    ("sync_dir", b"new"),
]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("step", "left"), STEPS)
def test_replace_says_each_failure_and_leaves_the_old_until_the_rename(
    step: str, left: bytes, code: int, disk: WatchedFilesystem, tmp_path: Path
) -> None:
    path = tmp_path / "value"
    durable.replace(disk, path, b"old")
    disk.before = refuse(code, name=step, times=1)
    with pytest.raises(StorageError) as caught:
        durable.replace(disk, path, b"new")
    assert (caught.value.operation, caught.value.code) == (step, code)
    assert path.read_bytes() == left
    durable.replace(disk, path, b"newer")
    assert path.read_bytes() == b"newer"
    assert [each.name for each in tmp_path.iterdir()] == ["value"]


def test_write_new_refuses_to_replace(disk: WatchedFilesystem, tmp_path: Path) -> None:
    durable.write_new(disk, tmp_path / "value", b"first")
    with pytest.raises(StorageError):
        durable.write_new(disk, tmp_path / "value", b"second")
    assert (tmp_path / "value").read_bytes() == b"first"


def test_publish_syncs_the_names_inside_before_and_its_own_name_after(
    disk: WatchedFilesystem, tmp_path: Path
) -> None:
    durable.begin_folder(disk, tmp_path / "7.new")
    AppendFile.create(disk, tmp_path / "7.new" / "ledger").append(b"x")
    durable.publish(disk, tmp_path / "7.new", tmp_path / "7")
    last = [(call.name, call.path) for call in disk.calls][-3:]
    assert last == [("sync_dir", tmp_path / "7.new"), ("rename", tmp_path / "7"), ("sync_dir", tmp_path)]
    assert (tmp_path / "7" / "ledger").read_bytes() == b"x"


def test_a_folder_is_durable_in_its_parent_whoever_made_it(disk: WatchedFilesystem, tmp_path: Path) -> None:
    durable.make_folder(disk, tmp_path / "ring")
    durable.make_folder(disk, tmp_path / "ring")  # a killed process may have made it, and not synced its name
    assert [(call.name, call.path) for call in disk.calls] == [
        ("mkdir", tmp_path / "ring"),
        ("sync_dir", tmp_path),
        ("sync_dir", tmp_path),
    ]


def test_a_folder_whose_name_could_not_be_synced_is_made_anew_next_time(
    disk: WatchedFilesystem, tmp_path: Path
) -> None:
    disk.before = refuse(errno.EIO, name="sync_dir")
    with pytest.raises(StorageError):
        durable.make_folder(disk, tmp_path / "ring")
    assert not (tmp_path / "ring").exists(), "no later sync can be trusted to have its name"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "segment").write_bytes(b"x")
    with pytest.raises(StorageError):
        durable.make_folder(disk, tmp_path / "full")
    assert (tmp_path / "full" / "segment").read_bytes() == b"x", "what is in one stays"


def test_what_somebody_else_wrote_is_made_durable(disk: WatchedFilesystem, tmp_path: Path) -> None:
    (tmp_path / "ledger").write_bytes(b"x")
    durable.sync_file(disk, tmp_path / "ledger")
    assert [call.name for call in disk.calls] == ["open_append", "sync_data", "close"]
    assert (tmp_path / "ledger").read_bytes() == b"x"


def test_cutting_a_tail_makes_the_cut_durable_before_the_mode(
    disk: WatchedFilesystem, tmp_path: Path
) -> None:
    AppendFile.create(disk, tmp_path / "log").append(b"whole part")
    disk.calls.clear()
    durable.cut_tail(disk, tmp_path / "log", 5)
    assert [call.name for call in disk.calls] == [
        "open_append", "truncate", "sync_data", "chmod", "sync", "close",
    ]  # fmt: skip
    assert (tmp_path / "log").read_bytes() == b"whole"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o444


OPERATIONS: dict[str, Callable[[PosixFilesystem, Path], object]] = {
    "link": lambda disk, at: durable.link_into(disk, at / "file", at / "folder"),
    "mkdir": lambda disk, at: durable.make_folder(disk, at / "new"),
    "rename": lambda disk, at: durable.move(disk, at / "file", at / "moved"),
    "rename, of a folder": lambda disk, at: durable.publish(disk, at / "folder", at / "published"),
    "unlink": lambda disk, at: durable.remove(disk, at / "file"),
    "rmdir": lambda disk, at: durable.remove_folder(disk, at / "folder"),
    "sync_dir": durable.sync_dir,
    "create": lambda disk, at: AppendFile.create(disk, at / "other"),
    "open_append": lambda disk, at: durable.cut_tail(disk, at / "file", 0),
    "truncate": lambda disk, at: durable.cut_tail(disk, at / "file", 0),
    "chmod": lambda disk, at: durable.cut_tail(disk, at / "file", 0),
    "sync": lambda disk, at: durable.cut_tail(disk, at / "file", 0),
    "sync_data": lambda disk, at: durable.cut_tail(disk, at / "file", 0),
    "close": lambda disk, at: durable.cut_tail(disk, at / "file", 0),
    "open_append, to sync": lambda disk, at: durable.sync_file(disk, at / "file"),
    "sync_data, alone": lambda disk, at: durable.sync_file(disk, at / "file"),
    "close, after a sync": lambda disk, at: durable.sync_file(disk, at / "file"),
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("what", OPERATIONS)
def test_every_operation_that_fails_is_said_with_its_name_path_and_code(
    what: str, code: int, disk: WatchedFilesystem, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    name = what.partition(",")[0]
    disk.before = refuse(code, name=name)
    with pytest.raises(StorageError) as caught:
        OPERATIONS[what](disk, tmp_path)
    error = caught.value
    assert (error.operation, error.code) == (name, code)
    assert str(error).endswith(".")
    assert error.path.is_relative_to(tmp_path)
