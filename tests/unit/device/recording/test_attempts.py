"""Presses that the card did not take: what of them it may hold all the same, and what that needs."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from protocol.footage.verifying.verify import Verdict
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import Call, WatchedFilesystem, refuse


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def bench(tmp_path: Path, disk: WatchedFilesystem) -> Bench:
    bench = Bench(tmp_path / "state", disk=disk)
    bench.root.mkdir()
    bench.boot()
    return bench


def asked(disk: WatchedFilesystem) -> list[tuple[str, str]]:
    """What was asked of ``recordings/``, as far as the next ledger's write."""
    steps = [(call.name, call.path.name) for call in disk.calls if "recordings" in call.path.parts]
    return steps[: next(at for at, (name, _) in enumerate(steps) if name == "write")]


@pytest.mark.parametrize("name", ["sync_data", "sync_dir"])
def test_after_a_failed_sync_the_card_has_to_take_one_before_the_next_attempt_and_not_before_others(
    name: str, bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name=name, within="recordings", times=1)
    assert not bench.press().ok
    disk.calls.clear()
    bench.second()
    number = bench.recorder.status().recording
    assert number == (2 if name == "sync_dir" else 1)
    ledger = f"{number:08d}.ledger"
    assert asked(disk) == [("sync_dir", "recordings"), ("create", ledger)]
    bench.stop()
    disk.calls.clear()
    bench.press()
    assert asked(disk) == [("create", f"{number + 1:08d}.ledger")]


def test_after_a_refused_write_nothing_is_in_doubt(bench: Bench, disk: WatchedFilesystem) -> None:
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name="write", within="recordings", times=1)
    assert not bench.press().ok
    disk.calls.clear()
    bench.second()
    assert asked(disk) == [("create", "00000001.ledger")]


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.parametrize("name", ["sync_data", "sync_dir"])
def test_what_an_attempt_claims_stays_in_the_ring_while_the_card_may_hold_it(
    name: str, bench: Bench, disk: WatchedFilesystem, *, stays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C3
    monkeypatch.setattr("device.recording.executor.CHUNK_WAIT_S", 0.05)
    bench.seconds(12)
    claimed = set(bench.ring_files()[1:])
    failing = {name, "unlink"} if stays else {name}

    def before(call: Call) -> None:
        if call.name in failing and "recordings" in call.path.parts:
            raise OSError(errno.EIO, "refused")

    disk.before = before
    assert not bench.press().ok
    bench.recorder.cut = lambda: None
    bench.stop()  # nobody wants it any more
    bench.recorder.cut = bench.second
    disk.before = lambda _: None
    bench.seconds(20)
    assert claimed <= set(bench.ring_files())
    if name == "sync_dir" or stays:
        return
    assert bench.press().ok  # the card takes a sync: what was taken back is gone for good
    bench.second()
    assert not claimed & set(bench.ring_files())


def test_an_attempt_that_nobody_tried_again_is_a_recording_at_the_next_start(
    bench: Bench, disk: WatchedFilesystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C3
    monkeypatch.setattr("device.recording.executor.CHUNK_WAIT_S", 0.05)
    bench.seconds(12)
    disk.before = refuse(errno.EIO, name="sync_dir", within="recordings$", times=1)
    assert not bench.press().ok
    bench.recorder.cut = lambda: None
    bench.stop()
    bench.recorder.cut = bench.second
    bench.seconds(20)
    bench.boot()
    assert [(each.number, each.ended) for each in bench.shelf.recordings()] == [(1, "cut off")]
    report = bench.verify(1)
    assert report.verdict is Verdict.WITHOUT_END, report.sentence
    assert report.duration_ns == 10 * SECOND_NS, "with all of its window"


def test_of_an_attempt_whose_removal_cannot_be_synced_nobody_knows(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.seconds(12)
    claimed = set(bench.ring_files()[1:])
    disk.before = refuse(errno.EIO, name="sync_data", within="recordings", times=1)
    assert not bench.press().ok
    disk.before = refuse(errno.EIO, name="sync_dir", within="recordings$", times=1)
    bench.second()
    assert bench.recorder.status().recording is None
    bench.second()
    assert bench.recorder.status().recording == 1
    bench.stop()
    bench.seconds(20)
    assert claimed <= set(bench.ring_files())
