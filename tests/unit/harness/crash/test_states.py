"""What a power cut may leave of a log: nothing that was synced is lost, and anything else may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.crash.disk.disk import MemoryDisk
from tests.harness.crash.disk.fates import DROPPED, KEPT, REST, Fate, How, read_fates, write_fates
from tests.harness.crash.disk.operations import Names, SyncDirFailed, SyncFailed
from tests.harness.crash.disk.states import Pending, Point, Replayer, choices, fingerprint, incomplete, points
from tests.harness.crash.place import Crash, Place
from tests.support.storage.disks import refuse

ROOT = Path("/")
FILE = Path("/file")


def left(disk: MemoryDisk, drawn: int = 200) -> list[MemoryDisk]:
    """Every disk that a crash at the end can leave, as far as they are tried."""
    pending = Pending()
    for position, operation in enumerate(disk.log):
        pending.take(position, operation)
    point = Point(len(disk.log), tuple(pending.changes), None)
    tried = choices(disk.log, point, 1, drawn)
    return [Replayer(MemoryDisk().nodes, disk.log).disk(point, fates) for fates in tried]


def contents(disk: MemoryDisk) -> dict[str, bytes]:
    return {path: node.data for path, node in disk.walk() if node.names is None}


def written(data: bytes = b"x" * 1300) -> MemoryDisk:
    disk = MemoryDisk()
    file = disk.create(FILE)
    file.write(data)
    return disk


def test_what_was_not_synced_may_be_there_whole_in_part_as_zeros_or_not_at_all() -> None:
    disk = written()
    disk.sync_dir(ROOT)
    seen = {contents(each)["/file"] for each in left(disk)}
    x = b"x"
    assert seen == {
        b"", x * 512, x * 1024, x * 1300, bytes(1300),
        x * 512 + bytes(788), x * 1024 + bytes(276), bytes(512) + x * 788, bytes(1024) + x * 276,
    }  # fmt: skip


def test_a_write_is_cut_where_sectors_of_the_file_begin() -> None:
    disk = written(b"a" * 500)
    disk.open_append(FILE).write(b"b" * 600)
    assert {fate.at for fate in incomplete(disk.log[-1])} == {0, 12, 524}


def test_a_later_write_may_be_there_without_an_earlier_one() -> None:
    disk = written(b"first")
    disk.sync_dir(ROOT)
    disk.open_append(FILE).write(b"second")
    assert bytes(5) + b"second" in {contents(each)["/file"] for each in left(disk)}


def test_a_file_that_was_synced_is_whole_or_has_no_name() -> None:
    disk = written()
    disk.open_append(FILE).sync_data()
    assert {tuple(contents(each).items()) for each in left(disk)} == {(), (("/file", b"x" * 1300),)}
    disk.sync_dir(ROOT)
    assert [contents(each) for each in left(disk)] == [{"/file": b"x" * 1300}]


def test_a_mode_needs_a_full_sync() -> None:
    disk = written()
    file = disk.open_append(FILE)
    disk.sync_dir(ROOT)
    file.chmod(0o444)
    file.sync_data()
    assert {each.mode(FILE) for each in left(disk)} == {0o600, 0o444}
    file.sync()
    assert {each.mode(FILE) for each in left(disk)} == {0o444}


def test_after_a_failed_sync_no_later_one_makes_anything_sure() -> None:
    disk = written(b"first")
    disk.sync_dir(ROOT)
    file = disk.open_append(FILE)
    disk.before = refuse(5, name="sync_data")
    with pytest.raises(OSError, match="error"):
        file.sync_data()
    disk.before = None
    assert isinstance(disk.log[-1], SyncFailed)
    file.sync()
    assert {contents(each)["/file"] for each in left(disk)} == {b"", bytes(5), b"first"}


def refused_sync_of_names(disk: MemoryDisk) -> None:
    disk.before = refuse(5, name="sync_dir")
    with pytest.raises(OSError, match="error"):
        disk.sync_dir(ROOT)
    disk.before = None
    assert isinstance(disk.log[-1], SyncDirFailed)


def test_after_a_failed_sync_of_a_folder_its_changed_names_are_never_sure() -> None:
    disk = written(b"data")
    disk.open_append(FILE).sync()
    refused_sync_of_names(disk)
    disk.sync_dir(ROOT)
    assert {tuple(contents(each)) for each in left(disk)} == {(), ("/file",)}
    disk.create(Path("/second"))
    disk.sync_dir(ROOT)
    assert {tuple(contents(each)) for each in left(disk)} == {("/second",), ("/file", "/second")}


def test_a_name_that_is_changed_again_after_a_failed_sync_can_be_made_sure() -> None:
    disk = written(b"data")
    disk.open_append(FILE).sync()
    refused_sync_of_names(disk)
    disk.rename(FILE, Path("/other"))
    assert {tuple(contents(each)) for each in left(disk)} == {(), ("/file",), ("/other",)}
    disk.sync_dir(ROOT)
    assert {tuple(contents(each)) for each in left(disk)} == {("/other",)}
    pending = Pending()
    for position, operation in enumerate(disk.log):
        pending.take(position, operation)
    assert not any(isinstance(change, Names) for change in pending.changes.values())


def test_what_was_made_sure_later_comes_after_what_a_failed_sync_left() -> None:
    disk = written(b"data")
    disk.open_append(FILE).sync()
    disk.sync_dir(ROOT)
    disk.rename(FILE, Path("/other"))
    refused_sync_of_names(disk)
    disk.rename(Path("/other"), Path("/third"))
    disk.create(FILE)
    disk.sync_dir(ROOT)
    assert {tuple(contents(each)) for each in left(disk)} == {("/file", "/third")}


def test_a_rename_in_one_folder_is_one_step() -> None:
    disk = written(b"new")
    disk.open_append(FILE).sync()
    disk.sync_dir(ROOT)
    disk.rename(FILE, Path("/other"))
    assert {tuple(contents(each)) for each in left(disk)} == {("/file",), ("/other",)}


def test_a_rename_from_folder_to_folder_may_leave_both_names_or_none() -> None:
    disk = written(b"new")
    disk.open_append(FILE).sync()
    disk.mkdir(Path("/folder"))
    disk.sync_dir(ROOT)
    disk.rename(FILE, Path("/folder/file"))
    names = {tuple(contents(each)) for each in left(disk)}
    assert names == {("/file",), ("/folder/file",), ("/file", "/folder/file"), ()}
    disk.sync_dir(Path("/folder"))
    assert {tuple(contents(each)) for each in left(disk)} == {("/folder/file",), ("/file", "/folder/file")}


def test_an_unlink_and_a_truncation_may_be_undone() -> None:
    disk = written(b"data")
    file = disk.open_append(FILE)
    file.sync()
    disk.sync_dir(ROOT)
    file.truncate(2)
    disk.unlink(FILE)
    assert {contents(each).get("/file") for each in left(disk)} == {None, b"da", b"data"}


def test_a_folder_whose_name_is_gone_takes_all_in_it_along() -> None:
    disk = MemoryDisk()
    disk.mkdir(Path("/folder"))
    file = disk.create(Path("/folder/file"))
    file.write(b"data")
    file.sync()
    disk.sync_dir(Path("/folder"))
    assert {tuple(contents(each).items()) for each in left(disk)} == {(), (("/folder/file", b"data"),)}


def test_the_same_disk_has_one_fingerprint_however_it_came_to_be() -> None:
    one, other = written(b"data"), MemoryDisk()
    other.create(Path("/scratch"))
    file = other.create(FILE)
    file.write(b"da")
    file.write(b"ta")
    other.unlink(Path("/scratch"))
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize("change", ["byte", "mode", "name", "link", "folder"])
def test_disks_that_differ_have_different_fingerprints(change: str) -> None:
    one, other = written(b"data"), written(b"data" if change != "byte" else b"dbta")
    file = other.open_append(FILE)
    for disk in (one, other):
        disk.create(Path("/second")).write(b"same")
    if change == "mode":
        file.chmod(0o444)
    elif change == "name":
        other.rename(FILE, Path("/renamed"))
    elif change == "folder":
        one.mkdir(Path("/third"))
        other.create(Path("/third"), 0o700)
    elif change == "link":
        one.link(Path("/second"), Path("/third"))
        other.create(Path("/third")).write(b"same")
    assert fingerprint(one) != fingerprint(other)


def test_no_disk_is_tried_again_where_only_something_was_synced() -> None:
    disk = written()
    before = list(points(disk.log))
    disk.open_append(FILE).sync()
    assert list(points(disk.log)) == before
    disk.say("pressed", {})
    disk.say("pressed", {})
    said = list(points(disk.log))[len(before) :]
    assert [point.after for point in said] == [len(disk.log)], "one point for a run of words"
    assert said[0].newest is None


def test_the_newest_operation_always_left_something() -> None:
    disk = written()
    *_, last = points(disk.log)
    tried = list(choices(disk.log, last, 1, 50))
    assert last.newest is not None
    assert all(fates[last.newest] != DROPPED for fates in tried)


def test_the_same_seed_draws_the_same_crashes() -> None:
    disk = written()
    *_, last = points(disk.log)
    assert list(choices(disk.log, last, 7, 20)) == list(choices(disk.log, last, 7, 20))
    assert list(choices(disk.log, last, 7, 20)) != list(choices(disk.log, last, 8, 20))


@pytest.mark.parametrize(
    "text", ["3/120/-", "3/120/12:dropped,14:first512", "3/9/rest:dropped,4:zeroed0/17/2:after1024"]
)
def test_a_place_is_read_as_it_is_written(text: str) -> None:
    assert str(Place.read(text)) == text


def test_where_most_was_dropped_the_rest_is_told() -> None:
    fates = {1: DROPPED, 2: DROPPED, 3: KEPT, 4: Fate(How.FIRST, 512)}
    assert write_fates({**fates, 5: DROPPED}) == "rest:dropped,3:kept,4:first512"
    assert write_fates(fates | {2: KEPT}) == "1:dropped,4:first512"
    assert read_fates("rest:dropped,3:kept") == {REST: DROPPED, 3: KEPT}


@pytest.mark.parametrize("text", ["", "3", "3/4/5/6", "3/1/x:dropped", "3/1/2:lost", "3/1/2"])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no|invalid"):
        Place.read(text)


def test_a_crash_reads_well_in_a_sentence() -> None:
    assert str(Place(3, Crash(12, {7: DROPPED, 9: KEPT, 8: KEPT}))) == "3/12/7:dropped"
