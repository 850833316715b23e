"""A receipt: the fleet's signed word that it holds a recording, durable and verified (promises C8 and L2).

Record: ``["receipt", body, signature]``, one in a file of its own. The body holds the signer's certificate
chain; the signer is named ``fleet receipts`` by the same authority that named the camera.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.footage.format.cbor import Buffer, Reader, Value, encode
from protocol.footage.format.certificates import Identity, check_chain
from protocol.footage.format.errors import CertificateError, FormatError, ReceiptError, SignatureError
from protocol.footage.format.fields import (
    take_camera,
    take_certificates,
    take_digest,
    take_id,
    take_text,
    take_version,
)
from protocol.footage.format.limits import MAX_BODY_BYTES, VERSION
from protocol.footage.format.signing import Domain, Signer, check, sign
from protocol.footage.format.sizes import SIGNATURE_BYTES

RECEIPT_NAME: Final = "receipt.cbor"
"""The receipt's file name in a recording's folder."""

RECEIPT_SIGNER: Final = "fleet receipts"
"""The common name of the certificate that receipts are signed with."""

KIND: Final = "receipt"
MAX_SEGMENTS: Final = 65_536


@dataclass(frozen=True, slots=True)
class SegmentDigest:
    """One segment file as the fleet holds it."""

    name: str
    size: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the fleet holds.

    Attributes:
        camera: The camera's id.
        recording: The recording's 16 bytes.
        number: The camera's counter.
        open_digest: The digest of the ledger's ``open``.
        ledger_sha256: SHA-256 of the whole ledger file.
        ledger_length: Its length in bytes.
        segments: Every segment file, in order.
        verdict: What the fleet's verifier said, as ``Verdict`` words it; after a semicolon, what it had
            not done yet when it signed, such as ``opening not tried yet``.
        received_utc_us: When, by the fleet's clock, in microseconds since 1970.
    """

    camera: str
    recording: bytes
    number: int
    open_digest: bytes
    ledger_sha256: bytes
    ledger_length: int
    segments: tuple[SegmentDigest, ...]
    verdict: str
    received_utc_us: int


@dataclass(frozen=True, slots=True)
class ReceiptEntry:
    """A receipt as read, before its signature is checked."""

    receipt: Receipt
    certificates: tuple[bytes, ...]
    body: bytes
    signature: bytes
    body_offset: int
    end: int


def sign_receipt(receipt: Receipt, signer: Signer, certificates: tuple[bytes, ...]) -> bytes:
    """Return a receipt's file.

    Args:
        receipt: What to attest.
        signer: Signs with the key of the first certificate.
        certificates: DER, the signer's first, the authority's last.

    Raises:
        FormatError: The receipt breaks a limit of the format.
    """
    body = encode(_value(receipt, certificates))
    data = encode([KIND, body, sign(signer, Domain.RECEIPT, body)])
    parse_receipt(data)  # refuses here what every reader would refuse later
    return data


def parse_receipt(data: Buffer) -> ReceiptEntry:
    """Read a receipt without judging its signature.

    Raises:
        FormatError: The bytes are not exactly one receipt.
    """
    reader = Reader(data)
    reader.array(3)
    reader.key(KIND)
    body = reader.bytes_(limit=MAX_BODY_BYTES)
    body_offset = reader.offset - len(body)
    receipt, certificates = _take_body(body, base=body_offset)
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    end = reader.offset
    reader.end()
    return ReceiptEntry(receipt, certificates, bytes(body), signature, body_offset, end)


def check_receipt(entry: ReceiptEntry) -> Identity:
    """Check a receipt's signature and certificate chain, and return whose word it is.

    Raises:
        CertificateError: The chain does not hold, or names another signer than receipts have.
        SignatureError: The signature does not fit.
    """
    identity = check_chain(entry.certificates)
    if identity.name != RECEIPT_SIGNER:
        raise CertificateError(
            f"the certificate names {identity.name!r}, receipts are signed by {RECEIPT_SIGNER!r}"
        )
    check(identity.public_key, Domain.RECEIPT, entry.body, entry.signature)
    return identity


def read_receipt(data: Buffer, authority_der: bytes) -> Receipt:
    """Read a receipt and check that the given authority stands behind it.

    Raises:
        ReceiptError: It cannot be read, is not rightly signed, or comes from another authority.
    """
    try:
        entry = parse_receipt(data)
        identity = check_receipt(entry)
    except (FormatError, CertificateError, SignatureError) as error:
        raise ReceiptError(f"the receipt is not valid: {error}") from error
    if identity.authority != authority_der:
        raise ReceiptError("the receipt was signed under another authority than this fleet's")
    return entry.receipt


def _value(receipt: Receipt, certificates: tuple[bytes, ...]) -> Value:
    return {
        "v": VERSION,
        "camera": receipt.camera,
        "number": receipt.number,
        "verdict": receipt.verdict,
        "segments": [
            {"name": each.name, "size": each.size, "sha256": each.sha256} for each in receipt.segments
        ],
        "recording": receipt.recording,
        "open_digest": receipt.open_digest,
        "certificates": list(certificates),
        "ledger_length": receipt.ledger_length,
        "ledger_sha256": receipt.ledger_sha256,
        "received_utc_us": receipt.received_utc_us,
    }


def _take_body(body: Buffer, *, base: int) -> tuple[Receipt, tuple[bytes, ...]]:
    reader = Reader(body, base=base)
    reader.map(11)
    take_version(reader)
    reader.key("camera")
    camera = take_camera(reader)
    reader.key("number")
    number = reader.uint()
    reader.key("verdict")
    verdict = take_text(reader)
    reader.key("segments")
    segments = tuple(_take_segment(reader) for _ in range(reader.count(MAX_SEGMENTS)))
    reader.key("recording")
    recording = take_id(reader)
    reader.key("open_digest")
    open_digest = take_digest(reader)
    reader.key("certificates")
    certificates = take_certificates(reader)
    reader.key("ledger_length")
    ledger_length = reader.uint()
    reader.key("ledger_sha256")
    ledger_sha256 = take_digest(reader)
    reader.key("received_utc_us")
    received_utc_us = reader.uint()
    reader.end()
    receipt = Receipt(
        camera=camera,
        recording=recording,
        number=number,
        open_digest=open_digest,
        ledger_sha256=ledger_sha256,
        ledger_length=ledger_length,
        segments=segments,
        verdict=verdict,
        received_utc_us=received_utc_us,
    )
    return receipt, certificates


def _take_segment(reader: Reader) -> SegmentDigest:
    reader.map(3)
    reader.key("name")
    name = take_text(reader)
    reader.key("size")
    size = reader.uint()
    reader.key("sha256")
    return SegmentDigest(name=name, size=size, sha256=take_digest(reader))
