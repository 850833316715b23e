"""The verifier of releases: judges what somebody was given of a recording, without any key of the fleet.

    report = verify_release(files, authorities=[authority_der])

In order:

1. what the fleet says of the release: form, certificates, signature (``released.release``);
2. every file of the folder: each is named there with its size and SHA-256, and none is left over;
3. the recording's ledger, as ``verify_recording`` judges it;
4. the records of its segments, likewise; of each untouched part its ciphertext, made again from content and
   key, is what the camera signed. Of a changed or withheld part nothing is compared.

It is a pure function, and does not judge by certificates' dates, as ``verify`` does not. It shows whole
parts, about a second of one track each: of what a changed part left alone within it nothing is shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from protocol.footage.format.errors import CertificateError, NoLedgerError, ReleaseError, SignatureError
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import SegmentDigest
from protocol.footage.released.release import RELEASE_NAME, Release, read_release
from protocol.footage.released.released_part import Treatment
from protocol.footage.released.released_segment import ReleasedChunk, iter_released_segment, segment_of
from protocol.footage.verifying.released.files_of_release import file_findings, release_finding
from protocol.footage.verifying.released.release_report import ReleaseReport, release_sentence
from protocol.footage.verifying.report import ChunkStatus, Finding, Rule
from protocol.footage.verifying.verdict import judge
from protocol.footage.verifying.verify_ledger import check_ledger
from protocol.footage.verifying.verify_segments import SegmentsWalk
from protocol.footage.verifying.verify_whole import check_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from protocol.footage.format.cbor import Buffer
    from protocol.footage.format.chunk import ChunkRecord
    from protocol.footage.format.model import Track
    from protocol.footage.format.run_record import RunEntry
    from protocol.footage.verifying.ledger_view import LedgerView
    from protocol.footage.verifying.segments_view import SegmentsView


@dataclass(slots=True)
class _Treated:
    """How each chunk's parts were treated, by the chunk's number, as the walk comes by."""

    chunks: dict[int, Mapping[Track, Treatment]] = field(default_factory=dict)

    def read(self, data: Buffer) -> Iterator[RunEntry | ChunkRecord]:
        """Give the walk the records that it judges, and keep how their parts were treated."""
        for item in iter_released_segment(data):
            if isinstance(item, ReleasedChunk):
                treated = {track: part.treatment for track, part in item.parts.items()}
                self.chunks[item.record.header.seq] = treated
                yield item.record
            else:
                yield item

    def sums(self, segments: SegmentsView) -> dict[Track, dict[Treatment, int]]:
        """Add up what holds: chunks of the recording that have keys, in their place, and are as signed."""
        found: dict[Track, dict[Treatment, int]] = {}
        for chunk in segments.chunks:
            if chunk.status is ChunkStatus.INTACT:
                for track, treatment in self.chunks[chunk.seq].items():
                    sums = found.setdefault(track, dict.fromkeys(Treatment, 0))
                    sums[treatment] += chunk.duration_ns
        return found


def verify_release(
    files: Mapping[str, Buffer],
    *,
    digests: Sequence[SegmentDigest] | None = None,
    authorities: Sequence[bytes] = (),
    progress: Callable[[int], None] | None = None,
) -> ReleaseReport:
    """Judge a release.

    Args:
        files: The content of each file of its folder by name; asked for are the ledger, what is released of
            the segments, and what the fleet says.
        digests: Size and SHA-256 of every file, where the caller has them already: a film may be longer than
            memory. Without them each file is asked for.
        authorities: DER of the authorities that the caller trusts. Without any, the report shows
            consistency alone.
        progress: Called with the number of bytes just checked, as the work goes on.

    Returns:
        The report; damage of any kind is reported in it and raises nothing.

    Raises:
        NoLedgerError: There is no ledger, or no statement of a fleet: this is no release.
    """
    for name in (LEDGER_NAME, RELEASE_NAME):
        if name not in files:
            raise NoLedgerError(f"this is not a release: there is no {name} in it")
    advance = progress or _tell_nobody
    ledger = check_ledger(files[LEDGER_NAME], authorities)
    advance(ledger.length)
    treated = _Treated()
    walk = SegmentsWalk(ledger, advance, read=treated.read)
    names = {segment: name for name in sorted(files) if (segment := segment_of(name)) is not None}
    for segment, name in names.items():
        walk.segment(segment, files[name])
    segments = walk.view
    release, said = _statement(bytes(files[RELEASE_NAME]), ledger, authorities)
    held = digests if digests is not None else [_digest(name, files[name]) for name in sorted(files)]
    findings = [*ledger.findings, *segments.findings, *check_whole(ledger, segments), *said]
    if release is not None:
        findings += file_findings(release, held)
    findings.sort(key=lambda finding: finding.weight)
    report = judge(ledger, segments, findings, None, bytes_checked=sum(each.size for each in held))
    report = replace(report, findings=tuple(_renamed(each, names) for each in findings))
    sums = treated.sums(segments)
    return ReleaseReport(replace(report, sentence=release_sentence(report, sums)), release, sums)


def _digest(name: str, data: Buffer) -> SegmentDigest:
    return SegmentDigest(name, len(data), hashlib.sha256(data).digest())


def _statement(
    data: bytes, ledger: LedgerView, authorities: Sequence[bytes]
) -> tuple[Release | None, list[Finding]]:
    try:
        release = read_release(data)
    except (ReleaseError, SignatureError, CertificateError) as error:
        rules = {ReleaseError: Rule.FORMAT, SignatureError: Rule.SIGNATURE}
        return None, [release_finding(rules.get(type(error), Rule.CERTIFICATE), str(error))]
    problems = list(_contradictions(release, ledger))
    if not problems and authorities and release.authority not in authorities:
        problems.append((Rule.AUTHORITY, "it was signed under an authority that is not trusted here"))
    return release, [release_finding(rule, reason) for rule, reason in problems]


def _contradictions(release: Release, ledger: LedgerView) -> Iterator[tuple[Rule, str]]:
    opening, camera = ledger.opening, ledger.identity
    named = (release.camera, release.recording)
    if opening is not None and named != (opening.camera, opening.recording.hex()):
        yield Rule.RECEIPT, "it is of another recording than the one here"
    elif camera is not None and release.authority != camera.authority:
        yield Rule.AUTHORITY, "it was signed under another authority than the camera's"


def _renamed(finding: Finding, names: Mapping[str, str]) -> Finding:
    """Name the file that is here, where the walk named the segment that it is of."""
    return replace(finding, file=names.get(finding.file, finding.file))


def _tell_nobody(_: int) -> None:
    """Report progress to nobody."""
