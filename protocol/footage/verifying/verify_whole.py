"""What only the whole of a recording can show: missing keys and chunks, idle files, wrong totals, gaps.

Judged only where the parts hold, so that one change stays one finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.footage.ledger.ledger import LEDGER_NAME, Close, Open
from protocol.footage.verifying.finding import Finding, Rule
from protocol.footage.verifying.wording import without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.verifying.gap_result import GapResult
    from protocol.footage.verifying.ledger_view import LedgerView
    from protocol.footage.verifying.segments_view import SegmentsView


def check_whole(ledger: LedgerView, segments: SegmentsView) -> list[Finding]:
    """Judge ledger and segments together."""
    opening = ledger.opening
    if opening is None:
        return []
    findings = list(_committed(ledger, opening))
    if segments.findings:
        return findings
    findings += [*_ends(ledger, opening, segments), *_idle(segments)]
    if not findings and ledger.holds and ledger.close is not None:
        findings = list(_close(ledger, ledger.close, opening, segments))
    return findings


def find_gaps(
    ledger: LedgerView, segments: SegmentsView, findings: Sequence[Finding]
) -> tuple[GapResult, ...]:
    """Return what the recording lacks, explained or not.

    Its end is judged only where nothing else is wrong: what a forger took from there is no gap of the
    camera's.

    Args:
        ledger: The ledger as judged.
        segments: The segments as judged.
        findings: Every broken rule of every file.
    """
    sound = all(finding.rule is Rule.AUTHORITY for finding in findings)
    if sound and ledger.due_ns is not None and ledger.opening is not None:
        segments.continuity.end(ledger.due_ns, press_ns=ledger.opening.press_ns)
    return segments.continuity.gaps()


def _committed(ledger: LedgerView, opening: Open) -> Iterator[Finding]:
    """Refuse a ledger without the keys of its whole pre-record.

    A camera makes ``open`` and these keys durable in one step, so no power cut leaves one without the other.
    """
    if ledger.holds and ledger.keyed_to < opening.last_seq:
        first, last = ledger.keyed_to + 1, opening.last_seq
        chunks = f"chunk {first}" if first == last else f"chunks {first} to {last}"
        reason = f"it lacks the keys of {chunks}, which the press committed together with its open record"
        yield Finding(Rule.KEYS, LEDGER_NAME, None, "", reason)


def _ends(ledger: LedgerView, opening: Open, segments: SegmentsView) -> Iterator[Finding]:
    """Refuse a recording that lacks chunks which the ledger lists, at either end or altogether."""
    announced = max(opening.last_seq, ledger.keyed_to)
    found = [chunk.seq for chunk in segments.chunks if chunk.seq >= opening.first_seq]
    if announced >= opening.first_seq and not found:
        yield _missing(segments, opening.first_seq, announced)
    elif found and min(found) > opening.first_seq:
        yield _missing(segments, opening.first_seq, min(found) - 1)
    elif found and max(found) < announced:
        yield _missing(segments, max(found) + 1, announced)


def _missing(segments: SegmentsView, first: int, last: int) -> Finding:
    chunks = f"chunk {first} is" if first == last else f"chunks {first} to {last} are"
    at_the_end = bool(segments.chunks) and first > segments.chunks[-1].seq
    place = f"after {segments.files[-1].name}" if at_the_end else "in the segments"
    reason = f"{chunks} missing {place}: the ledger lists what no file holds"
    return Finding(Rule.MISSING, LEDGER_NAME, None, "", reason)


def _idle(segments: SegmentsView) -> Iterator[Finding]:
    """Refuse files that hold nothing of the recording where the camera would not have left them.

    The first may hold only chunks before the recording, and the last none at all: the power went first.
    """
    for at, use in enumerate(segments.files):
        first, last = at == 0, at == len(segments.files) - 1
        if not use.recorded and not (first and use.chunks) and not (last and not use.chunks):
            yield Finding(Rule.UNEXPECTED, use.name, None, "", "the segment holds no chunk of this recording")


def _close(ledger: LedgerView, close: Close, opening: Open, segments: SegmentsView) -> Iterator[Finding]:
    first, last = segments.first, segments.last
    duration_ns = last.end_ns - first.start_ns if first is not None and last is not None else 0
    last_seq = segments.chunks[-1].seq if segments.recorded else opening.first_seq - 1
    found = (
        ("last chunk", close.last_seq, last_seq),
        ("number of chunks", close.chunks, segments.recorded),
        ("number of segments", close.segments, len(segments.files)),
        ("duration in ns", close.duration_ns, duration_ns),
    )
    if segments.without_keys:
        reason = f"the recording was closed, yet {without_keys(segments.without_keys)}"
        yield Finding(Rule.KEYS, LEDGER_NAME, ledger.close_offset, "close record", reason)
        return
    for name, stated, counted in found:
        if stated != counted:
            reason = f"its {name} is {stated}, but the segments hold {counted}"
            yield Finding(Rule.COUNTER, LEDGER_NAME, ledger.close_offset, "close record", reason)
