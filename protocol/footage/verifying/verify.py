"""The verifier: judges a recording's files, from the camera to the court, without any key.

    report = verify_recording(files, authorities=[authority_der])

It checks every byte: each is covered by a signature, by a digest that is signed, or by the strict form of the
records. In order (``docs/footage-format.md`` says the steps in full):

1. the names of the files;
2. the ledger: form, certificates, signatures, chain, keys for every recipient (``verify_ledger``);
3. the segments, one at a time: form, certificates, signatures, chain, digests (``verify_segments``);
4. what only the whole shows: missing keys and chunks, totals (``verify_whole``), gaps (``continuity``);
5. the fleet's receipt, where there is one (``verify_receipt``).

It is a pure function. It opens no file: ``files`` may load lazily, and one segment at a time is asked for.
It does not judge by certificates' dates, because a camera's clock may be wrong and footage outlives
certificates.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import NoLedgerError
from protocol.footage.format.segment import parse_segment_name
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME, SegmentDigest
from protocol.footage.verifying.report import Finding, Report, Rule, Verdict
from protocol.footage.verifying.results.finding import Weight
from protocol.footage.verifying.verdict import judge
from protocol.footage.verifying.verify_ledger import check_ledger
from protocol.footage.verifying.verify_receipt import Beside, check_receipt_file
from protocol.footage.verifying.verify_segments import SegmentsWalk
from protocol.footage.verifying.verify_whole import check_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from protocol.footage.format.cbor import Buffer
    from protocol.footage.format.chunk import ChunkRecord
    from protocol.footage.verifying.ledger_view import LedgerView

_NO_FILE_OF_A_RECORDING: Final = "this file does not belong to a recording"
_OTHER_RUN: Final = "this segment is of another run than the recording"

__all__ = ["Finding", "Report", "Rule", "Verdict", "verify_recording"]


def verify_recording(
    files: Mapping[str, Buffer],
    *,
    authorities: Sequence[bytes] = (),
    progress: Callable[[int], None] | None = None,
    seen: Callable[[str, ChunkRecord], None] | None = None,
) -> Report:
    """Judge a recording.

    Args:
        files: The content of each file of the recording's folder, by name: ``ledger.cbor``, the segments, and
            ``receipt.cbor`` if there is one. Best given as memory-mapped views.
        authorities: DER of the authorities that the caller trusts. Without any, the report shows
            consistency alone.
        progress: Called with the number of bytes just checked, as the work goes on.
        seen: Called with the name of the file and each chunk that can be read, once it was judged.

    Returns:
        The report; damage of any kind is reported in it and raises nothing.

    Raises:
        NoLedgerError: There is no ledger, so this is not a recording.
    """
    if LEDGER_NAME not in files:
        raise NoLedgerError(f"this is not a recording: there is no {LEDGER_NAME} in it")
    advance = progress or _tell_nobody
    ledger = check_ledger(files[LEDGER_NAME], authorities)
    advance(ledger.length)
    names = _segments(files, ledger)
    findings = list(_unexpected(files, names))
    with_receipt = RECEIPT_NAME in files
    walk = SegmentsWalk(ledger, advance, seen=seen)
    digests = [_walk(walk, name, files[name], with_digest=with_receipt) for name in names]
    size = ledger.length + sum(digest.size for digest in digests)
    segments = walk.view
    findings += [*ledger.findings, *segments.findings, *check_whole(ledger, segments)]
    receipt = None
    if with_receipt:
        data = files[RECEIPT_NAME]
        stray = {each.file for each in findings if each.weight is Weight.STRAY_FILE}
        held = [digest for digest in digests if digest.name not in stray]
        beside = Beside(ledger, None if segments.findings else held, authorities, segments.without_keys)
        receipt, problems = check_receipt_file(data, beside)
        findings += problems
        size += len(data)
        advance(len(data))
    findings.sort(key=lambda finding: finding.weight)
    return judge(ledger, segments, findings, receipt, bytes_checked=size)


def _walk(walk: SegmentsWalk, name: str, data: Buffer, *, with_digest: bool) -> SegmentDigest:
    """Walk a segment that nothing else holds, so that it can be dropped before the next is loaded."""
    walk.segment(name, data)
    return SegmentDigest(name, len(data), hashlib.sha256(data).digest() if with_digest else b"")


def _segments(files: Mapping[str, Buffer], ledger: LedgerView) -> list[str]:
    """Return the names of the recording's segments, in order: those of its run, where that is known."""
    run = ledger.opening.run if ledger.opening is not None else None
    named = ((name, parse_segment_name(name)) for name in sorted(files))
    return [name for name, parsed in named if parsed is not None and run in (None, parsed[0])]


def _unexpected(files: Mapping[str, Buffer], segments: Sequence[str]) -> Iterator[Finding]:
    known = {LEDGER_NAME, RECEIPT_NAME, *segments}
    for name in sorted(files):
        if name not in known:
            reason = _OTHER_RUN if parse_segment_name(name) else _NO_FILE_OF_A_RECORDING
            yield Finding(Rule.UNEXPECTED, name, None, "", reason)


def _tell_nobody(_: int) -> None:
    """Report progress to nobody."""
