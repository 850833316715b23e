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
from device.recording.heart.closing import CLOSES_AFTER_NS, AwaitedClosings
from device.recording.heart.outcome import Outcome
from device.recording.state import Event
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
        return bool(self.bench.recorder._executor._closings.asked)


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
    asked = AwaitedClosings().ask(1, 0).ask(2, 0).look(CLOSES_AFTER_NS, lambda _: True)
    assert asked.close(lambda _: True)
    assert not asked.close(lambda _: False), "all is made"
    assert asked.is_made(1).close(lambda _: True)
    assert not asked.is_made(3).close(lambda _: True)
    assert asked.look(0, lambda number: number == 2).asked == asked.is_made(1).asked
