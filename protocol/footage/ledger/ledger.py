"""A recording's ledger: the signed, chained list of what it holds and what happened, only appended to.

Rules:

- A record is ``[kind, body, signature]``; the file is a CBOR sequence of them. The first is ``open``, and
  only the first; nothing follows a ``close``.
- Every body but the first holds the SHA-256 of the body before it; a ``close`` also holds the SHA-256 of
  all bytes of the file before it.
- One key signs the whole ledger: that of the first certificate in ``open``.
- A ledger without ``close`` belongs to a recording that was cut off, by a power cut or a failed card: valid,
  and said to be so.

Nothing here writes: ``LedgerWriter`` returns the bytes to append, and the caller makes them durable.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from protocol.footage.format.cbor import Buffer, Reader, encode
from protocol.footage.format.certificates import signing_key
from protocol.footage.format.errors import CertificateError, FormatError, LedgerError, SignatureError
from protocol.footage.format.fields import SIGNATURE_BYTES
from protocol.footage.format.limits import MAX_BODY_BYTES, MAX_LEDGER_BYTES
from protocol.footage.format.signing import Domain, Signer, check, sign
from protocol.footage.ledger.records import (
    KINDS,
    Close,
    Event,
    EventKind,
    Keys,
    Links,
    Missing,
    Open,
    RecipientInfo,
    Record,
    SealedKeys,
    kind_of,
    record_value,
    take_record,
)

__all__ = [
    "LEDGER_NAME",
    "Close",
    "Event",
    "EventKind",
    "Keys",
    "Ledger",
    "LedgerEntry",
    "LedgerWriter",
    "Missing",
    "Open",
    "RecipientInfo",
    "SealedKeys",
    "iter_ledger",
    "ledger_valid_prefix",
    "open_digest",
    "read_ledger",
]

LEDGER_NAME: Final = "ledger.cbor"
"""The ledger's file name in a recording's folder."""

DOMAINS: Final = {"open": Domain.OPEN, "keys": Domain.KEYS, "event": Domain.EVENT, "close": Domain.CLOSE}


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A record as read: with what was signed, what it links to, and where it lies in the file."""

    record: Record
    links: Links
    body: bytes
    signature: bytes
    offset: int
    end: int
    body_offset: int

    @property
    def kind(self) -> str:
        """The record's word: open, keys, event or close."""
        return kind_of(self.record)

    @property
    def digest(self) -> bytes:
        """SHA-256 of the body: the next record's ``previous``."""
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Ledger:
    """A whole ledger as read; ``close`` is None when the recording was cut off."""

    open: Open
    keys: tuple[Keys, ...]
    events: tuple[Event, ...]
    close: Close | None
    entries: tuple[LedgerEntry, ...]

    @property
    def open_digest(self) -> bytes:
        """The digest of ``open``: the next recording's ``previous_open``, and what a receipt names."""
        return self.entries[0].digest


class LedgerWriter:
    """Turns records into the bytes to append, each chained to the one before.

    The caller appends what ``append`` returns, all of it and in order. If that fails, the ledger on disk
    and this writer disagree: drop the writer and start over with ``LedgerWriter.after`` on what is durable.
    """

    def __init__(self, signer: Signer) -> None:
        """Begin an empty ledger."""
        self._signer = signer
        self._hash = hashlib.sha256()
        self._length = 0
        self._head: bytes | None = None
        self._closed = False

    @classmethod
    def after(cls, ledger: Buffer, signer: Signer) -> "LedgerWriter":
        """Continue an existing ledger.

        Raises:
            FormatError: The bytes are not a ledger; cut a torn tail with ``ledger_valid_prefix`` first.
        """
        writer = cls(signer)
        read = read_ledger(ledger)
        writer._hash.update(ledger)
        writer._length = len(ledger)
        writer._head = read.entries[-1].digest
        writer._closed = read.close is not None
        return writer

    @property
    def head(self) -> bytes:
        """The digest of the last record; 32 zero bytes before the first."""
        return self._head or bytes(32)

    @property
    def length(self) -> int:
        """How many bytes have been returned so far, in bytes of the file."""
        return self._length

    @property
    def sha256(self) -> bytes:
        """SHA-256 of all bytes so far."""
        return self._hash.digest()

    def append(self, record: Record) -> bytes:
        """Sign a record and return the bytes to append.

        Raises:
            LedgerError: The record may not come here.
            FormatError: The record breaks a limit of the format.
        """
        if self._closed:
            raise LedgerError("the ledger is closed, nothing can follow")
        if isinstance(record, Open) != (self._head is None):
            raise LedgerError("a ledger begins with its one open record")
        kind = kind_of(record)
        body = encode(record_value(record, Links(previous=self._head, ledger=self._hash.digest())))
        data = encode([kind, body, sign(self._signer, DOMAINS[kind], body)])
        _take_entry(Reader(data))  # refuses here what every reader would refuse later
        self._hash.update(data)
        self._length += len(data)
        self._head = hashlib.sha256(body).digest()
        self._closed = isinstance(record, Close)
        return data


def read_ledger(data: Buffer) -> Ledger:
    """Read a whole ledger, strictly, and check that its records are chained. Signatures are the verifier's.

    Raises:
        FormatError: The bytes are not a complete ledger, or a record does not follow the one before it.
    """
    entries: list[LedgerEntry] = []
    for entry in iter_ledger(data):
        _check_follows(entry, entries, data)
        entries.append(entry)
    opening = entries[0].record
    if not isinstance(opening, Open):
        raise TypeError("internal error: a ledger's first record is its open")
    records = [entry.record for entry in entries]
    last = records[-1]
    return Ledger(
        open=opening,
        keys=tuple(record for record in records if isinstance(record, Keys)),
        events=tuple(record for record in records if isinstance(record, Event)),
        close=last if isinstance(last, Close) else None,
        entries=tuple(entries),
    )


def iter_ledger(data: Buffer) -> Iterator[LedgerEntry]:
    """Read a ledger record by record, checking the form and the order of kinds.

    Raises:
        FormatError: When the iteration reaches bytes that are not the next record; all before has been given.
    """
    reader = Reader(data)
    if reader.left > MAX_LEDGER_BYTES:
        raise FormatError(MAX_LEDGER_BYTES, f"a ledger is at most {MAX_LEDGER_BYTES} bytes long")
    entry = _take_entry(reader)
    if entry.kind != "open":
        raise FormatError(entry.offset, f"a ledger begins with its open record, not with {entry.kind!r}")
    yield entry
    while reader.left:
        if entry.kind == "close":
            raise FormatError(reader.offset, f"{reader.left} bytes follow the ledger's close")
        entry = _take_entry(reader)
        if entry.kind == "open":
            raise FormatError(entry.offset, "a ledger has one open record, here is another")
        yield entry


def ledger_valid_prefix(data: Buffer) -> int:
    """Return how many bytes from the start are complete records, chained and signed.

    What recovery needs after a power cut: whatever follows is a torn tail. 0 when not even ``open`` is
    complete.
    """
    entries: list[LedgerEntry] = []
    try:
        for entry in iter_ledger(data):
            _check_follows(entry, entries, data)
            opening = (entries or [entry])[0].record
            if isinstance(opening, Open):
                check(signing_key(opening.certificates[0]), DOMAINS[entry.kind], entry.body, entry.signature)
            entries.append(entry)
    except (FormatError, SignatureError, CertificateError):
        return entries[-1].end if entries else 0
    return entries[-1].end


def open_digest(data: Buffer) -> bytes:
    """Return the digest of a ledger's ``open`` record.

    Raises:
        FormatError: The ledger does not begin with a complete one.
    """
    return next(iter_ledger(data)).digest


def _check_follows(entry: LedgerEntry, before: list[LedgerEntry], data: Buffer) -> None:
    if before and entry.links.previous != before[-1].digest:
        raise FormatError(entry.offset, f"this {entry.kind} record does not follow the record before it")
    if entry.links.ledger is not None:
        found = hashlib.sha256(memoryview(data)[: entry.offset]).digest()
        if entry.links.ledger != found:
            raise FormatError(entry.offset, "the close record is not of the ledger before it")


def _take_entry(reader: Reader) -> LedgerEntry:
    offset = reader.offset
    reader.array(3)
    kind_at, kind = reader.offset, reader.text(16)
    if kind not in KINDS:
        raise FormatError(kind_at, f"{kind!r} is not a kind of ledger record")
    body = reader.bytes_(limit=MAX_BODY_BYTES)
    body_offset = reader.offset - len(body)
    record, links = take_record(kind, body, base=body_offset)
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    return LedgerEntry(record, links, bytes(body), signature, offset, reader.offset, body_offset)
