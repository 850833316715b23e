"""What belongs to whom where a stop, a private time or a hand-over waits: for a last chunk, or for the card.

No test here measures time: the clock is moved by hand, and a card hangs until it is told to answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from device.recording import inbox
from device.recording.effect_handler import Results
from device.recording.heart.effects import WriteBookmark
from device.recording.heart.work import MOST_UNMARKED
from device.recording.state import Event
from protocol.footage.consent import ConsentEvent, ConsentSaid, SaidOfConsent, parse_consent
from protocol.footage.ledger.ledger import LEDGER_NAME, Ledger, read_ledger
from protocol.footage.verifying.verify import Verdict
from protocol.mode import Mode
from protocol.units import NS_PER_S
from tests.support.camera.hung import Hung, hanging
from tests.support.storage.disks import FULL, PATIENCE_S, refuse, until

GIVEN, ASKED_FOR = ConsentSaid(SaidOfConsent.GIVEN), ConsentSaid(SaidOfConsent.ASKED_FOR)
FIRST, SECOND = "visit-1", "visit-2"


@pytest.fixture
def hung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hung]:
    for hung in hanging(tmp_path, monkeypatch):
        assert hung.bench.recorder.assign(FIRST).ok
        hung.bench.seconds(2)
        yield hung


def ledger(hung: Hung, number: int) -> Ledger:
    return read_ledger(hung.bench.files(number)[LEDGER_NAME])


def words(hung: Hung, number: int) -> list[str]:
    """What was said at the door stands in its ledger."""
    said = [event.detail.get("consent") for event in ledger(hung, number).events]
    return [str(each) for each in said if each is not None]


def signed(hung: Hung) -> list[ConsentEvent]:
    """What the camera signed of what was said at the door."""
    paths = sorted(hung.bench.folders.consent.glob("*.cbor"))
    return [parse_consent(each.read_bytes()).event for each in paths]


def noted(monkeypatch: pytest.MonkeyPatch, of: object, name: str) -> list[tuple[Any, ...]]:
    """With what a method is called from now on, each time."""
    calls: list[tuple[Any, ...]] = []
    method = getattr(of, name)

    def watched(*given: object) -> object:
        calls.append(given)
        return method(*given)

    monkeypatch.setattr(of, name, watched)
    return calls


def once(monkeypatch: pytest.MonkeyPatch, of: object, name: str) -> threading.Event:
    """Have a method fail the next time, by an error of our own; say when it has."""
    failed, method = threading.Event(), getattr(of, name)

    def fails(*given: object, **named: object) -> object:
        if failed.is_set():
            return method(*given, **named)
        failed.set()
        raise RuntimeError("of our own")

    monkeypatch.setattr(of, name, fails)
    return failed


def raised(do: Callable[[], object]) -> object:
    """What came of it, or went wrong."""
    try:
        return do()
    except RuntimeError as error:
        return error


def storing_hangs(hung: Hung) -> None:
    """The card hangs as it stores a chunk; what is asked for is taken in all the same."""
    chunk = hung.bench.filmed()
    hung.hang("sync_data", "ring", lambda: hung.bench.recorder.push(chunk))


def stops(hung: Hung) -> None:
    """Somebody stops, and the recording waits for its last chunk."""
    hung.ask(hung.bench.stop)
    until(lambda: hung.bench.recorder._heart.ending is not None)
    hung.bench.clock.now_ns += 1000


# proves C11
@pytest.mark.parametrize("is_private", [True, False])
def test_what_waits_to_close_the_sensors_keeps_them_closed_whatever_is_asked_after_it(
    hung: Hung, *, is_private: bool
) -> None:
    """They opened again as soon as anything was answered that had been asked after it."""
    recorder = hung.bench.recorder
    if not is_private:
        assert recorder.change(Event.PRIVATE_ON).ok
    assert recorder.press().ok
    hung.bench.second()
    storing_hangs(hung)
    hung.takes((lambda: recorder.change(Event.PRIVATE_ON)) if is_private else hung.bench.stop)
    until(lambda: recorder._heart.ending is not None)
    hung.passes()
    assert not hung.are_open()
    assert recorder.assign(FIRST).ok
    assert not hung.are_open()
    hung.passes(5 * NS_PER_S)
    assert not hung.are_open()
    hung.answers()
    recorder.settle()
    assert recorder._heart.camera.home is Mode.PRIVATE
    assert not hung.are_open()


# proves C4 and C11
def test_what_another_was_filmed_with_after_a_stop_is_not_in_the_recording_of_before(hung: Hung) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    assert recorder.press().ok
    bench.second()
    storing_hangs(hung)
    stop_ns = bench.clock.now_ns
    stops(hung)
    assert recorder.assign(SECOND).ok
    theirs = [bench.filmed() for _ in range(3)]
    assert recorder.assign(FIRST).ok
    hung.takes(recorder.press)
    hung.answers()
    for chunk in theirs:
        recorder.push(chunk)
    bench.second()
    recorder.settle()
    first = bench.verify(1)
    assert (first.verdict, first.end_ns) == (Verdict.INTACT, stop_ns)
    assert [ledger(hung, each).open.assignment for each in (1, 2)] == [FIRST, FIRST]
    began = [each.start_ns for each in bench.verify(2).chunks]
    assert not set(began) & {each.start_ns for each in theirs}


# proves C4 and F8
@pytest.mark.parametrize("comes_first", [True, False])
def test_who_has_the_camera_next_inherits_no_private_time_of_a_recording_that_waits_for_its_end(
    hung: Hung, *, comes_first: bool
) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    assert recorder.change(Event.PRIVATE_ON).ok
    assert recorder.press().ok
    bench.second()
    last = bench.filmed()
    stops(hung)
    if comes_first:
        recorder.push(last)
        until(lambda: recorder._heart.ending is None)
    assert recorder.assign(SECOND).ok
    assert recorder.then.state.home is Mode.READY
    hung.takes(recorder.press)
    if not comes_first:
        recorder.push(last)
    bench.second()
    recorder.settle()
    assert [ledger(hung, each).open.marks for each in (1, 2)] == [("safety override",), ()]
    assert ledger(hung, 2).open.assignment == SECOND


# proves C4 and C6
def test_a_word_to_who_has_the_camera_next_is_not_in_the_recording_of_before(hung: Hung) -> None:
    bench, recorder, door = hung.bench, hung.bench.recorder, hung.door()
    assert recorder.press().ok
    bench.second()
    last = bench.filmed()
    stops(hung)
    assert recorder.assign(SECOND).ok
    said = door.say(GIVEN, "control")
    assert (said.ok, said.sentence) == (True, "Kept as consent event 1. Nothing is being recorded.")
    recorder.push(last)
    recorder.settle()
    assert words(hung, 1) == []
    assert [(each.assignment, each.recording) for each in signed(hung)] == [(SECOND, None)]


# proves C4 and F8
def test_a_word_is_signed_as_theirs_to_whom_the_camera_is_given_before_the_card_answers(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, recorder, door = hung.bench, hung.bench.recorder, hung.door()
    hung.hang("create", "recordings", recorder.tick)
    hung.takes(lambda: recorder.assign(SECOND))
    hung.takes(recorder.press)
    said = noted(monkeypatch, recorder, "marking")
    hung.ask(lambda: door.say(GIVEN, "control"))
    until(lambda: bool(said))
    hung.answers()
    bench.second()
    recorder.settle()
    (event,) = signed(hung)
    opened = ledger(hung, 1).open
    assert (event.assignment, event.recording) == (SECOND, opened.recording)
    assert (opened.assignment, words(hung, 1)) == (SECOND, ["given"])


# proves C11
def test_asked_for_opens_nothing_where_private_waits_for_the_card(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, door = hung.bench.recorder, hung.door()
    hung.hang("create", "recordings", recorder.tick)
    hung.change(Event.PRIVATE_ON)
    hung.passes()
    assert not hung.are_open()
    pressed, kept = noted(monkeypatch, recorder, "press"), noted(monkeypatch, door._log, "keep")
    hung.ask(lambda: door.say(ASKED_FOR, "control"))
    until(lambda: bool(kept))
    assert not pressed
    assert not hung.are_open()
    hung.answers()
    recorder.settle()
    assert recorder.status().state is Mode.PRIVATE


# proves C3
def test_asked_for_records_in_a_fault_too(hung: Hung) -> None:
    bench, door = hung.bench, hung.door()
    hung.disk.before = refuse(FULL, name="write", within=r"\.seg$", times=1)
    bench.second()
    hung.disk.before = lambda _: None
    assert bench.recorder.status().state is Mode.FAULT
    assert door.say(ASKED_FOR, "control").ok
    assert ledger(hung, 1).open.trigger == "asked for"
    assert words(hung, 1) == ["asked for"]


# proves C11
@pytest.mark.parametrize("stop_first", [True, False])
def test_nobodys_camera_closes_its_sensors_once_its_recording_is_stopped(
    hung: Hung, *, stop_first: bool
) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    recorder._require_assignment = True
    assert recorder.press().ok
    bench.second()
    storing_hangs(hung)
    if stop_first:
        stops(hung)
    assert recorder.assign(None).ok
    if not stop_first:
        stops(hung)
    hung.passes()
    assert not hung.are_open()
    hung.answers()


# proves F8
@pytest.mark.parametrize("event", [Event.PRIVATE_ON, Event.PRIVATE_OFF])
def test_whose_own_change_hangs_is_not_told_that_it_is_refused(
    event: Event, hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = hung.bench.recorder
    if event is Event.PRIVATE_OFF:
        assert recorder.change(Event.PRIVATE_ON).ok
    hung.disk.hang("create" if event is Event.PRIVATE_ON else "unlink", "private")
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.05)
    late = recorder.change(event)
    assert hung.disk.stuck.is_set()
    assert late.sentence == "The card does not answer: the change is noted, and made as soon as it does."
    assert not late.refused
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    hung.answers()


# proves F8
def test_what_changes_nothing_ends_no_private_time_that_waits(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = hung.bench.recorder
    hung.nobodys()
    hung.hang("create", "recordings", recorder.tick)
    hung.change(Event.PRIVATE_ON)
    hung.takes(lambda: recorder.assign(None))
    assert recorder.then.state.home is Mode.PRIVATE
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    assert not recorder.change(Event.PRIVATE_OFF).refused
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    hung.answers()


# proves F8
def test_whose_the_camera_will_be_is_foreseen_after_a_stop_that_outlives_a_hand_over(hung: Hung) -> None:
    recorder = hung.bench.recorder
    assert recorder.press().ok
    hung.bench.second()
    last = hung.bench.filmed()
    stops(hung)
    assert recorder.assign(SECOND).ok
    assert recorder.assign(FIRST).ok
    assert recorder.then.holder.assignment == FIRST
    recorder.push(last)


# proves C6
def test_a_word_while_a_press_is_still_tried_stands_in_the_recording_once_it_is_opened(hung: Hung) -> None:
    bench, recorder, door = hung.bench, hung.bench.recorder, hung.door()
    hung.disk.before = refuse(FULL, within=r"recordings|ledger|\.part|\.open")
    assert not recorder.press().ok
    hung.disk.before = lambda _: None
    said = door.say(GIVEN, "control")
    assert not said.ok
    assert "What was said is not safe yet: The card is full" in said.sentence
    bench.seconds(2)
    recorder.settle()
    assert words(hung, 1) == ["given"]


# proves C4 and F8
def test_a_word_that_is_refused_a_recording_names_none(hung: Hung, monkeypatch: pytest.MonkeyPatch) -> None:
    bench, recorder, door = hung.bench, hung.bench.recorder, hung.door()
    assert recorder.press().ok
    bench.second()
    hung.hang("sync_data", "ledger", recorder.bookmark)
    hung.change(Event.PRIVATE_ON)
    hung.takes(lambda: recorder.assign(SECOND))
    assert not recorder.then.is_current
    kept = noted(monkeypatch, door._log, "keep")
    hung.ask(lambda: door.say(GIVEN, "control"))
    until(lambda: recorder._inbox._came.qsize() > 0 or bool(kept))
    hung.answers()
    recorder.settle()
    assert [told.recording for _, told in kept] == [None]
    assert words(hung, 1) == []


# proves C2 and C11
def test_a_chunk_that_begins_as_private_is_asked_for_is_whole_although_the_camera_changes_hands(
    hung: Hung,
) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    assert recorder.press().ok
    bench.second()
    hung.takes(lambda: recorder.change(Event.PRIVATE_ON))
    storing_hangs(hung)
    assert recorder.assign(SECOND).ok
    hung.answers()
    until(lambda: recorder._heart.ending is None)
    assert bench.verify(1).verdict is Verdict.INTACT


# proves C6 and C11
@pytest.mark.parametrize(
    ("close", "reopen"),
    [
        (Event.PRIVATE_ON, Event.PRIVATE_OFF),
        (Event.DOCK, Event.UNDOCK),
        (Event.LOCK, Event.UNLOCK),
    ],
)
def test_the_end_of_a_recording_of_before_brings_back_nothing_that_was_filmed_before_sensors_closed(
    close: Event, reopen: Event, hung: Hung
) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    assert recorder.press().ok
    bench.second()
    storing_hangs(hung)
    stops(hung)
    assert recorder.assign(SECOND).ok
    before = [bench.filmed() for _ in range(2)]
    assert recorder.change(close).ok
    bench.clock.now_ns += 3 * NS_PER_S
    assert recorder.change(reopen).ok
    again_ns = bench.clock.now_ns
    hung.answers()
    for chunk in before:
        recorder.push(chunk)
    bench.second()
    assert recorder.press().ok
    bench.second()
    recorder.settle()
    report = bench.verify(2)
    assert [each.start_ns for each in report.chunks] == [again_ns, again_ns + NS_PER_S]
    assert report.gaps == ()
    assert bench.verify(1).verdict is Verdict.INTACT


# proves C11
def test_a_stop_that_is_done_counts_no_more_where_what_waited_for_it_hangs(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    assert recorder.change(Event.PRIVATE_ON).ok
    assert recorder.press().ok
    bench.second()
    last = bench.filmed()
    stops(hung)
    hung.takes(lambda: recorder.change(Event.PRIVATE_ON))
    hung.takes(recorder.press)
    hung.ask(recorder.bookmark)
    until(lambda: len(recorder._heart.parked) == len(("press", "bookmark")))
    entered, go_on = threading.Event(), threading.Event()
    bookmark = recorder._executor.handler._bookmark

    def hanging_bookmark(effect: WriteBookmark) -> Results:
        entered.set()
        assert go_on.wait(PATIENCE_S)
        return bookmark(effect)

    monkeypatch.setattr(recorder._executor.handler, "_bookmark", hanging_bookmark)
    hung.ask(lambda: recorder.push(last))
    assert entered.wait(PATIENCE_S)
    assert recorder.then.is_current
    assert hung.are_open()
    hung.takes(bench.stop)
    hung.passes()
    assert not hung.are_open()
    go_on.set()
    hung.answers()


# proves C3 and C11
def test_an_error_in_what_waited_leaves_nobody_without_an_answer_and_nothing_undone(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    assert recorder.press().ok
    bench.second()
    last = bench.filmed()
    stops(hung)
    assert recorder.assign(SECOND).ok
    answers: list[object] = []
    failing = once(monkeypatch, recorder._executor.handler.under_way, "open")
    hung.takes(lambda: answers.append(raised(recorder.press)))
    hung.takes(lambda: answers.append(raised(lambda: recorder.change(Event.DOCK))))
    until(lambda: len(recorder._heart.parked) == len(("press", "dock")))
    recorder.push(last)
    until(lambda: failing.is_set() and len(answers) == len(("press", "dock")))
    recorder.settle()
    assert any(isinstance(each, RuntimeError) for each in answers)
    assert recorder._heart.camera.docked
    assert not hung.are_open()
    assert not hung.awaited


# proves C11
def test_an_error_as_a_hand_over_makes_what_waits_leaves_nobody_without_an_answer(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, recorder = hung.bench, hung.bench.recorder
    assert recorder.press().ok
    bench.second()
    last = bench.filmed()
    stops(hung)
    answers: list[object] = []
    hung.takes(lambda: answers.append(raised(lambda: recorder.change(Event.PRIVATE_ON))))
    failing = once(monkeypatch, recorder._parts.private, "keep")
    assert isinstance(raised(lambda: recorder.assign(SECOND)), RuntimeError)
    assert failing.is_set()
    until(lambda: bool(answers))
    assert isinstance(answers[0], RuntimeError)
    assert not any(each.event is Event.PRIVATE_ON for each in hung.awaited)
    assert hung.are_open()
    recorder.push(last)
    recorder.settle()


# proves C6
def test_a_word_for_which_there_is_no_room_is_said_to_be_in_no_recording(hung: Hung) -> None:
    recorder, door = hung.bench.recorder, hung.door()
    hung.disk.before = refuse(FULL, within=r"recordings|ledger|\.part|\.open")
    assert not recorder.press().ok
    hung.disk.before = lambda _: None
    for _ in range(MOST_UNMARKED):
        recorder.bookmark()
    said = door.say(GIVEN, "control")
    assert not said.ok
    assert "What was said is not in the recording: too many wait for it to begin." in said.sentence


# proves F8
def test_a_recording_that_is_over_is_not_said_to_run(hung: Hung) -> None:
    bench, recorder, door = hung.bench, hung.bench.recorder, hung.door()
    assert recorder.press().ok
    bench.second()
    last = bench.filmed()
    assert recorder.assign(SECOND).ok
    stops(hung)
    said = door.say(GIVEN, "control")
    assert "is running" not in said.sentence
    recorder.push(last)
    recorder.settle()
    assert words(hung, 1) == []
