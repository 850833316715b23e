"""A report as a person reads it: the verdict first, then what a reader should know, line by line.

What comes from the recording or from the names of its files is printed without anything that a terminal would
obey: else a file's name could paint over the verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.verifying.chains.chain import ChainWeight
from protocol.footage.verifying.report import ChunkResult, ConditionResult, GapResult, Report, seconds
from protocol.footage.verifying.results.finding import Weight
from protocol.footage.verifying.results.wording import utc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol.verify.several import Several

SHOWN: Final = 20
"""So many findings or gaps are listed; the JSON has them all."""

MARKS: Final = {
    ChainWeight.DISAGREEMENT: "Contradiction: ",
    ChainWeight.MISSING: "Not here: ",
    ChainWeight.REMARK: "",
}
"""What stands before what several show together, by its weight."""

_GAPS_IN_SENTENCE: Final = 3


def lines_of(report: Report, *, chunks: bool = False) -> list[str]:
    """Return the lines that say a report.

    Args:
        report: What to say.
        chunks: Whether to list every chunk as well.
    """
    return [printable(line) for line in _lines(report, chunks=chunks)]


def lines_of_several(several: Several, *, chunks: bool = False) -> list[str]:
    """Return the lines that say what was found of several recordings, of each, and of their chain."""
    lines = [several.sentence]
    for each in several.judged:
        alone = [each.sentence] if each.imported is None else each.imported.lines
        said = alone if each.report is None else list(_lines(each.report, chunks=chunks))
        lines += [f"{each.folder}: {said[0]}", *(f"  {line}" for line in said[1:])]
    if several.chains:
        lines += [
            "How they fit each other:",
            *(f"  - {MARKS[f.weight]}{f.sentence}" for f in several.chains),
        ]
    return [printable(line) for line in lines]


def printable(text: str) -> str:
    r"""Return a text with everything that does not print as an escape, such as ``\x1b``."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _lines(report: Report, *, chunks: bool) -> Iterator[str]:
    yield report.sentence
    if len(report.findings) > 1:
        yield from _listed([finding.sentence for finding in report.findings])
    if report.ok and len(report.gaps) > _GAPS_IN_SENTENCE:
        yield from _listed([_gap(gap, report.first_ns or 0) for gap in report.gaps])
    if report.conditions:
        yield "What came and was not as it should be, as the ledger states:"
        yield from _listed([_condition(each, report.first_ns or 0) for each in report.conditions])
    yield from report.notes
    if report.camera is not None:
        asked, held = seconds(report.asked_ns or 0), seconds(report.prerecord_ns or 0)
        yield f"Recording {report.number} of {report.camera}: {held} of pre-record held, {asked} asked for."
    yield from _receipt(report)
    yield from _authority(report)
    if chunks:
        yield from (_chunk(each, report.first_ns or 0) for each in report.chunks)


def _listed(sentences: list[str]) -> list[str]:
    hidden = len(sentences) - SHOWN
    more = [f"  - and {hidden} more; --json lists them all"] if hidden > 0 else []
    return [f"  - {sentence}" for sentence in sentences[:SHOWN]] + more


def _gap(gap: GapResult, first_ns: int) -> str:
    where = f", as {_stating(gap)} states" if gap.explained else ""
    return f"at {seconds(max(0, gap.start_ns - first_ns))}: {gap.sentence}{where}"


def _condition(each: ConditionResult, first_ns: int) -> str:
    return f"at {seconds(max(0, each.start_ns - first_ns))}: {each.sentence}"


def _stating(gap: GapResult) -> str:
    return f"chunk {gap.stated_in}" if gap.stated_in is not None else "the ledger"


def _chunk(chunk: ChunkResult, first_ns: int) -> str:
    before = chunk.start_ns < first_ns
    place = f"{seconds(abs(chunk.start_ns - first_ns))} {'before' if before else 'into'} the recording"
    return (
        f"chunk {chunk.seq}: {chunk.status}, {seconds(chunk.duration_ns)} long, {place} "
        f"({chunk.file}, byte {chunk.offset})"
    )


def _receipt(report: Report) -> Iterator[str]:
    """Say of a receipt that does not fit what it is for; of one that does, the notes have said it."""
    receipt = report.receipt
    if receipt is not None and not receipt.fits:
        yield (
            f"The receipt beside it was signed at {utc(receipt.received_utc_us)} by its signer's own clock, "
            f"for the ledger with SHA-256 {receipt.ledger_sha256.hex()} and {receipt.segments} segments."
        )
    if receipt is not None:
        whose = "an authority that you gave" if receipt.authority_checked else "an authority not given"
        yield f"Signer of the receipt: {receipt.signer!r}, named by {whose} (SHA-256 {receipt.authority})."


def _authority(report: Report) -> list[str]:
    if report.authority is None:
        return []
    mark = f"SHA-256 {report.authority}"
    if report.authority_checked:
        return [f"The camera's certificate was issued by an authority that you gave ({mark})."]
    if any(each.weight is Weight.OTHER_AUTHORITY for each in report.findings):
        return []  # said in the finding
    return [
        f"The issuing authority was not pinned ({mark}).",
        "Compare that with the fleet's own, or give its certificate with --authority:",
        "otherwise this shows only that the recording is consistent, not whose it is.",
    ]
