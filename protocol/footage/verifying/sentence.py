"""A report's verdicts as one sentence for people, which claims no more than they do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.verifying.report import WITHOUT_END, ChunkStatus, Verdict
from protocol.footage.verifying.results.condition_result import condition_sum
from protocol.footage.verifying.results.finding import Weight
from protocol.footage.verifying.results.wording import begun, count, seconds, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol.footage.verifying.report import Finding, GapResult, Report

_FEW_GAPS: Final = 3
"""So many gaps a sentence can name; of more it gives the sum, and the report lists them."""

NOT_PINNED: Final = "no authority was given that would say whose camera that is"


def sentence_of(report: Report) -> str:
    """Return the verdicts in words, the worst first."""
    verdict = report.verdict
    if verdict is Verdict.ALTERED:
        more = f" There {_are(len(report.findings) - 1)} below." if len(report.findings) > 1 else ""
        return f"Altered: {report.findings[0].sentence}.{more}"
    if verdict is Verdict.OTHER_AUTHORITY:
        what = _named(report.findings, Weight.OTHER_AUTHORITY)
        return f"Another authority: {what}. Apart from that: {_rest(report)}"
    if verdict is Verdict.KEYS_MISSING:
        what = _named(report.findings, Weight.KEYS_MISSING)
        return f"Keys missing: {what}. Apart from that: {_rest(report)}"
    if verdict is Verdict.STRAY_FILE:
        what = _named(report.findings, Weight.STRAY_FILE)
        return f"Stray file: {what}. Without it: {_rest(report)}"
    return f"{_lead(report)}{but(report)}: {'; '.join([_extent(report), *remarks(report)])}."


def unreached_ns(report: Report) -> int:
    """By how much a recording ends before its press: what was not durable yet when the power went."""
    if report.end_ns is None or report.press_ns is None:
        return 0
    return max(0, report.press_ns - report.end_ns)


def _named(findings: Sequence[Finding], weight: Weight) -> str:
    """Return the first finding of a weight, and how many more there are."""
    found = [each for each in findings if each.weight is weight]
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0].sentence}{more}"


def _rest(report: Report) -> str:
    """Return the sentence of what holds beside the worst of it."""
    sentence = sentence_of(replace(report, verdicts=report.verdicts[1:] or (Verdict.INTACT,)))
    return sentence[0].lower() + sentence[1:]


def but(report: Report) -> str:
    """Return at once what the camera itself says of picture and sound: whole is not yet of use (C12)."""
    return f", but with {condition_sum(report.conditions)}" if report.conditions else ""


def _lead(report: Report) -> str:
    match report.verdict:
        case Verdict.SIGNER_UNKNOWN:
            return "Consistent, signer unknown"
        case Verdict.WITHOUT_END:
            return "Without an end"
        case Verdict.INTACT_WITH_GAPS:
            return f"Intact with {count(len(report.gaps), 'gap')}"
        case _:
            return "Intact"


def remarks(report: Report) -> Iterator[str]:
    """Return what a reader has to know beside how much there is: each a clause."""
    weights = {finding.weight for finding in report.findings}
    if Verdict.SIGNER_UNKNOWN in report.verdicts and Weight.OTHER_AUTHORITY not in weights:
        yield NOT_PINNED
    if Verdict.WITHOUT_END in report.verdicts:
        yield WITHOUT_END
        if report.without_keys and Weight.KEYS_MISSING not in weights:
            yield without_keys(report.without_keys)
        if (short_ns := unreached_ns(report)) > CONTINUITY_TOLERANCE_NS:
            yield f"it ends {seconds(short_ns)} before {begun(report.trigger)}"
    if report.gaps:
        yield _gaps(report.gaps)


def _extent(report: Report) -> str:
    chunks = sum(chunk.status is ChunkStatus.INTACT for chunk in report.chunks)
    held, before = seconds(report.duration_ns or 0), seconds(report.prerecord_ns or 0)
    whole = f"{held} in {count(chunks, 'chunk')}, {before} of it before {begun(report.trigger)}"
    if Verdict.SIGNER_UNKNOWN in report.verdicts:
        return f"{whole}, all of it as a camera signed it that calls itself {report.camera}"
    return f"{whole}, exactly as {report.camera} signed it"


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


def _are(number: int) -> str:
    return "is 1 more finding" if number == 1 else f"are {number} more findings"
