"""Sensors that somebody wants closed close although the card hangs, and a press opens them.

No test here measures time: the clock is moved by hand, and a card hangs until it is told to answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.consent.log import ConsentLog
from device.door.door import ConsentButtons
from device.recording import executor, inbox
from device.recording.heart.closing import CLOSES_AFTER_NS, AwaitedChanges
from device.recording.heart.heart import Heart
from device.recording.heart.marked import PrivateOf
from device.recording.heart.messages import AskBookmark, AskChange, AskPress, Instant, Message
from device.recording.heart.outcome import Outcome
from device.recording.state import Event, State
from device.storage.durable import make_folder
from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.footage.format.model import ClockLabel, GapCause
from protocol.footage.ledger.ledger import LEDGER_NAME, EventKind, read_ledger
from protocol.footage.verifying.verify import Verdict
from protocol.mode import Mode
from tests.support.camera.hung import Hung, hanging
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import FULL, PATIENCE_S, Call, refuse, until


@pytest.fixture
def hung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hung]:
    yield from hanging(tmp_path, monkeypatch)


# proves C11
@pytest.mark.parametrize("kind", [SaidOfConsent.REFUSED, SaidOfConsent.WITHDRAWN])
def test_a_refusal_closes_the_sensors_while_its_word_hangs_and_stands_in_the_ledger(
    kind: SaidOfConsent, hung: Hung
) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    make_folder(hung.disk, bench.folders.consent)
    log = ConsentLog(hung.disk, bench.folders.consent, bench.credentials, bench.recorder.run)
    door = ConsentButtons(bench.recorder, log, bench.recorder.change, bench.clock, lambda _: True)
    hung.hang("sync_data", "ledger", lambda: door.say(ConsentSaid(kind), "control"))
    until(lambda: hung.waits)
    assert hung.are_open()
    hung.passes()
    assert not hung.are_open()
    assert hung.looks[-1:] == [False]
    assert not hung.disk.answers.is_set()
    hung.ask(bench.second)  # what the sensors had seen before they closed
    hung.answers()
    until(lambda: bench.recorder.status().state is Mode.PRIVATE)
    assert not hung.are_open()
    events = read_ledger(bench.files(1)[LEDGER_NAME]).events
    assert [(str(each.kind), dict(each.detail)) for each in events if "consent" in each.detail] == [
        ("consent refused", {"consent": str(kind)})
    ]
    assert bench.verify(1).verdict is Verdict.INTACT
    assert len(log.waiting()) == 1


# proves C11
@pytest.mark.parametrize("event", [Event.PRIVATE_ON, Event.DOCK, Event.LOCK, Event.SHUT_DOWN])
@pytest.mark.parametrize("recording", [True, False])
def test_what_closes_the_sensors_does_so_behind_whatever_hangs(
    event: Event, hung: Hung, *, recording: bool
) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    if recording:
        hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    else:
        hung.ask(bench.stop)
        until(lambda: bench.recorder._heart.ending is not None)
        hung.hang("sync_data", "ledger", bench.second)
    hung.ask(lambda: bench.recorder.change(event))
    until(lambda: hung.waits)
    hung.passes(CLOSES_AFTER_NS - 1)
    assert hung.are_open(), "what takes no longer than on a card that answers is made in its order"
    hung.passes(1)
    assert not hung.are_open()
    assert not hung.disk.answers.is_set()
    hung.ask(bench.second)
    hung.answers()
    until(lambda: not bench.recorder._heart.camera.sensors)
    assert bench.verify(1).verdict is Verdict.INTACT
    bench.recorder.expire()
    assert not hung.waits


# proves C11
def test_sensors_are_told_to_close_before_the_recording_is_completed_on_the_card(hung: Hung) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.ask(lambda: bench.recorder.change(Event.PRIVATE_ON))
    until(lambda: bench.recorder._heart.ending is not None)
    syncs: list[bool] = []

    def before(call: Call) -> None:
        if call.name == "sync_data" and "ledger" in str(call.path):
            syncs.append(bench.recorder.sensors)
            if not syncs[-1]:  # its last chunk is in it, and now it is completed
                hung.disk.stuck.set()
                assert hung.disk.answers.wait(PATIENCE_S)

    hung.disk.before = before
    hung.looks.clear()
    hung.ask(bench.second)
    assert hung.disk.stuck.wait(PATIENCE_S)
    assert hung.looks[:1] == [False]
    hung.answers()
    until(lambda: bench.recorder.status().state is Mode.PRIVATE)


# proves C3 and C11
def test_a_press_while_the_card_hangs_opens_what_was_closed_before_it_answers(hung: Hung) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    hung.ask(lambda: bench.recorder.change(Event.PRIVATE_ON))
    until(lambda: hung.waits)
    hung.passes()
    assert not hung.are_open()
    outcomes: list[Outcome] = []
    hung.looks.clear()
    hung.ask(lambda: outcomes.append(bench.recorder.press()))
    until(lambda: bench.recorder.sensors)
    assert hung.looks[-1:] == [True]
    hung.ask(bench.second)
    hung.answers()
    assert False not in hung.looks, "nor when it becomes private, just before the press"
    assert outcomes[0].ok
    assert bench.recorder.recording
    bench.second()
    bench.recorder.cut = bench.second
    assert bench.stop().ok
    assert "safety override" in read_ledger(bench.files(2)[LEDGER_NAME]).open.marks


# proves C11
@pytest.mark.parametrize("event", [Event.DOCK, Event.LOCK, Event.SHUT_DOWN])
@pytest.mark.parametrize("private", [True, False])
def test_a_press_opens_nothing_where_it_will_be_refused(event: Event, hung: Hung, *, private: bool) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    if private:
        hung.change(Event.PRIVATE_ON)
    hung.change(event)
    hung.passes()
    assert not hung.are_open()
    outcomes: list[Outcome] = []
    hung.ask(lambda: outcomes.append(bench.recorder.press()))
    until(lambda: hung.awaited[-1].event is Event.PRESS)
    assert not hung.are_open()
    assert True not in hung.looks[-1:]
    hung.ask(bench.second)
    hung.answers()
    assert outcomes[0].refused
    assert not bench.recorder.recording
    assert not bench.folders.recording(2).exists()


# proves C3 and C11
def test_a_press_opens_what_a_dock_had_closed_if_the_camera_was_lifted_out_of_it(hung: Hung) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    for event in (Event.DOCK, Event.UNDOCK):
        hung.change(event)
    hung.passes()
    assert not hung.are_open()
    outcomes: list[Outcome] = []
    hung.ask(lambda: outcomes.append(bench.recorder.press()))
    until(hung.are_open)
    assert hung.looks[-1:] == [True]
    hung.ask(bench.second)
    hung.answers()
    assert outcomes[0].ok
    assert bench.recorder.recording


# proves C11
def test_a_stop_closes_what_a_press_has_opened_behind_a_card_that_hangs(hung: Hung) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    hung.ask(lambda: bench.recorder.change(Event.PRIVATE_ON))
    until(lambda: hung.waits)
    hung.passes()
    hung.ask(bench.recorder.press)
    until(hung.are_open)
    hung.ask(bench.stop)
    until(lambda: hung.waits)
    hung.passes(CLOSES_AFTER_NS - 1)
    assert hung.are_open()
    hung.passes(1)
    assert not hung.are_open()
    hung.ask(bench.second)
    bench.recorder.cut = bench.second
    hung.answers()
    until(lambda: bench.recorder.status().state is Mode.PRIVATE)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((), "the press is noted, and done as soon as it does"),
        ((Event.PRIVATE_ON,), "the press is noted, and done as soon as it does"),
        ((Event.DOCK,), "the press is noted, but the camera is docked by then and records nothing"),
        ((Event.LOCK,), "the press is noted, but the camera is locked by then and records nothing"),
        (
            (Event.DOCK, Event.LOCK),
            "the press is noted, but the camera is locked by then and records nothing",
        ),
        ((Event.SHUT_DOWN,), "the press is noted, but the camera is off by then and records nothing"),
        ((Event.LOCK, Event.UNLOCK), "the press is noted, and done as soon as it does"),
    ],
)
def test_whoever_presses_while_the_card_hangs_hears_whether_it_will_record(
    events: tuple[Event, ...], said: str, hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    for event in events:
        bench.recorder.change(event)
    outcome = bench.recorder.press()
    assert outcome.sentence == f"The card does not answer: {said}."
    assert outcome.refused is ("records nothing" in said)
    assert (outcome.ok, outcome.state) == (False, Mode.FAULT)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    hung.ask(bench.second)
    hung.answers()
    bench.recorder.settle()
    until(lambda: not hung.awaited)
    assert bench.recorder.recording is not outcome.refused


# proves C3 and C11
def test_what_is_asked_for_is_noted_in_the_order_in_which_it_is_sent(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    box = bench.recorder._executor.inbox
    sent: list[Message] = []
    asking = box.asking

    def press_comes_between(message: Message, ticket: inbox.Ticket) -> Callable[[], object]:
        if isinstance(message, AskChange):
            hung.ask(bench.recorder.press)
            threading.Event().wait(0.05)  # for a press that is not kept waiting to overtake this
        sent.append(message)
        return asking(message, ticket)

    monkeypatch.setattr(box, "asking", press_comes_between)
    hung.ask(lambda: bench.recorder.change(Event.PRIVATE_ON))
    until(lambda: len(hung.awaited) == 2)
    until(lambda: len(sent) == 2)
    assert [type(each) for each in sent] == [AskChange, AskPress]
    assert [each.event for each in hung.awaited] == [Event.PRIVATE_ON, Event.PRESS]
    hung.passes()
    assert hung.are_open()
    hung.ask(bench.second)
    hung.answers()


# proves C11
def test_a_stop_closes_what_a_press_in_private_had_opened_while_the_card_hangs(hung: Hung) -> None:
    bench = hung.bench
    assert bench.recorder.change(Event.PRIVATE_ON).ok
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    hung.ask(bench.stop)
    until(lambda: hung.waits)
    hung.passes()
    assert not hung.are_open()
    hung.ask(bench.second)
    hung.answers()
    until(lambda: bench.recorder.status().state is Mode.PRIVATE)


def test_a_stop_in_ready_closes_nothing(hung: Hung) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    hung.ask(bench.stop)
    until(lambda: [each.event for each in hung.awaited] == [Event.STOP])
    hung.passes()
    assert hung.are_open()
    assert not hung.waits
    hung.ask(bench.second)
    hung.answers()


def test_whoever_is_told_to_wait_has_the_sensors_closed_whatever_the_clock_says(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    assert bench.recorder.change(Event.PRIVATE_ON).state is Mode.FAULT
    assert not hung.are_open()
    assert hung.looks[-1:] == [False]
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    hung.ask(bench.second)
    hung.answers()
    until(lambda: not bench.recorder._heart.camera.sensors)
    assert bench.recorder.change(Event.PRIVATE_OFF).ok
    assert hung.are_open()


def test_what_was_never_answered_keeps_nothing_closed_after_a_later_change() -> None:
    on, at = Heart(State(on=True, assigned=True)), Instant(0, ClockLabel(0, synchronised=True, error_us=0))
    asked = AwaitedChanges()
    for asker, event in enumerate((Event.DOCK, Event.LOCK), 1):
        asked = asked.ask(AskChange(asker, event, at), event, on)
    asked = asked.look(CLOSES_AFTER_NS)
    assert asked.close
    assert not asked.still(lambda _: False).close, "all is made"
    assert asked.is_made(1, ()).close
    assert not asked.is_made(3, ()).close
    assert asked.is_made(3, (1,)).close, "it waits for the last chunk of a recording"
    assert asked.still(lambda number: number == 2).asked == asked.is_made(1, ()).asked


@pytest.fixture(params=[Mode.PRIVATE, Mode.STANDBY])
def begun(request: pytest.FixtureRequest, hung: Hung) -> tuple[Hung, GapCause]:
    """A recording that a press has begun in private, or with nobody's camera, and why its sensors close."""
    if request.param is Mode.PRIVATE:
        assert hung.bench.recorder.change(Event.PRIVATE_ON).ok
    else:
        hung.nobodys()
    assert hung.bench.press().ok
    hung.bench.second()
    return hung, GapCause.PRIVATE if request.param is Mode.PRIVATE else GapCause.NOT_ASSIGNED


# proves C6
@pytest.mark.parametrize("times", [1, 2])
def test_what_a_late_stop_kept_closed_is_a_gap_with_its_cause_where_a_press_takes_it_back(
    times: int, begun: tuple[Hung, GapCause]
) -> None:
    hung, cause = begun
    bench = hung.bench
    end_ns = bench.clock.now_ns
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    later = [hung.is_closed_and_opened_again() for _ in range(times)]
    hung.answers()
    for each in later:
        bench.recorder.push(each)
    bench.recorder.cut = bench.second
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert {str(gap.cause) for gap in report.gaps} == {str(cause)}
    ends = [end_ns, *(each.start_ns + each.duration_ns for each in later)]
    holes = {(each.start_ns, at) for each, at in zip(later, ends, strict=False)}
    assert {(gap.start_ns + gap.duration_ns, gap.start_ns) for gap in report.gaps} == holes
    assert all(gap.explained for gap in report.gaps)


# proves C6
def test_what_a_late_stop_kept_closed_is_a_gap_where_the_card_loses_what_came_after_it(
    begun: tuple[Hung, GapCause],
) -> None:
    hung, cause = begun
    bench = hung.bench
    end_ns = bench.clock.now_ns
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    lost, later = hung.is_closed_and_opened_again(), bench.filmed()
    hung.answers()
    hung.disk.before = refuse(FULL, name="write", within=r"\.seg$", times=1)
    for each in (lost, later):
        bench.recorder.push(each)
    bench.recorder.cut = bench.second
    assert bench.stop().ok
    gaps = bench.verify(1).gaps
    spans = {(str(gap.cause), gap.start_ns, gap.duration_ns) for gap in gaps}
    assert spans == {
        (str(cause), end_ns, lost.start_ns - end_ns),
        (str(GapCause.STORAGE), lost.start_ns, lost.duration_ns),
    }
    assert all(gap.explained for gap in gaps)


# proves C6
def test_a_recording_that_ends_before_footage_came_again_says_why_it_is_missing(
    begun: tuple[Hung, GapCause], monkeypatch: pytest.MonkeyPatch
) -> None:
    hung, cause = begun
    bench = hung.bench
    monkeypatch.setattr(executor, "CHUNK_WAIT_S", 0.01)
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    hung.is_closed_and_opened_again()
    hung.answers()
    assert bench.stop().ok
    events = read_ledger(bench.files(1)[LEDGER_NAME]).events
    assert {each.detail["cause"] for each in events if each.kind is EventKind.GAP} == {str(cause)}


# proves C3 and C6
@pytest.mark.parametrize("event", [Event.PRIVATE_ON, Event.STOP])
def test_a_chunk_that_was_filmed_for_a_press_that_waits_is_in_its_recording(event: Event, hung: Hung) -> None:
    bench = hung.bench
    bench.recorder.assign("visit-1")
    bench.press()
    bench.second()
    if event is Event.STOP:
        hung.ask(bench.stop)
    else:
        hung.change(event)
    until(lambda: bench.recorder._heart.ending is not None)
    bench.clock.now_ns += 1
    if event is Event.STOP:
        bench.recorder.assign("visit-2")  # so that no press takes the stop back
    hung.ask(bench.recorder.press)
    until(lambda: bench.recorder._heart.parked)
    assert hung.are_open()
    filmed = bench.filmed()  # which begins after the stop, and ends its recording
    bench.recorder.push(filmed)
    hung.answers()
    bench.recorder.cut = bench.second
    assert bench.stop().ok
    report = bench.verify(2)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert (report.first_ns, report.duration_ns) == (filmed.start_ns, 2 * 10**9)
    assert bench.verify(1).duration_ns == 4 * 10**9


# proves C3 and C11
@pytest.mark.parametrize("mode", [Mode.PRIVATE, Mode.STANDBY])
def test_a_press_opens_what_is_closed_before_the_card_answers(mode: Mode, hung: Hung) -> None:
    bench = hung.bench
    if mode is Mode.PRIVATE:
        assert bench.recorder.change(Event.PRIVATE_ON).ok
    else:
        hung.nobodys()
    hung.hang("create", "recordings", bench.recorder.tick)
    assert not hung.are_open()
    hung.ask(bench.recorder.press)
    until(hung.are_open)
    assert hung.looks[-1:] == [True]
    assert not bench.recorder.recording
    hung.ask(bench.stop)
    until(lambda: hung.waits)
    hung.passes()
    assert not hung.are_open(), "and a stop that is late closes it"
    hung.ask(bench.second)
    bench.recorder.cut = bench.second
    hung.answers()
    assert bench.recorder.status().state is mode


# proves C11
@pytest.mark.parametrize("recording", [True, False])
def test_nobodys_camera_does_not_film_on_because_a_card_hangs(hung: Hung, *, recording: bool) -> None:
    bench = hung.bench
    bench.recorder._require_assignment = True
    assert bench.recorder.assign("visit-1").ok
    if recording:
        bench.press()
        bench.second()
        hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    else:
        hung.hang("create", "recordings", bench.recorder.tick)
    hung.ask(lambda: bench.recorder.assign(None))
    until(lambda: Event.UNASSIGNED in [each.event for each in hung.awaited])
    hung.passes(CLOSES_AFTER_NS - 1)
    assert hung.are_open()
    hung.passes(1)
    assert hung.are_open() is recording, "what is recorded goes on"
    hung.answers()
    assert bench.recorder.status().state is (Mode.RECORDING if recording else Mode.STANDBY)
    assert hung.are_open() is recording


# proves C3 and C11
def test_whoever_presses_on_nobodys_camera_takes_back_that_it_closes(hung: Hung) -> None:
    bench = hung.bench
    bench.recorder._require_assignment = True
    assert bench.recorder.assign("visit-1").ok
    hung.hang("create", "recordings", bench.recorder.tick)
    hung.ask(lambda: bench.recorder.assign(None))
    until(lambda: hung.waits)
    hung.passes()
    assert not hung.are_open()
    hung.looks.clear()
    hung.ask(bench.recorder.press)
    until(hung.are_open)
    hung.answers()
    assert bench.recorder.recording
    assert False not in hung.looks, "nor when it becomes nobody's, just before the press"
    assert read_ledger(bench.files(1)[LEDGER_NAME]).open.marks == ("unassigned",)


# proves F8
def test_a_press_that_may_take_a_stop_back_is_not_said_to_begin_a_recording(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = hung.bench
    bench.press()
    bench.second()
    hung.ask(bench.stop)
    until(lambda: bench.recorder._heart.ending is not None)
    hung.hang("sync_data", "ledger", bench.recorder.bookmark)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    outcome = bench.recorder.press()
    assert outcome.sentence == "The card does not answer: the press is noted, and done as soon as it does."
    assert outcome.number is None, "which recording it concerns is not known"
    marked = bench.recorder.bookmark().sentence
    assert marked.endswith("is noted, and made as soon as it does, if something is being recorded by then.")
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    hung.answers()
    assert bench.recorder.recording
    assert bench.recorder.status().recording == 1, "it took the stop back"


# proves F8
@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda bench: bench.stop(), "the stop is noted, and done as soon as it does"),
        (
            lambda bench: bench.recorder.change(Event.PRIVATE_OFF),
            "the change is noted, but the camera is ready by then and stays so",
        ),
        (
            lambda bench: bench.recorder.bookmark(),
            "the bookmark is noted, and made as soon as it does, if something is being recorded by then",
        ),
    ],
)
def test_what_comes_to_nothing_is_not_said_to_come(
    do: Callable[[Bench], Outcome], said: str, hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung.hang("create", "recordings", hung.bench.recorder.tick)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    assert do(hung.bench).sentence == f"The card does not answer: {said}."
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    hung.answers()
    assert not hung.bench.recorder.recording


# proves F8
@pytest.mark.parametrize("to", ["visit-2", None])
@pytest.mark.parametrize("is_made", [True, False])
def test_a_camera_that_waits_to_go_to_another_is_not_said_to_be_private_for_them(
    to: str | None, hung: Hung, monkeypatch: pytest.MonkeyPatch, *, is_made: bool
) -> None:
    bench = hung.bench
    assert bench.recorder.assign("visit-1").ok
    if is_made:
        assert bench.recorder.change(Event.PRIVATE_ON).ok
    hung.hang("create", "recordings", bench.recorder.tick)
    if not is_made:
        hung.change(Event.PRIVATE_ON)
    hung.ask(lambda: bench.recorder.assign(to))
    until(lambda: bool(hung.awaited) and bench.recorder.then.holder.assignment == to)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    late = bench.recorder.change(Event.PRIVATE_ON)
    assert late.sentence == "The card does not answer: the change is noted, and made as soon as it does."
    assert not late.refused
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    assert not hung.are_open(), "theirs closes them, too"
    hung.answers()
    bench.recorder.settle()
    assert bench.recorder.status().state is Mode.PRIVATE
    assert bench.recorder._heart.private_of == to


# proves F8
@pytest.mark.parametrize(
    ("made_of", "to", "is_over"),
    [("visit-1", "visit-1", False), (None, "visit-1", False), ("visit-2", "visit-1", True)],
)
def test_a_private_time_is_said_to_go_on_where_it_is_whoevers_has_the_camera_by_then(
    made_of: str | None, to: str, hung: Hung, monkeypatch: pytest.MonkeyPatch, *, is_over: bool
) -> None:
    """What comes of it is what the heart makes of it, whoever the card said had the camera before a start."""
    bench = hung.bench
    assert bench.recorder.change(Event.PRIVATE_ON, PrivateOf(made_of)).ok
    hung.hang("create", "recordings", bench.recorder.tick)
    hung.ask(lambda: bench.recorder.assign(to))
    until(lambda: bool(hung.awaited) and bench.recorder.then.holder.assignment == to)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    assert bench.recorder.change(Event.PRIVATE_OFF).refused is is_over
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    hung.answers()
    bench.recorder.settle()
    assert bench.recorder.status().state is Mode.READY


# proves C6
@pytest.mark.parametrize("kind", [SaidOfConsent.GIVEN, SaidOfConsent.REFUSED])
def test_what_is_said_while_a_press_waits_for_the_card_stands_in_its_ledger(
    kind: SaidOfConsent, hung: Hung
) -> None:
    bench = hung.bench
    make_folder(hung.disk, bench.folders.consent)
    log = ConsentLog(hung.disk, bench.folders.consent, bench.credentials, bench.recorder.run)
    door = ConsentButtons(bench.recorder, log, bench.recorder.change, bench.clock, lambda _: True)
    hung.hang("create", "recordings", bench.recorder.tick)
    hung.change(Event.PRESS)
    sent: list[object] = []
    asking = bench.recorder._inbox.asking

    def watched(message: Message, ticket: inbox.Ticket) -> Callable[[], object]:
        sent.append(message)
        return asking(message, ticket)

    bench.recorder._inbox.asking = watched  # type: ignore[method-assign]
    hung.ask(lambda: door.say(ConsentSaid(kind), "control"))
    until(lambda: any(isinstance(each, AskBookmark | AskChange) for each in sent))
    bench.recorder.cut = bench.second
    hung.answers()
    bench.recorder.settle()
    if kind is SaidOfConsent.GIVEN:
        bench.second()
        assert bench.stop().ok
    events = read_ledger(bench.files(1)[LEDGER_NAME]).events
    assert [dict(each.detail) for each in events if "consent" in each.detail] == [{"consent": str(kind)}]


# proves C3 and F8
def test_a_word_for_which_nothing_may_be_recorded_by_then_is_said_to_be_noted(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = hung.bench
    make_folder(hung.disk, bench.folders.consent)
    log = ConsentLog(hung.disk, bench.folders.consent, bench.credentials, bench.recorder.run)
    door = ConsentButtons(bench.recorder, log, bench.recorder.change, bench.clock, lambda _: True)
    hung.hang("create", "recordings", bench.recorder.tick)
    hung.change(Event.PRESS)
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", 0.01)
    said = door.say(ConsentSaid(SaidOfConsent.GIVEN), "control")
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    assert not said.ok
    assert "what was said is noted, and made as soon as it does" in said.sentence
    hung.answers()


# proves F8
def test_a_press_that_films_while_the_card_hangs_is_told_as_nothing_private(hung: Hung) -> None:
    bench = hung.bench
    bench.recorder.change(Event.PRIVATE_ON)
    hung.hang("create", "recordings", bench.recorder.tick)
    bench.clock.now_ns += 10**9
    hung.change(Event.PRESS)
    assert hung.are_open()
    pressed_ns = bench.clock.now_ns
    assert bench.recorder.status().by_hand_ns == pressed_ns
    hung.passes(3 * 10**9)
    told = bench.recorder.status()
    assert told.by_hand_ns == pressed_ns, "it films since then"
    assert told.state is Mode.FAULT
    assert told.faults
    hung.answers()
    bench.recorder.settle()
    told = bench.recorder.status()
    assert told.by_hand_ns == pressed_ns
    assert told.recording == 1


# proves C6 and C7
def test_a_private_time_that_was_made_late_is_no_cause_of_what_does_not_come_later(hung: Hung) -> None:
    bench = hung.bench
    hung.hang("create", "recordings", bench.recorder.tick)
    hung.change(Event.PRIVATE_ON)
    hung.passes(2 * 10**9)
    assert not hung.are_open()
    hung.answers()
    bench.recorder.settle()
    bench.clock.now_ns += 3600 * 10**9
    assert bench.press().ok
    bench.clock.now_ns += 5 * 10**9  # nothing comes
    heart = bench.recorder._executor.heart
    assert heart.why_none_came(bench.clock.now_ns) is GapCause.STALLED


# proves C6 and C7
def test_what_private_kept_closed_that_was_taken_back_is_a_gap_of_the_window(hung: Hung) -> None:
    bench = hung.bench
    hung.hang("create", "recordings", bench.recorder.tick)
    for event in (Event.PRIVATE_ON, Event.PRIVATE_OFF):
        hung.change(event)
    before = bench.filmed()
    assert bench.recorder.status().by_hand_ns is None
    hung.passes(0)
    assert not hung.are_open()
    assert bench.recorder.status().by_hand_ns == bench.clock.now_ns
    closed_ns = bench.clock.now_ns
    bench.clock.now_ns += 3 * 10**9
    hung.answers()
    bench.recorder.settle()
    assert hung.are_open()
    bench.recorder.push(before)
    bench.second()
    assert bench.press().ok
    opening = read_ledger(bench.files(1)[LEDGER_NAME]).open
    missing = {str(each.reason): each.duration_ns for each in opening.missing}
    assert missing == {"private": 10 * 10**9 - 2 * 10**9}, "of which three seconds were closed since"
    [gap, _] = bench.verify(1).gaps
    assert (str(gap.cause), gap.start_ns, gap.duration_ns) == ("private", closed_ns, 3 * 10**9)
