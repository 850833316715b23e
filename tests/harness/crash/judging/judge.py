"""What must hold on any disk that a crash left: the promises, checked after recovery.

Rules:

- A camera that was enrolled is that camera still. Recovery must not fail, and doing it again must change
  nothing; the fleet's last desired state that was acknowledged is there (``identity``, ``desired``).
- Every recording that was acknowledged is there, verifies, begins with the very bytes that were acknowledged,
  and opens from its first chunk to the last (C3). One that was being made ends with the chunk before the one
  being filled, or with that one (C5); one that was closed is complete.
- Whatever else is there as a recording verifies too. It lacks nothing that it does not say, and says only
  what was lost (C6); its account of its pre-record is what it holds (C7); its chunks are in order on the
  boot-time clock whatever wall time did (C10).
- Nothing opens but what was in the window when somebody pressed, the ring is empty and nothing outside the
  recordings holds keys (C2); all is sealed to the vault alone (C9).
- A recording may be gone only when its receipt is there, for exactly it; what the fleet has been sent is
  still so on the camera (C8).
- What was said at the door and commanded: see ``obeyed``.
- No number that was used is ever given again, and the next recording will name the last one (L3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding

from device.config.sections import Config
from device.link.errors import NotEnrolledError
from device.storage.filesystem import Filesystem
from device.storage.layout import StateFolder
from protocol.footage.format.errors import FootageError
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.sealing.opening import OpenedPart
from tests.harness.crash.disk.disk import MemoryDisk
from tests.harness.crash.disk.states import fingerprint
from tests.harness.crash.judging.obeyed import judge_obeyed
from tests.harness.crash.judging.reading import Read, Reader
from tests.harness.crash.scripts.acknowledged import Acknowledged, Held
from tests.harness.crash.scripts.start import Found, config, identity_digest, start
from tests.support.media.recordings import TestIdentity, make_identity

if TYPE_CHECKING:
    from device.recovery.recovery import Recovered

WITHOUT_A_PRESS = ("roll over", "storage fault")


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
    """Judges disks. Counts what it checked, by promise.

    Attributes:
        watch: Is shown each part of each recording that opens, the first time it is seen.
    """

    identity: TestIdentity = field(default_factory=make_identity)
    settings: Config = field(default_factory=config)
    checked: dict[str, int] = field(default_factory=dict)
    watch: Callable[[OpenedPart], None] = field(default=lambda _: None)

    def __post_init__(self) -> None:
        self._reader = Reader(self.identity, self.watch)
        self._vault = self.identity.recipient.key_id
        self._known: dict[tuple[bytes, Recovered], dict[str, int]] = {}

    @property
    def folders(self) -> StateFolder:
        return StateFolder(self.settings.camera.state_dir)

    def more_is_acknowledged(self) -> None:
        """Something was acknowledged: from here on no disk is known to keep all that is acknowledged."""
        self._known.clear()

    def judge(self, disk: Filesystem, acknowledged: Acknowledged) -> None:
        """Recover a disk and check every promise.

        Many disks are one and the same after the recovery. All but the recovery depends on that alone and on
        what is acknowledged, so it is decided once for each and counted each time.

        Raises:
            LossError: A promise does not hold.
        """
        found = self._recover(disk, acknowledged)
        if found is None:
            return
        if not isinstance(disk, MemoryDisk):
            self._promises(disk, found, acknowledged)
            return
        state = (fingerprint(disk), found.recovered)
        if state not in self._known:
            before = Counter(self.checked)
            self._promises(disk, found, acknowledged)
            self._known[state] = Counter(self.checked) - before
            return
        for promise, count in self._known[state].items():
            self.checked[promise] += count

    def _promises(self, disk: Filesystem, found: Found, acknowledged: Acknowledged) -> None:
        self._again(disk, found)
        self._identity(disk, found, acknowledged)
        present = {each.number: each.folder for each in found.recovered.recordings}
        read = {number: self._read(disk, folder) for number, folder in present.items()}
        for number, each in read.items():
            self._recording(number, each, acknowledged)
            if number in acknowledged.held:
                self._acknowledged(number, each, acknowledged.held[number])
        for number in (*acknowledged.held, *acknowledged.sent):
            if number not in present:
                self._gone(disk, number, acknowledged)
        for number in acknowledged.receipts:
            self._receipt(disk, number, present.get(number))
        for number, sent in acknowledged.sent.items():
            if number in read:
                same = read[number].begins_with(*sent.ledger) and read[number].holds(sent.segments)
                self._count("C8", same, f"recording {number} is not what the fleet has been sent of it")
        self._numbers(found, read, acknowledged)
        self._nothing_to_open(disk, present)
        judge_obeyed(disk, self.folders, self.identity.authority, acknowledged, self._count)

    def _recover(self, disk: Filesystem, acknowledged: Acknowledged) -> Found | None:
        try:
            return start(disk, self.settings)
        except NotEnrolledError as error:
            self._count(
                "identity", acknowledged.identity is None, f"the camera is not enrolled any more: {error}"
            )
            return None
        except Exception as error:
            raise LossError(f"recovery failed: {type(error).__name__}: {error}") from error

    def _again(self, disk: Filesystem, found: Found) -> None:
        before = contents(disk, self.folders.root)
        try:
            again = start(disk, self.settings)
        except Exception as error:
            raise LossError(f"recovery failed when done again: {type(error).__name__}: {error}") from error
        same = found.recovered == again.recovered and before == contents(disk, self.folders.root)
        self._count("C3", same, "recovery done again changes something")

    def _identity(self, disk: Filesystem, found: Found, acknowledged: Acknowledged) -> None:
        identity = found.identity
        known = identity_digest(identity) in acknowledged.identities
        self._count("identity", known, "the camera has a certificate that it should not have")
        file = disk.read(identity.certificate_path)
        same = file.strip() == identity.certificate.public_bytes(Encoding.PEM).strip()
        self._count("identity", same, "the certificate that TLS is given is not the camera's")
        version = 0 if found.desired is None else found.desired.version
        within = acknowledged.desired <= version <= max(acknowledged.desired, acknowledged.desired_asked)
        self._count(
            "desired", within, f"desired state {acknowledged.desired} was acknowledged, and {version} is kept"
        )

    def _read(self, disk: Filesystem, folder: Path) -> Read:
        files = {name: disk.read(folder / name) for name in disk.listdir(folder)}
        self._count("C3", LEDGER_NAME in files, f"{folder.name} has no ledger")
        try:
            return self._reader.read(files)
        except FootageError as error:
            raise LossError(f"C3: the ledger in {folder.name} cannot be read: {error}") from error

    def _recording(self, number: int, read: Read, acknowledged: Acknowledged) -> None:
        """What holds of any recording, acknowledged or not."""
        opening, report = read.ledger.open, read.report
        self._count("C3", report.ok, f"recording {number}: {report.sentence}")
        self._count("C3", not read.unopened, f"recording {number} does not open: {read.unopened}")
        self._count(
            "C6", _explained(read, acknowledged), f"recording {number} lacks more than it says: {report.gaps}"
        )
        self._count("C7", read.honest_prerecord, f"the pre-record of {number} is not what it says")
        pressed = opening.press_ns in acknowledged.presses or opening.trigger in WITHOUT_A_PRESS
        start_ns = opening.press_ns - self.settings.window_ns
        early = [header.seq for header in read.headers if header.end_ns <= start_ns]
        self._count("C2", pressed and not early, f"chunks {early} of {number} are not for any press")
        sealed_to = {recipient.key_id for recipient in opening.recipients}
        self._count("C9", sealed_to == {self._vault}, f"recording {number} is sealed to others")
        self._count("C10", read.in_order, f"the chunks of {number} are out of order")

    def _acknowledged(self, number: int, read: Read, held: Held) -> None:
        """What holds of a recording that the camera has shown as its own."""
        begins = read.begins_with(held.length, held.sha256) and read.holds(held.segments)
        self._count("C3", begins, f"recording {number} is not what was acknowledged")
        lost = sorted(set(range(held.first, held.last + 1)) - read.opened)
        self._count("C3", not lost, f"recording {number} lost the acknowledged chunks {lost}")
        if held.ended == "closed":
            self._count(
                "C3", read.closed, f"recording {number} was closed and is not: {read.report.sentence}"
            )
        named = (read.ledger.open.previous_open or b"").hex()
        self._count("L3", named == held.before, f"recording {number} does not name the one before")
        tail_ns = held.filmed_ns - (read.end_ns or 0)
        self._count("C5", tail_ns <= 0, f"recording {number} lost {tail_ns} ns before the chunk being filled")

    def _gone(self, disk: Filesystem, number: int, acknowledged: Acknowledged) -> None:
        path = self.folders.receipt(number)
        there = disk.exists(path)
        self._count("C8", there, f"recording {number} was acknowledged and is gone with no receipt")
        try:
            receipt = self._reader.receipt(disk.read(path))
        except FootageError as error:
            raise LossError(f"C8: the receipt for recording {number} does not hold: {error}") from error
        held = acknowledged.held.get(number)
        fits = receipt.number == number and (
            held is None or (receipt.open_digest.hex() == held.open_digest and held.ended != "")
        )
        self._count("C8", fits, f"the receipt for recording {number} is for another")

    def _receipt(self, disk: Filesystem, number: int, folder: Path | None) -> None:
        """A receipt that was accepted is there, beside the recording where that is kept."""
        self._count("C8", disk.exists(self.folders.receipt(number)), f"the receipt for {number} is gone")
        kept = self.settings.storage.after_receipt == "keep"
        beside = folder is not None and disk.exists(folder / RECEIPT_NAME)
        right = (folder is None or beside) if kept else folder is None
        self._count("C8", right, f"recording {number} and its receipt are not where they belong")

    def _numbers(self, found: Found, read: Mapping[int, Read], acknowledged: Acknowledged) -> None:
        newest = max((*acknowledged.held, *acknowledged.sent), default=0)
        recovered = found.recovered
        self._count("L3", recovered.number >= newest, f"number {newest} could be given again")
        if recovered.number in read:
            named = recovered.previous_open == read[recovered.number].ledger.open_digest
            self._count("L3", named, f"the next recording will not name {recovered.number}")
        for number, each in read.items():
            after = None if each.goes_on_in is None else read.get(each.goes_on_in)
            if after is not None:
                seam = after.ledger.open.first_seq - each.last_seq - 1
                self._count("C6", seam == 0, f"{seam} chunks are missing after {number}")

    def _nothing_to_open(self, disk: Filesystem, present: Mapping[int, Path]) -> None:
        self._count("C2", not disk.listdir(self.folders.ring), "the ring is not empty after recovery")
        known = {folder.name for folder in present.values()}
        stray = [name for name in disk.listdir(self.folders.recordings) if name not in known]
        self._count("C2", not stray, f"beside the recordings there is {stray}")

    def _count(self, promise: str, holds: bool, otherwise: str) -> None:
        self.checked[promise] = self.checked.get(promise, 0) + 1
        if not holds:
            raise LossError(f"{promise}: {otherwise}")


def _explained(read: Read, acknowledged: Acknowledged) -> bool:
    """Whether every gap has a cause, and lies where footage was really lost."""
    return all(
        gap.explained
        and not gap.overlap
        and any(
            start <= gap.start_ns and gap.start_ns + gap.duration_ns <= end
            for start, end in acknowledged.spans
        )
        for gap in read.report.gaps
    )
