"""Judging a part of a recording: as far as it goes, by the same verifier as a whole one. Pure.

A part has holes: segments that never came, and a ledger that is ahead of them or behind. What is not here is
no alteration. So each run of segments that follow one another is judged by itself, and findings that only say
that something of the recording is elsewhere are left out; all others count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from protocol.footage.format.chunk import ChunkRecord
from protocol.footage.format.segment import parse_segment_name
from protocol.footage.ledger.ledger import LEDGER_NAME, Ledger, ledger_valid_prefix, read_ledger
from protocol.footage.verifying.report import ChunkStatus, Finding, Report, Rule
from protocol.footage.verifying.verify import verify_recording


@dataclass(frozen=True, slots=True)
class PartReport:
    """What is known of a part.

    Attributes:
        ledger: its ledger, as far as it is here; None where not even its beginning is.
        report: that of the verifier on all of it; None without a ledger.
        here_ns: how much footage is here with its keys.
    """

    ledger: Ledger | None = None
    report: Report | None = None
    here_ns: int = 0


def ledger_of_part(data: bytes) -> bytes:
    """Return the whole records of a ledger whose end is not here."""
    return data[: ledger_valid_prefix(data)]


def judge_part(
    ledger: bytes,
    segments: Mapping[str, bytes],
    *,
    authorities: Sequence[bytes],
    progress: Callable[[int], None] | None = None,
    seen: Callable[[str, ChunkRecord], None] | None = None,
) -> PartReport:
    """Judge a part.

    Args:
        ledger: whole records of its ledger (``ledger_of_part``).
        segments: its segments by name, and maybe other files, which do not count; may load lazily.
        authorities: whom the fleet trusts.
        progress: called with the number of bytes just checked.
        seen: called with the name of the file and each chunk that can be read.
    """
    if not ledger:
        return PartReport()
    runs = list(_runs(segments)) or [()]
    reports = [
        verify_recording(_Files(ledger, segments, run), authorities=authorities, progress=progress, seen=seen)
        for run in runs
    ]
    chunks = tuple(chunk for report in reports for chunk in report.chunks)
    shown = [chunk for chunk in chunks if chunk.status is ChunkStatus.INTACT]
    first = min((chunk.start_ns for chunk in shown), default=None)
    end = max((chunk.start_ns + chunk.duration_ns for chunk in shown), default=None)
    findings = [each for report in reports for each in report.findings if not _is_elsewhere(each)]
    report = replace(
        reports[0],
        chunks=chunks,
        gaps=tuple(gap for report in reports for gap in report.gaps),
        findings=tuple(dict.fromkeys(findings)),
        sentence=_refusal(findings[0]) if findings else "",
        without_keys=0,
        first_ns=first,
        end_ns=end,
        duration_ns=None if first is None or end is None else end - first,
        tracks=frozenset(track for report in reports for track in report.tracks),
    )
    return PartReport(read_ledger(ledger), report, sum(chunk.duration_ns for chunk in shown))


def _refusal(finding: Finding) -> str:
    what = "Another authority" if finding.rule is Rule.AUTHORITY else "Altered"
    return f"{what}: {finding.sentence}."


def _is_elsewhere(finding: Finding) -> bool:
    """Say whether a finding only says that something of the recording is not here."""
    if finding.rule in {Rule.KEYLESS, Rule.UNEXPECTED}:
        return True
    of_the_whole = finding.file == LEDGER_NAME and finding.offset is None
    return of_the_whole and finding.rule in {Rule.MISSING, Rule.KEYS}


def _runs(names: Mapping[str, bytes]) -> Iterator[tuple[str, ...]]:
    """Give the names of segments that follow one another, together."""
    run: list[str] = []
    before: tuple[bytes, int] | None = None
    for name in sorted(names):
        place = parse_segment_name(name)
        if place is None:
            continue
        if before is not None and place != (before[0], before[1] + 1):
            yield tuple(run)
            run = []
        run.append(name)
        before = place
    if run:
        yield tuple(run)


class _Files(Mapping[str, bytes]):
    """The ledger and some of the segments, each read when it is asked for."""

    def __init__(self, ledger: bytes, segments: Mapping[str, bytes], names: Sequence[str]) -> None:
        self._ledger = ledger
        self._segments = segments
        self._names = tuple(names)

    def __getitem__(self, name: str) -> bytes:
        if name == LEDGER_NAME:
            return self._ledger
        if name not in self._names:
            raise KeyError(name)
        return self._segments[name]

    def __iter__(self) -> Iterator[str]:
        return iter((LEDGER_NAME, *self._names))

    def __len__(self) -> int:
        return len(self._names) + 1
