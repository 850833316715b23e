"""The fleet's receipts for what a bench's camera has recorded."""

from __future__ import annotations

import hashlib

from protocol.footage.format.signing import ed25519_signer
from protocol.footage.ledger.ledger import LEDGER_NAME, open_digest, read_ledger
from protocol.footage.receipt import Receipt, SegmentDigest, sign_receipt
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import TestIdentity


def receipt_of(bench: Bench, number: int = 1) -> Receipt:
    """What the fleet's receipt says of a recording, of which it was sent what the camera's shelf shows."""
    shelved = next(each for each in bench.shelf.recordings() if each.number == number)
    ledger = (shelved.folder / LEDGER_NAME).read_bytes()[: shelved.ledger_length]
    return Receipt(
        camera=bench.identity.camera,
        recording=read_ledger(ledger).open.recording,
        number=number,
        open_digest=open_digest(ledger),
        ledger_sha256=hashlib.sha256(ledger).digest(),
        ledger_length=len(ledger),
        segments=tuple(
            SegmentDigest(
                name, length, hashlib.sha256((shelved.folder / name).read_bytes()[:length]).digest()
            )
            for name, length in shelved.closed_segments
        ),
        verdict="intact",
        received_utc_us=1_800_000_000_000_000,
    )


def signed(receipt: Receipt, identity: TestIdentity) -> bytes:
    """The receipt as the fleet of a identity signs it."""
    certificates = (identity.receipts_certificate, identity.authority)
    return sign_receipt(receipt, ed25519_signer(identity.receipts_key), certificates)
