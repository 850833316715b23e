"""Which commands were begun: durable before anything is done, remembered until they cannot count."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from device.commands.journal import MARGIN_US, REMEMBERED, CommandJournal
from device.errors import StorageError
from protocol.messages.commands import CommandOutcome, Response
from tests.support.camera.obeying import EXPIRES_US, ISSUED_US, command
from tests.support.storage.disks import FULL, WatchedFilesystem, refuse


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


def opened(disk: WatchedFilesystem, folder: Path) -> CommandJournal:
    return CommandJournal(disk, folder)


def done(id_: str = "c-1") -> Response:
    return Response(
        id=id_, camera="cam-01", outcome=CommandOutcome.DONE, at_utc_us=7, detail="Done.", consent=3
    )


# proves L4
def test_an_id_is_durable_before_it_is_begun(disk: WatchedFilesystem, tmp_path: Path) -> None:
    opened(disk, tmp_path).begin(command(), 5)
    steps = [(call.name, call.path.name) for call in disk.calls]
    assert steps[-2:] == [("rename", "00000001.json"), ("sync_dir", tmp_path.name)]
    assert steps.index(("sync", "00000001.json.new")) < steps.index(("rename", "00000001.json"))
    record = opened(disk, tmp_path).find("c-1")
    assert record is not None
    assert (record.response, record.told, record.expires_utc_us) == (None, False, EXPIRES_US)


# proves L4
def test_what_came_of_it_and_that_it_is_told_survive_a_start(disk: WatchedFilesystem, tmp_path: Path) -> None:
    journal = opened(disk, tmp_path)
    journal.begin(command(), 5)
    journal.finish(done())
    record = opened(disk, tmp_path).find("c-1")
    assert record is not None
    assert (record.response, record.told) == (done(), False)
    journal.told("c-1")
    journal.told("c-1")
    journal.told("never heard of")
    assert [each.told for each in opened(disk, tmp_path)] == [True]


# proves L4
@pytest.mark.parametrize("code", [FULL, errno.EIO])
@pytest.mark.parametrize("name", ["create", "write", "sync", "rename", "sync_dir"])
def test_one_that_the_card_does_not_take_is_not_begun(
    name: str, code: int, disk: WatchedFilesystem, tmp_path: Path
) -> None:
    journal = opened(disk, tmp_path)
    disk.before = refuse(code, name=name, times=1)
    with pytest.raises(StorageError):
        journal.begin(command(), 5)
    took_away = [call.path.name for call in disk.calls if call.name == "unlink"]
    assert ("00000001.json" in took_away) == (name == "sync_dir"), "only what is there is taken away"
    assert journal.find("c-1") is None
    assert list(opened(disk, tmp_path)) == []
    journal.begin(command(id="c-2"), 6)
    assert [each.id for each in opened(disk, tmp_path)] == ["c-2"]


# proves L4
def test_one_that_may_be_there_though_it_was_not_begun_stays_open_after_a_start(
    disk: WatchedFilesystem, tmp_path: Path
) -> None:
    journal = opened(disk, tmp_path)

    def before(call: object) -> None:
        if getattr(call, "name", "") in {"sync_dir", "unlink"}:
            raise OSError(errno.EIO, "refused")

    disk.before = before
    with pytest.raises(StorageError):
        journal.begin(command(), 5)
    disk.before = lambda _: None
    assert [(each.id, each.response) for each in opened(disk, tmp_path)] == [("c-1", None)]
    journal.begin(command(id="c-2"), 6)
    assert [each.id for each in opened(disk, tmp_path)] == ["c-1", "c-2"]


def test_an_outcome_that_is_not_durable_is_known_here_all_the_same(
    disk: WatchedFilesystem, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = opened(disk, tmp_path)
    journal.begin(command(), 5)
    disk.before = refuse(FULL, name="create")
    with pytest.raises(StorageError):
        journal.finish(done())
    record = journal.find("c-1")
    assert record is not None
    assert record.response == done()
    journal.told("c-1")
    assert "will be told again after the next start" in caplog.text
    assert [each.response for each in opened(disk, tmp_path)] == [None]


# proves L4
def test_an_id_is_forgotten_once_it_is_told_and_cannot_count(disk: WatchedFilesystem, tmp_path: Path) -> None:
    journal = opened(disk, tmp_path)
    for number in (1, 2):
        journal.begin(command(id=f"c-{number}"), 5)
        journal.finish(done(f"c-{number}"))
    journal.told("c-1")
    journal.forget(EXPIRES_US + MARGIN_US - 1)
    assert len(list(journal)) == 2
    disk.before = refuse(errno.EIO, name="unlink", times=1)
    journal.forget(EXPIRES_US + MARGIN_US)
    assert len(list(journal)) == 2
    journal.forget(EXPIRES_US + MARGIN_US)
    assert [each.id for each in journal] == ["c-2"], "the other is not told yet"
    assert [each.id for each in opened(disk, tmp_path)] == ["c-2"]


# proves L4
def test_no_more_are_remembered_than_there_is_room_for(disk: WatchedFilesystem, tmp_path: Path) -> None:
    disk.reaches_disk = False
    journal = opened(disk, tmp_path)
    for number in range(REMEMBERED):
        assert journal.room
        journal.begin(command(id=f"c-{number}"), 5)
    assert not journal.room
    assert not opened(disk, tmp_path).room


# proves L4
@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b'{"id": "c-1"}'])
def test_what_cannot_be_read_is_said_and_its_number_is_not_used_again(
    data: bytes, disk: WatchedFilesystem, tmp_path: Path
) -> None:
    (tmp_path / "00000007.json").write_bytes(data)
    (tmp_path / "00000003.json.new").write_bytes(b"half")
    (tmp_path / "notes").write_bytes(b"of somebody")
    journal = opened(disk, tmp_path)
    assert journal.unreadable
    journal.begin(command(), ISSUED_US)
    assert (tmp_path / "00000008.json").exists()
    assert (tmp_path / "00000007.json").read_bytes() == data
