"""What must hold on any disk that a crash left: the promises, checked after recovery.

Rules:

- Recovery itself must not fail, and doing it again must change nothing.
- Every recording that was acknowledged is there, verifies, and opens from its first chunk to the last one
  that was acknowledged (C3, C5); one that was closed is intact. It may be gone only when its receipt is
  durable (C8).
- Whatever else is there as a recording verifies too, and has an honest account of its pre-record (C7).
- Nothing outside the recordings holds keys, and the ring is empty (C2).
- No number that was acknowledged is ever given again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from device.config import Config
from device.filesystem import Filesystem
from device.layout import StateFolder
from device.recovery import Recovered
from protocol.footage.ledger import LEDGER_NAME, read_ledger
from protocol.footage.receipt import read_receipt
from protocol.footage.recording import OpenedPart, open_parts
from protocol.footage.verify import Verdict, verify_recording
from tests.crash.disk import Operation, Said
from tests.crash.scenario import config, start
from tests.support.recordings import House, make_house


@dataclass
class Owed:
    """What the camera has acknowledged up to a point: by number, the first and last chunk it owes."""

    held: dict[int, tuple[int, int]] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    receipts: set[int] = field(default_factory=set)

    def hear(self, said: Said) -> None:
        detail = dict(said.detail)
        number = detail["number"]
        if said.what == "held":
            self.held[number] = (detail["first"], detail["last"])
            self.closed |= {before for before in self.held if before < number}  # rolled over
        elif said.what == "closed":
            self.closed.add(number)
        elif said.what == "receipt":
            self.receipts.add(number)


def owed_after(log: Sequence[Operation]) -> Owed:
    """What is owed after all operations of a log."""
    owed = Owed()
    for operation in log:
        if isinstance(operation, Said):
            owed.hear(operation)
    return owed


def contents(disk: Filesystem, folder: Path) -> dict[Path, tuple[bytes, int]]:
    """Every file below a folder, with its bytes and its mode."""
    found: dict[Path, tuple[bytes, int]] = {}
    for name in disk.listdir(folder):
        path = folder / name
        try:
            found[path] = (disk.read(path), disk.mode(path))
        except IsADirectoryError:
            found |= contents(disk, path)
    return found


class LossError(AssertionError):
    """A promise did not hold."""


@dataclass
class Judge:
    """Judges disks. Counts what it checked, by promise."""

    house: House = field(default_factory=make_house)
    settings: Config = field(default_factory=config)
    checked: dict[str, int] = field(default_factory=dict)
    watch: Callable[[OpenedPart], None] = field(default=lambda _: None)

    @property
    def folders(self) -> StateFolder:
        return StateFolder(self.settings.camera.state_dir)

    def judge(self, disk: Filesystem, owed: Owed) -> None:
        """Recover a disk and check every promise.

        Raises:
            LossError: One does not hold.
        """
        found = self._recover(disk)
        present = {each.number: each.folder for each in found.recordings}
        for number, folder in present.items():
            self._recording(disk, number, folder, owed)
        for number in owed.held:
            if number not in present:
                self._gone(disk, number, owed)
        self._count("C2", not disk.listdir(self.folders.ring), "the ring is not empty after recovery")
        self._nothing_to_open(disk, present)
        newest = max(owed.held, default=0)
        self._count("C3", found.number >= newest, f"number {newest} could be given again")

    def _recover(self, disk: Filesystem) -> Recovered:
        try:
            found = start(disk, self.settings)
            before = contents(disk, self.folders.root)
            again = start(disk, self.settings)
        except Exception as error:
            raise LossError(f"recovery failed: {type(error).__name__}: {error}") from error
        after = contents(disk, self.folders.root)
        self._count("C3", (found, before) == (again, after), "recovery done again changes something")
        return found

    def _recording(self, disk: Filesystem, number: int, folder: Path, owed: Owed) -> None:
        files = {name: disk.read(folder / name) for name in disk.listdir(folder)}
        if LEDGER_NAME not in files:
            raise LossError(f"C3: recording {number} has no ledger")
        report = verify_recording(files, authorities=(self.house.authority,))
        allowed = (Verdict.INTACT,) if number in owed.closed else (Verdict.INTACT, Verdict.CUT_OFF)
        self._count("C3", report.verdict in allowed, f"recording {number}: {report.sentence}")
        opened = set()
        for part in open_parts(files, self.house.private):
            self.watch(part)
            opened.add(part.header.seq)
        first, last = owed.held.get(number, (0, -1))
        lost = sorted(set(range(first, last + 1)) - opened)
        self._count("C5", not lost, f"recording {number} lost the acknowledged chunks {lost}")
        opening = read_ledger(files[LEDGER_NAME]).open
        missing = sum(each.duration_ns for each in opening.missing)
        short = opening.asked_ns - opening.held_ns - missing
        self._count(
            "C7", short <= 2_000_000_000, f"recording {number} does not say why {short} ns are missing"
        )

    def _gone(self, disk: Filesystem, number: int, owed: Owed) -> None:
        path = self.folders.receipt(number)
        self._count(
            "C8", disk.exists(path), f"recording {number} was acknowledged and is gone with no receipt"
        )
        receipt = read_receipt(disk.read(path), self.house.authority)
        fits = receipt.number == number and number in owed.closed
        self._count("C8", fits, f"the receipt for recording {number} is for another")

    def _nothing_to_open(self, disk: Filesystem, present: dict[int, Path]) -> None:
        known = tuple(present.values())
        everything = contents(disk, self.folders.root)
        stray = [path for path in everything if path.name == LEDGER_NAME and path.parent not in known]
        self._count("C2", not stray, f"keys lie outside the recordings: {stray}")

    def _count(self, promise: str, holds: bool, otherwise: str) -> None:
        self.checked[promise] = self.checked.get(promise, 0) + 1
        if not holds:
            raise LossError(f"{promise}: {otherwise}")
