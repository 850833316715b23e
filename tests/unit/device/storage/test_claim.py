"""A claim and its folder, step by step: what is on the card when any of them fails."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from device.errors import StorageError
from device.storage.claim import prepare_claim, publish_claim, withdraw_folder, write_claim
from device.storage.layout import StateFolder
from tests.support.storage.disks import Call, WatchedFilesystem, refuse

SEGMENTS = ("00-00000003.seg", "00-00000004.seg")


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def folders(tmp_path: Path) -> StateFolder:
    folders = StateFolder(tmp_path)
    for folder in (folders.ring, folders.recordings):
        folder.mkdir()
    for name in SEGMENTS:
        (folders.ring / name).write_bytes(name.encode())
    return folders


def steps(disk: WatchedFilesystem) -> list[tuple[str, str]]:
    return [(call.name, call.path.name) for call in disk.calls]


def test_a_claim_is_one_file_and_two_syncs(disk: WatchedFilesystem, folders: StateFolder) -> None:
    # proves C3 and C4
    ledger = write_claim(disk, folders, 7, b"open, keys, press")
    assert steps(disk) == [
        ("create", "00000007.ledger"),
        ("write", "00000007.ledger"),
        ("sync_data", "00000007.ledger"),
        ("sync_dir", "recordings"),
    ]
    ledger.append(b", live")
    assert folders.claim(7).read_bytes() == b"open, keys, press, live"


def test_a_claim_whose_file_was_made_before_is_one_write_and_one_sync(
    disk: WatchedFilesystem, folders: StateFolder
) -> None:
    # proves C3 and C4
    prepared = prepare_claim(disk, folders, 7)
    assert steps(disk) == [("create", "00000007.ledger"), ("sync_dir", "recordings")]
    disk.calls.clear()
    ledger = write_claim(disk, folders, 7, b"open, keys, press", prepared)
    assert steps(disk) == [("write", "00000007.ledger"), ("sync_data", "00000007.ledger")]
    ledger.append(b", live")
    assert folders.claim(7).read_bytes() == b"open, keys, press, live"


def test_a_file_for_a_claim_whose_name_is_not_sure_is_taken_away(
    disk: WatchedFilesystem, folders: StateFolder
) -> None:
    disk.before = refuse(errno.EIO, name="sync_dir")
    with pytest.raises(StorageError):
        prepare_claim(disk, folders, 7)
    assert steps(disk)[-2:] == [("close", "00000007.ledger"), ("unlink", "00000007.ledger")]
    assert not folders.claim(7).exists()


@pytest.mark.parametrize("name", ["write", "sync_data"])
@pytest.mark.parametrize("stays", [False, True])
def test_a_claim_that_could_not_be_written_is_cut_back_let_go_of_and_taken_away(
    name: str, disk: WatchedFilesystem, folders: StateFolder, *, stays: bool
) -> None:
    failing = {name, "unlink"} if stays else {name}

    def before(call: Call) -> None:
        if call.name in failing:
            raise OSError(errno.EIO, "refused")

    disk.before = before
    with pytest.raises(StorageError) as caught:
        write_claim(disk, folders, 7, b"open, keys, press")
    assert caught.value.operation == name, "whatever fails after it"
    ending = [("truncate", "00000007.ledger"), ("close", "00000007.ledger"), ("unlink", "00000007.ledger")]
    assert steps(disk)[-3:] == ending
    assert [path.read_bytes() for path in folders.recordings.iterdir()] == [b""] * stays


def test_a_claim_whose_name_may_be_on_the_card_stays_whole(
    disk: WatchedFilesystem, folders: StateFolder
) -> None:
    disk.before = refuse(errno.EIO, name="sync_dir")
    with pytest.raises(StorageError) as caught:
        write_claim(disk, folders, 7, b"open, keys, press")
    assert caught.value.operation == "sync_dir"
    assert folders.claim(7).read_bytes() == b"open, keys, press"
    assert all(file.closed for file in disk.opened)


def test_a_folder_gets_its_links_in_order_before_its_name(
    disk: WatchedFilesystem, folders: StateFolder
) -> None:
    ledger = write_claim(disk, folders, 7, b"open")
    disk.calls.clear()
    publish_claim(disk, folders, 7, SEGMENTS)
    assert steps(disk) == [
        ("mkdir", "00000007.new"),
        *(("link", name) for name in SEGMENTS),
        ("link", "ledger.cbor"),
        ("sync_dir", "00000007.new"),
        ("rename", "00000007"),
        ("sync_dir", "recordings"),
    ]
    ledger.append(b", live")
    assert folders.ledger(7).read_bytes() == b"open, live", "it is the same file"


@pytest.mark.parametrize("held", [SEGMENTS[:1], (*SEGMENTS, "ledger.cbor")])
def test_what_a_folder_holds_already_is_kept(
    held: tuple[str, ...], disk: WatchedFilesystem, folders: StateFolder
) -> None:
    write_claim(disk, folders, 7, b"open")
    folders.unpublished(7).mkdir()
    for name in held:
        (folders.unpublished(7) / name).write_bytes(b"held")
    publish_claim(disk, folders, 7, SEGMENTS)
    assert {path.name for path in folders.recording(7).iterdir()} == {*SEGMENTS, "ledger.cbor"}
    assert {name for name in held if (folders.recording(7) / name).read_bytes() == b"held"} == set(held)


@pytest.mark.parametrize("published", [False, True])
def test_what_a_failed_publication_left_is_taken_apart_under_its_unpublished_name(
    disk: WatchedFilesystem, folders: StateFolder, *, published: bool
) -> None:
    write_claim(disk, folders, 7, b"open")
    disk.before = refuse(errno.EIO, name="sync_dir", within="recordings$" if published else "new$")
    with pytest.raises(StorageError):
        publish_claim(disk, folders, 7, SEGMENTS)
    assert folders.recording(7).exists() is published
    disk.before = lambda _: None
    disk.calls.clear()
    withdraw_folder(disk, folders, 7)
    moved = [("rename", "00000007.new")] if published else []
    assert steps(disk) == [
        *moved,
        *(("unlink", name) for name in SEGMENTS),
        ("unlink", "ledger.cbor"),
        ("rmdir", "00000007.new"),
    ]
    assert [path.name for path in folders.recordings.iterdir()] == ["00000007.ledger"]
    disk.calls.clear()
    withdraw_folder(disk, folders, 7)
    assert disk.calls == []
