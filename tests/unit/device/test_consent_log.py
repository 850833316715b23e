"""What was said at the door: durable before it is kept, numbered, gone only once the fleet has it."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from device.camera import Camera
from device.capture.sensors import Sensors
from device.config.file import check_config
from device.consent import log as consent_log
from device.consent.log import ConsentLog, ToldInTime
from device.credentials import Credentials
from device.errors import StateFolderError, StorageError
from device.storage.durable import make_folder
from device.storage.filesystem import PosixFilesystem
from protocol.footage.consent import NONE_BEFORE, ConsentEntryRead, ConsentSaid, SaidOfConsent, read_consent
from tests.support.camera.identities import enrol_without_fleet
from tests.support.camera.recorders import HandClock
from tests.support.media.recordings import label_at, make_identity
from tests.support.storage.disks import (
    PATIENCE_S,
    Call,
    HangingFilesystem,
    WatchedFilesystem,
    refuse,
    until,
)

IDENTITY = make_identity()
CREDENTIALS = Credentials(IDENTITY.camera, IDENTITY.certificates, (IDENTITY.recipient,), IDENTITY.signer)
RUN = bytes(range(16))
GIVEN, REFUSED = ConsentSaid(SaidOfConsent.GIVEN), ConsentSaid(SaidOfConsent.REFUSED)


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def folder(tmp_path: Path, disk: WatchedFilesystem) -> Path:
    make_folder(disk, tmp_path / "consent")
    return tmp_path / "consent"


def opened(disk: WatchedFilesystem, folder: Path) -> ConsentLog:
    return ConsentLog(disk, folder, CREDENTIALS, RUN)


def told(recording: str | None = None) -> ToldInTime:
    return ToldInTime(501, label_at(501), "control", recording, "a1")


def on_card(folder: Path) -> list[ConsentEntryRead]:
    names = sorted(folder.glob("*.cbor"))
    return [read_consent(each.read_bytes(), IDENTITY.authority) for each in names]


# proves C3 and L2
def test_they_are_numbered_and_chained_across_starts(disk: WatchedFilesystem, folder: Path) -> None:
    log = opened(disk, folder)
    assert [log.keep(GIVEN, told()), log.keep(REFUSED, told("ab" * 16))] == [1, 2]
    assert opened(disk, folder).keep(GIVEN, told()) == 3
    found = on_card(folder)
    assert [each.event.number for each in found] == [1, 2, 3]
    assert [each.event.previous for each in found] == [NONE_BEFORE, found[0].digest, found[1].digest]
    assert found[1].event.recording == bytes.fromhex("ab" * 16)
    assert found[1].event.said == REFUSED


# proves C3
@pytest.mark.parametrize("name", ["create", "write", "sync", "rename", "sync_dir"])
def test_what_the_card_did_not_take_is_not_said_to_be_kept_and_its_number_is_used_once(
    name: str, disk: WatchedFilesystem, folder: Path
) -> None:
    log = opened(disk, folder)
    log.keep(GIVEN, told())
    rung: list[int] = []
    log.on_change(lambda: rung.append(1))
    disk.before = refuse(errno.EIO, name=name, within="consent", times=1)
    with pytest.raises(StorageError):
        log.keep(REFUSED, told())
    assert rung == []
    log.keep(GIVEN, told())
    assert rung == [1]
    found = on_card(folder)
    assert [each.event.number for each in found] == ([1, 2, 3] if name == "sync_dir" else [1, 2])
    before = [NONE_BEFORE, *(each.digest for each in found)]
    assert [each.event.previous for each in found] == before[:-1]
    assert opened(disk, folder).waiting() == tuple(each.event.number for each in found)


# proves C3
def test_it_is_durable_before_it_is_kept(disk: WatchedFilesystem, folder: Path) -> None:
    opened(disk, folder).keep(GIVEN, told())
    steps = [(call.name, call.path.name) for call in disk.calls if "consent" in str(call.path)]
    assert steps[-2:] == [("rename", "00000001.cbor"), ("sync_dir", "consent")]
    assert steps.index(("sync", "00000001.cbor.new")) < steps.index(("rename", "00000001.cbor"))


# proves C8
def test_one_leaves_only_once_the_fleet_has_it_and_the_newest_stays(
    disk: WatchedFilesystem, folder: Path
) -> None:
    log = opened(disk, folder)
    for _ in range(3):
        log.keep(GIVEN, told())
    assert log.waiting() == (1, 2, 3)
    log.taken(1)
    assert log.waiting() == (2, 3)
    assert [each.event.number for each in on_card(folder)] == [2, 3]
    log.taken(2)
    log.taken(3)
    assert log.waiting() == ()
    assert [each.event.number for each in on_card(folder)] == [3]
    again = opened(disk, folder)
    assert again.waiting() == (3,)
    assert again.keep(REFUSED, told()) == 4
    newest = on_card(folder)[-1]
    assert newest.event.previous == on_card(folder)[0].digest


# proves C8
def test_one_that_could_not_leave_is_removed_with_the_next_and_none_twice(
    disk: WatchedFilesystem, folder: Path
) -> None:
    log = opened(disk, folder)
    for _ in range(3):
        log.keep(GIVEN, told())
    disk.calls.clear()
    disk.before = refuse(errno.EIO, name="unlink", within="00000001", times=1)
    log.taken(1)
    assert [each.event.number for each in on_card(folder)] == [1, 2, 3]
    assert log.find("control") == 3
    log.taken(2)
    assert [each.event.number for each in on_card(folder)] == [3]
    log.taken(3)
    removed = [call.path.name for call in disk.calls if call.name == "unlink"]
    assert removed == ["00000001.cbor", "00000001.cbor", "00000002.cbor"]


def test_one_that_the_fleet_refuses_stays_and_keeps_none_from_going(
    disk: WatchedFilesystem, folder: Path
) -> None:
    log = opened(disk, folder)
    for _ in range(3):
        log.keep(GIVEN, told())
    log.refused(1)
    assert log.waiting() == (2, 3)
    log.taken(2)
    log.taken(3)
    assert [each.event.number for each in on_card(folder)] == [1, 3]
    assert opened(disk, folder).waiting() == (1, 3)


def test_one_that_cannot_be_removed_stays_and_is_sent_again_after_a_start(
    disk: WatchedFilesystem, folder: Path
) -> None:
    log = opened(disk, folder)
    log.keep(GIVEN, told())
    log.keep(GIVEN, told())

    def before(call: Call) -> None:
        if call.name == "unlink":
            raise OSError(errno.EIO, "refused")

    disk.before = before
    log.taken(1)
    assert log.waiting() == (2,)
    assert opened(disk, folder).waiting() == (1, 2)


def test_one_that_cannot_be_read_does_not_keep_a_camera_from_starting(
    disk: WatchedFilesystem, folder: Path
) -> None:
    opened(disk, folder).keep(GIVEN, told())
    (folder / "00000001.cbor").write_bytes(b"nothing")
    log = opened(disk, folder)
    assert log.keep(REFUSED, told()) == 2
    newest = read_consent((folder / "00000002.cbor").read_bytes(), IDENTITY.authority)
    assert newest.event.previous == NONE_BEFORE


@pytest.mark.parametrize("folder", ["consent", "commands"])
def test_a_camera_whose_folder_cannot_be_read_says_so_at_its_start(folder: str, tmp_path: Path) -> None:
    class Unreadable(PosixFilesystem):
        def listdir(self, path: Path) -> tuple[str, ...]:
            if path.name == folder:
                raise OSError(errno.EIO, "Input/output error", str(path))
            return super().listdir(path)

    enrol_without_fleet(tmp_path)
    config = check_config({"camera": {"state_dir": str(tmp_path)}})
    sensors = Sensors(clock=HandClock(), open_video=lambda _: pytest.fail("no picture is opened"))
    with pytest.raises(StateFolderError, match=rf"{folder} cannot be read \(Input/output error\)"):
        Camera(config, sensors, filesystem=Unreadable(), link=None).start()


# proves L4
def test_an_event_is_found_by_the_way_that_it_was_given_by(disk: WatchedFilesystem, folder: Path) -> None:
    log = opened(disk, folder)
    ways = ["control", "command c-1", "command c-2", "control"]
    for way in ways:
        log.keep(GIVEN, ToldInTime(501, label_at(501), way, None, None))
    assert [log.find(way) for way in ways] == [4, 2, 3, 4], "the newest first"
    assert log.find("command c") is None
    (folder / "00000003.cbor").write_bytes(b"nothing")
    assert opened(disk, folder).find("command c-2") is None
    assert opened(disk, folder).find("command c-1") == 2
    log.taken(3)
    assert log.find("command c-1") is None, "the fleet has it"


# proves C3
def test_what_waits_for_a_card_that_hangs_is_bounded_and_kept_in_the_order_in_which_it_was_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent_log, "MOST_WAITING", 3)
    disk = HangingFilesystem()
    log = opened(disk, folder)
    log.keep(GIVEN, told())
    disk.hang("sync", "consent")
    kept: dict[str, int] = {}

    def keep(way: str) -> None:
        kept[way] = log.keep(REFUSED, ToldInTime(501, label_at(501), way, None, None))

    threads = [threading.Thread(target=keep, args=(f"command {each}",)) for each in range(3)]
    for count, thread in enumerate(threads, 1):
        thread.start()
        until(lambda count=count: len(log._line) == count)  # type: ignore[misc]
    with pytest.raises(StorageError, match=r"^3 words wait for the card already: say it again once it ans"):
        keep("too many")
    assert (kept, log.waiting(), log.find("control")) == ({}, (1,), 1), "and the link need not wait"
    log.taken(1)
    disk.answers.set()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert kept == {"command 0": 2, "command 1": 3, "command 2": 4}
    found = on_card(folder)
    assert [each.event.way for each in found[-3:]] == list(kept)
    assert [each.event.previous for each in found[-2:]] == [found[-3].digest, found[-2].digest]
    keep("later")
    assert opened(disk, folder).find("later") == 5


# proves C3
def test_one_that_the_card_refuses_keeps_no_place_in_the_line(folder: Path, disk: WatchedFilesystem) -> None:
    log = opened(disk, folder)
    disk.before = refuse(errno.EIO, name="write", within="consent", times=consent_log.MOST_WAITING)
    for _ in range(consent_log.MOST_WAITING):
        with pytest.raises(StorageError, match="failed"):
            log.keep(GIVEN, told())
    assert log.keep(GIVEN, told()) == 1
