"""One record of a ledger as it lies in the file: ``[kind, body, signature]``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import CutShortError, FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES
from protocol.footage.format.signing import Domain
from protocol.footage.format.sizes import SIGNATURE_BYTES
from protocol.footage.ledger.record import KINDS, Record, kind_of, take_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.footage.format.cbor import Reader
    from protocol.footage.ledger.links import Links

DOMAINS: Final[Mapping[str, Domain]] = {
    "open": Domain.OPEN,
    "keys": Domain.KEYS,
    "event": Domain.EVENT,
    "close": Domain.CLOSE,
}
"""What a record of each kind is signed as."""


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


def take_entry(reader: Reader) -> LedgerEntry:
    """Take one record.

    Raises:
        CutShortError: The bytes end within the record.
        FormatError: What is next is not a complete record of a known kind.
    """
    offset = reader.offset
    reader.array(3)
    kind_at, kind = reader.offset, reader.text(16)
    if kind not in KINDS:
        raise FormatError(kind_at, f"{kind!r} is not a kind of ledger record")
    body = reader.bytes_(limit=MAX_BODY_BYTES)
    body_offset = reader.offset - len(body)
    try:
        record, links = take_record(kind, body, base=body_offset)
    except CutShortError as error:  # the body is all there, so nothing that is still to come can help
        raise FormatError(error.offset, error.reason) from error
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    return LedgerEntry(record, links, bytes(body), signature, offset, reader.offset, body_offset)
