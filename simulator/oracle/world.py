"""What is there when a run is over: on each camera, at the fleet, in the export. Pure.

Rule: what could not be looked at is None, with the reason beside it, and is never taken for what was not
there.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Self

from simulator.oracle.facts.at_fleet import GONE
from simulator.oracle.facts.consents import FoundConsents, FoundEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.oracle.facts.at_fleet import CertifiedDeletion, LastingHold


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What reading an exported MP4 from end to end showed.

    Attributes:
        duration_s: From the start of the first to the end of the last picture or sound.
        picture_start_s: When the picture starts; None without one.
        sound_start_s: When the sound starts; None without any.
        complaints: What the decoder had to say; none for a sound file.
        recording: The id of the recording that the file says it was made from; None where it says none.
        pictures: How many pictures there are.
        longest_still_s: The longest time from one picture to the next; None with fewer than two.
        brightness: Their mean luma, from 16 for black to 235 for white; None without a picture.
        sound_s: How much sound there is, silence included.
        loudest: Its loudest sample, from 0 for silence to 1; None without any.
    """

    duration_s: float
    picture_start_s: float | None
    sound_start_s: float | None
    complaints: tuple[str, ...] = ()
    recording: str | None = None
    pictures: int = 0
    longest_still_s: float | None = None
    brightness: float | None = None
    sound_s: float = 0.0
    loudest: float | None = None


@dataclass(frozen=True, slots=True)
class FoundGap:
    """A gap of one track, as verifying found it.

    Attributes:
        track: ``video`` or ``audio``.
        at_s: Where it begins, from the recording's first chunk.
        lasts_s: How long it is.
        cause: What the camera signed as its cause; None where it signed none.
    """

    track: str
    at_s: float
    lasts_s: float
    cause: str | None


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What a ledger says happened, wherever it is read.

    Attributes:
        closed: Whether it has an end.
        presses: The press that began it, and those during it.
        bookmarks: Moments that were marked.
        unconfirmed: Earlier numbers of which it says that the card never confirmed a recording.
        said: Each word of consent that it tells of, in order; None where that was not looked at.
    """

    closed: bool
    presses: int
    bookmarks: int
    unconfirmed: tuple[int, ...] = ()
    said: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CameraCopy:
    """A recording as its camera keeps it, verified.

    Attributes:
        camera: What the fleet calls the camera.
        number: By its folder's name.
        folder: Where it is.
        recording: The id that its ledger bears; empty where none can be read.
        ledger_number: The number that its ledger bears.
        verdict: What verifying it came to.
        sentence: The same in words.
        trigger: What started it, as its ledger says.
        assignment: The assignment that it was signed under.
        prerecord_s: Footage from before the press.
        duration_s: How long it is.
        missing: Why pre-record is missing, with how much.
        reasons: The same reasons alone, as they are signed.
        marks: What the camera marked it with.
        gaps: What it lacks of each track.
        ledger: What its ledger says happened; None where it cannot be read.
        chunks: A digest of its chunks: where each lies, begins and ends, and what verifying it came to.
        receipt: Whether a receipt of this fleet is there that fits these very files; None without one.
    """

    camera: str
    number: int
    folder: str
    recording: str = ""
    ledger_number: int | None = None
    verdict: str = "unreadable"
    sentence: str = ""
    trigger: str | None = None
    assignment: str | None = None
    prerecord_s: float = 0.0
    duration_s: float = 0.0
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    gaps: tuple[FoundGap, ...] = ()
    ledger: LedgerFacts | None = None
    chunks: str = ""
    receipt: bool | None = None


@dataclass(frozen=True, slots=True)
class FleetReport:
    """What the fleet's own verifier said of what it received.

    Attributes:
        recording: The id.
        camera: The camera.
        number: The camera's number for it.
        chunks: A digest of its chunks, made as that of a ``CameraCopy``.
    """

    recording: str | None
    camera: str | None
    number: int | None
    chunks: str


@dataclass(frozen=True, slots=True)
class GivenReceipt:
    """What the fleet answers to the camera that asks for a recording's receipt.

    Attributes:
        fits: Whether it is one of this fleet's for this recording; None where the camera could not ask.
        trouble: Why not, in words.
        asked: Whether the camera was one that the fleet has to answer; not one that is revoked.
    """

    fits: bool | None
    trouble: str = ""
    asked: bool = True


@dataclass(frozen=True, slots=True)
class ListedRecording:
    """A recording as the fleet lists it.

    Attributes:
        id: What the fleet calls it.
        camera: Which camera made it.
        number: The camera's number for it.
        state: ``announced``, ``uploading``, ``verifying``, ``held``, ``failed``, ``stopped``,
            ``deleting`` or ``deleted``.
        receipt: Whether the fleet says that it signed for it.
        trigger: What started it, by the fleet; empty where it does not know.
        assignment: The assignment that the fleet takes it to be made under.
        prerecord_s: Footage from before the press, by the fleet.
        duration_s: How long it is, by the fleet.
        marks: What the camera marked it with, by the fleet.
        incident: Whether it shows an incident, as somebody said; None where nobody did.
    """

    id: str
    camera: str
    number: int
    state: str
    receipt: bool = False
    trigger: str = ""
    assignment: str | None = None
    prerecord_s: float | None = None
    duration_s: float | None = None
    marks: tuple[str, ...] = ()
    incident: bool | None = None

    @property
    def gone(self) -> bool:
        """Whether the fleet says that it deleted it, or is deleting it."""
        return self.state in GONE


@dataclass(frozen=True, slots=True)
class FleetCopy(ListedRecording):
    """A recording as the fleet has it: what it lists, and what asking for the rest came to.

    Attributes:
        ledger: What happened, by the timeline that the fleet shows; None where it shows none.
        report: What its verifier said; None where there is no such report.
        given: What the fleet answers to the camera that asks for the receipt; None where nobody asked.
        export: Where the exported file is; None without one.
        facts: What reading that showed.
        trouble: Why anything of this could not be looked at; empty when all could.
        around_press: Of one that is not held, for how long its picture plays without a hole before the press
            and from it on, in seconds; None where that could not be seen, and of one that is held.
        holds: The holds that last on it by itself; None where nobody asked, or they could not be seen.
        certificate: Of one that is gone, what its certificate came to; None of any other.
    """

    ledger: LedgerFacts | None = None
    report: FleetReport | None = None
    given: GivenReceipt | None = None
    export: str | None = None
    facts: ExportFacts | None = None
    trouble: str = ""
    around_press: tuple[float, float] | None = None
    holds: tuple[LastingHold, ...] | None = None
    certificate: CertifiedDeletion | None = None

    @classmethod
    def of(cls, listed: ListedRecording) -> Self:
        """Begin with what the fleet lists."""
        return cls(**{each.name: getattr(listed, each.name) for each in fields(ListedRecording)})

    @property
    def held(self) -> bool:
        """Whether the fleet says that it holds all of it, verified and signed for."""
        return self.state == "held" and self.receipt


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is there.

    Attributes:
        cameras: What the cameras keep.
        fleet: What the fleet has of these cameras; None when it could not be asked.
        assignments: The camera of each assignment that is open; None when the fleet could not be asked.
        made: How many recordings the fleet says each camera has made; none of one that it does not count.
        missing: How many of those it says are missing.
        trouble: Why the fleet could not be asked.
        deleting: The cameras that are set to delete what the fleet has given its receipt for.
        destroyed: The cameras that were destroyed, with all that they kept.
        damaged: The ids of the recordings that a card damaged before they had arrived.
        consents: What cameras signed of consent at the door.
        entries: What the fleet has of words on phones, by visit and entry; None where that was not to be had.
    """

    cameras: tuple[CameraCopy, ...] = ()
    fleet: tuple[FleetCopy, ...] | None = ()
    assignments: Mapping[str, str] | None = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    trouble: str = ""
    deleting: frozenset[str] = frozenset()
    destroyed: frozenset[str] = frozenset()
    damaged: frozenset[str] = frozenset()
    consents: FoundConsents = field(default_factory=FoundConsents)
    entries: Mapping[str, FoundEntry] | None = None

    def on_camera(self, recording: str) -> tuple[CameraCopy, ...]:
        """What cameras keep under an id."""
        return tuple(each for each in self.cameras if each.recording == recording)

    def at_fleet(self, recording: str) -> tuple[FleetCopy, ...]:
        """What the fleet has under an id."""
        return tuple(each for each in self.fleet or () if each.id == recording)


def digest_of_chunks(chunks: Iterable[tuple[int, str, int, int, int, str]]) -> str:
    """A digest of a recording's chunks.

    Args:
        chunks: Of each its number, file and place in it, start and length in nanoseconds, and its status.
    """
    told = "\n".join(" ".join(map(str, each)) for each in chunks)
    return hashlib.sha256(told.encode()).hexdigest()
