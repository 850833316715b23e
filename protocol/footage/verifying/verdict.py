"""From what the verifier found to verdicts, a report and a sentence for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protocol.footage.format.certificates import fingerprint
from protocol.footage.format.limits import MAX_CHUNK_NS
from protocol.footage.ledger.open_record import WITHOUT_A_PRESS
from protocol.footage.verifying.chains.link import RecordingLink
from protocol.footage.verifying.consents.in_ledger import consent_notes
from protocol.footage.verifying.edges import end_note, press_note
from protocol.footage.verifying.report import (
    WITHOUT_END_BEFORE,
    ChunkResult,
    ChunkStatus,
    Finding,
    Report,
    Verdict,
)
from protocol.footage.verifying.results.condition_result import conditions_within
from protocol.footage.verifying.results.finding import Rule, Weight
from protocol.footage.verifying.results.wording import seconds, utc
from protocol.footage.verifying.sentence import sentence_of, unreached_ns
from protocol.footage.verifying.verify_whole import find_gaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.format.model import ChunkHeader
    from protocol.footage.ledger.ledger import Open
    from protocol.footage.verifying.ledger_view import LedgerView
    from protocol.footage.verifying.results.receipt_result import ReceiptResult
    from protocol.footage.verifying.segments_view import SegmentsView


def judge(
    ledger: LedgerView,
    segments: SegmentsView,
    findings: Sequence[Finding],
    receipt: ReceiptResult | None,
    *,
    bytes_checked: int,
) -> Report:
    """Return the report on a recording.

    Args:
        ledger: The ledger as judged.
        segments: The segments as judged.
        findings: Every broken rule of every file, the worst first.
        receipt: The receipt, where there is one whose own signature holds.
        bytes_checked: How many bytes were read.
    """
    stray = {finding.file for finding in findings if finding.rule is Rule.UNEXPECTED}
    own = [chunk for chunk in segments.chunks if chunk.file not in stray]
    report = Report(
        verdicts=(Verdict.ALTERED,),
        sentence="",
        findings=tuple(findings),
        chunks=tuple(segments.chunks),
        gaps=find_gaps(ledger, segments, findings),
        notes=(),
        authority=fingerprint(ledger.identity.authority) if ledger.identity is not None else None,
        authority_checked=ledger.trusted,
        tracks=frozenset(segments.continuity.tracks),
        receipt=receipt,
        without_keys=sum(chunk.status is ChunkStatus.WITHOUT_KEYS for chunk in own),
        bytes_checked=bytes_checked,
    )
    if ledger.opening is not None:
        report = _with_opening(report, ledger.opening, segments)
        within = conditions_within(ledger.conditions, report.first_ns, report.end_ns)
        report = replace(report, conditions=within)
    report = replace(
        report, verdicts=_verdicts(report, ledger), notes=tuple(_notes(report, ledger, segments))
    )
    link = _link(ledger, own) if Verdict.ALTERED not in report.verdicts else None
    return replace(report, sentence=sentence_of(report), link=link)


def _verdicts(report: Report, ledger: LedgerView) -> tuple[Verdict, ...]:
    """Return all that holds, the worst first."""
    weights = {finding.weight for finding in report.findings}
    holds = {
        Verdict.ALTERED: Weight.ALTERED in weights,
        Verdict.OTHER_AUTHORITY: Weight.OTHER_AUTHORITY in weights,
        Verdict.KEYS_MISSING: Weight.KEYS_MISSING in weights,
        Verdict.STRAY_FILE: Weight.STRAY_FILE in weights,
        Verdict.SIGNER_UNKNOWN: not report.authority_checked,
        Verdict.WITHOUT_END: ledger.close is None,
        Verdict.INTACT_WITH_GAPS: bool(report.gaps),
    }
    if holds[Verdict.ALTERED]:  # of what was altered nothing better is known
        return tuple(verdict for verdict, found in list(holds.items())[: len(Weight)] if found)
    return tuple(verdict for verdict, found in holds.items() if found) or (Verdict.INTACT,)


def _link(ledger: LedgerView, own: Sequence[ChunkResult]) -> RecordingLink | None:
    opening, identity = ledger.opening, ledger.identity
    if opening is None or identity is None:
        return None
    chunks = [chunk for chunk in own if chunk.status is ChunkStatus.INTACT]
    before = [chunks[0].previous] if chunks and chunks[0].seq else []
    return RecordingLink(
        authority=fingerprint(identity.authority),
        camera=opening.camera,
        number=opening.number,
        recording=opening.recording.hex(),
        run=opening.run.hex(),
        press_ns=opening.press_ns,
        open_digest=ledger.open_digest,
        previous_open=opening.previous_open,
        unconfirmed=tuple(ledger.unconfirmed),
        first_seq=chunks[0].seq - len(before) if chunks else opening.first_seq,
        chunks=b"".join([*before, *(chunk.digest for chunk in chunks)]),
        records=b"".join(ledger.records),
    )


def _with_opening(report: Report, opening: Open, segments: SegmentsView) -> Report:
    first, last = segments.first, segments.last
    return replace(
        report,
        camera=opening.camera,
        recording=opening.recording.hex(),
        number=opening.number,
        assignment=opening.assignment,
        trigger=opening.trigger,
        marks=opening.marks,
        asked_ns=opening.asked_ns,
        prerecord_ns=_prerecord_ns(opening, first, last),
        missing=opening.missing,
        first_ns=first.start_ns if first is not None else None,
        press_ns=opening.press_ns,
        end_ns=last.end_ns if last is not None else None,
        duration_ns=last.end_ns - first.start_ns if first is not None and last is not None else 0,
        press_utc_us=opening.label.utc_us,
        press_utc_synchronised=opening.label.synchronised,
    )


def _prerecord_ns(opening: Open, first: ChunkHeader | None, last: ChunkHeader | None) -> int:
    """How much there is from before the press: a power cut may have come before the chunk of the press."""
    if first is None or last is None:
        return 0
    return max(0, min(opening.press_ns, last.end_ns) - first.start_ns)


def _notes(report: Report, ledger: LedgerView, segments: SegmentsView) -> Iterator[str]:
    opening = ledger.opening
    if opening is None:
        yield "The ledger's open record does not hold, so nothing that it says is reported here."
        return
    for each in report.missing:
        yield f"{seconds(each.duration_ns)} of the pre-record is missing: {each.reason}."
    stated_ns = sum(each.duration_ns for each in report.missing)
    short_ns = (report.asked_ns or 0) - (report.prerecord_ns or 0) - unreached_ns(report) - stated_ns
    if short_ns > MAX_CHUNK_NS:  # less than one chunk needs no reason: a press rarely meets a chunk's edge
        yield f"{seconds(short_ns)} of the pre-record is missing and the camera gave no reason."
    edges = press_note(ledger, opening, segments.first), end_note(ledger, segments.last)
    yield from (note for note in edges if note is not None)
    if not report.press_utc_synchronised:
        at = "when it was begun" if report.trigger in WITHOUT_A_PRESS else "at the press"
        yield f"The camera's clock was not synchronised {at}: its wall times are only indicative."
    yield from (f"The camera marked the recording: {mark}." for mark in report.marks)
    yield from consent_notes(ledger.consents, report.first_ns or opening.press_ns)
    if report.receipt is not None and report.receipt.fits:
        yield receipt_note(report.receipt)


def receipt_note(receipt: ReceiptResult) -> str:
    """Say of a receipt that fits who signed it, when and for what, and claim no more than is known."""
    at = f"at {utc(receipt.received_utc_us)} by its own clock"
    known = receipt.verdict != WITHOUT_END_BEFORE  # an earlier version's word names a cause that nobody knew
    found = f"found them {receipt.verdict}" if known else "found them without an end"
    ledger = f"ledger SHA-256 {receipt.ledger_sha256.hex()}"
    if receipt.authority_checked:
        return f"The fleet signed a receipt for exactly these files {at} ({ledger}), and {found}."
    return (
        f"A receipt for exactly these files says that its signer had them {at} ({ledger}), and {found}; "
        "whose receipt it is is not known either, as the same authority issued it."
    )
