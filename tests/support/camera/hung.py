"""A camera whose card hangs until it is told to answer, and what is asked of it meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from device.consent.log import ConsentLog
from device.door.door import ConsentButtons
from device.recording import inbox
from device.recording.heart.closing import CLOSES_AFTER_NS, AwaitedChange
from device.recording.state import Event
from device.storage.durable import make_folder
from protocol.footage.format.model import PlainChunk
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.storage.disks import PATIENCE_S, HangingFilesystem, until


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

    def nobodys(self) -> None:
        """The camera is nobody's."""
        self.bench.recorder._require_assignment = True
        assert self.bench.recorder.assign(None).ok
        assert self.bench.recorder.status().state is Mode.STANDBY

    def is_closed_and_opened_again(self) -> PlainChunk:
        """A stop is late, and a press takes it back; return what is filmed then."""
        self.ask(self.bench.stop)
        until(lambda: self.waits)
        self.passes()
        assert not self.are_open()
        self.passes(3 * 10**9)
        self.ask(self.bench.recorder.press)
        until(self.are_open)
        return self.bench.filmed()

    def answers(self) -> None:
        """The card answers again, and all that was asked for is done."""
        self.disk.answers.set()
        for each in self._threads:
            each.join(PATIENCE_S)
            assert not each.is_alive()

    def are_open(self) -> bool:
        """Whether the sensors are to be open."""
        return self.bench.recorder.sensors

    def takes(self, do: Callable[[], object]) -> None:
        """Something is asked for, and is sent."""
        asked = len(self.awaited)
        self.ask(do)
        until(lambda: len(self.awaited) > asked)

    def door(self) -> ConsentButtons:
        """The door of the camera, whose sensors close at once."""
        bench = self.bench
        make_folder(self.disk, bench.folders.consent)
        log = ConsentLog(self.disk, bench.folders.consent, bench.credentials, bench.recorder.run)
        return ConsentButtons(bench.recorder, log, bench.recorder.change, bench.clock, lambda _: True)

    @property
    def waits(self) -> bool:
        """Whether something that closes the sensors was asked for and is not made."""
        return any(each.closes for each in self.awaited)

    @property
    def awaited(self) -> tuple[AwaitedChange, ...]:
        """What was asked for, changes the state and is not answered."""
        executor = self.bench.recorder._executor
        return executor._awaited.still(executor.inbox.waits).asked


def hanging(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hung]:
    """Give a camera of which three seconds were filmed; nobody is told to wait by themselves."""
    monkeypatch.setattr(inbox, "ANSWER_WAIT_S", PATIENCE_S)
    disk = HangingFilesystem()
    bench = Bench(folder, disk=disk)
    bench.boot()
    hung = Hung(bench, disk)
    bench.recorder.cut = lambda: None
    bench.recorder.on_sensors = lambda: hung.looks.append(bench.recorder.sensors)
    bench.seconds(3)
    yield hung
    disk.answers.set()
    bench.recorder.close()
