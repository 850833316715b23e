"""A camera's day on a card that fails once, or from some moment on, and what must hold of it afterwards.

The day fills the ring, presses, records, bookmarks, stops, rolls over, takes receipts and removes, presses
once more, loses its power before that recording has its folder, and recovers. ``operations`` lives it without
a fault and lists what it asks of the card, by phase: a new call in the product is in the list by itself.
``live`` lives it with one of them failing.

    for operation in operations(folder):
        assert live(folder, operation, FAULTS["EIO"]) == []
"""

from __future__ import annotations

import errno
import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from device.errors import StorageError
from device.recording.heart.outcome import Outcome
from device.shelf import ReceiptRefusedError
from device.storage.filesystem import Space
from protocol.footage.format.errors import FootageError
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.sealing.opening import open_parts
from protocol.footage.verifying.verify import Verdict
from protocol.mode import Mode
from tests.support.camera.receipts import receipt_of, signed
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import make_identity
from tests.support.storage.disks import WatchedFilesystem

SYNCS = frozenset({"sync_data", "sync", "sync_dir"})
TAKES_ROOM = frozenset({"create", "write", "mkdir", "link", "allocate", "rename", *SYNCS})
CHANGES = frozenset({*TAKES_ROOM, "open_append", "truncate", "chmod", "unlink", "rmdir"})
ANY = (CHANGES | {"space"}) - SYNCS
AGAIN = frozenset({"press again", "stop again", "last press", "last seconds", "afterwards"})
"""Phases that ask for nothing new."""

AT_ONCE = 2
"""Files that are open at any time at most: a segment and a ledger."""

IDENTITY = make_identity()


@dataclass(frozen=True, order=True)
class Operation:
    """One thing that is asked of the card in a phase of the day."""

    phase: str
    name: str
    what: str
    place: int
    """How many of the same there were before it in its phase."""

    def __str__(self) -> str:
        return f"{self.phase}: {self.name} {self.what} ({self.place + 1})"


@dataclass(frozen=True)
class Fault:
    """What goes wrong.

    Attributes:
        code: The error, 0 for none: a short write says nothing.
        names: The operations that can go wrong so.
        lasts: Which others fail from then on, until the card is replaced; none for a fault that happens once.
        taken: The share of a write that is taken before it goes wrong.
        sentence: What the person is told, in part.
    """

    code: int
    names: frozenset[str]
    lasts: frozenset[str] = frozenset()
    taken: float | None = None
    sentence: str = ""


FAULTS = {
    "ENOSPC": Fault(errno.ENOSPC, ANY & TAKES_ROOM, sentence="The card is full"),
    "ENOSPC from then on": Fault(errno.ENOSPC, ANY & TAKES_ROOM, TAKES_ROOM, sentence="The card is full"),
    "EDQUOT": Fault(errno.EDQUOT, ANY & TAKES_ROOM, TAKES_ROOM, sentence="The disk quota is used up"),
    "EIO": Fault(errno.EIO, ANY, sentence="The card failed"),
    "a short write": Fault(0, frozenset({"write"}), taken=0.4),
    "a write cut short": Fault(errno.ENOSPC, frozenset({"write"}), taken=0.4, sentence="The card is full"),
    "a failed sync, EIO": Fault(errno.EIO, SYNCS, sentence="The card failed"),
    "a failed sync, ENOSPC": Fault(errno.ENOSPC, SYNCS, sentence="The card is full"),
    "a failed sync, EDQUOT": Fault(errno.EDQUOT, SYNCS, sentence="The disk quota is used up"),
    "a failed close, EIO": Fault(errno.EIO, frozenset({"close"}), sentence="The card failed"),
    "a failed close, ENOSPC": Fault(errno.ENOSPC, frozenset({"close"}), sentence="The card is full"),
    "a remount, read-only": Fault(errno.EROFS, CHANGES, CHANGES, sentence="The card is read-only"),
}


@dataclass
class FailingFilesystem(WatchedFilesystem):
    """A card on which one operation of the day fails."""

    root: Path = Path()
    failing: Operation | None = None
    fault: Fault | None = None
    phase: str = ""
    reaches_disk: bool = False
    happened: list[Operation] = field(default_factory=list)
    struck: bool = False
    failed_syncs: set[int] = field(default_factory=set)
    retried: list[str] = field(default_factory=list)
    _seen: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _cut: int | None = None

    def watch(self, name: str, path: Path, size: int = 0, file: int | None = None) -> int | None:
        super().watch(name, path, size, file)
        if name in SYNCS and file in self.failed_syncs:
            self.retried.append(f"{name} of {path.name}")
        what = _kind(path.relative_to(self.root))
        place = self._seen.get((self.phase, name, what), 0)
        self._seen[self.phase, name, what] = place + 1
        operation = Operation(self.phase, name, what, place)
        self.happened.append(operation)
        try:
            return self._strike(operation, name, size, file)
        except OSError:
            if name in SYNCS and file is not None:
                self.failed_syncs.add(file)
            raise

    def space(self, path: Path) -> Space:
        self.watch("space", path)
        return super().space(path)

    def well(self) -> None:
        """Another card, or room again."""
        self.fault = None

    def _strike(self, operation: Operation, name: str, size: int, file: int | None) -> int | None:
        fault = self.fault
        if fault is None:
            return None
        if self._cut is not None and file == self._cut and name == "write":
            self._cut = None
            raise OSError(fault.code, os.strerror(fault.code))
        if operation == self.failing:
            self.struck = True
            if fault.taken is not None:
                self._cut = file if fault.code else None
                return max(1, int(size * fault.taken))
        elif not (self.struck and name in fault.lasts):
            return None
        raise OSError(fault.code, os.strerror(fault.code))


def _kind(path: Path) -> str:
    """A path without what differs from day to day: numbers, and the ids of runs."""
    return re.sub(r"[0-9a-f]{8,}", "N", str(path))


def operations(folder: Path) -> list[Operation]:
    """All that a day without a fault asks of the card, each kind the first time in its phase."""
    day = Day(folder)
    day.live()
    assert day.problems() == []
    return [each for each in day.disk.happened if each.place == 0 and each.phase not in AGAIN]


def live(folder: Path, failing: Operation, fault: Fault) -> list[str]:
    """Live the day with a fault; return what does not hold, in sentences."""
    day = Day(folder, failing, fault)
    day.live()
    return [f"{failing}: {problem}" for problem in day.problems()]


class Day:
    """One camera, one day, one card."""

    def __init__(self, folder: Path, failing: Operation | None = None, fault: Fault | None = None) -> None:
        self.disk = FailingFilesystem(root=folder, failing=failing, fault=fault)
        self.fault = fault
        self.bench = Bench(
            folder,
            window_s=5,
            disk=self.disk,
            identity=IDENTITY,
            random=random.Random(1).randbytes,
            settings={"camera": {"roll_over_min": 0.05}, "storage": {"after_receipt": "delete"}},
        )
        self.said: list[str] = []
        self.lost: list[str] = []
        self.expected: set[int] = set()
        self.promised: set[int] = set()
        self.sent: dict[int, set[int]] = {}
        self.shown: dict[Path, bytes] = {}
        self.wrong: list[str] = []

    def live(self) -> None:
        """The whole day, the night, and the next morning on a card that is well."""
        self._boot("boot")
        self._phase("fill", lambda: self._seconds(6))
        self._phase("press", self._press)
        self._phase("record", lambda: self._seconds(2))
        self._phase("bookmark", lambda: self._hear(self.bench.recorder.bookmark()))
        self._phase("stop", self._stop)
        self._phase("press again", self._press)
        self._phase("roll over", lambda: self._seconds(5))
        self._phase("stop again", self._stop)
        self._phase("receipt", lambda: self._receipt(delete=True))
        self._phase("receipt, kept", lambda: self._receipt(delete=False))
        self._phase("last press", self._press_without_a_folder)
        self._phase("last seconds", lambda: self._seconds(2))
        left_open = sum(not file.closed for file in self.disk.opened)
        if left_open > AT_ONCE:
            self.wrong.append(f"{left_open} files are open")
        self.disk.end()  # the power goes
        self._boot("recovery")
        self.disk.well()
        self.disk.end()
        self._boot("afterwards")
        self._phase("afterwards", lambda: self._seconds(3))
        outcome = self.bench.press()
        if not outcome.ok:
            self.wrong.append(f"a card that is well again does not record: {outcome.sentence}")
        self._promise(outcome)
        self._phase("afterwards", self._stop)
        self.disk.end()
        self._boot("afterwards")
        self.bench.recorder.close()

    def problems(self) -> list[str]:
        """What does not hold."""
        found = [*self.wrong, *(f"a failed sync was tried again: {each}" for each in self.disk.retried)]
        found += [f"not one clear sentence: {each!r}" for each in self.said if not self._is_clear(each)]
        read, holes = set[int](), False
        held = {each.number for each in self.bench.shelf.recordings()}
        for number in sorted(held):
            report = self.bench.verify(number)
            if report.verdict is Verdict.ALTERED:
                found.append(f"recording {number}: {report.sentence}")
            found += [f"a gap in {number} that nobody signed" for gap in report.gaps if gap.cause is None]
            holes = holes or bool(report.gaps)
            try:
                read |= self._starts(number)
            except FootageError as error:
                found.append(f"recording {number} does not open: {error}")
        found += [each for number in held for each in self._changed(number, in_order=True)]
        for number in {*self.promised, *self.sent} - held:
            if not self.bench.folders.receipt(number).exists():
                found.append(f"recording {number} is gone")
            read |= self.sent.get(number, set())
        if missing := sorted(self.expected - read):
            found.append(f"acknowledged footage is lost: {missing}")
        if (self.lost or holes) and not self.said:
            found.append(f"nobody was told: {self.lost}, holes: {holes}")
        return found

    def _starts(self, number: int) -> set[int]:
        """When each second of a recording begins, as its recipient reads it."""
        parts = open_parts(self.bench.files(number), IDENTITY.private)
        return {int(part.data.split()[3].rstrip(b".")) for part in parts}

    def _is_clear(self, sentence: str) -> bool:
        ours = self.fault is None or not self.fault.sentence or self.fault.sentence in sentence
        return ours and sentence.endswith(".") and "\n" not in sentence and len(sentence) <= 256

    def _boot(self, phase: str) -> None:
        """Start; a card that is refused is replaced, and it starts on that."""
        self.disk.phase = phase
        try:
            self.bench.boot()
        except (StorageError, OSError) as error:
            self.said.append(str(error))
            if not isinstance(error, StorageError):
                self.wrong.append(f"{phase}: {type(error).__name__}: {error}")
            self.disk.end()
            self.disk.well()
            self.bench.boot()
        self.bench.recorder.cut = self._second
        self.bench.shelf.on_change(self._look)
        self._look()
        self.bench.wait(0)

    def _look(self) -> None:
        """What the shelf shows that will not change any more: the uploader may send it from now on."""
        for shelved in self.bench.shelf.recordings():
            if shelved.receipt:
                continue
            ledger = () if shelved.ended is None else ((LEDGER_NAME, shelved.ledger_length),)
            for name, length in (*ledger, *shelved.closed_segments):
                path = shelved.folder / name
                self.shown.setdefault(path, path.read_bytes()[:length])

    def _changed(self, number: int, *, in_order: bool = False) -> Iterator[str]:
        """What of a recording is not as the shelf has shown it.

        Args:
            number: Which.
            in_order: Whether the camera has started since, so that the files hold nothing else.
        """
        for path, before in self.shown.items():
            if int(path.parent.name) != number:
                continue
            now = path.read_bytes() if path.exists() else b""
            if (now if in_order else now[: len(before)]) != before:
                yield f"{path.name} of recording {number} is not what the shelf has shown of it"

    def _phase(self, name: str, do: Callable[[], None]) -> None:
        self.disk.phase = name
        with self._up(name):
            do()

    @contextmanager
    def _up(self, phase: str) -> Iterator[None]:
        """The camera stays up: nothing but an answer comes out of it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, it should not have come out
            self.wrong.append(f"{phase}: {type(error).__name__}: {error}")

    def _second(self) -> None:
        start = self.bench.clock.now_ns
        self.bench.second()
        self._after(start)

    def _after(self, start: int) -> None:
        status = self.bench.recorder.status()
        self.said += status.faults
        if status.state is Mode.RECORDING:
            self.expected.add(start)
        elif self.bench.recorder.recording:
            self.lost.append(f"second {start}")
            if not status.faults:
                self.wrong.append("a second was lost and the status says nothing")

    def _seconds(self, count: int) -> None:
        for _ in range(count):
            self._second()
            self.bench.recorder.tick()

    def _press(self) -> None:
        outcome = self.bench.press()
        self._hear(outcome)
        self._promise(outcome)

    def _press_without_a_folder(self) -> None:
        """Press; the power will go before what follows the answer is begun."""
        publisher = self.bench.recorder._executor.handler.under_way.publisher
        publisher.publish = lambda: None  # type: ignore[method-assign]  # nothing of it reaches the card
        self._press()

    def _promise(self, outcome: Outcome) -> None:
        if outcome.ok and outcome.number is not None:
            self.promised.add(outcome.number)

    def _stop(self) -> None:
        start = self.bench.clock.now_ns
        outcome = self.bench.stop()
        self._hear(outcome)
        if outcome.ok and "are lost" not in outcome.sentence:
            self.expected.add(start)

    def _hear(self, outcome: Outcome) -> None:
        self.said += self.bench.recorder.status().faults
        if not outcome.ok:
            self.lost.append(outcome.sentence)
            if not outcome.sentence.endswith("."):
                self.wrong.append(f"no sentence: {outcome.sentence}")

    def _receipt(self, *, delete: bool) -> None:
        """The fleet's receipt for the oldest recording that has ended and has none."""
        waiting = [each for each in self.bench.shelf.recordings() if each.ended and not each.receipt]
        if not waiting:
            return
        number = waiting[0].number
        self.wrong += self._changed(number)
        self.bench.shelf.delete = delete
        self.sent[number] = self._starts(number)
        try:
            self.bench.shelf.accept_receipt(number, signed(receipt_of(self.bench, number), IDENTITY))
        except (StorageError, ReceiptRefusedError) as error:  # the fleet asks again after the next start
            self.lost.append(str(error))
            if isinstance(error, StorageError):
                self.said.append(str(error))
