"""Signing the fleet's word that it holds a recording (C8, L2), and making it durable.

A receipt is created once, like all objects. When a crash came between the object and the row, the receipt
that is there already is the receipt; it must speak of the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from fleet.footage.errors import StoreError
from fleet.footage.store import names
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore, Put
from fleet.footage.store.stored_files import HeldSegment
from fleet.pki.authority import Authority
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.receipt import Receipt, SegmentDigest, read_receipt, sign_receipt
from protocol.units import utc_us


def describe(
    ledger: Ledger, ledger_bytes: bytes, segments: Sequence[HeldSegment], verdict: str, received: datetime
) -> Receipt:
    """Return what the receipt of a verified recording says."""
    return Receipt(
        camera=ledger.open.camera,
        recording=ledger.open.recording,
        number=ledger.open.number,
        open_digest=ledger.open_digest,
        ledger_sha256=hashlib.sha256(ledger_bytes).digest(),
        ledger_length=len(ledger_bytes),
        segments=tuple(SegmentDigest(each.name, each.size, each.sha256) for each in segments),
        verdict=verdict,
        received_utc_us=utc_us(received),
    )


def sign_and_keep(
    receipt: Receipt, place: names.Place, authority: Authority, store: FootageStore, spool: Spool
) -> bytes:
    """Sign a receipt and make it durable; return the one that is held.

    Args:
        receipt: what it says.
        place: where the recording lies.
        authority: signs it.
        store: where it is kept.
        spool: where it is made.

    Raises:
        StoreError: the store failed, or holds the receipt of other bytes in its place.
        ReceiptError: what the store holds in its place is no receipt of this fleet.
    """
    key, certificates = authority.receipts_key()
    signed = sign_receipt(receipt, ed25519_signer(key), certificates)
    object_key = names.receipt_key(place)
    with spool.keep(signed) as incoming:
        put = store.put(object_key, incoming.finish())
    if put is not Put.OTHER:
        return signed
    held = store.read(object_key)
    earlier = read_receipt(held, authority.der)
    if _bytes_of(earlier) != _bytes_of(receipt):
        raise StoreError(f"The footage store {store.where} holds a receipt of other bytes as {object_key}.")
    return held


def _bytes_of(receipt: Receipt) -> tuple[object, ...]:
    return receipt.recording, receipt.ledger_sha256, receipt.ledger_length, receipt.segments
