"""The verifier: judges a recording's files, from the camera to the court, without any key.

    report = verify_recording(files, authorities=[authority_der])

It checks every byte: each is covered by a signature, by a digest that is signed, or by the strict form of the
records. In order (``docs/footage-format.md`` says the steps in full):

1. the names of the files;
2. the ledger: form, certificates, signatures, chain, keys for every recipient;
3. the segments, one at a time: form, certificates, signatures, chain, numbers, times, digests;
4. what only the whole shows: missing chunks, the totals of the close record, gaps and whether they are
explained;
5. the fleet's receipt, where there is one.

It is a pure function. It opens no file: ``files`` may load lazily, and one segment at a time is asked for.
It does not look at certificates' dates, because a camera's clock may be wrong and footage outlives
certificates.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from protocol.footage.cbor import Buffer
from protocol.footage.certificates import fingerprint
from protocol.footage.errors import CertificateError, FormatError, NoLedgerError, SignatureError
from protocol.footage.ledger import LEDGER_NAME
from protocol.footage.ledger_records import Open
from protocol.footage.receipt import RECEIPT_NAME, Receipt, SegmentDigest, check_receipt, parse_receipt
from protocol.footage.report import ChunkStatus, Finding, GapResult, Report, Rule, Verdict, count, seconds
from protocol.footage.segment import parse_segment_name
from protocol.footage.verify_ledger import LedgerView, check_ledger
from protocol.footage.verify_segments import SegmentsView, SegmentsWalk

__all__ = ["Finding", "Report", "Rule", "Verdict", "verify_recording"]

_SHORT_NS: Final = 2_000_000_000
"""Pre-record that falls short by less than one chunk needs no reason: the press rarely meets a chunk's
edge."""


def verify_recording(
    files: Mapping[str, Buffer],
    *,
    authorities: Sequence[bytes] = (),
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Judge a recording.

    Args:
        files: The content of each file of the recording's folder, by name: ``ledger.cbor``, the segments, and
            ``receipt.cbor`` if there is one. Best given as memory-mapped views.
        authorities: DER of the authorities that the caller trusts. Without any, the report shows
            consistency alone.
        progress: Called with the number of bytes just checked, as the work goes on.

    Returns:
        The report; damage of any kind is reported in it and raises nothing.

    Raises:
        NoLedgerError: There is no ledger, so this is not a recording.
    """
    if LEDGER_NAME not in files:
        raise NoLedgerError(f"this is not a recording: there is no {LEDGER_NAME} in it")
    return _Verification(files, authorities, progress or _ignore).report()


def _ignore(_: int) -> None:
    """Report progress to nobody."""


class _Verification:
    """One verification under way."""

    def __init__(
        self, files: Mapping[str, Buffer], authorities: Sequence[bytes], progress: Callable[[int], None]
    ) -> None:
        self._files = files
        self._progress = progress
        self._bytes = 0
        self._digests: list[SegmentDigest] = []
        self._names = sorted(name for name in files if parse_segment_name(name))
        self._findings = [
            Finding(Rule.UNEXPECTED, name, None, "", "this file does not belong to a recording")
            for name in sorted(files)
            if name not in {LEDGER_NAME, RECEIPT_NAME, *self._names}
        ]
        data = files[LEDGER_NAME]
        self._ledger = check_ledger(data, authorities)
        self._findings += self._ledger.findings
        self._advance(len(data))

    def report(self) -> Report:
        """Do the rest of the work."""
        opening = self._ledger.opening
        if opening is None:
            return _unreadable(self._findings, self._bytes)
        segments = self._walk()
        self._findings += segments.findings
        self._findings += _check_close(self._ledger, opening, segments, len(self._names))
        self._findings += _check_without_keys(self._ledger, segments)
        receipt = self._check_receipt(opening)
        gaps = segments.continuity.gaps()
        report = _describe(self._ledger, opening, segments, gaps)
        notes = (*report.notes, *_receipt_note(receipt, self._findings))
        return _judge(
            replace(
                report,
                findings=tuple(self._findings),
                receipt=receipt is not None,
                bytes_checked=self._bytes,
                notes=notes,
            ),
            cut_off=self._ledger.close is None,
            without_keys=segments.without_keys,
        )

    def _advance(self, count_of_bytes: int) -> None:
        self._bytes += count_of_bytes
        self._progress(count_of_bytes)

    def _walk(self) -> SegmentsView:
        walk = SegmentsWalk(self._ledger, self._advance)
        for name in self._names:
            data = self._files[name]
            walk.segment(name, data)
            if RECEIPT_NAME in self._files:
                self._digests.append(SegmentDigest(name, len(data), hashlib.sha256(data).digest()))
        walk.finish()
        return walk.view

    def _check_receipt(self, opening: Open) -> Receipt | None:
        if RECEIPT_NAME not in self._files:
            return None
        data = self._files[RECEIPT_NAME]
        self._advance(len(data))
        try:
            entry = parse_receipt(data)
        except FormatError as error:
            self._findings.append(Finding(Rule.FORMAT, RECEIPT_NAME, error.offset, "receipt", error.reason))
            return None
        problems: list[tuple[Rule, str]] = []
        try:
            identity = check_receipt(entry)
            if self._ledger.identity is not None and identity.authority != self._ledger.identity.authority:
                problems.append((Rule.AUTHORITY, "it was signed under another authority than the camera's"))
        except CertificateError as error:
            problems.append((Rule.CERTIFICATE, str(error)))
        except SignatureError as error:
            problems.append((Rule.SIGNATURE, str(error)))
        problems += [(Rule.RECEIPT, reason) for reason in self._contradictions(entry.receipt, opening)]
        self._findings += [
            Finding(rule, RECEIPT_NAME, entry.body_offset, "receipt", reason) for rule, reason in problems
        ]
        return None if problems else entry.receipt

    def _contradictions(self, receipt: Receipt, opening: Open) -> list[str]:
        reasons = []
        named = (receipt.camera, receipt.recording, receipt.number, receipt.open_digest)
        if named != (opening.camera, opening.recording, opening.number, self._ledger.open_digest):
            reasons.append("it is the receipt of another recording")
        if (receipt.ledger_length, receipt.ledger_sha256) != (self._ledger.length, self._ledger.sha256):
            reasons.append(f"the fleet received another {LEDGER_NAME} than the one here")
        if list(receipt.segments) != self._digests:
            reasons.append("the fleet received other segments than those here")
        return reasons


def _check_close(ledger: LedgerView, opening: Open, segments: SegmentsView, files: int) -> list[Finding]:
    close = ledger.close
    if close is None:
        return []
    first, last = segments.first, segments.last
    duration_ns = last.end_ns - first.start_ns if first is not None and last is not None else 0
    found = {
        "last chunk": (close.last_seq, _last_seq(segments, opening)),
        "number of chunks": (close.chunks, segments.recorded),
        "number of segments": (close.segments, files),
        "duration in ns": (close.duration_ns, duration_ns),
    }
    return [
        Finding(
            Rule.COUNTER,
            LEDGER_NAME,
            ledger.close_offset,
            "close record",
            f"its {name} is {said}, found {is_}",
        )
        for name, (said, is_) in found.items()
        if said != is_
    ]


def _last_seq(segments: SegmentsView, opening: Open) -> int:
    return segments.last_seq if segments.last_seq is not None and segments.recorded else opening.first_seq - 1


def _check_without_keys(ledger: LedgerView, segments: SegmentsView) -> list[Finding]:
    """A chunk without keys is what a power cut leaves; a recording that was closed has none."""
    if not segments.without_keys or ledger.close is None:
        return []
    reason = f"the ledger is closed, yet {_without_keys(segments.without_keys)}"
    return [Finding(Rule.KEYS, LEDGER_NAME, ledger.close_offset, "close record", reason)]


def _describe(
    ledger: LedgerView, opening: Open, segments: SegmentsView, gaps: tuple[GapResult, ...]
) -> Report:
    first, last = segments.first, segments.last
    held_ns = max(0, opening.press_ns - first.start_ns) if first is not None else 0
    return Report(
        verdict=Verdict.ALTERED,
        sentence="",
        findings=(),
        chunks=tuple(segments.chunks),
        gaps=gaps,
        notes=_notes(opening, held_ns),
        authority=fingerprint(ledger.identity.authority) if ledger.identity is not None else None,
        authority_checked=ledger.trusted,
        camera=opening.camera,
        recording=opening.recording.hex(),
        number=opening.number,
        assignment=opening.assignment,
        trigger=opening.trigger,
        marks=opening.marks,
        asked_ns=opening.asked_ns,
        prerecord_ns=held_ns,
        missing=opening.missing,
        first_ns=first.start_ns if first is not None else None,
        press_ns=opening.press_ns,
        end_ns=last.end_ns if last is not None else None,
        duration_ns=last.end_ns - first.start_ns if first is not None and last is not None else 0,
        press_utc_us=opening.label.utc_us,
        press_utc_synchronised=opening.label.synchronised,
        tracks=frozenset(segments.continuity.tracks),
    )


def _notes(opening: Open, held_ns: int) -> tuple[str, ...]:
    notes = [
        f"{seconds(each.duration_ns)} of the pre-record is missing: {each.reason}."
        for each in opening.missing
    ]
    short_ns = opening.asked_ns - held_ns - sum(each.duration_ns for each in opening.missing)
    if short_ns > _SHORT_NS:
        notes.append(f"{seconds(short_ns)} of the pre-record is missing and the camera gave no reason.")
    if not opening.label.synchronised:
        notes.append(
            "The camera's clock was not synchronised at the press: its wall times are only indicative."
        )
    notes += [f"The camera marked the recording: {mark}." for mark in opening.marks]
    return tuple(notes)


def _receipt_note(receipt: Receipt | None, findings: Sequence[Finding]) -> tuple[str, ...]:
    if receipt is None or findings:
        return ()
    return (f"The fleet signed a receipt for exactly these files, and found them {receipt.verdict}.",)


def _judge(report: Report, *, cut_off: bool, without_keys: int) -> Report:
    if report.findings:
        return replace(report, verdict=Verdict.ALTERED, sentence=_altered(report.findings))
    extent = _extent(report)
    gaps = "; ".join(gap.sentence for gap in report.gaps)
    if cut_off:
        tail = f"; {_without_keys(without_keys)}" if without_keys else ""
        lacks = f"; {gaps}" if gaps else ""
        sentence = f"Cut off by power loss: {extent}, and the ledger has no close record{tail}{lacks}."
        return replace(report, verdict=Verdict.CUT_OFF, sentence=sentence)
    if gaps:
        sentence = f"Intact with {count(len(report.gaps), 'gap')}: {extent}; {gaps}."
        return replace(report, verdict=Verdict.INTACT_WITH_GAPS, sentence=sentence)
    return replace(report, verdict=Verdict.INTACT, sentence=f"Intact: {extent}.")


def _extent(report: Report) -> str:
    chunks = sum(chunk.status is ChunkStatus.INTACT for chunk in report.chunks)
    held, before = seconds(report.duration_ns or 0), seconds(report.prerecord_ns or 0)
    whole = f"{held} in {count(chunks, 'chunk')}, {before} of it before the press"
    return f"{whole}, exactly as {report.camera} signed it"


def _altered(findings: Sequence[Finding]) -> str:
    more = f" {count(len(findings) - 1, 'more finding')} below." if len(findings) > 1 else ""
    return f"Altered: {findings[0].sentence}.{more}"


def _without_keys(chunks: int) -> str:
    return "the last chunk has no keys" if chunks == 1 else f"the last {chunks} chunks have no keys"


def _unreadable(findings: Sequence[Finding], bytes_checked: int) -> Report:
    note = "The ledger's open record cannot be read, so the segments were not checked."
    return Report(
        verdict=Verdict.ALTERED,
        sentence=_altered(findings),
        findings=tuple(findings),
        chunks=(),
        gaps=(),
        notes=(note,),
        bytes_checked=bytes_checked,
    )
