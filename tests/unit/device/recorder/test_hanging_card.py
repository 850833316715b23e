"""A card that hangs: whoever asks for something is told so in time, and it is done once the card answers.

No test here measures time. The limits are set to almost nothing where a card hangs, and an answer that came
while the card still hangs has come in bounded time.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.outcome import Outcome
from device.state import Event, Mode
from device.turns import Turns
from protocol.footage.ledger import EventKind, read_ledger
from protocol.footage.verify import Verdict
from protocol.messages.events import CameraEvent
from protocol.messages.events import EventKind as NewsKind
from tests.support.disks import Call, WatchedFilesystem
from tests.support.recorders import Bench
from tests.support.recordings import SECOND_NS

PATIENCE_S = 60
SHORT_S = 0.05


class HangingFilesystem(WatchedFilesystem):
    """A disk on which one operation hangs, from when it is told to until it answers again."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck = threading.Event()
        self.answers = threading.Event()

    def hang(self, name: str, within: str) -> None:
        """Hang at the next operation of that name within that path, and at every one after it."""

        def before(call: Call) -> None:
            if call.name == name and within in str(call.path) and not self.answers.is_set():
                self.stuck.set()
                assert self.answers.wait(PATIENCE_S)

        self.before = before


@pytest.fixture
def disk() -> Iterator[HangingFilesystem]:
    disk = HangingFilesystem()
    yield disk
    disk.answers.set()


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets how long the camera lets people wait for the card, in seconds."""

    def set_to(seconds: float) -> None:
        for limit in ("turns.ANSWER_WAIT_S", "recorder.CHUNK_WAIT_S", "recorder.STORAGE_WAIT_S"):
            monkeypatch.setattr(f"device.{limit}", seconds)

    set_to(PATIENCE_S)
    return set_to


@pytest.fixture
def bench(tmp_path: Path, disk: HangingFilesystem, wait: Callable[[float], None]) -> Iterator[Bench]:
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    yield bench
    disk.answers.set()
    bench.recorder.close()


def until(condition: Callable[[], object]) -> None:
    """Wait for something that another thread brings about."""
    tick = threading.Event()
    for _ in range(PATIENCE_S * 100):
        if condition():
            return
        tick.wait(0.01)
    pytest.fail("it never came to pass")


def _nothing() -> None:
    """No camera is there to end a chunk."""


def assert_told(outcome: Outcome, noted: str) -> None:
    assert (outcome.ok, outcome.state) == (False, Mode.FAULT)
    assert outcome.sentence == f"The card does not answer: {noted}."


@pytest.mark.parametrize(
    ("name", "within"),
    [("mkdir", "recordings"), ("link", "recordings"), ("sync_data", "ledger"), ("sync_dir", "recordings")],
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
    assert_told(bench.press(), "the press is noted, and its recording begins as soon as it does")
    assert bench.recorder.status().state is Mode.FAULT
    assert bench.recorder.status().recording == 1
    wait(PATIENCE_S)
    disk.answers.set()
    assert bench.press().number == 1, "the press took the stop back"
    until(lambda: bench.recorder.status().state is Mode.RECORDING)
    bench.recorder.cut = bench.second
    assert bench.stop().ok
    ledger = read_ledger(bench.files(1)["ledger.cbor"])
    assert [event.kind for event in ledger.events] == [EventKind.PRESS, EventKind.BOOKMARK]
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


def test_keys_expire_while_a_card_hangs(stuck_chunk: Bench) -> None:
    # proves C2
    bench = stuck_chunk
    keys = bench.recorder._parts.window._keys
    assert len(keys) > 0
    bench.clock.now_ns += 20 * SECOND_NS
    bench.recorder.expire()
    assert len(keys) == 0


def test_turns_are_taken_one_after_the_other_and_errors_reach_whoever_asked(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    late: list[bool] = []
    turns = Turns(lambda: late.append(True))
    with pytest.raises(ZeroDivisionError):
        turns.ask(lambda: 1 // 0)
    gate, order = threading.Event(), list[int]()
    monkeypatch.setattr("device.turns.ANSWER_WAIT_S", 0.01)

    def hang() -> str:
        assert gate.wait(PATIENCE_S)
        order.append(1)
        return "one"

    followed = threading.Event()
    assert turns.ask(hang, lambda answer: followed.set() if answer == "one" else None) is None
    assert turns.ask(lambda: order.append(2) or "two") is None
    assert turns.ask(lambda: 1 // 0) is None
    assert (turns.late, late) == (True, [True]), "said once"
    gate.set()
    assert followed.wait(PATIENCE_S)
    until(lambda: not turns.late)
    assert order == [1, 2]
    until(lambda: "ZeroDivisionError" in caplog.text)
    monkeypatch.setattr("device.turns.ANSWER_WAIT_S", PATIENCE_S)
    assert turns.ask(lambda: "three") == "three"
