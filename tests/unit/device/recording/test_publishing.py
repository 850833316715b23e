"""What follows a press: its recording is safe, and gets its folder as soon as the card lets it."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from protocol.footage.verifying.verify import Verdict
from protocol.messages.events import CameraEvent, NewsKind
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import Call, WatchedFilesystem, refuse

pytestmark = pytest.mark.slow

CODES = [errno.ENOSPC, errno.EIO]
STEPS = [
    ("mkdir", "recordings"),
    ("link", r"recordings/.*seg$"),
    ("link", r"recordings/.*cbor$"),
    ("sync_dir", r"00000001\.new$"),
    ("rename", r"recordings/00000001$"),
]
"""What is done for a recording before it has its folder, and may be refused."""


@pytest.fixture
def disk() -> WatchedFilesystem:
    return WatchedFilesystem()


@pytest.fixture
def bench(tmp_path: Path, disk: WatchedFilesystem) -> Bench:
    bench = Bench(tmp_path / "state", disk=disk)
    bench.root.mkdir()
    bench.boot()
    return bench


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(("name", "within"), STEPS)
def test_whatever_fails_after_the_answer_the_recording_is_safe_and_gets_its_folder_later(
    name: str, within: str, code: int, bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    heard: list[CameraEvent] = []
    bench.recorder.news.listen(heard.append)
    bench.seconds(12)
    disk.before = refuse(code, name=name, within=within)
    pressed = bench.press()
    assert (pressed.ok, pressed.number, pressed.prerecord_s) == (True, 1, 10)
    assert bench.shelf.recordings() == (), "it is shown to nobody before its folder is durable"
    status = bench.recorder.status()
    assert (status.state, status.recording) == (Mode.FAULT, 1), "and what failed is said"
    bench.seconds(15)
    assert [event.kind for event in heard] == [NewsKind.RECORDING_OPENED, NewsKind.FAULT], "once"
    disk.before = lambda _: None
    bench.second()
    assert bench.recorder.status().state is Mode.RECORDING
    assert [each.number for each in bench.shelf.recordings()] == [1]
    assert [path.name for path in bench.folders.recordings.iterdir()] == ["00000001"]
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.duration_ns == 27 * SECOND_NS, "no segment that it claims left the ring meanwhile"
    held = [each.name for each in bench.shelf.recordings()[0].closed_segments]
    assert held == sorted(path.name for path in bench.folders.recording(1).glob("*.seg"))


@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.parametrize(("name", "within"), STEPS)
def test_a_power_cut_before_the_folder_is_there_leaves_all_of_the_recording(
    name: str, within: str, bench: Bench, disk: WatchedFilesystem, *, stopped: bool
) -> None:
    # proves C3 and C5
    bench.seconds(12)
    disk.before = refuse(errno.EIO, name=name, within=within)
    bench.press()
    bench.seconds(15)
    if stopped:
        assert bench.stop().ok
    disk.before = lambda _: None
    bench.boot()
    report = bench.verify(1)
    assert report.verdict is (Verdict.INTACT if stopped else Verdict.WITHOUT_END), report.sentence
    assert report.duration_ns == (26 if stopped else 25) * SECOND_NS
    assert [path.name for path in bench.folders.recordings.iterdir()] == ["00000001"]
    assert bench.ring_files() == []


def test_a_press_a_stop_and_a_press_while_the_first_has_no_folder(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.seconds(5)
    disk.before = refuse(errno.EIO, name="mkdir")
    assert bench.press().ok
    bench.seconds(2)
    assert bench.stop().sentence.startswith("Recording 1 is closed")
    assert bench.press().number == 2
    bench.second()
    assert bench.shelf.recordings() == ()
    disk.before = lambda _: None
    bench.second()
    assert [(each.number, each.ended) for each in bench.shelf.recordings()] == [(1, "closed"), (2, None)]
    bench.stop()
    assert [bench.verify(number).verdict for number in (1, 2)] == [Verdict.INTACT] * 2


def test_a_folder_whose_name_could_not_be_synced_is_made_anew(bench: Bench, disk: WatchedFilesystem) -> None:
    # A sync that succeeds later proves nothing about a name that an earlier one was for.
    # proves C3
    bench.seconds(3)
    renamed: list[str] = []

    def before(call: Call) -> None:
        if call.name == "rename" and call.path.name == "00000001":
            renamed.append(call.name)
        if (call.name, call.path.name) == ("sync_dir", "recordings") and len(renamed) == 1:
            raise OSError(errno.EIO, "refused")

    disk.before = before
    assert bench.press().ok
    assert bench.shelf.recordings() == ()
    assert not bench.folders.recording(1).exists(), "nobody is to take it for durable"
    assert bench.folders.claim(1).exists()
    disk.calls.clear()
    bench.second()
    assert [each.number for each in bench.shelf.recordings()] == [1]
    steps = [(call.name, call.path.name) for call in disk.calls]
    for step in (("mkdir", "00000001.new"), ("rename", "00000001"), ("sync_dir", "recordings")):
        steps = steps[steps.index(step) :]
    assert ("unlink", "00000001.ledger") in steps


def test_a_claim_that_cannot_be_unlinked_costs_nothing_and_goes_with_the_next_try(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name="unlink", within=r"\.ledger$")
    bench.press()
    assert [each.number for each in bench.shelf.recordings()] == [1], "its folder is durable"
    assert bench.folders.claim(1).exists()
    disk.before = lambda _: None
    bench.second()
    assert not bench.folders.claim(1).exists()
    assert bench.recorder.status().state is Mode.RECORDING


def test_a_recording_that_fails_before_it_has_its_folder_is_put_in_order_once_it_has(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3 and C5
    bench.seconds(5)

    def before(call: Call) -> None:
        failing = call.name == "sync_data" and call.path.name == "00000001.ledger" and bench.shelf.recordings
        if call.name == "mkdir" or (failing and call.path.stat().st_size > length[0]):
            raise OSError(errno.EIO, "refused")

    heard: list[CameraEvent] = []
    bench.recorder.news.listen(heard.append)
    length = [1 << 30]
    disk.before = before
    bench.press()
    length[0] = bench.folders.claim(1).stat().st_size
    bench.second()
    assert bench.recorder.status().recording == 2, "another goes on in its place"
    assert bench.shelf.recordings() == ()
    disk.before = lambda _: None
    bench.second()
    assert [(each.number, each.ended) for each in bench.shelf.recordings()] == [(1, "cut off"), (2, None)]
    bench.stop()
    ends = [(each.number, each.ended) for each in heard if each.kind is NewsKind.RECORDING_CLOSED]
    assert ends == [(1, "cut off"), (2, "closed")]
    assert bench.verify(1).verdict is Verdict.WITHOUT_END
    assert bench.verify(1).duration_ns == 5 * SECOND_NS
    assert bench.verify(2).verdict is Verdict.INTACT
    bench.boot()
    assert [(each.number, each.ended) for each in bench.shelf.recordings()] == [(1, "cut off"), (2, "closed")]


def test_on_a_full_card_the_reserve_gives_a_recording_its_folder(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C8
    bench.seconds(4)
    bench.recorder.tick()

    def full(call: Call) -> None:
        if call.name in {"mkdir", "link"} and bench.folders.reserve.exists():
            raise OSError(errno.ENOSPC, "full")

    disk.before = full
    assert bench.press().ok
    assert [each.number for each in bench.shelf.recordings()] == [1]
    assert bench.recorder.status().faults == ()


def test_an_error_of_our_own_costs_the_folder_until_the_next_try_and_never_the_filming(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench.seconds(4)
    with monkeypatch.context() as broken:
        broken.setattr("device.recording.recording_files.publish_claim", _broken)
        assert bench.press().ok
        bench.seconds(3)
        assert bench.recorder.status().recording == 1
    assert caplog.text.count("could not be published") == 1
    bench.second()
    assert bench.stop().ok
    assert bench.verify(1).verdict is Verdict.INTACT
    assert bench.verify(1).duration_ns == 9 * SECOND_NS


def _broken(*_: object) -> None:
    raise ZeroDivisionError


def test_shutting_down_gives_every_recording_its_folder(bench: Bench, disk: WatchedFilesystem) -> None:
    bench.seconds(4)
    disk.before = refuse(errno.EIO, name="mkdir", times=2)
    bench.press()
    assert bench.shelf.recordings() == ()
    bench.stop()
    bench.recorder.close()
    assert [(each.number, each.ended) for each in bench.shelf.recordings()] == [(1, "closed")]


def test_a_folder_that_could_not_be_taken_back_is_taken_back_before_the_next_try(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C3
    bench.seconds(3)
    failing = [("rename", "00000001"), ("sync_dir", "recordings"), ("rename", "00000001.new")]

    def before(call: Call) -> None:
        step = (call.name, call.path.name)
        if failing and step == failing[0]:
            failing.pop(0)
            if step != ("rename", "00000001"):
                raise OSError(errno.EIO, "refused")

    disk.before = before
    assert bench.press().ok
    assert failing == []
    assert bench.folders.recording(1).exists(), "it could not be taken back"
    assert bench.shelf.recordings() == ()
    bench.second()
    assert [each.number for each in bench.shelf.recordings()] == [1]
    assert bench.stop().ok
    assert bench.verify(1).verdict is Verdict.INTACT


def test_a_full_card_without_a_reserve_is_asked_once_with_each_chunk(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    bench.seconds(3)
    disk.before = refuse(errno.ENOSPC, name="mkdir")
    disk.calls.clear()
    assert bench.press().ok
    assert disk.count("mkdir") == 1
    bench.second()
    assert disk.count("mkdir") == 2


def test_an_ended_recording_is_shown_with_its_end_once_it_has_its_folder(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    bench.seconds(9)
    disk.before = refuse(errno.EIO, name="mkdir")
    bench.press()
    bench.stop()
    disk.before = lambda _: None
    bench.recorder.tick()
    (shelved,) = bench.shelf.recordings()
    assert shelved.ended == "closed"
    on_card = {path.name: path.stat().st_size for path in shelved.folder.glob("*.seg")}
    assert dict(shelved.closed_segments) == on_card


def test_that_a_recording_was_opened_is_told_before_anything_else_is_done_with_it(tmp_path: Path) -> None:
    # proves C3: whoever is told finds the disk as it was acknowledged, after a press and after a roll-over
    bench = Bench(tmp_path, settings={"camera": {"roll_over_min": 0.1}})
    bench.boot()
    found: list[tuple[int | None, bool]] = []

    def hear(event: CameraEvent) -> None:
        if event.kind is NewsKind.RECORDING_OPENED:
            found.append((event.number, bench.folders.claim(event.number or 0).exists()))

    bench.recorder.news.listen(hear)
    bench.seconds(3)
    bench.press()
    bench.seconds(10)
    bench.stop()
    assert found == [(1, True), (2, True)]
