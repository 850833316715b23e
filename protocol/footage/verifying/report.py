"""The report on a recording: what a verification found, in types, in one sentence, and in JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from protocol.footage.format.model import Track
from protocol.footage.verifying.chains.link import RecordingLink
from protocol.footage.verifying.results.chunk_result import ChunkResult, ChunkStatus
from protocol.footage.verifying.results.condition_result import (
    ConditionResult,
    condition_sum,
    conditions_within,
)
from protocol.footage.verifying.results.finding import Finding, Rule
from protocol.footage.verifying.results.gap_result import GapResult
from protocol.footage.verifying.results.json_value import JsonValue
from protocol.footage.verifying.results.receipt_result import ReceiptResult
from protocol.footage.verifying.results.wording import seconds

if TYPE_CHECKING:
    from protocol.footage.ledger.open_record import Missing

__all__ = [
    "WITHOUT_END",
    "WITHOUT_END_BEFORE",
    "ChunkResult",
    "ChunkStatus",
    "ConditionResult",
    "Finding",
    "GapResult",
    "JsonValue",
    "ReceiptResult",
    "RecordingLink",
    "Report",
    "Rule",
    "Verdict",
    "condition_sum",
    "conditions_within",
    "seconds",
]

REPORT_VERSION: Final = 2

WITHOUT_END: Final = (
    "nothing shows where it ended: a power cut, a failed card, or somebody removing the end look like this"
)
"""What is known of a recording without an end, and no more is said of it anywhere."""


class Verdict(StrEnum):
    """The answer: the worst of what holds, in this order."""

    ALTERED = "altered"
    """Something is not as it was signed."""

    OTHER_AUTHORITY = "another authority"
    """All of it is as it was signed, under an authority that is not one of the caller's, or not one alone."""

    KEYS_MISSING = "keys missing"
    """All of it is as it was signed, and more chunks at its end lack their keys than a power cut leaves."""

    STRAY_FILE = "stray file"
    """All of the recording is as it was signed, and a file lies beside it that is none of its own."""

    SIGNER_UNKNOWN = "consistent, signer unknown"
    """All of it is as it was signed, by somebody: no authority was given that would say by whom."""

    WITHOUT_END = "without an end"
    """It ends without a close, for whatever reason."""

    INTACT_WITH_GAPS = "intact with gaps"
    INTACT = "intact"


WITHOUT_END_BEFORE: Final = "cut off by power loss"
"""What receipts of earlier versions call a recording without an end: the usual cause, and not a known one."""


@dataclass(frozen=True, slots=True)
class Report:
    """The result of ``verify_recording``.

    What could not be read is None. Times are on the camera's boot-time clock, ``press_utc_us`` its wall time.

    Attributes:
        verdict: The answer: the first of ``verdicts``.
        verdicts: All that hold, the worst first: a stray file, say, beside a recording without an end.
        sentence: The answer in words.
        findings: Every broken rule, the worst first, as ``verdicts``.
        chunks: Every chunk that could be read, in order.
        gaps: What the recording lacks, stated by the camera or not.
        conditions: What the camera says was wrong with picture or sound that came, such as black (C12).
        notes: What a reader should know that makes the footage no less intact.
        authority: SHA-256 fingerprint (hex) of the authority that issued the camera's certificate.
        authority_checked: Whether that authority is one of those that the caller trusts. Without it, the
            report shows that the recording is consistent, not whose it is.
        camera: The camera's id.
        recording: The recording's id as hex.
        number: The camera's counter.
        assignment: The assignment it was under.
        trigger: What started it.
        marks: What the camera marked it with.
        asked_ns: The pre-record that was asked for.
        prerecord_ns: The pre-record that it has: from the start of its first chunk to the press, or to its
            end where that comes first.
        missing: Why that falls short, where it does.
        first_ns: Start of the first chunk.
        press_ns: The press.
        end_ns: End of the last chunk that has keys.
        duration_ns: From ``first_ns`` to ``end_ns``.
        press_utc_us: Wall time of the press.
        press_utc_synchronised: Whether that clock was disciplined.
        tracks: The tracks that occur.
        receipt: The receipt that was among the files, where its signature holds.
        without_keys: How many chunks at the end have no keys: nobody can ever open them.
        link: What ties it to the camera's other recordings; None where its ledger does not hold.
        bytes_checked: How many bytes were read.
    """

    verdicts: tuple[Verdict, ...]
    sentence: str
    findings: tuple[Finding, ...]
    chunks: tuple[ChunkResult, ...]
    gaps: tuple[GapResult, ...]
    notes: tuple[str, ...]
    authority: str | None = None
    authority_checked: bool = False
    camera: str | None = None
    recording: str | None = None
    number: int | None = None
    assignment: str | None = None
    trigger: str | None = None
    marks: tuple[str, ...] = ()
    asked_ns: int | None = None
    prerecord_ns: int | None = None
    missing: tuple[Missing, ...] = ()
    first_ns: int | None = None
    press_ns: int | None = None
    end_ns: int | None = None
    duration_ns: int | None = None
    press_utc_us: int | None = None
    press_utc_synchronised: bool | None = None
    tracks: frozenset[Track] = field(default_factory=frozenset)
    receipt: ReceiptResult | None = None
    conditions: tuple[ConditionResult, ...] = ()
    without_keys: int = 0
    link: RecordingLink | None = None
    bytes_checked: int = 0

    @property
    def verdict(self) -> Verdict:
        """The answer: the worst of what holds."""
        return self.verdicts[0]

    @property
    def ok(self) -> bool:
        """Whether no rule is broken: every byte is as signed, and nothing lies beside the recording."""
        return not self.findings

    def to_json(self) -> dict[str, JsonValue]:
        """The report as JSON, with every chunk."""
        return {
            "report_version": REPORT_VERSION,
            "verdict": str(self.verdict),
            "verdicts": [str(each) for each in self.verdicts],
            "sentence": self.sentence,
            "camera": self.camera,
            "recording": self.recording,
            "number": self.number,
            "assignment": self.assignment,
            "trigger": self.trigger,
            "marks": list(self.marks),
            "press_utc_us": self.press_utc_us,
            "press_utc_synchronised": self.press_utc_synchronised,
            "asked_ns": self.asked_ns,
            "prerecord_ns": self.prerecord_ns,
            "missing": [
                {"reason": str(each.reason), "duration_ns": each.duration_ns} for each in self.missing
            ],
            "first_ns": self.first_ns,
            "press_ns": self.press_ns,
            "end_ns": self.end_ns,
            "duration_ns": self.duration_ns,
            "tracks": [str(track) for track in Track if track in self.tracks],
            "authority": self.authority,
            "authority_checked": self.authority_checked,
            "receipt": self.receipt.to_json() if self.receipt is not None else None,
            "without_keys": self.without_keys,
            "chain": self.link.to_json() if self.link is not None else None,
            "bytes_checked": self.bytes_checked,
            "notes": list(self.notes),
            "findings": [finding.to_json() for finding in self.findings],
            "gaps": [gap.to_json() for gap in self.gaps],
            "conditions": [each.to_json() for each in self.conditions],
            "chunks": [chunk.to_json() for chunk in self.chunks],
        }
