"""Ledgers as the store holds them: in pieces while they grow, in one object once verified."""

from __future__ import annotations

from collections.abc import Sequence

from fleet.footage.store import names
from fleet.footage.store.pieces import PieceRange, joined
from fleet.footage.store.store import FootageStore
from protocol.footage.format.errors import FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES
from protocol.footage.ledger.ledger import Open, iter_ledger

_ENOUGH = MAX_BODY_BYTES + 1024
"""No first record is longer, so when this much cannot be read, more will not help."""


def read_ledger_bytes(store: FootageStore, place: names.Place, pieces: Sequence[PieceRange]) -> bytes:
    """Return the ledger as far as its pieces join.

    Raises:
        StoreError: a piece is not there, or the store failed.
    """
    return b"".join(store.read(names.ledger_key(place, each.offset)) for each in joined(pieces))


def read_opening(store: FootageStore, place: names.Place, pieces: Sequence[PieceRange]) -> Open | None:
    """Return the ledger's first record, or None while it is not whole or not readable.

    Nothing is judged here: what is wrong with a ledger, the verifier says once all of it is there.

    Raises:
        StoreError: a piece is not there, or the store failed.
    """
    data = bytearray()
    for piece in joined(pieces):
        data += store.read(names.ledger_key(place, piece.offset))
        opening = _first(bytes(data))
        if opening is not None or len(data) > _ENOUGH:
            return opening
    return None


def _first(data: bytes) -> Open | None:
    try:
        record = next(iter_ledger(data)).record
    except FormatError:
        return None
    return record if isinstance(record, Open) else None
