"""Reads a recording's files once and remembers what it found: most recordings are the same on most disks.

What is remembered is a pure function of the files' bytes, by which it is found again: verifying and opening
them anew could say nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from protocol.footage.format.errors import FootageError
from protocol.footage.format.model import ChunkHeader
from protocol.footage.ledger.ledger import LEDGER_NAME, EventKind, Ledger, read_ledger
from protocol.footage.receipt import Receipt, read_receipt
from protocol.footage.sealing.opening import OpenedPart, open_parts
from protocol.footage.verifying.report import Report, Verdict
from protocol.footage.verifying.verify import verify_recording
from tests.support.media.recordings import TestIdentity

REMEMBERED = 4096
TOLERANCE_NS = 50_000_000
CHUNK_NS = 2_000_000_000


@dataclass(frozen=True)
class Read:
    """A recording as the fleet and a court would see it.

    Attributes:
        headers: Of the chunks that open, in order.
        unopened: Why not all of it opens; empty when it does.
    """

    files: Mapping[str, bytes]
    report: Report
    ledger: Ledger
    headers: tuple[ChunkHeader, ...]
    unopened: str
    _begins: dict[int, str] = field(default_factory=dict)

    @property
    def opened(self) -> set[int]:
        """The chunks that open."""
        return {header.seq for header in self.headers}

    @property
    def last_seq(self) -> int:
        """The last chunk that there are keys for."""
        return max((keys.last_seq for keys in self.ledger.keys), default=self.ledger.open.last_seq)

    @property
    def end_ns(self) -> int | None:
        """Where the last chunk that opens ends."""
        return self.headers[-1].end_ns if self.headers else None

    @property
    def closed(self) -> bool:
        """Whether it was ended properly, and is whole."""
        return self.report.verdict in {Verdict.INTACT, Verdict.INTACT_WITH_GAPS}

    @property
    def goes_on_in(self) -> int | None:
        """The number of the recording in which it went on, if it rolled over."""
        if self.ledger.close is None or self.ledger.close.reason != "rolled over":
            return None
        named = [each.detail["next"] for each in self.ledger.events if each.kind is EventKind.ROLLED_OVER]
        return int(named[-1]) if named else None

    @property
    def in_order(self) -> bool:
        """Whether the numbers of the chunks and the boot-time clock agree, and nothing overlaps."""
        pairs = zip(self.headers, self.headers[1:], strict=False)
        return all(
            one.seq + 1 == other.seq and one.end_ns <= other.start_ns + TOLERANCE_NS for one, other in pairs
        )

    @property
    def honest_prerecord(self) -> bool:
        """Whether the pre-record is as long as it says, and what is missing of it has a reason."""
        opening = self.ledger.open
        start = max(0, opening.press_ns - opening.asked_ns)
        before = [header for header in self.headers if header.seq <= opening.last_seq]
        held = sum(max(0, min(each.end_ns, opening.press_ns) - max(each.start_ns, start)) for each in before)
        missing = sum(each.duration_ns for each in opening.missing)
        return held == opening.held_ns and opening.asked_ns - held - missing <= CHUNK_NS

    def begins_with(self, length: int, sha256: str) -> bool:
        """Whether the ledger begins with so many bytes of that digest; no bytes have none."""
        if not length:
            return True
        data = self.files[LEDGER_NAME]
        if length not in self._begins:
            self._begins[length] = hashlib.sha256(data[:length]).hexdigest() if len(data) >= length else ""
        return self._begins[length] == sha256

    def holds(self, segments: Mapping[str, str]) -> bool:
        """Whether these segments are there, with those digests."""
        return all(
            name in self.files and hashlib.sha256(self.files[name]).hexdigest() == sha256
            for name, sha256 in segments.items()
        )


class Reader:
    """Reads recordings of a identity.

    Args:
        identity: Whose they are.
        watch: Is shown each part that opens, the first time that a recording is read.
    """

    def __init__(self, identity: TestIdentity, watch: Callable[[OpenedPart], None]) -> None:
        self._identity = identity
        self._watch = watch
        self._known: dict[frozenset[tuple[str, bytes]], Read] = {}
        self._receipts: dict[bytes, Receipt] = {}

    def read(self, files: Mapping[str, bytes]) -> Read:
        """Verify a recording, and open all of it."""
        key = frozenset(files.items())
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = self._read(files)
        return self._known[key]

    def receipt(self, data: bytes) -> Receipt:
        """Read a receipt, and check it against the test identity's authority.

        Raises:
            FootageError: It does not hold.
        """
        if data not in self._receipts:
            self._receipts[data] = read_receipt(data, self._identity.authority)
        return self._receipts[data]

    def _read(self, files: Mapping[str, bytes]) -> Read:
        report = verify_recording(files, authorities=(self._identity.authority,))
        headers: dict[int, ChunkHeader] = {}
        unopened = ""
        try:
            for part in open_parts(files, self._identity.private):
                self._watch(part)
                headers[part.header.seq] = part.header
        except FootageError as error:
            unopened = str(error)
        return Read(files, report, read_ledger(files[LEDGER_NAME]), tuple(headers.values()), unopened)
