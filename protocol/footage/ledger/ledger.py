"""A recording's ledger: the signed, chained list of what it holds and what happened, only appended to.

Rules:

- A record is ``[kind, body, signature]``; the file is a CBOR sequence of them. The first is ``open``, and
  only the first; nothing follows a ``close``.
- Every body but the first holds the SHA-256 of the body before it; a ``close`` also holds the SHA-256 of
  all bytes of the file before it.
- One key signs the whole ledger: that of the first certificate in ``open``.
- A ledger without ``close`` belongs to a recording that was cut off, by a power cut or a failed card: valid,
  and said to be so.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.cbor import Buffer, Reader
from protocol.footage.format.certificates import signing_key
from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.format.limits import MAX_LEDGER_BYTES
from protocol.footage.format.signing import check
from protocol.footage.ledger.close_record import Close
from protocol.footage.ledger.entry import DOMAINS, LedgerEntry, take_entry
from protocol.footage.ledger.event_record import EventKind, LedgerEvent, gap_of_event
from protocol.footage.ledger.keys_record import Keys, SealedKeys
from protocol.footage.ledger.open_record import ROLL_OVER, Missing, Open, RecipientInfo
from protocol.footage.ledger.unconfirmed import Unconfirmed, all_unconfirmed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol.footage.format.model import Gap

__all__ = [
    "DOMAINS",
    "LEDGER_NAME",
    "ROLL_OVER",
    "Close",
    "EventKind",
    "Keys",
    "Ledger",
    "LedgerEntry",
    "LedgerEvent",
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


@dataclass(frozen=True, slots=True)
class Ledger:
    """A whole ledger as read; ``close`` is None when the recording was cut off."""

    open: Open
    keys: tuple[Keys, ...]
    events: tuple[LedgerEvent, ...]
    close: Close | None
    entries: tuple[LedgerEntry, ...]

    @property
    def open_digest(self) -> bytes:
        """The digest of ``open``: the next recording's ``previous_open``, and what a receipt names."""
        return self.entries[0].digest

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What its events state as missing. One that does not hold exactly a gap says nothing here."""
        found: list[Gap] = []
        for entry in self.entries:
            if isinstance(entry.record, LedgerEvent) and entry.record.kind is EventKind.GAP:
                with contextlib.suppress(FormatError):  # the verifier says so of it
                    found.append(gap_of_event(entry.body, base=entry.body_offset))
        return tuple(found)

    @property
    def unconfirmed(self) -> tuple[Unconfirmed, ...]:
        """Numbers before its own that its events say were never confirmed."""
        return all_unconfirmed(self.events)


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
        events=tuple(record for record in records if isinstance(record, LedgerEvent)),
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
    entry = take_entry(reader)
    if entry.kind != "open":
        raise FormatError(entry.offset, f"a ledger begins with its open record, not with {entry.kind!r}")
    yield entry
    while reader.left:
        if entry.kind == "close":
            raise FormatError(reader.offset, f"{reader.left} bytes follow the ledger's close")
        entry = take_entry(reader)
        if entry.kind == "open":
            raise FormatError(entry.offset, "a ledger has one open record, here is another")
        yield entry


def ledger_valid_prefix(data: Buffer) -> int:
    """Return how many bytes from the start are complete records, chained and signed.

    What recovery needs after a power cut: whatever follows is incomplete. 0 when not even ``open`` is
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
