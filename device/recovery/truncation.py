"""How much of a file is whole after a power cut. Pure.

What was appended before the last append is durable, so a power cut can truncate the last record alone. Damage
further in is something else: it is not cut away with all that follows it, but left for the verifier to say.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.cbor import Reader
from protocol.footage.format.certificates import signing_key
from protocol.footage.format.errors import FootageError, FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES
from protocol.footage.format.segment import RunEntry, iter_segment, parts_fit
from protocol.footage.format.signing import Domain, check
from protocol.footage.format.sizes import SIGNATURE_BYTES
from protocol.footage.ledger.ledger import DOMAINS
from protocol.footage.ledger.open_record import Open
from protocol.footage.ledger.record import take_record

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from protocol.footage.format.chunk import ChunkRecord

MAX_TRUNCATED_BYTES = 256 * 1024
"""More than any one record that follows a ledger's commit: keys for 16 recipients, or an event."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A ledger record, its body not yet looked into."""

    kind: str
    body: memoryview
    signature: bytes
    end: int


def whole_ledger(data: bytes) -> int | None:
    """How many bytes of a ledger are whole records; None when more than a truncated tail is wrong with it."""
    records = _records(data)
    try:
        key = _signing_key(records)
    except FootageError:
        return None
    while records and not _fits(records, key):
        records.pop()
    end = records[-1].end if records else 0
    return end if end and len(data) - end <= MAX_TRUNCATED_BYTES else None


def whole_chunks(data: bytes) -> tuple[ChunkRecord, ...]:
    """The whole chunks of a segment, in order; none when not even its run record is."""
    chunks: list[ChunkRecord] = []
    run: RunEntry | None = None
    with contextlib.suppress(FormatError):  # the truncated record
        for item in iter_segment(data):
            if isinstance(item, RunEntry):
                run = item
            else:
                chunks.append(item)
    if run is None or not chunks:
        return ()
    last = chunks[-1]
    try:
        check(signing_key(run.record.certificates[0]), Domain.CHUNK, last.header_bytes, last.signature)
    except FootageError:
        return tuple(chunks[:-1])
    return tuple(chunks if parts_fit(last) else chunks[:-1])


def _records(data: bytes) -> list[_Record]:
    """The records as far as their outer form goes."""
    reader, records = Reader(data), list[_Record]()
    with contextlib.suppress(FormatError):  # the truncated record
        while reader.left:
            reader.array(3)
            kind = reader.text(16)
            body = reader.bytes_(limit=MAX_BODY_BYTES)
            signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
            records.append(_Record(kind, body, signature, reader.offset))
    return records


def _signing_key(records: list[_Record]) -> Ed25519PublicKey:
    """The key that the whole ledger is signed with.

    Raises:
        FootageError: It does not begin with an open record that can be read.
    """
    if not records:
        raise FormatError(0, "there is no whole record")
    opening, _ = take_record("open", records[0].body, base=0)
    if not isinstance(opening, Open):
        raise TypeError("internal error: an open record is an open record")
    return signing_key(opening.certificates[0])


def _fits(records: list[_Record], key: Ed25519PublicKey) -> bool:
    """Whether the last record is well-formed, signed, and chained to the one before it."""
    last = records[-1]
    try:
        domain = DOMAINS[last.kind]
        _, links = take_record(last.kind, last.body, base=0)
        check(key, domain, bytes(last.body), last.signature)
    except (FootageError, KeyError):
        return False
    return len(records) == 1 or links.previous == hashlib.sha256(records[-2].body).digest()
