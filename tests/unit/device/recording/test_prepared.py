"""The file of the next claim, made while there is time: a press then waits for one write and one sync."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from device.recording.state import Event
from protocol.footage.format.errors import LedgerError
from protocol.footage.ledger.writer import LedgerWriter
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import FULL, Call, WatchedFilesystem, refuse


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def bench(tmp_path: Path, disk: WatchedFilesystem) -> Bench:
    bench = Bench(tmp_path / "state", disk=disk)
    bench.root.mkdir()
    bench.boot()
    bench.seconds(3)
    return bench


def ready(bench: Bench) -> list[str]:
    """The claims that are there."""
    return sorted(path.name for path in bench.folders.recordings.glob("*.ledger"))


def asked(disk: WatchedFilesystem) -> list[tuple[str, str]]:
    """What was asked of ``recordings/`` until a claim was durable, or given up."""
    steps = [(call.name, call.path.name) for call in disk.calls if "recordings" in call.path.parts]
    return steps[: next((at for at, (name, _) in enumerate(steps) if name == "mkdir"), None)]


def test_a_press_waits_for_one_write_and_one_sync(bench: Bench, disk: WatchedFilesystem) -> None:
    # proves C3 and C4
    for number in (1, 2):
        bench.recorder.tick()
        assert ready(bench) == [f"{number:08d}.ledger"], "and nothing in it"
        assert bench.folders.claim(number).read_bytes() == b""
        disk.calls.clear()
        assert bench.press().number == number
        claim = f"{number:08d}.ledger"
        assert asked(disk) == [("write", claim), ("sync_data", claim)]
        assert ready(bench) == []
        bench.second()
        bench.stop()
        assert bench.verify(number).ok


def test_nothing_is_made_ready_while_a_recording_is_under_way(bench: Bench) -> None:
    bench.press()
    bench.wait(1)
    assert ready(bench) == []
    bench.stop()
    bench.wait(1)
    assert ready(bench) == ["00000002.ledger"]


@pytest.mark.parametrize("orderly", [False, True])
def test_what_was_made_ready_and_not_needed_goes_with_the_next_start(bench: Bench, *, orderly: bool) -> None:
    bench.recorder.tick()
    if orderly:
        bench.recorder.change(Event.SHUT_DOWN)
        bench.recorder.close()
    bench.boot()
    assert ready(bench) == []
    assert bench.shelf.recordings() == ()
    bench.seconds(2)
    assert bench.press().number == 1, "it was nobody's recording"


@pytest.mark.parametrize("name", ["create", "sync_dir"])
def test_what_cannot_be_made_ready_is_tried_once_and_a_press_does_without(
    name: str, bench: Bench, disk: WatchedFilesystem
) -> None:
    disk.before = refuse(errno.EIO, name=name, within="recordings")
    disk.calls.clear()
    for _ in range(5):
        bench.recorder.tick()
    steps = [call.name for call in disk.calls if "recordings" in call.path.parts]
    assert steps.count(name) == 1, "a card that refuses is not asked four times a second"
    assert ready(bench) == []
    assert not bench.recorder.status().faults
    disk.before = lambda _: None
    assert bench.press().number == 1
    bench.stop()
    bench.recorder.tick()
    assert ready(bench) == ["00000002.ledger"]


def test_a_number_is_used_up_whose_file_stays_and_is_not_sure(bench: Bench, disk: WatchedFilesystem) -> None:
    def before(call: Call) -> None:
        if call.name in {"sync_dir", "unlink"} and "recordings" in call.path.parts:
            raise OSError(errno.EIO, "refused")

    disk.before = before
    for _ in range(5):
        bench.recorder.tick()
    assert ready(bench) == ["00000001.ledger"], "one, however long the card refuses"
    disk.before = lambda _: None
    assert bench.press().number == 2
    bench.second()
    bench.stop()
    bench.boot()
    assert ready(bench) == []
    assert [each.number for each in bench.shelf.recordings()] == [2]
    assert bench.verify(2).ok


def test_on_a_full_card_the_press_makes_another_with_the_room_of_the_reserve(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.recorder.tick()
    disk.before = refuse(FULL, name="write", within="recordings", times=1)
    disk.calls.clear()
    assert bench.press().number == 1
    claim = "00000001.ledger"
    assert asked(disk) == [
        *[(name, claim) for name in ("write", "truncate", "truncate", "close", "unlink")],
        *[(name, claim) for name in ("create", "write", "sync_data")],
        ("sync_dir", "recordings"),
    ]
    bench.second()
    bench.stop()
    assert bench.verify(1).ok


def test_after_a_failed_sync_it_is_no_more_relied_on_than_one_that_the_press_made(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.recorder.tick()
    disk.before = refuse(errno.EIO, name="sync_data", within="recordings", times=1)
    assert not bench.press().ok
    assert ready(bench) == []
    disk.calls.clear()
    bench.second()
    assert bench.recorder.status().recording == 1
    assert asked(disk)[:2] == [("sync_dir", "recordings"), ("create", "00000001.ledger")]
    bench.stop()
    assert bench.verify(1).ok


def test_a_plan_that_cannot_be_written_leaves_it_for_the_next(
    bench: Bench, disk: WatchedFilesystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> bytes:
        raise LedgerError("no record")

    bench.recorder.tick()
    with monkeypatch.context() as patched:
        patched.setattr(LedgerWriter, "append", refused)
        with pytest.raises(LedgerError):
            bench.recorder.press()
    disk.calls.clear()
    assert bench.press().number == 1
    assert asked(disk) == [("write", "00000001.ledger"), ("sync_data", "00000001.ledger")]
