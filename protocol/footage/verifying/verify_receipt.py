"""The verifier's judgement of a receipt that lies beside a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import (
    RECEIPT_NAME,
    Receipt,
    ReceiptEntry,
    SegmentDigest,
    check_receipt,
    parse_receipt,
)
from protocol.footage.verifying.finding import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.format.cbor import Buffer
    from protocol.footage.verifying.ledger_view import LedgerView


def check_receipt_file(
    data: Buffer, ledger: LedgerView, digests: Sequence[SegmentDigest] | None
) -> tuple[Receipt | None, list[Finding]]:
    """Judge a receipt: its own form and signature, and whether it is for the files beside it.

    Args:
        data: The receipt's file.
        ledger: The ledger as judged.
        digests: The segments as they are; None when they are damaged, and then not compared.

    Returns:
        The receipt when it holds, else what is wrong.
    """
    try:
        entry = parse_receipt(data)
    except FormatError as error:
        return None, [Finding(Rule.FORMAT, RECEIPT_NAME, error.offset, "receipt", error.reason)]
    problem = _signature(entry, ledger)
    problems = [problem] if problem is not None else list(_contradictions(entry.receipt, ledger, digests))
    findings = [
        Finding(rule, RECEIPT_NAME, entry.body_offset, "receipt", reason) for rule, reason in problems
    ]
    return (None if findings else entry.receipt), findings


def _signature(entry: ReceiptEntry, ledger: LedgerView) -> tuple[Rule, str] | None:
    try:
        identity = check_receipt(entry)
    except CertificateError as error:
        return Rule.CERTIFICATE, str(error)
    except SignatureError as error:
        return Rule.SIGNATURE, str(error)
    if ledger.identity is not None and identity.authority != ledger.identity.authority:
        return Rule.AUTHORITY, "it was signed under another authority than the camera's"
    return None


def _contradictions(
    receipt: Receipt, ledger: LedgerView, digests: Sequence[SegmentDigest] | None
) -> Iterator[tuple[Rule, str]]:
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
