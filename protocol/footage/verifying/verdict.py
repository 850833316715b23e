"""From what the verifier found to a verdict, a report and a sentence for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from protocol.footage.format.certificates import fingerprint
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS, MAX_CHUNK_NS
from protocol.footage.verifying.report import (
    WITHOUT_END,
    ChunkStatus,
    Finding,
    GapResult,
    Report,
    Verdict,
)
from protocol.footage.verifying.verify_whole import find_gaps
from protocol.footage.verifying.wording import count, seconds, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.format.model import ChunkHeader
    from protocol.footage.ledger.ledger import Open
    from protocol.footage.receipt import Receipt
    from protocol.footage.verifying.ledger_view import LedgerView
    from protocol.footage.verifying.segments_view import SegmentsView

_FEW_GAPS: Final = 3
"""So many gaps a sentence can name; of more it gives the sum, and the report lists them."""


def judge(
    ledger: LedgerView,
    segments: SegmentsView,
    findings: Sequence[Finding],
    receipt: Receipt | None,
    *,
    bytes_checked: int,
) -> Report:
    """Return the report on a recording.

    Args:
        ledger: The ledger as judged.
        segments: The segments as judged.
        findings: Every broken rule of every file.
        receipt: The receipt, where there is one that holds.
        bytes_checked: How many bytes were read.
    """
    report = Report(
        verdict=Verdict.ALTERED,
        sentence="",
        findings=tuple(findings),
        chunks=tuple(segments.chunks),
        gaps=find_gaps(ledger, segments, findings),
        notes=(),
        authority=fingerprint(ledger.identity.authority) if ledger.identity is not None else None,
        authority_checked=ledger.trusted,
        tracks=frozenset(segments.continuity.tracks),
        receipt=receipt is not None,
        bytes_checked=bytes_checked,
    )
    if ledger.opening is not None:
        report = _with_opening(report, ledger.opening, segments)
    notes = _notes(report, ledger, receipt)
    verdict, sentence = _verdict(report, cut_off=ledger.close is None, keyless=segments.without_keys)
    return replace(report, verdict=verdict, sentence=sentence, notes=tuple(notes))


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


def _notes(report: Report, ledger: LedgerView, receipt: Receipt | None) -> Iterator[str]:
    if ledger.opening is None:
        yield "The ledger's open record does not hold, so nothing that it says is reported here."
        return
    for each in report.missing:
        yield f"{seconds(each.duration_ns)} of the pre-record is missing: {each.reason}."
    stated_ns = sum(each.duration_ns for each in report.missing)
    short_ns = (report.asked_ns or 0) - (report.prerecord_ns or 0) - _unreached_ns(report) - stated_ns
    if short_ns > MAX_CHUNK_NS:  # less than one chunk needs no reason: a press rarely meets a chunk's edge
        yield f"{seconds(short_ns)} of the pre-record is missing and the camera gave no reason."
    if not report.press_utc_synchronised:
        yield "The camera's clock was not synchronised at the press: its wall times are only indicative."
    yield from (f"The camera marked the recording: {mark}." for mark in report.marks)
    if receipt is not None and not report.findings:
        yield f"The fleet signed a receipt for exactly these files, and found them {receipt.verdict}."


def _verdict(report: Report, *, cut_off: bool, keyless: int) -> tuple[Verdict, str]:
    if report.findings:
        return Verdict.ALTERED, _altered(report.findings)
    extent = _extent(report)
    gaps = _gaps(report.gaps)
    if cut_off:
        ending = WITHOUT_END
        extras = [without_keys(keyless)] if keyless else []
        if (unreached_ns := _unreached_ns(report)) > CONTINUITY_TOLERANCE_NS:
            extras.append(f"it ends {seconds(unreached_ns)} before the press")
        return Verdict.CUT_OFF, f"Without an end: {'; '.join(filter(None, [extent, ending, *extras, gaps]))}."
    if gaps:
        return Verdict.INTACT_WITH_GAPS, f"Intact with {count(len(report.gaps), 'gap')}: {extent}; {gaps}."
    return Verdict.INTACT, f"Intact: {extent}."


def _unreached_ns(report: Report) -> int:
    """By how much a recording ends before its press: what was not durable yet when the power went."""
    if report.end_ns is None or report.press_ns is None:
        return 0
    return max(0, report.press_ns - report.end_ns)


def _gaps(gaps: Sequence[GapResult]) -> str:
    if len(gaps) <= _FEW_GAPS:
        return "; ".join(gap.sentence for gap in gaps)
    unexplained = sum(not gap.explained for gap in gaps)
    longest = max(gaps, key=lambda gap: gap.duration_ns)
    number = len(gaps)
    explained = (
        f"{unexplained} of {number} gaps unexplained" if unexplained else f"all {number} gaps explained"
    )
    return f"{explained}; the longest: {longest.sentence}"


def _extent(report: Report) -> str:
    chunks = sum(chunk.status is ChunkStatus.INTACT for chunk in report.chunks)
    held, before = seconds(report.duration_ns or 0), seconds(report.prerecord_ns or 0)
    whole = f"{held} in {count(chunks, 'chunk')}, {before} of it before the press"
    return f"{whole}, exactly as {report.camera} signed it"


def _altered(findings: Sequence[Finding]) -> str:
    more = f" There {_are(len(findings) - 1)} below." if len(findings) > 1 else ""
    return f"Altered: {findings[0].sentence}.{more}"


def _are(number: int) -> str:
    return "is 1 more finding" if number == 1 else f"are {number} more findings"
