"""What a camera finds when it starts again, after a crash at any place."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device.recovery.inspection import inspect_recording
from device.recovery.recovery import recover
from protocol.footage.format.errors import KeysError
from protocol.footage.format.segment import read_segment
from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.sealing.opening import open_parts
from protocol.footage.verifying.verify import Verdict
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import Call, WatchedFilesystem, refuse
from tests.support.tries import tries

pytestmark = pytest.mark.slow


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path / "state")
    bench.root.mkdir()
    bench.boot()
    return bench


def crash(bench: Bench) -> None:
    """The power goes: the old run is simply gone, and another begins on what the folder holds."""
    bench.boot()


def test_a_crash_without_a_press_leaves_nothing_at_all(bench: Bench) -> None:
    # proves C2
    bench.seconds(15)
    left = {path: path.read_bytes() for path in bench.folders.ring.iterdir()}
    assert left
    crash(bench)
    assert bench.ring_files() == []
    assert bench.shelf.recordings() == ()
    run = bench.recorder.run
    assert all(read_segment(data).run.run != run for data in left.values()), "another run began"


def test_a_crash_during_a_recording_ends_it_cut_off(bench: Bench) -> None:
    # proves C3 and C5
    bench.seconds(12)
    bench.press()
    bench.seconds(6)
    crash(bench)
    (shelved,) = bench.shelf.recordings()
    assert (shelved.number, shelved.ended, shelved.receipt) == (1, "cut off", False)
    report = bench.verify(1)
    assert report.verdict is Verdict.WITHOUT_END, report.sentence
    assert report.duration_ns == 16 * SECOND_NS, "nothing that was stored is lost"
    folder = bench.folders.recording(1)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    on_card = {path.name: path.stat().st_size for path in folder.glob("*.seg")}
    assert dict(shelved.closed_segments) == on_card
    assert shelved.ledger_length == (folder / LEDGER_NAME).stat().st_size
    opened = list(open_parts(bench.files(1), bench.identity.private))
    assert len(opened) == 2 * 16


def test_recovery_done_twice_is_recovery_done_once(bench: Bench) -> None:
    bench.seconds(5)
    bench.press()
    bench.seconds(2)
    crash(bench)
    files, held = bench.files(1), bench.shelf.recordings()
    crash(bench)
    assert (bench.files(1), bench.shelf.recordings()) == (files, held)


def truncated(path: Path, cut: int) -> None:
    path.chmod(0o600)
    os.truncate(path, cut)


def zeroed(path: Path, cut: int) -> None:
    """The length reached the disk and the bytes did not."""
    path.chmod(0o600)
    data = path.read_bytes()
    path.write_bytes(data[:cut] + bytes(len(data) - cut))


@settings(max_examples=tries(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    share=st.floats(min_value=0, max_value=1),
    damage=st.sampled_from([truncated, zeroed]),
    which=st.integers(0, 2),
)
def test_an_incomplete_tail_is_cut_back_to_whole_records(
    tmp_path: Path, share: float, damage: Callable[[Path, int], None], which: int
) -> None:
    # proves C5
    shutil.rmtree(tmp_path)
    bench = Bench(tmp_path)
    bench.root.mkdir()
    bench.boot()
    bench.seconds(5)
    bench.press()
    bench.seconds(3)
    folder = bench.folders.recording(1)
    ledger, segment = folder / LEDGER_NAME, max(folder.glob("*.seg"))
    before = {ledger: ledger.stat().st_size, segment: segment.stat().st_size}
    bench.second()
    if segment != max(folder.glob("*.seg")):
        segment = max(folder.glob("*.seg"))
        before[segment] = 0
    for path in ((ledger,), (segment,), (ledger, segment))[which]:
        # What was appended before was durable; only the last record of each file can be truncated.
        damage(path, before[path] + round(share * (path.stat().st_size - before[path])))
    segment_too = which > 0
    if segment_too and which == 1:  # a chunk's keys follow the chunk, so they cannot be there without it
        damage(ledger, before[ledger])
    bench.boot()
    report = bench.verify(1)
    assert report.verdict is Verdict.WITHOUT_END, report.sentence
    assert report.duration_ns in {8 * SECOND_NS, 9 * SECOND_NS}, "the chunk being filled, and no more"


def test_a_ledger_that_is_whole_but_was_not_made_read_only_is_closed(bench: Bench) -> None:
    bench.seconds(4)
    bench.press()
    bench.stop()
    bench.folders.ledger(1).chmod(0o600)
    crash(bench)
    assert bench.shelf.recordings()[0].ended == "closed"
    assert bench.folders.ledger(1).stat().st_mode & 0o777 == 0o444
    assert bench.verify(1).verdict is Verdict.INTACT


def half_commit(bench: Bench) -> Path:
    """A commit that was cut off right before its rename."""
    bench.seconds(8)
    bench.press()
    bench.folders.recording(1).rename(bench.folders.unpublished(1))
    return bench.folders.unpublished(1)


def test_a_commit_that_lacked_only_its_rename_is_finished(bench: Bench) -> None:
    half_commit(bench)
    crash(bench)
    report = bench.verify(1)
    assert report.verdict is Verdict.WITHOUT_END
    assert report.duration_ns == 8 * SECOND_NS
    assert bench.recorder.status().made == 1


def test_what_a_killed_process_left_is_made_durable_before_anything_is_built_on_it(tmp_path: Path) -> None:
    # proves C8
    disk = WatchedFilesystem()
    bench = Bench(tmp_path / "state", disk=disk)
    bench.root.mkdir()
    bench.boot()
    half_commit(bench)
    disk.calls.clear()
    crash(bench)
    done = [(call.name, call.path) for call in disk.calls]
    folders = bench.folders
    first = min(done.index(("unlink", path)) for _, path in done if ("unlink", path) in done)
    for folder in (folders.root, folders.receipts, folders.recordings):
        assert ("sync_dir", folder) in done[:first]
    ledger = done.index(("sync_data", folders.unpublished(1) / LEDGER_NAME))
    assert ledger < done.index(("rename", folders.recording(1)))
    anew = done.index(("rename", folders.ledger(1)))
    assert ("sync_dir", folders.recording(1)) in done[:anew]


def test_a_segment_that_goes_is_gone_for_good_before_the_ledger_is_read_only(bench: Bench) -> None:
    # proves C8
    bench.press()  # a segment was linked, and the power went before its first keys
    kept = bench.folders.ledger(1).read_bytes()
    bench.second()
    (segment,) = bench.folders.recording(1).glob("*.seg")
    bench.folders.ledger(1).write_bytes(kept)
    bench.disk = disk = WatchedFilesystem()
    crash(bench)
    ledger, steps = bench.folders.ledger(1), [(call.name, call.path) for call in disk.calls]
    gone = steps.index(("unlink", segment))
    assert ("sync_dir", bench.folders.recording(1)) in steps[gone : steps.index(("rename", ledger))]
    assert not segment.exists()
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


@pytest.mark.parametrize(
    "what",
    ["ledger", "empty ledger", "truncated ledger", "first segment", "last segment", "truncated segment"],
)
def test_a_commit_that_lacks_more_is_discarded_and_its_number_used_again(bench: Bench, what: str) -> None:
    folder = half_commit(bench)
    segments = sorted(folder.glob("*.seg"))
    match what:
        case "ledger":
            (folder / LEDGER_NAME).unlink()
        case "empty ledger":  # the name reached the card before the bytes: the camera did not start again
            truncated(folder / LEDGER_NAME, 0)
        case "truncated ledger":
            truncated(folder / LEDGER_NAME, (folder / LEDGER_NAME).stat().st_size - 1)
        case "first segment":
            segments[0].unlink()
        case "last segment":
            segments[-1].unlink()
        case _:
            truncated(segments[-1], segments[-1].stat().st_size - 1)
    crash(bench)
    assert list(bench.folders.recordings.iterdir()) == []
    bench.seconds(2)
    assert bench.press().number == 1


def test_an_unfinished_commit_older_than_a_recording_is_discarded(bench: Bench) -> None:
    half_commit(bench)
    crash(bench)
    bench.seconds(2)
    bench.press()
    bench.stop()
    shutil.copytree(bench.folders.recording(1), bench.folders.unpublished(1))
    crash(bench)
    assert not bench.folders.unpublished(1).exists()
    assert bench.recorder.status().made == 2


def test_an_attempt_that_was_tried_again_leaves_under_every_name_that_it_ever_had(tmp_path: Path) -> None:
    failing = WatchedFilesystem()
    bench = Bench(tmp_path / "state", disk=failing)
    bench.root.mkdir()
    bench.boot()
    bench.seconds(2)
    failing.before = refuse(errno.EIO, name="sync_dir", within="/recordings$", times=1)
    bench.press()
    bench.second()
    assert bench.folders.claim(1).exists()
    assert bench.stop().number == 2
    bench.disk = disk = WatchedFilesystem()
    crash(bench)
    steps = [(call.name, call.path.name) for call in disk.calls]
    gone = steps.index(("unlink", "00000001.ledger"))
    assert ("sync_dir", "recordings") in steps[gone:], "before what it claims goes from the ring"
    assert [path.name for path in bench.folders.recordings.iterdir()] == ["00000002"]


def test_an_attempt_that_was_not_tried_again_is_finished_though_a_later_press_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C3
    monkeypatch.setattr("device.recording.executor.CHUNK_WAIT_S", 0.05)
    disk = WatchedFilesystem()
    bench = Bench(tmp_path / "state", disk=disk)
    bench.root.mkdir()
    bench.boot()
    bench.seconds(2)
    disk.before = refuse(errno.EIO, name="sync_dir", within="/recordings$", times=1)
    pressed_ns = bench.clock.now_ns
    assert not bench.press().ok
    bench.recorder.cut = lambda: None  # no chunk comes before the stop
    assert "will tell whether recording 1 is safe" in bench.stop().sentence
    bench.recorder.cut = bench.second
    bench.second()
    assert bench.press().number == 2
    bench.stop()
    crash(bench)
    assert [(each.number, each.ended) for each in bench.shelf.recordings()] == [(1, "cut off"), (2, "closed")]
    assert bench.verify(1).press_ns == pressed_ns


def test_a_full_card_does_not_keep_the_camera_from_starting(tmp_path: Path) -> None:
    # proves C8
    disk = WatchedFilesystem()
    bench = Bench(tmp_path / "state", disk=disk)
    bench.root.mkdir()
    bench.boot()
    bench.press()
    bench.second()
    disk.before = refuse(errno.ENOSPC, name="write", within="ledger")
    bench.seconds(4)  # the segment is closed, and the keys of its last chunks wait

    def full(call: Call) -> None:
        if call.name == "write":
            raise OSError(errno.ENOSPC, "full")
        if call.name == "open_append" and not call.path.stat().st_mode & 0o200:
            raise OSError(errno.EACCES, "it is read-only")  # which root would not be told

    disk.before = full
    crash(bench)
    assert bench.verify(1).verdict is Verdict.KEYS_MISSING
    assert not bench.shelf.recordings(), "it is not offered to the fleet until it is in order"
    disk.before = lambda _: None
    crash(bench)
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


def test_a_damaged_segment_does_not_keep_the_camera_from_starting(bench: Bench) -> None:
    bench.seconds(2)
    bench.press()
    bench.seconds(6)
    first = min(bench.folders.recording(1).glob("*.seg"))
    first.chmod(0o600)
    first.write_bytes(b"\xff" + first.read_bytes()[1:])
    first.chmod(0o400)
    crash(bench)
    assert bench.verify(1).verdict is Verdict.ALTERED


def test_damage_in_the_segment_that_was_being_written_is_not_taken_for_an_incomplete_tail(
    bench: Bench,
) -> None:
    # proves C3
    bench.press()
    bench.seconds(3)
    (segment,) = bench.folders.recording(1).glob("*.seg")
    data = bytearray(segment.read_bytes())
    second = read_segment(bytes(data)).chunks[1]
    data[second.offset] ^= 0xFF
    segment.write_bytes(data)
    crash(bench)
    assert segment.read_bytes() == data, "what comes after it stays"
    assert bench.verify(1).verdict is Verdict.ALTERED


def test_a_removal_that_was_cut_off_is_finished(bench: Bench) -> None:
    bench.seconds(2)
    bench.press()
    bench.stop()
    bench.folders.recording(1).rename(bench.folders.removed(1))
    min(bench.folders.removed(1).iterdir()).unlink()
    crash(bench)
    assert list(bench.folders.recordings.iterdir()) == []


def test_a_receipt_that_was_not_put_in_place_leaves_no_other_file(bench: Bench) -> None:
    bench.seconds(2)
    bench.press()
    bench.stop()
    (bench.folders.recording(1) / "receipt.cbor.new").write_bytes(b"half")
    crash(bench)
    assert bench.verify(1).verdict is Verdict.INTACT


def test_the_remainder_of_a_failed_write_gives_way_to_the_chunk_that_was_written_again(bench: Bench) -> None:
    # proves C6
    bench.seconds(5)
    bench.press()
    bench.seconds(2)
    folder = bench.folders.recording(1)
    first, second = sorted(folder.glob("*.seg"))[-2:]
    assert read_segment(second.read_bytes()).run.first_seq == 4
    data = read_segment(second.read_bytes())
    remainder = second.read_bytes()[data.chunks[0].offset : data.chunks[0].end]
    first.chmod(0o600)
    first.write_bytes(first.read_bytes() + remainder)
    crash(bench)
    assert bench.verify(1).verdict is Verdict.WITHOUT_END, bench.verify(1).sentence


def test_a_segment_is_put_in_order_in_a_file_of_its_own(bench: Bench, tmp_path: Path) -> None:
    # proves C3
    # A sync of it had failed, and the process ended without the machine: a later sync of the same file proved
    # nothing, and the power cut that followed brought the cut chunk back into a file that was read-only.
    bench.seconds(5)
    bench.press()
    bench.seconds(2)
    segment = max(bench.folders.recording(1).glob("*.seg"))
    truncated = segment.read_bytes() + b"truncated"
    segment.write_bytes(truncated)
    doubtful = tmp_path / "doubtful"
    os.link(segment, doubtful)
    crash(bench)
    assert not segment.samefile(doubtful)
    assert doubtful.read_bytes() == truncated
    assert segment.read_bytes() == truncated.removesuffix(b"truncated")
    assert segment.stat().st_mode & 0o777 == 0o444
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


def test_on_a_full_card_a_segment_is_cut_where_it_lies(bench: Bench) -> None:
    bench.seconds(5)
    bench.press()
    bench.seconds(2)
    segment = max(bench.folders.recording(1).glob("*.seg"))
    whole = segment.read_bytes()
    segment.write_bytes(whole + b"truncated")
    full = refuse(errno.ENOSPC, name="write", within=segment.name, times=99)
    recover(WatchedFilesystem(before=full), bench.folders, delete=False)
    assert segment.read_bytes() == whole
    assert segment.stat().st_mode & 0o777 == 0o444
    assert not list(segment.parent.glob("*.new"))
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


def test_a_damaged_ledger_is_kept_for_a_person_to_look_at(bench: Bench) -> None:
    # proves C8
    bench.seconds(2)
    bench.press()
    crash(bench)
    ledger = bench.folders.ledger(1)
    ledger.chmod(0o600)
    ledger.write_bytes(b"\xff" + ledger.read_bytes()[1:])
    files = bench.files(1)
    crash(bench)
    assert bench.files(1) == files
    assert bench.recorder.status().made == 1


def test_what_cannot_be_read_without_its_keys_stays_so(bench: Bench) -> None:
    # proves C9
    bench.seconds(4)
    bench.press()
    bench.second()
    files = bench.files(1)
    other = Bench(bench.root.parent / "other").identity.private
    assert list(open_parts(files, other)), "the recipient can"
    camera_secrets = bench.identity.camera_key.private_bytes_raw()
    assert all(camera_secrets not in data for data in files.values())
    ledger = read_ledger(files[LEDGER_NAME])
    assert {each.key_id for each in ledger.open.recipients} == {bench.identity.recipient.key_id}


def test_a_key_of_nobody_opens_nothing(bench: Bench) -> None:
    # proves C9
    from protocol.footage.sealing.keys import generate_private_key  # noqa: PLC0415 - for this test alone

    bench.seconds(4)
    bench.press()
    with pytest.raises(KeysError):
        list(open_parts(bench.files(1), generate_private_key()))


@pytest.mark.slow
def test_a_full_card_is_put_in_order_in_under_a_second(bench: Bench) -> None:
    bench.seconds(12)
    bench.press()
    bench.seconds(30)
    bench.stop()
    source = bench.folders.recording(1)
    for number in range(2, 500):
        copy = bench.folders.recording(number)
        copy.mkdir()
        for path in source.iterdir():
            os.link(path, copy / path.name)
    began = time.process_time()
    found = recover(bench.disk, bench.folders, delete=False)
    assert len(found.recordings) == found.number == 499
    assert {each.ended for each in found.recordings} == {"closed"}
    assert time.process_time() - began < 1


def test_a_ledger_is_closed_only_by_its_last_record(bench: Bench) -> None:
    bench.seconds(2)
    bench.press()
    bench.stop()
    ledger = bench.folders.ledger(1)
    whole = ledger.read_bytes()
    for cut in (1, 10, 100):
        ledger.chmod(0o600)
        ledger.write_bytes(whole[:-cut])
        assert inspect_recording(bench.disk, bench.folders, 1).ended == "cut off"
    ledger.write_bytes(whole)
    assert inspect_recording(bench.disk, bench.folders, 1).ended == "closed"


def test_a_press_names_the_seconds_that_are_durable_and_no_power_cut_takes_one_back(bench: Bench) -> None:
    # What waited for a card's pause counted as held: 19.5 s were promised, and 16.0 were there after a cut.
    # proves C3
    bench.seconds(6)
    bench.wait(1.5)
    promised_s = bench.press().prerecord_s
    crash(bench)
    report = bench.verify(1)
    assert promised_s == 6.0
    assert report.prerecord_ns == 6 * SECOND_NS
    assert "6.0 s in 6 chunks, 6.0 s of it before the press" in report.sentence
    assert "it ends 1.5 s before the press" in report.sentence


def test_a_ledger_is_put_in_order_in_a_file_of_its_own(bench: Bench, tmp_path: Path) -> None:
    # A sync of it had failed, and the process ended without the machine: cut where it lay, what was cut off
    # came back with a power cut into a file that was read-only, and the recording read as altered.
    # proves C3
    bench.seconds(2)
    bench.press()
    ledger = bench.folders.ledger(1)
    whole = ledger.read_bytes()
    ledger.write_bytes(whole + b"half a record")
    doubtful = tmp_path / "doubtful"
    os.link(ledger, doubtful)
    crash(bench)
    assert not ledger.samefile(doubtful)
    assert ledger.read_bytes() == whole
    assert ledger.stat().st_mode & 0o777 == 0o444
    full = refuse(errno.ENOSPC, name="write", within="ledger", times=99)
    ledger.chmod(0o600)
    ledger.write_bytes(whole + b"half a record")
    recover(WatchedFilesystem(before=full), bench.folders, delete=False)
    assert ledger.read_bytes() == whole, "on a full card it is cut where it lies"
    assert ledger.stat().st_mode & 0o777 == 0o444


def test_a_chunk_without_keys_leaves_a_segment_that_is_read_only_too(bench: Bench) -> None:
    # Its mode was on the card, and the keys of its last chunk were not.
    # proves C5
    bench.press()
    bench.seconds(3)
    ledger = bench.folders.ledger(1)
    (segment,) = bench.folders.recording(1).glob("*.seg")
    last = read_ledger(ledger.read_bytes()).entries[-1]
    truncated(ledger, last.offset)
    segment.chmod(0o444)
    crash(bench)
    assert [chunk.header.seq for chunk in read_segment(segment.read_bytes()).chunks] == [0, 1]
    assert segment.stat().st_mode & 0o777 == 0o444
    assert bench.verify(1).verdict is Verdict.WITHOUT_END
