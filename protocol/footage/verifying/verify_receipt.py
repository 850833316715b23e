"""The verifier's judgement of a receipt that lies beside a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.certificates import fingerprint
from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import (
    RECEIPT_NAME,
    Receipt,
    SegmentDigest,
    check_receipt,
    parse_receipt,
)
from protocol.footage.verifying.results.finding import Finding, Rule
from protocol.footage.verifying.results.receipt_result import ReceiptResult
from protocol.footage.verifying.results.wording import without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.format.cbor import Buffer
    from protocol.footage.format.certificates import Identity
    from protocol.footage.verifying.ledger_view import LedgerView


@dataclass(frozen=True, slots=True)
class Beside:
    """What a receipt lies beside.

    Attributes:
        ledger: The ledger as judged.
        digests: The recording's segments as they are; None when they are damaged, and then not compared.
        authorities: DER of the authorities that the caller trusts.
        without_keys: How many chunks at the end have no keys.
    """

    ledger: LedgerView
    digests: Sequence[SegmentDigest] | None
    authorities: Sequence[bytes]
    without_keys: int


def check_receipt_file(data: Buffer, beside: Beside) -> tuple[ReceiptResult | None, list[Finding]]:
    """Judge a receipt: its own form and signature, and whether it is for the files beside it.

    Args:
        data: The receipt's file.
        beside: What it should be for.

    Returns:
        The receipt when its own signature holds, and what is wrong.
    """
    try:
        entry = parse_receipt(data)
    except FormatError as error:
        return None, [Finding(Rule.FORMAT, RECEIPT_NAME, error.offset, "receipt", error.reason)]
    try:
        identity = check_receipt(entry)
    except (CertificateError, SignatureError) as error:
        rule = Rule.CERTIFICATE if isinstance(error, CertificateError) else Rule.SIGNATURE
        return None, [Finding(rule, RECEIPT_NAME, entry.body_offset, "receipt", str(error))]
    problems = list(_foreign(identity, beside) or _contradictions(entry.receipt, beside))
    findings = [
        Finding(rule, RECEIPT_NAME, entry.body_offset, "receipt", reason) for rule, reason in problems
    ]
    trusted = identity.authority in beside.authorities
    return _result(entry.receipt, identity, fits=not findings, trusted=trusted), findings


def _result(receipt: Receipt, identity: Identity, *, fits: bool, trusted: bool) -> ReceiptResult:
    return ReceiptResult(
        fits=fits,
        received_utc_us=receipt.received_utc_us,
        signer=identity.name,
        authority=fingerprint(identity.authority),
        authority_checked=trusted,
        verdict=receipt.verdict,
        open_digest=receipt.open_digest,
        ledger_sha256=receipt.ledger_sha256,
        ledger_length=receipt.ledger_length,
        segments=len(receipt.segments),
    )


def _foreign(identity: Identity, beside: Beside) -> list[tuple[Rule, str]]:
    camera = beside.ledger.identity
    if camera is None or identity.authority == camera.authority:
        return []
    mark = fingerprint(identity.authority)
    return [(Rule.AUTHORITY, f"it was signed under another authority than the camera's, SHA-256 {mark}")]


def _contradictions(receipt: Receipt, beside: Beside) -> Iterator[tuple[Rule, str]]:
    ledger, digests = beside.ledger, beside.digests
    opening = ledger.opening
    if opening is not None:
        named = (receipt.camera, receipt.recording, receipt.number, receipt.open_digest)
        if named != (opening.camera, opening.recording, opening.number, ledger.open_digest):
            yield Rule.RECEIPT, "it is the receipt of another recording"
            return
    if ledger.holds and (receipt.ledger_length, receipt.ledger_sha256) != (ledger.length, ledger.sha256):
        yield Rule.RECEIPT, f"the fleet received another {LEDGER_NAME} than the one here"
    if digests is not None and receipt.segments != tuple(digests):
        yield Rule.RECEIPT, "the fleet received other segments than those here"
    elif beside.without_keys and ledger.close is None:
        reason = f"it is for a recording of which {without_keys(beside.without_keys)}; no fleet receives that"
        yield Rule.KEYLESS, reason
