"""Sensors that somebody wants closed close although the card hangs, and a press opens them.

No test here measures time: the clock is moved by hand, and a card hangs until it is told to answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from device.consent.log import ConsentLog
from device.door.door import ConsentButtons
from device.recording import inbox
from device.recording.heart.closing import CLOSES_AFTER_NS, AwaitedChange, AwaitedChanges
from device.recording.heart.messages import AskChange, AskPress, Message
from device.recording.heart.outcome import Outcome
from device.recording.state import Event, State
from device.storage.durable import make_folder
from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.verifying.verify import Verdict
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import PATIENCE_S, Call, HangingFilesystem, until


@dataclass
class Hung:
    """A camera whose card can hang, and what is asked of it in threads of their own."""

    bench: Bench
    disk: HangingFilesystem
    looks: list[bool] = field(default_factory=list)
    """Whether the sensors were to be open, each time that whoever opens them was told to look."""
    _threads: list[threading.Thread] = field(default_factory=list)

    def ask(self, do: Callable[[], object]) -> None:
        thread = threading.Thread(target=do, daemon=True)
        self._threads.append(thread)
        thread.start()

    def hang(self, name: str, within: str, do: Callable[[], object]) -> None:
        """Have the card hang in what is asked for."""
        self.disk.hang(name, within)
        self.ask(do)
        assert self.disk.stuck.wait(PATIENCE_S)

    def change(self, event: Event) -> None:
        """Something is to happen, and waits for the card."""
        self.ask(lambda: self.bench.recorder.change(event))
        until(lambda: self.awaited[-1:] and self.awaited[-1].event is event)

    def passes(self, ns: int = CLOSES_AFTER_NS) -> None:
        """Time passes, with the card as it is."""
        self.bench.clock.now_ns += ns
        self.bench.recorder.expire()

    def answers(self) -> None:
        """The card answers again, and all that was asked for is done."""
        self.disk.answers.set()
        for each in self._threads:
            each.join(PATIENCE_S)
            assert not each.is_alive()

    def are_open(self) -> bool:
        """Whether the sensors are to be open."""
        return self.bench.recorder.sensors

    @property
    def waits(self) -> bool:
        """Whether something that closes the sensors was asked for and is not made."""
        return any(each.closes for each in self.awaited)

    @property
    def awaited(self) -> tuple[AwaitedChange, ...]:
        """What was asked for, changes the state and is not answered."""
        executor = self.bench.recorder._executor
        return executor._awaited.still(executor.inbox.waits).asked


@pytest.fixture
def hung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hung]:
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    disk = HangingFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    hung = Hung(bench, disk)
    bench.recorder.cut = lambda: None
    bench.recorder.on_sensors = lambda: hung.looks.append(bench.recorder.sensors)
    bench.seconds(3)
    yield hung
    disk.answers.set()
    bench.recorder.close()


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
    hung.ask(lambda: outcomes.append(bench.recorder.press()))
    until(lambda: bench.recorder.sensors)
    assert hung.looks[-1:] == [True]
    hung.ask(bench.second)
    hung.answers()
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
    on = State(on=True, assigned=True)
    asked = AwaitedChanges().ask(1, Event.DOCK, 0, on).ask(2, Event.LOCK, 0, on).look(CLOSES_AFTER_NS)
    assert asked.close
    assert not asked.still(lambda _: False).close, "all is made"
    assert asked.is_made(1).close
    assert not asked.is_made(3).close
    assert asked.still(lambda number: number == 2).asked == asked.is_made(1).asked
