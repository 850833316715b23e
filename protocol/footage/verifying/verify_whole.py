"""What only the whole of a recording can show: missing keys and chunks, idle files, wrong totals, gaps.

Judged only where the parts hold, so that one change stays one finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.ledger.ledger import LEDGER_NAME, Close, Open
from protocol.footage.verifying.results.chunk_result import ChunkStatus
from protocol.footage.verifying.results.finding import Finding, Rule, Weight
from protocol.footage.verifying.results.wording import without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.verifying.ledger_view import LedgerView
    from protocol.footage.verifying.results.gap_result import GapResult
    from protocol.footage.verifying.segments_view import SegmentsView


@dataclass(frozen=True, slots=True)
class _Own:
    """What there is of the recording, stray segments not counted; ``last_seq`` is None without any chunk."""

    segments: int
    recorded: int
    without_keys: int
    last_seq: int | None
    duration_ns: int


def check_whole(ledger: LedgerView, segments: SegmentsView) -> list[Finding]:
    """Judge ledger and segments together."""
    opening = ledger.opening
    if opening is None:
        return []
    findings = list(_committed(ledger, opening))
    if segments.findings:
        return findings
    stray = list(_strays(ledger, opening, segments))
    findings += _ends(ledger, opening, segments)
    if not findings and ledger.holds:
        findings += _end(ledger, opening, segments, [finding.file for finding in stray])
    return [*findings, *stray]


def find_gaps(
    ledger: LedgerView, segments: SegmentsView, findings: Sequence[Finding]
) -> tuple[GapResult, ...]:
    """Return what the recording lacks, explained or not.

    Its edges are judged only where nothing else is wrong: what a forger took from there is no gap of the
    camera's.

    Args:
        ledger: The ledger as judged.
        segments: The segments as judged.
        findings: Every broken rule of every file.
    """
    sound = all(finding.weight is not Weight.ALTERED for finding in findings)
    opening = ledger.opening
    if sound and opening is not None:
        segments.continuity.begin(opening.press_ns, explained=bool(opening.missing))
        if ledger.due_ns is not None:
            segments.continuity.end(ledger.due_ns, press_ns=opening.press_ns)
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


def _strays(ledger: LedgerView, opening: Open, segments: SegmentsView) -> Iterator[Finding]:
    """Name the segments that hold nothing of the recording where the camera would not have left them.

    The first may hold only chunks before the recording, and the last none at all: the power went first. A
    closed recording says how many segments it has, and so whether one before it is its own.
    """
    files, close = segments.files, ledger.close
    idle = {
        use.name
        for at, use in enumerate(files)
        if not use.recorded and not (at == 0 and use.chunks) and not (at == len(files) - 1 and not use.chunks)
    }
    beyond = _beyond(ledger, opening, segments) if close is not None and ledger.holds else set()
    if close is not None and len(files) - len(idle | beyond) == close.segments + 1 and not files[0].recorded:
        idle.add(files[0].name)
    for use in files:
        if use.name in idle:
            yield Finding(Rule.UNEXPECTED, use.name, None, "", "the segment holds no chunk of this recording")
        elif use.name in beyond:
            reason = "the segment holds only chunks from after this recording was closed"
            yield Finding(Rule.UNEXPECTED, use.name, None, "", reason)


def _beyond(ledger: LedgerView, opening: Open, segments: SegmentsView) -> set[str]:
    """Return the segments whose every chunk is later than what the ledger closes and has keys for."""
    last = max(ledger.keyed_to, ledger.close.last_seq if ledger.close is not None else opening.last_seq)
    within = {chunk.file for chunk in segments.chunks if chunk.seq <= last}
    return {use.name for use in segments.files if use.recorded} - within


def _end(
    ledger: LedgerView, opening: Open, segments: SegmentsView, stray: Sequence[str]
) -> Iterator[Finding]:
    """Judge the end: the totals of a close; without one, that no more than one chunk lacks its keys."""
    if ledger.close is not None:
        yield from _close(ledger, ledger.close, opening, _without(segments, stray))
    elif segments.without_keys > 1:
        reason = (
            f"{without_keys(segments.without_keys)}; a power cut leaves at most one such: a card that took "
            "no more keys, or somebody who removed them, leaves this"
        )
        yield Finding(Rule.KEYLESS, LEDGER_NAME, None, "", reason)


def _without(segments: SegmentsView, stray: Sequence[str]) -> _Own:
    """Return what there is of the recording beside stray segments."""
    own = [chunk for chunk in segments.chunks if chunk.file not in stray]
    return _Own(
        segments=sum(use.name not in stray for use in segments.files),
        recorded=segments.recorded - sum(use.recorded for use in segments.files if use.name in stray),
        without_keys=sum(chunk.status is ChunkStatus.WITHOUT_KEYS for chunk in own),
        last_seq=own[-1].seq if own else None,
        duration_ns=_duration_ns(segments),
    )


def _duration_ns(segments: SegmentsView) -> int:
    first, last = segments.first, segments.last
    return last.end_ns - first.start_ns if first is not None and last is not None else 0


def _close(ledger: LedgerView, close: Close, opening: Open, own: _Own) -> Iterator[Finding]:
    last_seq = own.last_seq if own.recorded else opening.first_seq - 1
    found = (
        ("last chunk", close.last_seq, last_seq),
        ("number of chunks", close.chunks, own.recorded),
        ("number of segments", close.segments, own.segments),
        ("duration in ns", close.duration_ns, own.duration_ns),
    )
    if own.without_keys:
        reason = f"the recording was closed, yet {without_keys(own.without_keys)}"
        yield Finding(Rule.KEYS, LEDGER_NAME, ledger.close_offset, "close record", reason)
        return
    for name, stated, counted in found:
        if stated != counted:
            reason = f"its {name} is {stated}, but the segments hold {counted}"
            yield Finding(Rule.COUNTER, LEDGER_NAME, ledger.close_offset, "close record", reason)
