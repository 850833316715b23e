"""From records to the bytes of a ledger. Nothing here writes a file: the caller makes them durable."""

from __future__ import annotations

import hashlib
from typing import Final

from protocol.footage.format.cbor import Buffer, Reader, encode
from protocol.footage.format.errors import FormatError, LedgerError
from protocol.footage.format.limits import MAX_BODY_BYTES
from protocol.footage.format.signing import Signer, sign
from protocol.footage.ledger.check_record import check_event, check_open
from protocol.footage.ledger.close_record import Close
from protocol.footage.ledger.entry import DOMAINS, take_entry
from protocol.footage.ledger.event_record import LedgerEvent
from protocol.footage.ledger.keys_record import Keys, check_keys
from protocol.footage.ledger.ledger import read_ledger
from protocol.footage.ledger.links import Links
from protocol.footage.ledger.open_record import Open
from protocol.footage.ledger.record import Record, kind_of, record_value

_MOST_UNHASHED: Final = 16
"""How many records may wait for the hash of the file, which the last record alone needs: more than a press
writes, whose answer somebody waits for."""


class LedgerWriter:
    """Turns records into the bytes to append, each chained to the one before.

    The caller appends what ``append`` returns, all of it and in order. If that fails, the ledger on disk
    and this writer disagree: drop the writer and start over with ``LedgerWriter.after`` on what is durable.
    """

    def __init__(self, signer: Signer) -> None:
        """Begin an empty ledger."""
        self._signer = signer
        self._hash = hashlib.sha256()
        self._unhashed: list[bytes] = []
        self._length = 0
        self._head: bytes | None = None
        self._closed = False

    @classmethod
    def after(cls, ledger: Buffer, signer: Signer) -> LedgerWriter:
        """Continue an existing ledger.

        Raises:
            FormatError: The bytes are not a ledger; cut what is incomplete with ``ledger_valid_prefix``.
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
        self._hash_all()
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
        kind, closed = kind_of(record), isinstance(record, Close)
        body = encode(record_value(record, Links(self._head, self.sha256 if closed else None)))
        data = encode([kind, body, sign(self._signer, DOMAINS[kind], body)])
        _refuse_unreadable(record, body, data)
        self._unhashed.append(data)
        if len(self._unhashed) > _MOST_UNHASHED:
            self._hash_all()
        self._length += len(data)
        self._head = hashlib.sha256(body).digest()
        self._closed = closed
        return data

    def _hash_all(self) -> None:
        for data in self._unhashed:
            self._hash.update(data)
        self._unhashed.clear()


def digest_of(opening: Open) -> bytes:
    """Return the digest by which the next recording names one that begins so, without signing anything."""
    return hashlib.sha256(encode(record_value(opening, Links()))).digest()


def _refuse_unreadable(record: Record, body: bytes, data: bytes) -> None:
    """Refuse here what every reader would refuse later.

    By its values, as somebody waits for what a press writes; a ``close`` by reading it back.
    """
    match record:
        case Open():
            check_open(record)
        case Keys():
            check_keys(record)
        case LedgerEvent():
            check_event(record)
        case Close():
            take_entry(Reader(data))
    if len(body) > MAX_BODY_BYTES:
        raise FormatError(0, f"a string of {len(body)} bytes is longer than the {MAX_BODY_BYTES} allowed")
