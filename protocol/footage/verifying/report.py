"""What a verification found, in types, in one sentence, and in JSON."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from protocol.footage.format.model import GapCause, Track
from protocol.footage.ledger.record_types import Missing
from protocol.units import NS_PER_S

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

REPORT_VERSION: Final = 1


class Verdict(StrEnum):
    """The answer. All but ``ALTERED`` mean: every byte is as the camera signed it."""

    INTACT = "intact"
    INTACT_WITH_GAPS = "intact with gaps"
    CUT_OFF = "cut off by power loss"
    """It ends without a close. The words are those of the usual cause and are kept in receipts; a card or a
    camera that failed while recording leaves the same."""

    ALTERED = "altered"


class Rule(StrEnum):
    """Which rule of the format was broken."""

    FORMAT = "format"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    AUTHORITY = "authority"
    CHAIN = "chain"
    DIGEST = "digest"
    TIME = "time"
    COUNTER = "counter"
    KEYS = "keys"
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    RECEIPT = "receipt"


class ChunkStatus(StrEnum):
    """What was found of one chunk."""

    INTACT = "intact"
    OUTSIDE = "outside the recording"
    WITHOUT_KEYS = "without keys"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule.

    Attributes:
        rule: Which.
        file: In which file.
        offset: At which byte: the start of the field that does not hold. None when it concerns the whole
            file.
        record: In which record, such as ``chunk 12``; empty when in none.
        reason: What is wrong, as a clause for a person.
    """

    rule: Rule
    file: str
    offset: int | None
    record: str
    reason: str

    @property
    def sentence(self) -> str:
        """The finding in words."""
        where = f"{self.file}, byte {self.offset}" if self.offset is not None else self.file
        return f"{self.record} ({where}): {self.reason}" if self.record else f"{where}: {self.reason}"

    def to_json(self) -> Json:
        """The finding as JSON."""
        return {
            "rule": str(self.rule),
            "file": self.file,
            "offset": self.offset,
            "record": self.record,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What was found of one chunk: ``offset`` is where its record begins in ``file``."""

    seq: int
    file: str
    offset: int
    start_ns: int
    duration_ns: int
    status: ChunkStatus

    def to_json(self) -> Json:
        """The result as JSON."""
        return {
            "seq": self.seq,
            "file": self.file,
            "offset": self.offset,
            "start_ns": self.start_ns,
            "duration_ns": self.duration_ns,
            "status": str(self.status),
        }


@dataclass(frozen=True, slots=True)
class GapResult:
    """A stretch of a track that the recording lacks.

    Attributes:
        track: Which track. An overlap is of whole chunks: there ``video`` stands for all that they hold.
        start_ns: Where it begins on the boot-time clock.
        duration_ns: How long it is.
        cause: What the camera signed as its cause; None when it signed none: the gap is unexplained.
        overlap: Not a hole but the reverse: a chunk begins this long before the one before it ends.
        stated_in: The chunk whose signed header states it first; None when none does, because the gap is
            unexplained or because the ledger states it.
    """

    track: Track
    start_ns: int
    duration_ns: int
    cause: GapCause | None
    overlap: bool = False
    stated_in: int | None = None

    @property
    def explained(self) -> bool:
        """Whether the camera signed a cause, in a chunk's header or in the ledger."""
        return self.cause is not None

    @property
    def end_ns(self) -> int:
        """Where it ends on the boot-time clock."""
        return self.start_ns + self.duration_ns

    @property
    def sentence(self) -> str:
        """The gap in words."""
        what = "overlap" if self.overlap else "gap"
        return f"{what} of {seconds(self.duration_ns)} in {self.track}, {self.cause or 'unexplained'}"

    def to_json(self) -> Json:
        """The gap as JSON."""
        return {
            "track": str(self.track),
            "start_ns": self.start_ns,
            "duration_ns": self.duration_ns,
            "cause": str(self.cause) if self.cause else None,
            "explained": self.explained,
            "overlap": self.overlap,
            "stated_in": self.stated_in,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The result of ``verify_recording``.

    What could not be read is None. Times are on the camera's boot-time clock, ``press_utc_us`` its wall time.

    Attributes:
        verdict: The answer.
        sentence: The answer in words.
        findings: Every broken rule, in the order of the files; empty unless ``ALTERED``.
        chunks: Every chunk that could be read, in order.
        gaps: What the recording lacks, stated by the camera or not.
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
        prerecord_ns: The pre-record that it has: from the start of its first chunk to the press.
        missing: Why that falls short, where it does.
        first_ns: Start of the first chunk.
        press_ns: The press.
        end_ns: End of the last chunk that has keys.
        duration_ns: From ``first_ns`` to ``end_ns``.
        press_utc_us: Wall time of the press.
        press_utc_synchronised: Whether that clock was disciplined.
        tracks: The tracks that occur.
        receipt: Whether a receipt was among the files and fits.
        bytes_checked: How many bytes were read.
    """

    verdict: Verdict
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
    receipt: bool = False
    bytes_checked: int = 0

    @property
    def ok(self) -> bool:
        """Whether every byte is as the camera signed it."""
        return self.verdict is not Verdict.ALTERED

    def to_json(self) -> dict[str, Json]:
        """The report as JSON, with every chunk."""
        return {
            "report_version": REPORT_VERSION,
            "verdict": str(self.verdict),
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
            "receipt": self.receipt,
            "bytes_checked": self.bytes_checked,
            "notes": list(self.notes),
            "findings": [finding.to_json() for finding in self.findings],
            "gaps": [gap.to_json() for gap in self.gaps],
            "chunks": [chunk.to_json() for chunk in self.chunks],
        }


def seconds(duration_ns: int) -> str:
    """Return a duration as people read it: tenths of a second, thousandths where it is short.

    It is rounded to the microsecond first, so that whoever keeps durations as seconds with six places says
    the same of them.
    """
    value = round(duration_ns / NS_PER_S, 6)
    return f"{value:.3f} s" if 0 < value < 1 else f"{value:.1f} s"


def count(number: int, noun: str) -> str:
    """Return a number and its noun, plural where it must be."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def without_keys(chunks: int) -> str:
    """Say how many chunks at the end have no keys."""
    return "the last chunk has no keys" if chunks == 1 else f"the last {chunks} chunks have no keys"
