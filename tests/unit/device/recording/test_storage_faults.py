"""Storage that fails: what is lost is said, what is stored stays, and the recording goes on when it can."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from device.recording.state import Event
from device.storage.filesystem import PosixFilesystem
from protocol.footage.format.model import GapCause, Track
from protocol.footage.ledger.event_record import LedgerEvent
from protocol.footage.ledger.ledger import EventKind, iter_ledger, read_ledger
from protocol.footage.ledger.open_record import Open
from protocol.footage.ledger.unconfirmed import Unconfirmed
from protocol.footage.verifying.chains.chain import ChainKind, check_chains
from protocol.footage.verifying.verify import Verdict
from protocol.messages.events import CameraEvent, NewsKind
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import FULL, Call, WatchedFilesystem, refuse

pytestmark = pytest.mark.slow

CODES = [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS]


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def bench(tmp_path: Path, disk: WatchedFilesystem) -> Bench:
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    return bench


def no_longer(disk: WatchedFilesystem) -> None:
    disk.before = lambda _: None


def assert_let_go(disk: WatchedFilesystem, *, recording: bool = True) -> None:
    """No file that failed is kept open: there are a segment and the ledger of a recording at most."""
    still_open = [file.path.suffix for file in disk.opened if not file.closed]
    assert still_open.count(".seg") <= 1
    assert still_open.count(".ledger") == recording


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["create", "write", "sync_data"])
def test_chunks_that_cannot_be_stored_become_one_signed_gap(
    bench: Bench, disk: WatchedFilesystem, name: str, code: int
) -> None:
    # proves C6
    bench.seconds(5)
    bench.press()
    bench.seconds(2)
    begins = bench.clock.now_ns if name != "create" else bench.clock.now_ns + SECOND_NS
    disk.before = refuse(code, name=name, within=".seg")
    bench.seconds(4)
    assert_let_go(disk)
    status = bench.recorder.status()
    assert status.state is Mode.FAULT
    assert status.faults[0].endswith(".")
    ends = bench.clock.now_ns
    no_longer(disk)
    bench.seconds(3)
    assert bench.recorder.status().state is Mode.RECORDING
    assert bench.recorder.status().faults == ()
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert {(gap.track, gap.start_ns, gap.duration_ns, gap.cause) for gap in report.gaps} == {
        (track, begins, ends - begins, GapCause.STORAGE) for track in Track
    }
    kinds = [event.kind for event in read_ledger(bench.files(1)["ledger.cbor"]).events]
    assert kinds.count(EventKind.FAULT) == 1, "said once, in the ledger too"


@pytest.mark.parametrize("code", CODES)
def test_a_chunk_that_could_not_be_stored_leaves_no_key(
    bench: Bench, disk: WatchedFilesystem, code: int
) -> None:
    # proves C2
    bench.seconds(3)
    keys = bench.recorder._parts.window._keys
    disk.before = refuse(code, name="sync_data", within=".seg")
    bench.seconds(3)
    assert len(keys) == 2 * 3


def test_a_failed_sync_of_a_segment_is_never_tried_again_on_it(bench: Bench, disk: WatchedFilesystem) -> None:
    bench.seconds(2)
    disk.before = refuse(errno.EIO, name="sync_data", within=".seg", times=1)
    disk.calls.clear()
    bench.seconds(3)
    first = next(call.path for call in disk.calls if call.name == "write")
    assert [call.name for call in disk.calls if call.path == first] == [
        "write", "sync_data", "truncate", "close",
    ]  # fmt: skip
    bench.press()
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT_WITH_GAPS


@pytest.mark.parametrize("name", ["write", "sync_data"])
def test_what_was_cut_off_a_failed_segment_may_come_back_after_a_crash(
    bench: Bench, disk: WatchedFilesystem, name: str
) -> None:
    # proves C6
    bench.seconds(2)
    failed: list[bytes] = []

    def before(call: Call) -> None:
        if call.name == name and call.path.suffix == ".seg" and not failed:
            failed.append(call.path.read_bytes())
            refuse(errno.EIO)(call)

    bench.press()
    disk.before = before
    bench.seconds(2)
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT_WITH_GAPS
    assert bench.shelf.recordings()[0].ended == "closed"
    assert all(file.closed for file in disk.opened), "the recording and its last segment are let go of"
    if name == "write":  # cut and synced, so it cannot come back
        assert bench.folders.ledger(1).stat().st_mode & 0o777 == 0o444
        return
    segment = min(bench.folders.recording(1).glob("*.seg"))
    assert failed[0].startswith(segment.read_bytes())
    segment.write_bytes(failed[0])
    bench.boot()
    assert bench.verify(1).verdict is Verdict.INTACT_WITH_GAPS, bench.verify(1).sentence
    assert bench.shelf.recordings()[0].ended == "closed"
    assert bench.folders.ledger(1).stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["create", "write", "sync_data", "sync_dir"])
def test_a_commit_that_fails_is_not_acknowledged_and_is_tried_again_with_the_next_chunk(
    bench: Bench, disk: WatchedFilesystem, name: str, code: int
) -> None:
    # proves C3
    bench.seconds(8)
    before = bench.clock.now_ns
    disk.before = refuse(code, name=name, within="recordings", times=2 if code in {FULL, errno.EDQUOT} else 1)
    outcome = bench.press()
    assert not outcome.ok
    assert "still trying" in outcome.sentence
    assert bench.recorder.status().state is Mode.FAULT
    no_longer(disk)
    assert_let_go(disk, recording=False)
    left = [path.name for path in bench.folders.recordings.iterdir()]
    assert left == (["00000001.ledger"] if name == "sync_dir" else [])
    bench.seconds(3)
    status = bench.recorder.status()
    assert (status.state, status.recording) == (Mode.RECORDING, bench.recorder.status().made)
    assert bench.stop().ok
    number = status.made
    report = bench.verify(number)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.press_ns == before
    assert report.duration_ns == 12 * SECOND_NS, "the pre-record is still there"
    assert bench.press().number == number + 1


LAST_SYNC = r"/recordings$"
"""The sync that makes a recording's name durable."""


@pytest.mark.parametrize("code", CODES)
def test_a_recording_whose_last_sync_fails_is_shown_to_nobody_and_its_number_is_not_given_again(
    bench: Bench, disk: WatchedFilesystem, code: int
) -> None:
    # proves C3, C8 and L3
    bench.seconds(3)
    disk.before = refuse(code, name="sync_dir", within=LAST_SYNC)
    assert "still trying" in bench.press().sentence
    no_longer(disk)
    assert bench.shelf.recordings() == (), "a power cut could take it away"
    bench.second()
    assert bench.recorder.status().recording == 2
    assert [each.number for each in bench.shelf.recordings()] == [2]
    opening = read_ledger(bench.files(2)["ledger.cbor"]).open
    assert opening.previous_open is None, "no recording was made sure of before it"
    bench.stop()
    bench.boot()
    assert [each.number for each in bench.shelf.recordings()] == [2], "it was tried again, and that was kept"
    assert bench.press().number == 3


def test_a_recording_whose_last_sync_failed_is_there_at_the_next_start_if_no_other_came(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name="sync_dir", within=LAST_SYNC)
    bench.press()
    no_longer(disk)
    names = [path.name for path in bench.folders.recordings.iterdir()]
    assert names == ["00000001.ledger"], "the name may be on the card or not"
    disk.calls.clear()
    bench.boot()
    published = [(call.name, call.path.name) for call in disk.calls]
    at = published.index(("rename", "00000001"))
    assert ("sync_dir", "recordings") in published[at:], "and so it is published"
    assert [(each.number, each.ended) for each in bench.shelf.recordings()] == [(1, "cut off")]
    assert bench.verify(1).verdict is Verdict.WITHOUT_END
    bench.second()
    bench.press()
    opening = read_ledger(bench.files(2)["ledger.cbor"]).open
    assert opening.previous_open == read_ledger(bench.files(1)["ledger.cbor"]).open_digest


def test_an_attempt_that_turns_up_after_another_press_is_one_that_the_next_recording_told_of(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves L3
    bench.seconds(3)
    assert bench.press().ok
    assert bench.stop().ok
    disk.before = refuse(errno.ENOSPC, name="sync_dir", within=LAST_SYNC)
    assert not bench.press().ok
    bench.stop()
    no_longer(disk)
    bench.seconds(3)
    assert bench.press().number == 3
    assert bench.stop().ok
    opening, *told = (each.record for each in iter_ledger(bench.files(3)["ledger.cbor"]))
    assert isinstance(opening, Open)
    first = read_ledger(bench.files(1)["ledger.cbor"])
    assert opening.previous_open == first.open_digest, "no other was acknowledged since"
    [never] = [each for each in told if isinstance(each, LedgerEvent) and "unconfirmed" in each.detail]
    assert never.detail["what"] == (
        "The card did not confirm recording 2, so it was not acknowledged. "
        "It may be on the card all the same."
    )
    bench.boot()
    assert [each.number for each in bench.shelf.recordings()] == [1, 2, 3], "the card had it all the same"
    links = [bench.verify(number).link for number in (1, 2, 3)]
    found = check_chains(link for link in links if link is not None)
    assert [(each.kind, each.numbers) for each in found] == [(ChainKind.UNCONFIRMED, (2, 3))]
    assert bench.press().number == 4
    assert read_ledger(bench.files(4)["ledger.cbor"]).unconfirmed == (), "what was told is not told again"


def test_a_number_whose_file_the_card_did_not_take_is_told_of_too(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves L3
    failing = {("sync_dir", "recordings"), ("unlink", "00000001.ledger")}

    def before(call: Call) -> None:
        if (call.name, call.path.name) in failing:
            failing.remove((call.name, call.path.name))
            raise OSError(errno.EIO, "refused")

    disk.before = before
    bench.seconds(3)
    bench.recorder.tick()
    bench.seconds(2)
    no_longer(disk)
    assert bench.press().number == 2, "the first has a file with nothing in it"
    assert read_ledger(bench.files(2)["ledger.cbor"]).unconfirmed == (Unconfirmed(1, None),)


def test_an_attempt_that_could_not_be_taken_back_uses_its_number_up(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench.seconds(3)
    failing = {("sync_data", "00000001.ledger"), ("unlink", "00000001.ledger")}

    def before(call: Call) -> None:
        if (call.name, call.path.name) in failing:
            failing.remove((call.name, call.path.name))
            raise OSError(errno.EIO, "refused")

    disk.before = before
    bench.press()
    assert bench.folders.claim(1).exists()
    assert bench.shelf.recordings() == ()
    bench.second()
    assert bench.recorder.status().recording == 2
    names = sorted(path.name for path in bench.folders.recordings.iterdir())
    assert names == ["00000001.ledger", "00000002"]
    bench.boot()
    assert [each.number for each in bench.shelf.recordings()] == [2]


def test_a_card_that_refuses_the_last_sync_again_and_again_does_not_fill_up_with_attempts(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name="sync_dir", within=LAST_SYNC)
    bench.press()
    bench.seconds(5)
    assert [path.name for path in bench.folders.recordings.iterdir()] == ["00000001.ledger"]
    no_longer(disk)
    bench.second()
    assert bench.recorder.status().recording == 2
    assert bench.stop().ok
    assert bench.verify(2).duration_ns == 10 * SECOND_NS, "with all that was filmed meanwhile"


def test_a_full_card_cannot_stop_a_commit(bench: Bench, disk: WatchedFilesystem) -> None:
    # proves C8
    bench.seconds(8)
    bench.recorder.tick()
    assert bench.folders.reserve.exists()

    def full(call: Call) -> None:
        if call.name in {"mkdir", "create", "write", "link"} and bench.folders.reserve.exists():
            raise OSError(FULL, "full")

    disk.before = full
    outcome = bench.press()
    assert outcome.ok, outcome.sentence
    assert outcome.prerecord_s == pytest.approx(8)
    assert not bench.folders.reserve.exists()


def test_a_card_that_fills_up_during_a_recording_keeps_what_it_has(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench.seconds(5)
    bench.press()
    bench.seconds(3)
    disk.before = refuse(FULL, name="write")
    bench.seconds(4)
    assert "card is full" in bench.recorder.status().faults[0]
    assert not bench.recorder.bookmark().ok
    no_longer(disk)
    bench.seconds(2)
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    kinds = [event.kind for event in read_ledger(bench.files(1)["ledger.cbor"]).events]
    assert kinds == [EventKind.PRESS, EventKind.FAULT, EventKind.BOOKMARK], "what waited was written in order"


def test_a_stop_on_a_full_card_leaves_a_recording_that_verifies(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench.seconds(5)
    bench.press()
    bench.seconds(3)
    disk.before = refuse(FULL, name="write")
    stopped = bench.stop()
    assert not stopped.ok
    assert bench.shelf.recordings()[0].ended == "cut off"
    report = bench.verify(1)
    assert report.verdict is Verdict.WITHOUT_END
    assert report.duration_ns == 8 * SECOND_NS


@pytest.mark.parametrize("name", ["sync_data", "truncate"])
def test_when_the_ledger_fails_for_good_another_recording_begins_from_the_window(
    bench: Bench, disk: WatchedFilesystem, name: str
) -> None:
    # proves C5
    bench.seconds(5)
    bench.press()
    bench.seconds(2)
    names = {"sync_data": {"sync_data"}, "truncate": {"write", "truncate"}}[name]
    disk.before = lambda call: (
        refuse(errno.EIO)(call) if call.name in names and "recordings/00000001" in str(call.path) else None
    )
    bench.second()
    status = bench.recorder.status()
    assert (status.state, status.recording) == (Mode.RECORDING, 2)
    assert_let_go(disk)
    bench.seconds(2)
    bench.stop()
    first, second = bench.verify(1), bench.verify(2)
    assert first.verdict is Verdict.WITHOUT_END, first.sentence
    assert second.verdict is Verdict.INTACT, second.sentence
    assert second.first_ns == first.first_ns, "the window held all of it"
    assert second.trigger == "storage fault"
    assert [each.ended for each in bench.shelf.recordings()] == ["cut off", "closed"]


def test_the_ledger_that_the_fleet_may_have_is_the_one_that_a_power_cut_leaves(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench.seconds(5)
    bench.press()
    bench.seconds(2)
    ledger = bench.folders.ledger(1)
    failed = os.open(ledger, os.O_RDWR)
    disk.before = refuse(errno.EIO, name="sync_data", within="recordings/00000001", times=1)
    bench.second()
    no_longer(disk)
    first = bench.shelf.recordings()[0]
    assert (first.ended, first.ledger_length) == ("cut off", ledger.stat().st_size)
    shown = ledger.read_bytes()
    os.pwrite(failed, b"the tail of the failed sync is back", len(shown))
    os.close(failed)
    assert ledger.read_bytes() == shown
    bench.boot()
    assert ledger.read_bytes() == shown
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


@pytest.mark.parametrize("name", ["sync_dir", "sync_data"])
def test_a_segment_that_a_power_cut_can_take_back_is_not_shown(
    bench: Bench, disk: WatchedFilesystem, name: str
) -> None:
    bench.seconds(3)
    bench.press()
    bench.second()
    failing = [name]

    def before(call: Call) -> None:
        if call.name in failing and call.path.stem in {"00000001", "ledger"} and len(links()) == 2:
            failing.clear()
            raise OSError(errno.EIO, "refused")
        if call.name == "unlink" and "recordings" in str(call.path):
            raise OSError(errno.EIO, "refused")

    def links() -> set[str]:
        return {path.name for path in bench.folders.recording(1).glob("*.seg")}

    disk.before = before
    bench.second()
    assert bench.recorder.settle()
    no_longer(disk)
    first, second = bench.shelf.recordings()
    assert (first.ended, second.number) == ("cut off", 2)
    assert len(links()) == 2
    assert len(first.closed_segments) == 1
    bench.boot()
    assert links() == {segment.name for segment in first.closed_segments}
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


@pytest.mark.parametrize("stopped", [True, False])
def test_a_chunk_that_the_power_brings_back_does_not_spoil_a_recording_that_was_closed_before_it(
    bench: Bench, disk: WatchedFilesystem, stopped: bool
) -> None:
    # proves C6
    bench.seconds(2)
    bench.press()
    bench.second()
    failed: list[bytes] = []

    def before(call: Call) -> None:
        if call.name == "sync_data" and call.path.suffix == ".seg":
            failed.append(call.path.read_bytes())
            raise OSError(errno.EIO, "refused")

    disk.before = before
    if stopped:
        bench.stop()
    else:
        bench.second()
    no_longer(disk)
    segment = max(bench.folders.recording(1).glob("*.seg"))
    segment.chmod(0o600)
    segment.write_bytes(failed[0])
    bench.boot()
    report = bench.verify(1)
    assert report.verdict is (Verdict.INTACT_WITH_GAPS if stopped else Verdict.WITHOUT_END), report.sentence


def test_the_shelf_shows_of_a_segment_that_failed_what_is_durable(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3 and C8
    bench.press()
    bench.second()
    durable = max(bench.folders.recording(1).glob("*.seg")).stat().st_size

    def before(call: Call) -> None:
        if call.path.suffix == ".seg" and call.name in {"sync_data", "truncate"}:
            raise OSError(errno.EIO, "refused")

    disk.before = before
    bench.second()
    (segment,) = bench.shelf.recordings()[0].closed_segments
    path = bench.folders.recording(1) / segment.name
    assert (segment.length, path.stat().st_size > durable) == (durable, True)
    bench.boot()
    assert bench.shelf.recordings()[0].closed_segments == (segment,), "and so it is put in order"
    assert path.stat().st_size == durable


def test_a_segment_is_not_shown_while_keys_of_it_wait(bench: Bench, disk: WatchedFilesystem) -> None:
    # proves C8
    bench.press()
    bench.second()
    disk.before = refuse(FULL, name="write", within="ledger")
    bench.seconds(4)
    assert bench.shelf.recordings()[0].closed_segments == ()
    no_longer(disk)
    bench.second()
    shown = bench.shelf.recordings()[0].closed_segments
    assert [segment.length for segment in shown] == [
        (bench.folders.recording(1) / shown[0].name).stat().st_size
    ]


def test_what_has_no_keys_when_a_recording_is_given_up_is_not_shown_and_not_kept(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench.press()
    bench.second()
    durable = max(bench.folders.recording(1).glob("*.seg")).stat().st_size

    def before(call: Call) -> None:
        on_ledger = call.name == "sync_data" and call.path.suffix == ".ledger"
        if on_ledger or (call.name, call.path.suffix) == ("chmod", ".seg"):
            raise OSError(errno.EIO, "refused")

    disk.before = before
    bench.second()
    no_longer(disk)
    first = bench.shelf.recordings()[0]
    assert first.ended == "cut off"
    assert [segment.length for segment in first.closed_segments] == [durable]
    assert (first.folder / first.closed_segments[0].name).stat().st_size == durable
    assert bench.verify(1).verdict is Verdict.WITHOUT_END
    bench.boot()
    assert bench.shelf.recordings()[0].closed_segments == first.closed_segments


def test_a_link_that_fails_waits_and_comes_first_when_there_is_room(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    bench.seconds(3)
    bench.press()
    disk.before = refuse(FULL, name="link", within="recordings")
    bench.seconds(6)
    assert bench.recorder.status().state is Mode.FAULT
    no_longer(disk)
    bench.seconds(1)
    assert bench.recorder.status().state is Mode.RECORDING
    bench.stop()
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.duration_ns == 11 * SECOND_NS


def test_a_roll_over_that_fails_changes_nothing(tmp_path: Path, disk: WatchedFilesystem) -> None:
    # proves C6
    bench = Bench(tmp_path, disk=disk, settings={"camera": {"roll_over_min": 0.1}})
    bench.boot()
    bench.seconds(2)
    bench.press()
    disk.before = refuse(errno.EIO, name="create", within="recordings")
    bench.seconds(10)
    assert bench.recorder.status().recording == 1
    no_longer(disk)
    bench.seconds(3)
    bench.stop()
    reports = [bench.verify(1), bench.verify(2)]
    assert [report.verdict for report in reports] == [Verdict.INTACT, Verdict.INTACT]
    assert reports[1].first_ns == reports[0].end_ns


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["chmod", "sync", "close"])
def test_closing_a_segment_may_fail_without_loss(
    bench: Bench, disk: WatchedFilesystem, name: str, code: int
) -> None:
    heard: list[CameraEvent] = []
    bench.recorder.news.listen(heard.append)
    bench.seconds(5)
    bench.press()
    disk.before = refuse(code, name=name, within=".seg", times=1)
    bench.seconds(6)
    assert [event.kind for event in heard] == [NewsKind.RECORDING_OPENED, NewsKind.FAULT], "and it is said"
    assert_let_go(disk)
    no_longer(disk)
    bench.stop()
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.duration_ns == 12 * SECOND_NS
    bench.recorder.close()
    bench.boot()
    assert bench.verify(1).verdict is Verdict.INTACT


def test_short_writes_lose_nothing(bench: Bench, disk: WatchedFilesystem) -> None:
    disk.before = lambda call: 97 if call.name == "write" else None
    bench.seconds(12)
    bench.press()
    bench.seconds(3)
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT


def test_what_was_lost_before_a_private_time_is_no_gap_in_what_comes_after(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C7
    bench.seconds(2)
    disk.before = refuse(errno.EIO, name="sync_data")
    bench.seconds(2)
    no_longer(disk)
    bench.recorder.change(Event.PRIVATE_ON)
    bench.wait(20)
    bench.recorder.change(Event.PRIVATE_OFF)
    bench.seconds(3)
    bench.press()
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT


@pytest.mark.parametrize("name", ["create", "write", "sync_data"])
def test_what_is_lost_right_before_the_end_is_signed_in_the_ledger(
    bench: Bench, disk: WatchedFilesystem, name: str
) -> None:
    # proves C6
    # A gap is stated by the chunk after it, and here none follows: the recording ended a second short and was
    # called complete.
    bench.seconds(4)
    bench.press()
    bench.seconds(4)
    lost_ns = bench.clock.now_ns
    disk.before = refuse(errno.EIO, name=name, within=".seg")
    stopped = bench.stop()
    assert stopped.ok
    assert stopped.sentence == "Recording 1 is closed, without its last 1.0 s, which are lost: 8.0 s."
    ledger = read_ledger(bench.files(1)["ledger.cbor"])
    gaps = [event.detail for event in ledger.events if event.kind is EventKind.GAP]
    assert gaps == [
        {"track": track, "start_ns": lost_ns, "duration_ns": SECOND_NS, "cause": "storage fault"}
        for track in ("video", "audio")
    ]
    assert bench.verify(1).verdict is Verdict.INTACT_WITH_GAPS


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("name", ["chmod", "sync", "close"])
def test_a_roll_over_whose_old_ledger_cannot_be_closed_goes_on_in_the_new_one(
    tmp_path: Path, disk: WatchedFilesystem, name: str, code: int
) -> None:
    # proves C6
    # The fault was to be noted in the ledger that had just been closed, which broke the capture off.
    bench = Bench(tmp_path, disk=disk, settings={"camera": {"roll_over_min": 0.1}})
    bench.boot()
    bench.seconds(2)
    bench.press()
    disk.before = refuse(code, name=name, within=r"00000001\.ledger")
    bench.seconds(8)
    no_longer(disk)
    bench.seconds(1)
    assert bench.stop().ok
    reports = [bench.verify(1), bench.verify(2)]
    assert reports[1].verdict is Verdict.INTACT, reports[1].sentence
    assert reports[1].first_ns == reports[0].end_ns
    assert bench.shelf.recordings()[0].ended == ("closed" if name == "close" else "cut off")


@pytest.mark.parametrize("code", CODES)
def test_a_ledger_whose_last_close_fails_is_complete(
    bench: Bench, disk: WatchedFilesystem, code: int
) -> None:
    # All of it was durable before. On a full card it was finished a second time, which broke the capture off.
    bench.seconds(3)
    bench.press()
    disk.before = refuse(code, name="close", within=r"\.ledger$")
    assert bench.stop().ok
    assert bench.recorder.status().state is Mode.FAULT, "and said"
    assert bench.shelf.recordings()[0].ended == "closed"
    assert bench.verify(1).verdict is Verdict.INTACT


def test_a_recording_whose_folder_could_not_be_synced_asks_nothing_more_of_the_card(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # It was linked again, and the person was told that the file exists.
    bench.seconds(4)
    bench.press()
    disk.before = refuse(errno.EIO, name="sync_dir", within="recordings/00000001", times=1)
    stopped = bench.stop()
    assert not stopped.ok
    assert disk.count("link") == len({call.path for call in disk.calls if call.name == "link"})
    assert "The card failed" in bench.recorder.status().faults[0]


def test_a_full_card_at_the_last_step_of_a_commit_is_said_as_that(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # The commit was tried again under the number that was visible, and failed because it was there.
    bench.seconds(3)
    disk.before = lambda call: (
        refuse(FULL)(call) if (call.name, call.path.name) == ("sync_dir", "recordings") else None
    )
    bench.recorder.tick()
    outcome = bench.press()
    assert not outcome.ok
    assert "The card is full" in outcome.sentence


@pytest.mark.parametrize("name", ["create", "allocate", "close", "space"])
def test_time_goes_on_whatever_goes_wrong_with_the_reserve(
    bench: Bench, disk: WatchedFilesystem, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C2
    # An error that came out of a tick ended the thread in which keys expire.
    disk.before = refuse(errno.EIO, name=name, within="reserve")
    if name == "space":

        def broken(_: Path) -> None:
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(disk, "space", broken)
    bench.seconds(3)
    bench.wait(20)
    assert len(bench.recorder._parts.window._keys) == 0
    no_longer(disk)
    assert bench.press().ok


@pytest.mark.parametrize("name", ["write", "sync_data"])
def test_a_segment_without_a_chunk_that_could_not_be_removed_gives_way_to_the_next(
    bench: Bench, disk: WatchedFilesystem, name: str
) -> None:
    # proves C6
    bench.seconds(4)
    bench.press()
    ring = bench.ring_files()
    disk.before = lambda call: (
        refuse(errno.EIO)(call) if call.name in {name, "unlink"} and call.path.suffix == ".seg" else None
    )
    bench.second()
    assert len(bench.ring_files()) == len(ring) + 1
    no_longer(disk)
    bench.seconds(6)
    held = {chunk.segment for chunk in bench.recorder._parts.window._ring.chunks}
    assert held <= set(bench.ring_files()), "and nothing else gives way"
    assert bench.recorder.status().faults == ()
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert {gap.duration_ns for gap in report.gaps} == {SECOND_NS}


def test_a_segment_of_which_no_chunk_has_its_keys_leaves_the_recording_that_failed(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C5
    bench.seconds(4)
    bench.press()
    before = {path.name for path in bench.folders.recording(1).iterdir()}
    disk.before = refuse(errno.EIO, name="sync_data", within="recordings/00000001")
    bench.second()
    assert disk.calls[-1].path.parent != bench.folders.ring
    assert bench.recorder.status().recording == 2
    assert {path.name for path in bench.folders.recording(1).iterdir()} == before
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


def test_an_end_that_cannot_be_read_when_a_recording_is_given_up_is_left_to_recovery(
    bench: Bench, disk: WatchedFilesystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was shown as long as it is, with an end that has no keys, which a fleet refuses for good."""
    # proves C8
    bench.press()
    bench.second()
    durable = max(bench.folders.recording(1).glob("*.seg")).stat().st_size

    def before(call: Call) -> None:
        if call.name == "sync_data" and call.path.suffix == ".ledger":
            raise OSError(errno.EIO, "refused")

    def read(path: Path, offset: int = 0, length: int = -1) -> bytes:
        if path.suffix == ".seg":
            raise OSError(errno.EIO, "refused")
        return PosixFilesystem().read(path, offset, length)

    disk.before = before
    with monkeypatch.context() as failing:
        failing.setattr(disk, "read", read)
        bench.second()
    no_longer(disk)
    assert bench.shelf.recordings()[0].ended is None
    bench.boot()
    first = bench.shelf.recordings()[0]
    assert first.ended == "cut off"
    assert [segment.length for segment in first.closed_segments] == [durable]
    assert bench.verify(1).verdict is Verdict.WITHOUT_END


# proves C3
def test_a_press_in_a_recording_is_acknowledged_once_it_is_in_the_ledger(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    bench.seconds(3)
    assert bench.press().ok
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name="sync_data", within="ledger")
    refused = bench.press()
    assert not refused.ok
    assert refused.sentence.startswith("This press is not safe yet: ")
    assert refused.number == 1
    once_more = bench.press()  # at once after it, and no bounce of it
    said = "This press is not safe yet: The card takes no more of this recording."
    assert (once_more.ok, once_more.sentence) == (False, said)
    assert bench.recorder.status().faults
    no_longer(disk)
    bench.seconds(3)
    again = bench.press()
    assert (again.ok, again.sentence) == (True, "Recording 2 is running."), "it went on in another"
    bench.stop()
    ledger = read_ledger(bench.files(2)["ledger.cbor"])
    assert [each.kind for each in ledger.events].count(EventKind.PRESS) == 2
    assert bench.verify(2).verdict in {Verdict.INTACT, Verdict.INTACT_WITH_GAPS}


# proves C3
def test_a_bookmark_is_acknowledged_once_it_is_in_the_ledger(bench: Bench, disk: WatchedFilesystem) -> None:
    bench.seconds(3)
    assert bench.press().ok
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name="sync_data", within="ledger")
    refused = bench.recorder.bookmark()
    assert not refused.ok
    assert refused.sentence.startswith("The bookmark is not safe yet: ")
