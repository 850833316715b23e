"""What the camera says of itself is the true reason, in the answer, in the news and in the signed ledger."""

from __future__ import annotations

import errno
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from device.errors import StorageFullError
from device.recording.state import Event
from device.storage.durable import AppendFile, begin_folder
from device.storage.filesystem import PosixFilesystem
from protocol.footage.format.model import GapCause
from protocol.footage.ledger.ledger import Missing, read_ledger
from protocol.footage.verifying.verify import Verdict
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS, make_identity
from tests.support.storage.disks import PATIENCE_S, Call, HangingFilesystem, WatchedFilesystem, refuse, until

SHORT_S = 0.05


@pytest.fixture
def disk() -> Iterator[HangingFilesystem]:
    disk = HangingFilesystem()
    yield disk
    disk.answers.set()


@pytest.fixture
def bench(tmp_path: Path, disk: HangingFilesystem) -> Iterator[Bench]:
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    yield bench
    disk.answers.set()
    bench.recorder.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, nobody waits for the card or the encoder for long."""

    def waits() -> None:
        monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", SHORT_S)

    return waits


def _nothing() -> None:
    """No camera is there to end a chunk."""


def _missing(bench: Bench, number: int) -> tuple[Missing, ...]:
    return read_ledger(bench.files(number)["ledger.cbor"]).open.missing


@pytest.mark.parametrize(("name", "within"), [("sync_data", "ledger"), ("sync_data", ".seg")])
def test_a_change_of_recipients_is_answered_while_the_card_hangs_and_holds_from_the_next_recording_on(
    name: str, within: str, bench: Bench, disk: HangingFilesystem
) -> None:
    # It waited for the lock that the hanging commit held, and the hand-over after it was never asked for.
    bench.seconds(3)
    bench.press()
    disk.hang(name, within)
    stuck = threading.Thread(target=bench.second)
    stuck.start()
    assert disk.stuck.wait(PATIENCE_S)
    other = make_identity(seed=2).recipient
    asked = threading.Thread(target=lambda: bench.recorder.seal_to((other,)), daemon=True)
    asked.start()
    asked.join(PATIENCE_S / 20)
    assert not asked.is_alive()
    disk.answers.set()
    stuck.join(PATIENCE_S)
    bench.stop()
    bench.press()
    recipients = [read_ledger(bench.files(number)["ledger.cbor"]).open.recipients for number in (1, 2)]
    assert recipients == [(bench.identity.recipient.info,), (other.info,)]


def test_a_press_that_waits_for_a_late_encoder_does_not_blame_the_card(
    bench: Bench, impatient: Callable[[], None]
) -> None:
    heard: list[str | None] = []
    bench.seconds(3)
    bench.press()
    bench.recorder.cut = _nothing
    filmed = bench.filmed()  # which the encoder still has
    changing = threading.Thread(target=bench.recorder.change, args=(Event.PRIVATE_ON,))
    changing.start()
    until(lambda: bench.recorder._heart.ending is not None)
    bench.recorder.news.listen(lambda event: heard.append(event.text))
    impatient()
    outcome = bench.press()
    assert outcome.sentence == (
        "The last footage of the recording before has not arrived: "
        "the press is noted, and its recording begins as soon as it does."
    )
    (fault,) = heard
    assert str(fault).startswith("The last footage of the recording before has not arrived: ")
    assert bench.recorder.status().faults == (fault,)
    bench.recorder.push(filmed)
    changing.join(PATIENCE_S)
    until(lambda: bench.recorder.status().recording == 2)
    until(lambda: bench.recorder.status().faults == ())


@pytest.mark.parametrize(
    ("event", "name"),
    [(Event.PRIVATE_ON, "private"), (Event.DOCK, "docked"), (Event.LOCK, "locked"), (Event.SHUT_DOWN, "off")],
)
def test_a_change_that_ends_a_recording_says_that_it_was_recording(
    event: Event, name: str, bench: Bench
) -> None:
    bench.recorder.assign("visit-1")
    bench.seconds(3)
    bench.press()
    assert bench.recorder.change(event).sentence == f"The camera was recording and is {name}."


def test_private_during_a_safety_override_ends_it(bench: Bench) -> None:
    # proves C11
    bench.recorder.change(Event.PRIVATE_ON)
    bench.press()
    bench.second()
    outcome = bench.recorder.change(Event.PRIVATE_ON)
    assert (outcome.ok, outcome.sentence) == (True, "The camera was recording and is private.")
    assert bench.shelf.recordings()[0].ended == "closed"
    assert not bench.recorder.sensors


class Pausing:
    """A card that takes no chunk for a while; what is filmed meanwhile waits for it."""

    def __init__(self, bench: Bench, disk: HangingFilesystem, count: int) -> None:
        disk.hang("sync_data", ".seg")
        filmed = [bench.filmed() for _ in range(count)]
        self._disk = disk

        def deliver() -> None:
            for chunk in filmed:
                bench.recorder.push(chunk)

        self._delivering = threading.Thread(target=deliver, daemon=True)
        self._delivering.start()
        assert disk.stuck.wait(PATIENCE_S)

    def ends(self) -> None:
        self._disk.answers.set()
        self._delivering.join(PATIENCE_S)


def test_what_waits_during_a_pause_of_the_card_is_not_missing(bench: Bench, disk: HangingFilesystem) -> None:
    # proves C7
    # "4.0 s missing: sensor stalled" was signed, and all of it came.
    bench.seconds(12)
    pause = Pausing(bench, disk, 4)
    assert bench.press().ok
    pause.ends()
    bench.seconds(2)
    bench.stop()
    assert _missing(bench, 1) == ()
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.end_ns == bench.clock.now_ns


def test_what_waits_behind_a_chunk_that_has_just_been_stored_is_not_missing(bench: Bench) -> None:
    # proves C7
    bench.seconds(12)
    first, *waiting = [bench.filmed() for _ in range(5)]
    bench.recorder.push(first)
    assert bench.press().ok
    for chunk in waiting:
        bench.recorder.push(chunk)
    bench.stop()
    assert _missing(bench, 1) == ()
    assert bench.verify(1).verdict is Verdict.INTACT


def test_what_waits_and_is_then_lost_is_a_gap_with_its_cause(bench: Bench, disk: HangingFilesystem) -> None:
    # proves C6 and C7
    bench.seconds(12)
    lost_ns = bench.clock.now_ns
    pause = Pausing(bench, disk, 4)
    assert bench.press().ok
    hang = disk.before

    def fails(call: Call) -> None:
        hang(call)
        refuse(errno.EIO, name="sync_data", within=".seg")(call)

    disk.before = fails
    pause.ends()
    disk.before = lambda _: None
    bench.seconds(2)
    bench.stop()
    assert _missing(bench, 1) == ()
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert {gap.cause for gap in report.gaps} == {GapCause.STORAGE}
    assert {gap.start_ns for gap in report.gaps} >= {lost_ns + SECOND_NS}


def test_a_sensor_that_has_stalled_is_said_though_a_chunk_is_just_being_stored(
    bench: Bench, disk: HangingFilesystem
) -> None:
    # proves C7
    bench.seconds(12)
    bench.clock.now_ns += 5 * SECOND_NS
    pause = Pausing(bench, disk, 2)
    assert bench.press().ok
    pause.ends()
    assert _missing(bench, 1) == (Missing(5 * SECOND_NS, GapCause.STALLED),)


def test_a_sensor_that_has_stalled_is_said_when_nothing_comes(bench: Bench) -> None:
    # proves C7
    bench.seconds(12)
    bench.clock.now_ns += 5 * SECOND_NS
    assert bench.press().ok
    assert _missing(bench, 1) == (Missing(5 * SECOND_NS, GapCause.STALLED),)


@pytest.mark.parametrize("late_s", [3, 15])
def test_what_left_the_window_while_the_card_failed_is_missing_for_that(
    late_s: int, bench: Bench, disk: WatchedFilesystem
) -> None:
    # proves C7
    # "overflow" was signed, as if the window had been too small.
    bench.seconds(15)
    disk.before = refuse(errno.EIO, name="create", within="recordings")
    assert not bench.press().ok
    bench.seconds(late_s)
    disk.before = lambda _: None
    bench.second()
    assert bench.recorder.status().recording == 1
    (missing,) = _missing(bench, 1)
    assert missing.reason is GapCause.STORAGE
    assert missing.duration_ns == min(10, late_s + 1) * SECOND_NS


def test_a_recording_that_failed_is_named_when_none_could_follow_it(
    bench: Bench, disk: WatchedFilesystem
) -> None:
    bench.seconds(3)
    bench.press()
    bench.seconds(2)
    disk.before = refuse(errno.EIO, within="recordings")
    bench.second()
    outcome = bench.stop()
    assert not outcome.ok
    assert outcome.number == 1
    assert outcome.sentence.startswith("Recording 1 ends as it is, and nothing could follow it: ")
    disk.before = lambda _: None
    bench.boot()
    assert bench.verify(1).duration_ns == 5 * SECOND_NS


def test_nothing_was_recorded_is_said_when_nothing_was(bench: Bench, disk: WatchedFilesystem) -> None:
    disk.before = refuse(errno.EIO, name="create", within="recordings")
    bench.press()
    bench.second()
    assert bench.stop().sentence.startswith("Nothing could be recorded: The card failed")


@pytest.mark.parametrize(("left", "said"), [(0, "no entry (inode)"), (1, "The card is full")])
@pytest.mark.parametrize("made", ["file", "folder"])
def test_a_card_without_entries_is_not_called_full(
    made: str, left: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: object, *_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    disk, few = PosixFilesystem(), SimpleNamespace(f_files=1000, f_favail=left)
    make: Callable[[], object] = {
        "file": lambda: AppendFile.create(disk, tmp_path / "a"),
        "folder": lambda: begin_folder(disk, tmp_path / "a"),
    }[made]
    with monkeypatch.context() as crowded:
        crowded.setattr(os, "statvfs", lambda _: few)
        crowded.setattr(os, "open" if made == "file" else "mkdir", full)
        with pytest.raises(StorageFullError, match=re.escape(said)):
            make()
