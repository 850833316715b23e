"""The verifier's walk over a recording's segments: every signature, digest, link and number.

After a broken rule the walk takes up the trail again at the next record that it can read, so that one
change is one finding and not a flood of them.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.footage.cbor import Buffer
from protocol.footage.certificates import Identity, check_chain
from protocol.footage.chunk import ChunkRecord
from protocol.footage.continuity import Continuity
from protocol.footage.errors import CertificateError, FormatError, SignatureError
from protocol.footage.model import ChunkHeader
from protocol.footage.report import ChunkResult, ChunkStatus, Finding, Rule
from protocol.footage.segment import RunEntry, RunRecord, iter_segment, segment_name
from protocol.footage.signing import Domain, check
from protocol.footage.verify_ledger import LedgerView


@dataclass(slots=True)
class _Trail:
    """What the next record must continue; None where that is not known."""

    index: int | None = None
    seq: int | None = None
    previous: bytes | None = None
    start_ns: int | None = None


@dataclass(slots=True)
class SegmentsView:
    """What the segments hold, and what is wrong with them.

    Attributes:
        chunks: Every chunk that could be read.
        findings: What is wrong.
        continuity: The recording's own chunks, for gaps.
        first: The recording's first chunk found that has keys.
        last: Its last.
        last_seq: The last chunk found, with keys or without.
        recorded: How many chunks of the recording were found, with keys or without.
        without_keys: How many chunks at the end have no keys.
    """

    chunks: list[ChunkResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    continuity: Continuity = field(default_factory=Continuity)
    first: ChunkHeader | None = None
    last: ChunkHeader | None = None
    last_seq: int | None = None
    recorded: int = 0
    without_keys: int = 0


class SegmentsWalk:
    """Walks the segments in order; give each to ``segment``, then call ``finish``."""

    def __init__(self, ledger: LedgerView, progress: Callable[[int], None]) -> None:
        """Begin before the first segment, with what the ledger says of them."""
        if ledger.opening is None:
            raise TypeError("internal error: segments are walked only under a readable open record")
        self.view = SegmentsView()
        self._ledger = ledger
        self._open = ledger.opening
        self._progress = progress
        self._trail = _Trail()
        self._chains: dict[tuple[bytes, ...], Identity | None] = {}
        self._name = ""
        self._identity: Identity | None = None
        self._walked: list[str] = []
        self._idle: list[tuple[str, bool]] = []
        self._broken = False

    def segment(self, name: str, data: Buffer) -> None:
        """Walk one segment file."""
        self._name = name
        self._walked.append(name)
        reached, place = 0, "run record"
        chunks, recorded = len(self.view.chunks), self.view.recorded
        try:
            for item in iter_segment(data):
                if isinstance(item, RunEntry):
                    self._run(item)
                    place = "the record after the run record"
                else:
                    self._chunk(item)
                    place = f"the record after chunk {item.header.seq}"
                self._progress(item.end - reached)
                reached = item.end
        except FormatError as error:
            self._add(Rule.FORMAT, error.offset, place, error.reason)
            self._trail = _Trail(index=self._trail.index)
            self._broken = True
            self._progress(len(data) - reached)
            return
        if self.view.recorded == recorded:
            self._idle.append((name, len(self.view.chunks) > chunks))

    def finish(self) -> None:
        """Judge what only the whole can show: chunks that are missing or too many, and files without any."""
        if not self._broken:  # else what seems missing may stand where nothing could be read
            self._check_ends()
        self._check_idle()

    def _run(self, entry: RunEntry) -> None:
        record, trail = entry.record, self._trail
        self._identity = self._identify(entry) or self._ledger.identity
        self._signed(Domain.RUN, entry.body, entry.signature, entry.body_offset, "run record")
        for reason in self._misplaced(record):
            self._add(Rule.CHAIN, entry.body_offset, "run record", reason)
        if trail.index is not None and record.index != trail.index:
            reason = f"segment {trail.index} of the run should come next, this is {record.index}"
            self._add(Rule.MISSING, entry.body_offset, "run record", reason)
        elif trail.seq is not None and record.first_seq != trail.seq:
            reason = f"chunk {trail.seq} should come next, this segment begins with {record.first_seq}"
            self._add(Rule.CHAIN, entry.body_offset, "run record", reason)
        elif trail.previous is not None and record.previous != trail.previous:
            self._add(Rule.CHAIN, entry.body_offset, "run record", "it does not follow the chunk before it")
        self._trail = _Trail(record.index + 1, record.first_seq, record.previous, trail.start_ns)

    def _misplaced(self, record: RunRecord) -> list[str]:
        reasons = []
        if self._name != segment_name(record.run, record.index):
            reasons.append(f"its file should be named {segment_name(record.run, record.index)}")
        if record.run != self._open.run:
            reasons.append("it belongs to another run than the ledger")
        if record.camera != self._open.camera:
            reasons.append(f"it is of the camera {record.camera!r}, the ledger of {self._open.camera!r}")
        return reasons

    def _identify(self, entry: RunEntry) -> Identity | None:
        chain = entry.record.certificates
        if chain not in self._chains:
            self._chains[chain] = self._check_certificates(entry)
        return self._chains[chain]

    def _check_certificates(self, entry: RunEntry) -> Identity | None:
        try:
            identity = check_chain(entry.record.certificates)
        except CertificateError as error:
            self._add(Rule.CERTIFICATE, entry.body_offset, "run record", str(error))
            return None
        if identity.name != entry.record.camera:
            reason = f"the certificate names {identity.name!r}, the record the camera {entry.record.camera!r}"
            self._add(Rule.CERTIFICATE, entry.body_offset, "run record", reason)
        ledger = self._ledger.identity
        if ledger is not None and identity.authority != ledger.authority:
            reason = "its certificate was issued by another authority than the ledger's"
            self._add(Rule.AUTHORITY, entry.body_offset, "run record", reason)
        return identity

    def _chunk(self, chunk: ChunkRecord) -> None:
        header, known = chunk.header, len(self.view.findings)
        follows = self._trail.seq == header.seq
        self._check_place(chunk)
        name = f"chunk {header.seq}"
        self._signed(Domain.CHUNK, chunk.header_bytes, chunk.signature, chunk.header_offset, name)
        self._check_digests(chunk)
        altered = len(self.view.findings) > known or self._identity is None
        self._take(chunk, altered=altered, follows=follows)
        self._trail = _Trail(self._trail.index, header.seq + 1, chunk.digest, header.start_ns)

    def _check_place(self, chunk: ChunkRecord) -> None:
        header, trail, name = chunk.header, self._trail, f"chunk {chunk.header.seq}"
        if (header.camera, header.run) != (self._open.camera, self._open.run):
            self._add(
                Rule.CHAIN, chunk.header_offset, name, "it belongs to another camera or run than the ledger"
            )
        if trail.seq is not None and header.seq > trail.seq:
            missing = (
                f"chunk {trail.seq}"
                if header.seq == trail.seq + 1
                else f"chunks {trail.seq} to {header.seq - 1}"
            )
            self._add(Rule.MISSING, chunk.header_offset, name, f"{missing} before it is missing")
        elif trail.seq is not None and header.seq < trail.seq:
            reason = f"it is repeated or out of order, chunk {trail.seq} should come next"
            self._add(Rule.CHAIN, chunk.header_offset, name, reason)
        elif trail.previous is not None and header.previous != trail.previous:
            self._add(Rule.CHAIN, chunk.header_offset, name, "it does not follow the chunk before it")
        elif trail.start_ns is not None and header.start_ns <= trail.start_ns:
            self._add(Rule.TIME, chunk.header_offset, name, "it does not start after the chunk before it")

    def _check_digests(self, chunk: ChunkRecord) -> None:
        for part in chunk.header.parts:
            if hashlib.sha256(chunk.parts[part.track]).digest() != part.digest:
                offset, name = chunk.part_offsets[part.track], f"chunk {chunk.header.seq}"
                self._add(Rule.DIGEST, offset, name, f"its {part.track} is not what the camera signed")

    def _take(self, chunk: ChunkRecord, *, altered: bool, follows: bool) -> None:
        header, view = chunk.header, self.view
        status = ChunkStatus.OUTSIDE
        if header.seq >= self._open.first_seq:
            view.recorded += 1
            keyed = header.seq <= self._ledger.keyed_to
            status = ChunkStatus.INTACT if keyed else ChunkStatus.WITHOUT_KEYS
            view.without_keys += not keyed
            if keyed:
                view.first = view.first or header
                view.last = header
                view.continuity.add(header, follows=follows)
        view.last_seq = header.seq
        shown = ChunkStatus.ALTERED if altered else status
        view.chunks.append(
            ChunkResult(header.seq, self._name, chunk.offset, header.start_ns, header.duration_ns, shown)
        )

    def _check_ends(self) -> None:
        view, opening = self.view, self._open
        announced = max(self._ledger.keyed_to, opening.last_seq)
        found = [chunk.seq for chunk in view.chunks if chunk.seq >= opening.first_seq]
        if announced >= opening.first_seq and not found:
            self._missing(opening.first_seq, announced)
            return
        if found and min(found) > opening.first_seq:
            self._missing(opening.first_seq, min(found) - 1)
        if found and max(found) < announced:
            self._missing(max(found) + 1, announced)

    def _missing(self, first: int, last: int) -> None:
        chunks = f"chunk {first} is" if first == last else f"chunks {first} to {last} are"
        reason = f"{chunks} missing: the ledger lists what no segment holds"
        self.view.findings.append(Finding(Rule.MISSING, self._name or "(no segment)", None, "", reason))

    def _check_idle(self) -> None:
        """Refuse files that hold nothing of the recording where the camera would not have left them.

        The first may hold only chunks before the recording, and the last none at all: the power went first.
        """
        for name, has_chunks in self._idle:
            first, last = self._walked[0] == name, self._walked[-1] == name
            if not (has_chunks and first) and not (not has_chunks and last):
                reason = "the segment holds no chunk of this recording"
                self.view.findings.append(Finding(Rule.UNEXPECTED, name, None, "", reason))

    def _signed(self, domain: Domain, body: bytes, signature: bytes, offset: int, record: str) -> None:
        if self._identity is None:
            return
        try:
            check(self._identity.public_key, domain, body, signature)
        except SignatureError as error:
            self._add(Rule.SIGNATURE, offset, record, str(error))

    def _add(self, rule: Rule, offset: int | None, record: str, reason: str) -> None:
        self.view.findings.append(Finding(rule, self._name, offset, record, reason))
