"""Receipts: whose word counts, and that any change is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.footage.format.errors import ReceiptError
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.receipt import Receipt, SegmentDigest, parse_receipt, read_receipt, sign_receipt
from tests.support.media.recordings import make_identity, record

IDENTITY = make_identity()
TAKE = record(receipt=True)
DATA = TAKE.files["receipt.cbor"]
CHAIN = (IDENTITY.receipts_certificate, IDENTITY.authority)


def receipt() -> Receipt:
    return parse_receipt(DATA).receipt


def test_reads_what_was_signed() -> None:
    read = read_receipt(DATA, IDENTITY.authority)
    assert (read.camera, read.number, read.recording) == ("cam-01", 7, TAKE.recording)
    assert [each.name for each in read.segments] == sorted(TAKE.segments)
    assert sign_receipt(read, ed25519_signer(IDENTITY.receipts_key), CHAIN) == DATA


@pytest.mark.slow
def test_every_changed_byte_is_refused() -> None:  # proves C8
    for at in range(len(DATA)):
        changed = bytearray(DATA)
        changed[at] ^= 1 << at % 8
        with pytest.raises(ReceiptError):
            read_receipt(changed, IDENTITY.authority)


@pytest.mark.parametrize("data", [b"", b"\x83", DATA[:-1], DATA + b"\0"])
def test_what_is_not_exactly_a_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(ReceiptError, match="the receipt is not valid: byte"):
        read_receipt(data, IDENTITY.authority)


def test_another_authority_is_refused() -> None:  # proves C8
    with pytest.raises(ReceiptError, match="under another authority"):
        read_receipt(DATA, make_identity(seed=2).authority)


def test_a_camera_cannot_sign_receipts() -> None:  # proves C8
    forged = sign_receipt(receipt(), IDENTITY.signer, IDENTITY.certificates)
    with pytest.raises(ReceiptError, match="names 'cam-01', receipts are signed by 'fleet receipts'"):
        read_receipt(forged, IDENTITY.authority)


def test_another_key_than_the_certificate_s_is_refused() -> None:
    forged = sign_receipt(receipt(), IDENTITY.signer, CHAIN)
    with pytest.raises(ReceiptError, match="signature does not fit"):
        read_receipt(forged, IDENTITY.authority)


@pytest.mark.parametrize(
    ("chain", "reason"),
    [
        ((IDENTITY.receipts_certificate,), "lacks its authority"),
        (
            (IDENTITY.receipts_certificate, make_identity(seed=2).authority),
            "not issued by the authority beside it",
        ),
        ((IDENTITY.receipts_certificate, IDENTITY.camera_certificate), "one that is not an authority"),
        ((b"nonsense", IDENTITY.authority), "certificate cannot be read"),
        ((IDENTITY.authority, IDENTITY.authority), "an authority's, which must not sign"),
    ],
)
def test_a_broken_chain_is_refused(chain: tuple[bytes, ...], reason: str) -> None:
    forged = sign_receipt(receipt(), ed25519_signer(IDENTITY.receipts_key), chain)
    with pytest.raises(ReceiptError, match=reason):
        read_receipt(forged, IDENTITY.authority)


def test_a_long_recording_fits() -> None:
    segments = tuple(SegmentDigest(f"{'a' * 32}-{at:08d}.seg", at, bytes(32)) for at in range(2000))
    long = replace(receipt(), segments=segments)
    data = sign_receipt(long, ed25519_signer(IDENTITY.receipts_key), CHAIN)
    assert read_receipt(data, IDENTITY.authority) == long
