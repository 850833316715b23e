"""A card that hangs: whoever asks for something is told so in time, and it is done once the card answers.

No test here measures time. The limits are set to almost nothing where a card hangs, and an answer that came
while the card still hangs has come in bounded time.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.recording.heart.outcome import Outcome
from device.recording.state import Event
from protocol.footage.ledger.ledger import EventKind, read_ledger
from protocol.footage.verifying.verify import Verdict
from protocol.messages.events import CameraEvent, NewsKind
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS
from tests.support.storage.disks import PATIENCE_S, Call, HangingFilesystem, refuse, until

SHORT_S = 0.05


@pytest.fixture
def disk() -> Iterator[HangingFilesystem]:
    disk = HangingFilesystem()
    yield disk
    disk.answers.set()


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets how long the camera lets people wait for the card, in seconds."""

    def set_to(seconds: float) -> None:
        for limit in ("inbox.ANSWER_WAIT_S", "executor.CHUNK_WAIT_S"):
            monkeypatch.setattr(f"device.recording.{limit}", seconds)

    set_to(PATIENCE_S)
    return set_to


@pytest.fixture
def bench(tmp_path: Path, disk: HangingFilesystem, wait: Callable[[float], None]) -> Iterator[Bench]:
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    yield bench
    disk.answers.set()
    bench.recorder.close()


def _nothing() -> None:
    """No camera is there to end a chunk."""


def assert_told(outcome: Outcome, noted: str) -> None:
    assert (outcome.ok, outcome.state) == (False, Mode.FAULT)
    assert outcome.sentence == f"The card does not answer: {noted}."


@pytest.mark.parametrize(
    ("name", "within"),
    [("create", "recordings"), ("write", "ledger"), ("sync_data", "ledger"), ("sync_dir", "recordings")],
)
def test_a_press_on_a_card_that_hangs_is_answered_and_recorded_once_the_card_answers(
    name: str, within: str, bench: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C3
    heard: list[CameraEvent] = []
    bench.recorder.news.listen(heard.append)
    bench.seconds(6)
    disk.hang(name, within)
    wait(SHORT_S)
    pressed_ns = bench.clock.now_ns
    assert_told(bench.press(), "the press is noted, and its recording begins as soon as it does")
    assert disk.stuck.is_set()
    status = bench.recorder.status()
    assert (status.state, status.recording) == (Mode.FAULT, None), "not acknowledged"
    assert status.faults[0].startswith("The card does not answer")
    assert_told(bench.press(), "the press is noted, and its recording begins as soon as it does")
    assert [event.kind for event in heard] == [NewsKind.FAULT], "said once"
    wait(PATIENCE_S)
    disk.answers.set()
    until(lambda: bench.recorder.status().state is Mode.RECORDING)
    assert [event.kind for event in heard] == [NewsKind.FAULT, NewsKind.RECORDING_OPENED]
    assert bench.recorder.status().faults == ()
    assert bench.press().ok
    bench.seconds(2)
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.press_ns == pressed_ns
    assert report.duration_ns == 9 * SECOND_NS, "the pre-record is there"
    assert [each.number for each in bench.shelf.recordings()] == [1], "two presses, one recording"


@pytest.fixture
def stuck_chunk(bench: Bench, disk: HangingFilesystem, wait: Callable[[float], None]) -> Iterator[Bench]:
    """A recording whose ledger hangs with the third chunk after the press."""
    bench.seconds(3)
    bench.press()
    bench.seconds(2)
    disk.hang("sync_data", "ledger")
    chunk = threading.Thread(target=bench.second)
    chunk.start()
    assert disk.stuck.wait(PATIENCE_S)
    wait(SHORT_S)
    yield bench
    wait(PATIENCE_S)
    disk.answers.set()
    chunk.join(PATIENCE_S)


def test_all_that_is_asked_for_while_a_ledger_hangs_is_answered_and_done_in_order(
    stuck_chunk: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C3 and C6
    bench = stuck_chunk
    bench.recorder.cut = _nothing
    assert_told(bench.recorder.bookmark(), "the bookmark is noted, and made as soon as it does")
    assert_told(bench.stop(), "the recording stops as soon as it does")
    assert_told(bench.press(), "the press is noted, and done as soon as it does")
    assert bench.recorder.status().state is Mode.FAULT
    assert bench.recorder.status().recording == 1
    wait(PATIENCE_S)
    disk.answers.set()
    assert bench.press().number == 1, "the press took the stop back"
    until(lambda: bench.recorder.status().state is Mode.RECORDING)
    bench.recorder.cut = bench.second
    assert bench.stop().ok
    ledger = read_ledger(bench.files(1)["ledger.cbor"])
    assert [event.kind for event in ledger.events] == [EventKind.PRESS, EventKind.BOOKMARK, EventKind.PRESS]
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.duration_ns == 7 * SECOND_NS, "and no chunk is lost"


def test_a_stop_while_a_ledger_hangs_is_carried_out_once_the_card_answers(
    stuck_chunk: Bench, disk: HangingFilesystem
) -> None:
    bench = stuck_chunk
    bench.recorder.cut = _nothing  # and no chunk comes any more
    assert_told(bench.stop(), "the recording stops as soon as it does")
    disk.answers.set()
    until(lambda: not bench.recorder.recording)
    until(lambda: bench.shelf.recordings()[0].ended == "closed")
    assert bench.verify(1).verdict is Verdict.INTACT
    until(lambda: bench.recorder.status().state is Mode.READY)


def test_whose_the_camera_is_and_private_are_answered_while_a_ledger_hangs(
    stuck_chunk: Bench, disk: HangingFilesystem
) -> None:
    # proves C11
    bench = stuck_chunk
    bench.recorder.cut = _nothing
    assert_told(bench.recorder.assign("visit-1"), "the assignment is noted, and changes as soon as it does")
    assert_told(bench.recorder.change(Event.PRIVATE_ON), "the change is noted, and made as soon as it does")
    disk.answers.set()
    until(lambda: bench.recorder.status().state is Mode.PRIVATE)
    assert bench.recorder.status().assignment == "visit-1"
    assert not bench.recorder.sensors
    until(lambda: bench.shelf.recordings()[0].ended == "closed")


@pytest.fixture
def waiting_chunks(bench: Bench, disk: HangingFilesystem, wait: Callable[[float], None]) -> Iterator[Bench]:
    """A recording of five seconds, and five more that were filmed and wait behind a chunk that hangs."""
    bench.seconds(3)
    bench.press()
    bench.seconds(2)
    disk.hang("sync_data", ".seg")
    filmed = [bench.filmed() for _ in range(5)]
    bench.recorder.cut = _nothing

    def deliver() -> None:
        for chunk in filmed:
            bench.recorder.push(chunk)

    delivery = threading.Thread(target=deliver)
    delivery.start()
    assert disk.stuck.wait(PATIENCE_S)
    wait(SHORT_S)
    yield bench
    disk.answers.set()
    delivery.join(PATIENCE_S)


ENDS = [Event.PRIVATE_ON, Event.DOCK, Event.LOCK, Event.SHUT_DOWN]


@pytest.mark.parametrize("event", ENDS)
def test_what_was_filmed_before_the_sensors_closed_is_recorded_once_the_card_answers(
    event: Event, waiting_chunks: Bench, disk: HangingFilesystem
) -> None:
    # proves C6
    bench = waiting_chunks
    bench.recorder.change(event)
    until(lambda: not bench.recorder.sensors)
    bench.clock.now_ns += 5 * SECOND_NS
    later = bench.filmed()
    bench.recorder.tick()
    disk.answers.set()
    until(lambda: bench.shelf.recordings()[0].ended == "closed")
    bench.recorder.push(later)
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.duration_ns == 10 * SECOND_NS, "and nothing of the time after it"
    assert len(bench.recorder._parts.window._keys) == 0


# proves C6 and C11
def test_what_waits_belongs_to_its_recording_and_not_to_the_window_that_began_meanwhile(
    waiting_chunks: Bench, disk: HangingFilesystem
) -> None:
    bench = waiting_chunks
    bench.recorder.change(Event.PRIVATE_ON)
    bench.clock.now_ns += 5 * SECOND_NS
    bench.recorder.change(Event.PRIVATE_OFF)
    assert bench.recorder.sensors
    disk.answers.set()
    until(lambda: bench.shelf.recordings()[0].ended == "closed")
    assert bench.verify(1).duration_ns == 10 * SECOND_NS
    assert bench.recorder.status().prerecord_s == 0
    bench.second()
    assert bench.press().ok
    report = bench.verify(2)
    assert report.duration_ns == SECOND_NS, "nothing of before the private time"
    assert report.gaps == ()


def test_a_press_after_the_camera_went_private_is_another_recording(
    waiting_chunks: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C3 and C6
    bench = waiting_chunks
    bench.recorder.change(Event.PRIVATE_ON)
    bench.clock.now_ns += 5 * SECOND_NS
    pressed_ns = bench.clock.now_ns
    assert_told(bench.press(), "the press is noted, and its recording begins as soon as it does")
    wait(PATIENCE_S)
    disk.answers.set()
    until(lambda: bench.recorder.status().recording == 2)
    assert bench.verify(1).duration_ns == 10 * SECOND_NS
    assert read_ledger(bench.files(2)["ledger.cbor"]).open.press_ns == pressed_ns
    bench.second()
    assert bench.verify(2).marks == ("safety override",)


@pytest.mark.parametrize("event", ENDS)
def test_a_press_while_a_recording_ends_for_a_change_is_another_one(event: Event, bench: Bench) -> None:
    # proves C3 and C11
    bench.seconds(3)
    bench.press()
    bench.recorder.cut = _nothing
    filmed = bench.filmed()
    changing = threading.Thread(target=lambda: bench.recorder.change(event))
    changing.start()
    until(lambda: bench.recorder._heart.ending is not None)
    pressed: list[Outcome] = []
    pressing = threading.Thread(target=lambda: pressed.append(bench.press()))
    pressing.start()
    until(lambda: bench.recorder._heart.parked)
    bench.recorder.push(filmed)
    pressing.join(PATIENCE_S)
    changing.join(PATIENCE_S)
    assert bench.shelf.recordings()[0].ended == "closed"
    if event is Event.PRIVATE_ON:
        assert pressed[0].number == 2
        bench.second()
        assert read_ledger(bench.files(2)["ledger.cbor"]).open.marks == ("safety override",)
        bench.recorder.cut = bench.second
        assert bench.stop().ok
    else:
        assert not pressed[0].ok
        assert not bench.recorder.recording
    assert all(each.ended == "closed" for each in bench.shelf.recordings())
    assert not bench.recorder.sensors


def test_two_changes_while_a_recording_ends_are_both_made(bench: Bench) -> None:
    # proves C11
    bench.seconds(3)
    bench.press()
    bench.recorder.cut = _nothing
    filmed = bench.filmed()
    changing = [
        threading.Thread(target=bench.recorder.change, args=(event,))
        for event in (Event.PRIVATE_ON, Event.SHUT_DOWN)
    ]
    for thread in changing:
        thread.start()
        until(lambda: bench.recorder._heart.ending is not None)
    until(lambda: (waits := bench.recorder._heart.ending) is not None and len(waits.changes) == 2)
    bench.recorder.push(filmed)
    for thread in changing:
        thread.join(PATIENCE_S)
    assert bench.recorder.status().state is Mode.OFF
    assert bench.shelf.recordings()[0].ended == "closed"


def ending_for(bench: Bench, event: Event) -> threading.Thread:
    """A change that ends a recording, whose last chunk does not come yet."""
    bench.seconds(3)
    bench.press()
    bench.recorder.cut = _nothing
    changing = threading.Thread(target=bench.recorder.change, args=(event,))
    changing.start()
    until(lambda: bench.recorder._heart.ending is not None)
    return changing


def test_the_next_wearer_does_not_get_the_change_that_the_one_before_asked_for(bench: Bench) -> None:
    # proves C11
    bench.recorder.assign("visit-1")
    changing = ending_for(bench, Event.PRIVATE_ON)
    bench.recorder.assign("visit-2")
    bench.recorder.close()
    changing.join(PATIENCE_S)
    assert bench.recorder.status().state is Mode.READY
    assert bench.recorder.sensors


def test_changes_are_made_in_the_order_in_which_they_were_asked_for(bench: Bench) -> None:
    changing = ending_for(bench, Event.DOCK)
    bench.recorder.change(Event.UNDOCK)
    bench.recorder.close()
    changing.join(PATIENCE_S)
    assert bench.recorder.status().state is Mode.READY


def test_the_next_wearer_s_press_does_not_begin_what_the_one_before_wanted(
    bench: Bench, disk: HangingFilesystem
) -> None:
    # proves C3
    bench.recorder.assign("visit-1")
    bench.seconds(3)
    disk.before = refuse(errno.EIO, name="create", within="recordings", times=1)
    assert not bench.press().ok
    bench.recorder.cut = _nothing
    filmed = bench.filmed()
    stopping = threading.Thread(target=bench.stop)
    stopping.start()
    until(lambda: bench.recorder._heart.ending is not None)
    bench.recorder.assign("visit-2")
    pressing = threading.Thread(target=bench.press)
    pressing.start()
    until(lambda: bench.recorder._heart.parked)
    bench.recorder.push(filmed)
    stopping.join(PATIENCE_S)
    pressing.join(PATIENCE_S)
    bench.second()
    bench.recorder.cut = bench.second
    bench.stop()
    whose = [
        read_ledger(bench.files(each.number)["ledger.cbor"]).open.assignment
        for each in bench.shelf.recordings()
    ]
    assert whose[-1] == "visit-2"
    duration_ns = bench.verify(len(whose)).duration_ns
    assert duration_ns is not None
    assert duration_ns <= 2 * SECOND_NS, "and nothing of the one before"


@pytest.mark.parametrize("then", ["stopped", "private", "another wearer"])
def test_what_is_filmed_after_a_stop_is_not_in_the_recording_that_waited_for_its_last_chunk(
    then: str, waiting_chunks: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C6 and C11
    bench = waiting_chunks
    bench.clock.now_ns += SECOND_NS // 2  # of which nothing ever comes
    if then == "stopped":
        bench.stop()
    else:
        bench.recorder.change(Event.PRIVATE_ON)
    stopped_ns = bench.clock.now_ns
    bench.clock.now_ns += 3 * SECOND_NS
    if then == "another wearer":
        bench.recorder.assign("visit-2")
    elif then == "private":
        bench.recorder.change(Event.PRIVATE_OFF)
    later = bench.filmed()
    wait(PATIENCE_S)
    disk.answers.set()
    until(lambda: bench.recorder._heart.came >= 10 or bench.shelf.recordings()[0].ended)
    bench.recorder.push(later)
    until(lambda: bench.shelf.recordings()[0].ended == "closed")
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS
    assert report.duration_ns == 10 * SECOND_NS
    assert {gap.start_ns + gap.duration_ns for gap in report.gaps} == {stopped_ns}
    assert all(gap.explained for gap in report.gaps)


@pytest.mark.parametrize("recording", [True, False])
def test_a_chunk_that_a_card_took_late_is_not_in_a_window_that_began_meanwhile(
    recording: bool, bench: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C11
    bench.seconds(3)
    if recording:
        bench.press()
    disk.hang("sync_data", ".seg")
    filmed = bench.filmed()
    bench.recorder.cut = _nothing
    delivery = threading.Thread(target=lambda: bench.recorder.push(filmed))
    delivery.start()
    assert disk.stuck.wait(PATIENCE_S)
    wait(SHORT_S)
    bench.recorder.change(Event.PRIVATE_ON)
    bench.clock.now_ns += 2 * SECOND_NS
    bench.recorder.change(Event.PRIVATE_OFF)
    wait(PATIENCE_S)
    disk.answers.set()
    delivery.join(PATIENCE_S)
    bench.second()
    outcome = bench.press()
    assert outcome.prerecord_s == 1
    report = bench.verify(outcome.number or 0)
    assert report.duration_ns == SECOND_NS
    assert report.gaps == ()


def test_the_next_wearer_s_press_does_not_take_back_the_stop_of_the_one_before(
    waiting_chunks: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C3
    bench = waiting_chunks
    assert_told(bench.stop(), "the recording stops as soon as it does")
    bench.recorder.assign("visit-2")
    assert_told(bench.press(), "the press is noted, and its recording begins as soon as it does")
    wait(PATIENCE_S)
    disk.answers.set()
    until(lambda: bench.recorder.status().recording == 2)
    assert read_ledger(bench.files(2)["ledger.cbor"]).open.assignment == "visit-2"
    assert bench.shelf.recordings()[0].ended == "closed"
    assert bench.verify(1).duration_ns == 10 * SECOND_NS


def test_what_is_filmed_of_the_next_wearer_while_the_recording_before_waits_is_recorded(
    waiting_chunks: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C3 and C6
    # The next wearer's window began when the card had answered, and what was filmed by then was dropped.
    bench = waiting_chunks
    assert_told(bench.stop(), "the recording stops as soon as it does")
    bench.recorder.assign("visit-2")
    handed_over_ns = bench.clock.now_ns
    assert not bench.press().ok
    filmed = [bench.filmed() for _ in range(3)]
    wait(PATIENCE_S)
    disk.answers.set()
    until(lambda: bench.recorder.status().recording == 2)
    for chunk in filmed:
        bench.recorder.push(chunk)
    bench.recorder.cut = bench.second
    assert bench.stop().ok
    second = bench.verify(2)
    assert second.verdict is Verdict.INTACT, second.sentence
    assert (second.first_ns, second.duration_ns) == (handed_over_ns, 4 * SECOND_NS)
    assert bench.verify(1).end_ns == handed_over_ns


def test_what_comes_late_of_the_wearer_before_is_not_in_the_recording_of_the_next_that_ends(
    bench: Bench,
) -> None:
    # proves C7
    # A stop waited for all that was filmed before it, whoever wore the camera then.
    bench.recorder.assign("visit-1")
    bench.seconds(3)
    bench.recorder.cut = _nothing
    late = bench.filmed()
    bench.recorder.assign("visit-2")
    assert bench.press().ok
    own = bench.filmed()
    stopping = threading.Thread(target=bench.stop)
    stopping.start()
    until(lambda: bench.recorder._heart.ending is not None)
    bench.recorder.push(late)
    bench.recorder.push(own)
    stopping.join(PATIENCE_S)
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert (report.first_ns, report.duration_ns) == (own.start_ns, SECOND_NS)


@pytest.mark.parametrize("then", ["private", "another wearer"])
def test_a_ledger_that_fails_while_chunks_wait_costs_none_of_them_and_hands_none_on(
    then: str, waiting_chunks: Bench, disk: HangingFilesystem, wait: Callable[[float], None]
) -> None:
    # proves C6
    bench = waiting_chunks
    hang, failing = disk.before, [1]

    def before(call: Call) -> None:
        hang(call)
        if (
            disk.answers.is_set()
            and (call.name, call.path.name) == ("sync_data", "00000001.ledger")
            and failing
        ):
            failing.clear()
            raise OSError(errno.EIO, "refused")

    disk.before = before
    bench.recorder.change(Event.PRIVATE_ON)
    stopped_ns = bench.clock.now_ns
    bench.clock.now_ns += 5 * SECOND_NS
    if then == "another wearer":
        bench.recorder.assign("visit-2")
    disk.answers.set()
    until(lambda: [each.ended for each in bench.shelf.recordings()] == ["cut off", "closed"])
    first, second = bench.verify(1), bench.verify(2)
    assert first.verdict is Verdict.WITHOUT_END
    assert second.verdict is Verdict.INTACT, second.sentence
    assert (second.first_ns, second.end_ns) == (first.end_ns, stopped_ns)
    opening = read_ledger(bench.files(2)["ledger.cbor"]).open
    assert opening.assignment is None, "it is the first wearer's"
    assert opening.press_ns <= stopped_ns
    assert bench.recorder.status().prerecord_s == 0


# proves C6
def test_what_never_came_before_a_stop_is_a_signed_gap_at_the_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.seconds(3)
    bench.press()
    bench.seconds(2)
    end_ns = bench.clock.now_ns
    bench.recorder.cut = _nothing
    monkeypatch.setattr("device.recording.executor.CHUNK_WAIT_S", SHORT_S)
    bench.clock.now_ns += 7 * SECOND_NS
    outcome = bench.recorder.stop()
    assert outcome.sentence.startswith("Recording 1 is closed, without its last 7.0 s, which are lost")
    events = read_ledger(bench.files(1)["ledger.cbor"]).events
    told = [
        (each.detail["track"], each.detail["start_ns"], each.detail["duration_ns"]) for each in events[1:]
    ]
    assert told == [("video", end_ns, 7 * SECOND_NS), ("audio", end_ns, 7 * SECOND_NS)]
    assert {each.kind for each in events[1:]} == {EventKind.GAP}
    assert bench.verify(1).verdict is Verdict.INTACT_WITH_GAPS


def test_a_recording_that_waits_for_its_end_is_ended_when_the_camera_closes(bench: Bench) -> None:
    # proves C6
    bench.seconds(3)
    bench.press()
    bench.recorder.cut = _nothing
    bench.clock.now_ns += 2 * SECOND_NS
    stopping = threading.Thread(target=bench.stop)  # it waits for a chunk that does not come
    stopping.start()
    until(lambda: bench.recorder._heart.ending is not None)
    bench.recorder.close()
    stopping.join(PATIENCE_S)
    assert bench.shelf.recordings()[0].ended == "closed"
    events = read_ledger(bench.files(1)["ledger.cbor"]).events
    assert [each.detail["duration_ns"] for each in events[1:]] == [2 * SECOND_NS] * 2


def test_keys_expire_while_a_card_hangs(stuck_chunk: Bench) -> None:
    # proves C2
    bench = stuck_chunk
    keys = bench.recorder._parts.window._keys
    assert len(keys) > 0
    bench.clock.now_ns += 20 * SECOND_NS
    bench.recorder.expire()
    assert len(keys) == 0
