"""Presses whose folder was not finished when the camera ended: what the next start makes of them."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.verifying.verify import Verdict
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import Call, WatchedFilesystem, refuse


def claimed(bench: Bench, seconds: int = 8) -> Path:
    """A press whose folder was not begun when the power went, and what was filmed since."""
    bench.seconds(seconds)
    disk = bench.disk
    assert isinstance(disk, WatchedFilesystem)
    disk.before = refuse(errno.EIO, name="mkdir", within="recordings")
    bench.press()
    bench.seconds(3)
    disk.before = lambda _: None
    return bench.folders.claim(1)


def truncated(path: Path, length: int) -> None:
    path.chmod(0o600)
    os.truncate(path, length)


@pytest.fixture
def watched(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path / "watched", disk=WatchedFilesystem())
    bench.root.mkdir()
    bench.boot()
    return bench


def test_a_press_whose_folder_was_not_begun_is_finished(watched: Bench) -> None:
    # proves C3 and C5
    claimed(watched)
    watched.boot()
    report = watched.verify(1)
    assert report.verdict is Verdict.WITHOUT_END, report.sentence
    assert report.duration_ns == 11 * SECOND_NS
    assert [path.name for path in watched.folders.recordings.iterdir()] == ["00000001"]
    assert watched.recorder.status().made == 1


def test_what_is_claimed_leaves_the_ring_only_once_its_folder_is_durable(watched: Bench) -> None:
    # proves C3
    claim = claimed(watched)
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)
    disk.calls.clear()
    watched.boot()
    steps = [(call.name, call.path) for call in disk.calls]
    folders = watched.folders
    for step in (
        ("sync_dir", folders.recordings),
        ("sync_data", claim),
        ("mkdir", folders.unpublished(1)),
        ("sync_dir", folders.unpublished(1)),
        ("rename", folders.recording(1)),
        ("sync_dir", folders.recordings),
        ("unlink", claim),
        ("sync_dir", folders.recordings),
    ):
        before, steps = steps[: steps.index(step)], steps[steps.index(step) + 1 :]
        assert not any(name == "unlink" and path.parent == folders.ring for name, path in before), step


@pytest.mark.parametrize("keep", [0, 100, -1])
def test_a_claim_that_is_not_whole_was_never_acknowledged_and_goes(watched: Bench, keep: int) -> None:
    claim = claimed(watched)
    first = next(iter(read_ledger(claim.read_bytes()).entries))
    truncated(claim, first.end + 20 if keep < 0 else keep)
    watched.boot()
    assert list(watched.folders.recordings.iterdir()) == []
    watched.seconds(2)
    assert watched.press().number == 1


def test_a_claim_without_its_press_was_never_acknowledged(watched: Bench) -> None:
    claim = claimed(watched)
    entries = read_ledger(claim.read_bytes()).entries
    press = next(each for each in entries if each.kind == "event")
    truncated(claim, press.offset)
    watched.boot()
    assert list(watched.folders.recordings.iterdir()) == []


def test_live_chunks_of_a_claim_that_were_cut_off_do_not_cost_its_press(watched: Bench) -> None:
    # proves C3
    claim = claimed(watched)
    truncated(claim, claim.stat().st_size - 20)
    watched.boot()
    assert watched.verify(1).verdict is Verdict.WITHOUT_END
    assert watched.verify(1).duration_ns == 10 * SECOND_NS


def test_a_claim_beside_its_folder_goes_and_the_folder_stays(watched: Bench) -> None:
    # proves C8
    watched.seconds(4)
    watched.press()
    watched.stop()
    os.link(watched.folders.ledger(1), watched.folders.claim(1))
    files = watched.files(1)
    watched.boot()
    assert watched.files(1) == files
    assert not watched.folders.claim(1).exists()


def test_a_folder_that_was_begun_is_completed_from_the_ring(watched: Bench) -> None:
    # proves C3
    claimed(watched)
    begun = watched.folders.unpublished(1)
    begun.mkdir()
    first = min(watched.folders.ring.iterdir())
    os.link(first, begun / first.name)
    watched.boot()
    assert watched.verify(1).duration_ns == 11 * SECOND_NS


def test_only_the_segments_of_a_claim_are_linked(watched: Bench) -> None:
    watched.seconds(13)  # the first segment has left the window
    other = watched.folders.ring / f"{bytes(16).hex()}-00000000.seg"
    claimed(watched, seconds=0)
    other.write_bytes(b"another run's")
    (watched.folders.ring / f"{watched.recorder.run.hex()}-00000099.seg").write_bytes(b"")
    watched.boot()
    report = watched.verify(1)
    assert report.verdict is Verdict.WITHOUT_END, report.sentence
    assert report.duration_ns == 13 * SECOND_NS


def test_a_press_without_footage_is_finished_without_a_segment(watched: Bench) -> None:
    # proves C3
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)
    disk.before = refuse(errno.EIO, name="mkdir", within="recordings")
    assert watched.press().ok
    disk.before = lambda _: None
    watched.boot()
    assert set(watched.files(1)) == {LEDGER_NAME}
    assert watched.verify(1).verdict is Verdict.WITHOUT_END


def test_on_a_full_card_a_claim_waits_for_the_next_start_and_keeps_what_it_claims(watched: Bench) -> None:
    # proves C3 and C8
    claim = claimed(watched)
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)
    claims = set(watched.ring_files())
    watched.recorder.tick()
    assert watched.folders.recording(1).exists() is True
    os.link(watched.folders.ledger(1), claim)
    for name in claims:
        path = watched.folders.ring / name
        if not path.exists():
            os.link(watched.folders.recording(1) / name, path)
    shutil.rmtree(watched.folders.recording(1))
    disk.before = refuse(errno.ENOSPC, name="mkdir", within="recordings")
    watched.boot()
    assert claim.exists()
    assert not watched.folders.reserve.exists(), "its room was tried first"
    watched.seconds(15)
    assert claims <= set(watched.ring_files())
    disk.before = lambda _: None
    assert watched.press().number == 2, "its number is used"
    opening = read_ledger(watched.files(2)[LEDGER_NAME]).open
    assert opening.previous_open == read_ledger(claim.read_bytes()).open_digest
    watched.boot()
    assert watched.verify(1).duration_ns == 11 * SECOND_NS


def test_a_full_card_without_a_reserve_does_not_keep_a_camera_from_starting(watched: Bench) -> None:
    # proves C8
    claim = claimed(watched)
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)
    disk.before = refuse(errno.ENOSPC, name="mkdir", within="recordings")
    watched.folders.reserve.unlink(missing_ok=True)
    watched.boot()
    assert claim.exists()
    disk.before = lambda _: None
    watched.boot()
    assert watched.verify(1).duration_ns == 11 * SECOND_NS


def test_a_folder_that_was_tried_again_leaves_under_every_name_that_it_ever_had(watched: Bench) -> None:
    watched.seconds(2)
    watched.press()
    watched.stop()
    shutil.copytree(watched.folders.recording(1), watched.folders.recording(2))
    watched.folders.recording(1).rename(watched.folders.unpublished(1))
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)
    disk.calls.clear()
    watched.boot()
    steps = [("rename", "00000001"), ("rename", "00000001.gone"), ("sync_dir", "recordings")]
    steps.append(("unlink", "ledger.cbor"))
    begun = disk.calls.index(next(call for call in disk.calls if call.name == "rename"))
    del disk.calls[:begun]
    assert [step for call in disk.calls if (step := (call.name, call.path.name)) in steps] == steps
    assert [path.name for path in watched.folders.recordings.iterdir()] == ["00000002"]


@pytest.mark.parametrize("lacks", ["first", "last", "middle", "all", "ledger"])
def test_a_folder_that_lacks_what_its_ledger_names_gets_it_from_the_ring(watched: Bench, lacks: str) -> None:
    # The last sync of a publication had failed and its folder was taken apart; a power cut left the folder
    # under its name, in part, and the claim, which was let go of beside it.
    # proves C3 and C5
    claim = claimed(watched, seconds=12)
    folder = watched.folders.recording(1)
    folder.mkdir()
    names = [path.name for path in sorted(watched.folders.ring.iterdir())]
    assert len(names) > 2
    gone = {"first": names[:1], "last": names[-1:], "middle": names[1:2], "all": names}.get(lacks, [])
    for name in sorted({*names} - {*gone}):
        os.link(watched.folders.ring / name, folder / name)
    if lacks != "ledger":
        os.link(claim, folder / LEDGER_NAME)
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)
    disk.calls.clear()
    watched.boot()
    report = watched.verify(1)
    assert report.verdict is Verdict.WITHOUT_END, report.sentence
    assert report.duration_ns == 13 * SECOND_NS
    assert not claim.exists()
    steps = [(call.name, call.path) for call in disk.calls]
    synced = steps.index(("sync_dir", folder))
    assert ("sync_data", claim if lacks == "ledger" else folder / LEDGER_NAME) in steps[:synced]
    assert synced < steps.index(("unlink", claim)), "what it had lacked is durable before its claim goes"


def test_a_folder_beside_its_claim_gets_nothing_that_is_not_its_own(watched: Bench) -> None:
    # The claim of a recording that is complete came back, and the ring had not let go of all of its segments.
    # proves C8
    watched.seconds(12)
    ring = watched.root / "kept"
    shutil.copytree(watched.folders.ring, ring)
    watched.press()
    watched.seconds(5)
    watched.stop()
    os.link(watched.folders.ledger(1), watched.folders.claim(1))
    files = watched.files(1)
    for path in watched.folders.ring.iterdir():
        path.unlink()
    first = min(ring.iterdir())
    os.link(first, watched.folders.ring / first.name)
    watched.boot()
    assert watched.files(1) == files
    assert not watched.folders.claim(1).exists()


def test_a_damaged_ledger_beside_its_claim_is_left_for_a_person(watched: Bench) -> None:
    # proves C8
    watched.seconds(3)
    watched.press()
    watched.stop()
    ledger = watched.folders.ledger(1)
    os.link(ledger, watched.folders.claim(1))
    data = b"\xff" + ledger.read_bytes()[1:]
    ledger.unlink()
    ledger.write_bytes(data)
    watched.boot()
    assert ledger.read_bytes() == data
    assert not watched.folders.claim(1).exists()


def test_a_folder_that_was_begun_is_made_anew_where_the_ring_has_all(watched: Bench) -> None:
    # A sync of it may have failed before the process ended: a later one would show nothing about its names.
    # proves C3
    claimed(watched)
    begun = watched.folders.unpublished(1)
    begun.mkdir()
    for path in watched.folders.ring.iterdir():
        os.link(path, begun / path.name)
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)
    disk.calls.clear()
    watched.boot()
    steps = [(call.name, call.path) for call in disk.calls]
    assert steps.index(("rmdir", begun)) < steps.index(("mkdir", begun))
    assert watched.verify(1).duration_ns == 11 * SECOND_NS


def test_a_folder_that_was_begun_is_kept_where_the_ring_has_not_all(watched: Bench) -> None:
    # proves C3
    claimed(watched)
    begun = watched.folders.unpublished(1)
    begun.mkdir()
    for path in sorted(watched.folders.ring.iterdir()):
        os.link(path, begun / path.name)
        path.unlink()
    watched.boot()
    assert watched.verify(1).duration_ns == 11 * SECOND_NS


def test_a_folder_without_a_claim_whose_last_chunk_was_cut_off_is_published(watched: Bench) -> None:
    # proves C3
    watched.seconds(4)
    watched.press()
    watched.seconds(3)
    folder = watched.folders.recording(1)
    truncated(folder / LEDGER_NAME, (folder / LEDGER_NAME).stat().st_size - 20)
    folder.rename(watched.folders.unpublished(1))
    watched.boot()
    assert watched.verify(1).verdict is Verdict.WITHOUT_END
    assert watched.verify(1).duration_ns == 6 * SECOND_NS


def test_a_full_card_gives_a_folder_what_it_lacks_from_the_reserve(watched: Bench) -> None:
    # proves C8
    claim = claimed(watched)
    folder = watched.folders.recording(1)
    folder.mkdir()
    os.link(claim, folder / LEDGER_NAME)
    watched.folders.reserve.write_bytes(b"room")
    disk = watched.disk
    assert isinstance(disk, WatchedFilesystem)

    def full(call: Call) -> None:
        if call.name == "link" and watched.folders.reserve.exists():
            raise OSError(errno.ENOSPC, "full")

    disk.before = full
    watched.boot()
    assert watched.verify(1).duration_ns == 11 * SECOND_NS


def test_a_claim_of_a_recording_that_the_fleet_has_goes_and_brings_nothing_back(watched: Bench) -> None:
    # proves C8
    claim = claimed(watched)
    watched.folders.receipt(1).write_bytes(b"durable")
    watched.boot()
    assert not claim.exists()
    assert watched.shelf.recordings() == ()
    assert list(watched.folders.recordings.iterdir()) == []
    watched.seconds(2)
    assert watched.press().number == 2
