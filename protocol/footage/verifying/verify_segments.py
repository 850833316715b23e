"""The verifier's walk over a recording's segments: every signature, digest, link and number.

After a broken rule the walk takes up the trail again at the next record that it can read, and judges
nothing by a record whose signature does not hold: so one change is one finding and not a flood of them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.certificates import Identity, check_chain
from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.format.run_record import RunEntry, RunRecord
from protocol.footage.format.segment import iter_segment, segment_name
from protocol.footage.format.signing import Domain, check
from protocol.footage.verifying.continuity import Continuity
from protocol.footage.verifying.results.chunk_result import ChunkResult, ChunkStatus
from protocol.footage.verifying.results.finding import Finding, Rule
from protocol.footage.verifying.segments_view import SegmentsView, SegmentUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from protocol.footage.format.cbor import Buffer
    from protocol.footage.format.chunk import ChunkRecord
    from protocol.footage.format.model import ChunkHeader
    from protocol.footage.verifying.ledger_view import LedgerView

RUN_RECORD = "run record"


@dataclass(slots=True)
class _Trail:
    """What the next record must continue; None where that is not known."""

    index: int | None = None
    seq: int | None = None
    previous: bytes | None = None
    start_ns: int | None = None


class SegmentsWalk:
    """Walks the segments in order, one after the other; ``view`` is the result."""

    def __init__(
        self,
        ledger: LedgerView,
        progress: Callable[[int], None],
        *,
        read: Callable[[Buffer], Iterator[RunEntry | ChunkRecord]] = iter_segment,
        seen: Callable[[str, ChunkRecord], None] | None = None,
    ) -> None:
        """Begin before the first segment.

        Args:
            ledger: What it says of them.
            progress: Called with the number of bytes just checked.
            read: Reads a segment's records. Parts that a record has without their bytes are not judged.
            seen: Called with the name of the file and each chunk, once it was judged.
        """
        self.view = SegmentsView(continuity=Continuity(ledger.gaps))
        self._ledger = ledger
        self._progress = progress
        self._read = read
        self._seen = seen
        self._trail = _Trail()
        self._chains: dict[tuple[bytes, ...], Identity | None] = {}
        self._name = ""
        self._identity: Identity | None = None
        opening = ledger.opening
        self._first_seq = opening.first_seq if opening is not None else 0
        self._of = (opening.camera, opening.run) if opening is not None else None

    def segment(self, name: str, data: Buffer) -> None:
        """Walk one segment file."""
        self._name = name
        chunks, recorded = len(self.view.chunks), self.view.recorded
        readable = self._records(data)
        use = SegmentUse(name, len(self.view.chunks) - chunks, self.view.recorded - recorded, readable)
        self.view.files.append(use)

    def _records(self, data: Buffer) -> bool:
        reached, place = 0, RUN_RECORD
        try:
            for item in self._read(data):
                if isinstance(item, RunEntry):
                    self._run(item)
                    place = "the record after the run record"
                else:
                    place = f"the record after chunk {self._chunk(item)}"
                    if self._seen is not None:
                        self._seen(self._name, item)
                self._progress(item.end - reached)
                reached = item.end
        except FormatError as error:
            self._add(Rule.FORMAT, error.offset, place, error.reason)
            self._trail = _Trail(index=self._trail.index)
            self._progress(len(data) - reached)
            return False
        return True

    def _run(self, entry: RunEntry) -> None:
        record, trail = entry.record, self._trail
        identity = self._identify(entry)
        self._identity = identity or self._ledger.identity
        if identity is None or not self._signed(Domain.RUN, entry.body, entry.signature, entry.body_offset):
            self._trail = _Trail(None, trail.seq, trail.previous, trail.start_ns)
            return
        problem = self._foreign(record, identity) or self._misplaced(record)
        if problem is not None:
            self._add(problem[0], entry.body_offset, RUN_RECORD, problem[1])
        self._of = self._of or (record.camera, record.run)
        start_ns = trail.start_ns if problem is None else None
        self._trail = _Trail(record.index + 1, record.first_seq, record.previous, start_ns)

    def _misplaced(self, record: RunRecord) -> tuple[Rule, str] | None:
        trail, named = self._trail, segment_name(record.run, record.index)
        reason = None
        if self._of is not None and (record.camera, record.run) != self._of:
            reason = "it belongs to another camera or run than the recording"
        elif self._name != named:
            reason = f"its file should be named {named}"
        elif trail.index is not None and record.index != trail.index:
            reason = f"segment {trail.index} of the run should come next, this is segment {record.index}"
        elif trail.seq is not None and record.first_seq != trail.seq:
            reason = f"chunk {trail.seq} should come next, this segment begins with chunk {record.first_seq}"
        elif trail.previous is not None and record.previous != trail.previous:
            reason = "it does not follow the chunk before it"
        return None if reason is None else (Rule.CHAIN, reason)

    def _identify(self, entry: RunEntry) -> Identity | None:
        chain = entry.record.certificates
        if chain not in self._chains:
            self._chains[chain] = self._check_certificates(entry)
        return self._chains[chain]

    def _check_certificates(self, entry: RunEntry) -> Identity | None:
        try:
            return check_chain(entry.record.certificates)
        except CertificateError as error:
            self._add(Rule.CERTIFICATE, entry.body_offset, RUN_RECORD, str(error))
            return None

    def _foreign(self, record: RunRecord, identity: Identity) -> tuple[Rule, str] | None:
        """Tell why a certificate that holds is not the one that should be here, None when it is."""
        ledger = self._ledger.identity
        if identity.name != record.camera:
            reason = f"the certificate names {identity.name!r}, the record the camera {record.camera!r}"
            return Rule.CERTIFICATE, reason
        if ledger is not None and identity.authority != ledger.authority:
            return Rule.AUTHORITY, "its certificate was issued by another authority than the ledger's"
        return None

    def _chunk(self, chunk: ChunkRecord) -> int:
        """Judge a chunk, and return its number: by its place where its own word does not count."""
        header, trail, known = chunk.header, self._trail, len(self.view.findings)
        if not self._signed(Domain.CHUNK, chunk.header_bytes, chunk.signature, chunk.header_offset):
            seq = header.seq if trail.seq is None else trail.seq
            self._take(chunk, seq, ChunkStatus.ALTERED)
            self._trail = _Trail(trail.index, None if trail.seq is None else seq + 1)
            return seq
        problem = self._out_of_place(header)
        if problem is not None:
            self._add(problem[0], chunk.header_offset, f"chunk {header.seq}", problem[1])
        self._check_digests(chunk)
        altered = len(self.view.findings) > known
        self._take(chunk, header.seq, ChunkStatus.ALTERED if altered else self._status(header.seq))
        if self._status(header.seq) is ChunkStatus.INTACT:
            self._continue(header, follows=trail.seq == header.seq)
        self._trail = _Trail(trail.index, header.seq + 1, chunk.digest, header.start_ns)
        return header.seq

    def _out_of_place(self, header: ChunkHeader) -> tuple[Rule, str] | None:
        trail = self._trail
        if self._of is not None and (header.camera, header.run) != self._of:
            return Rule.CHAIN, "it belongs to another camera or run than the recording"
        if trail.seq is not None and header.seq > trail.seq:
            return Rule.MISSING, f"{_chunks(trail.seq, header.seq - 1)} missing before it"
        if trail.seq is not None and header.seq < trail.seq:
            return Rule.CHAIN, f"it is repeated or out of order, chunk {trail.seq} should come next"
        if trail.previous is not None and header.previous != trail.previous:
            return Rule.CHAIN, "it does not follow the chunk before it"
        if trail.start_ns is not None and header.start_ns <= trail.start_ns:
            return Rule.TIME, "it does not start after the chunk before it"
        return None

    def _check_digests(self, chunk: ChunkRecord) -> None:
        for part in chunk.header.parts:
            data = chunk.parts.get(part.track)
            if data is not None and hashlib.sha256(data).digest() != part.digest:
                offset, name = chunk.part_offsets[part.track], f"chunk {chunk.header.seq}"
                self._add(Rule.DIGEST, offset, name, f"its {part.track} is not what the camera signed")

    def _status(self, seq: int) -> ChunkStatus:
        if seq < self._first_seq:
            return ChunkStatus.OUTSIDE
        keyed = seq <= self._ledger.keyed_to or not self._ledger.holds
        return ChunkStatus.INTACT if keyed else ChunkStatus.WITHOUT_KEYS

    def _take(self, chunk: ChunkRecord, seq: int, status: ChunkStatus) -> None:
        header, view = chunk.header, self.view
        view.recorded += seq >= self._first_seq
        view.without_keys += self._status(seq) is ChunkStatus.WITHOUT_KEYS
        view.chunks.append(
            ChunkResult(
                seq,
                self._name,
                chunk.offset,
                header.start_ns,
                header.duration_ns,
                status,
                digest=chunk.digest,
                previous=header.previous,
            )
        )

    def _continue(self, header: ChunkHeader, *, follows: bool) -> None:
        self.view.first = self.view.first or header
        self.view.last = header
        self.view.continuity.add(header, follows=follows)

    def _signed(self, domain: Domain, body: bytes, signature: bytes, offset: int) -> bool:
        if self._identity is None:
            return False
        try:
            check(self._identity.public_key, domain, body, signature)
        except SignatureError as error:
            self._add(Rule.SIGNATURE, offset, self._place(domain), str(error))
            return False
        return True

    def _place(self, domain: Domain) -> str:
        if domain is Domain.RUN:
            return RUN_RECORD
        last = self.view.chunks[-1] if self.view.chunks else None
        return f"chunk {self._trail.seq}" if self._trail.seq is not None else _after(last, self._name)

    def _add(self, rule: Rule, offset: int | None, record: str, reason: str) -> None:
        self.view.findings.append(Finding(rule, self._name, offset, record, reason))


def _after(last: ChunkResult | None, name: str) -> str:
    if last is None or last.file != name:
        return "the record after the run record"
    return f"the record after chunk {last.seq}"


def _chunks(first: int, last: int) -> str:
    return f"chunk {first} is" if first == last else f"chunks {first} to {last} are"
