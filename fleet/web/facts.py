"""What pages are told about the world: plain values, read from the domains by `fleet.web.sources`.

Rules: every time is an aware datetime; every length is in seconds; what is not known is None and is shown as
    not known, never guessed.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """One camera as the fleet knows it now.

    Attributes:
        camera: its id.
        enrolled: when it joined.
        revoked: when it was taken out of service for good.
        online: whether it is heard now.
        last_seen: when it last spoke.
        state: the word it reports for itself ("ready", "recording", …).
        officer: who has it.
        officer_id: that officer's id.
        since: when that officer took it.
        assignment: the id of that assignment.
        held_s: seconds of pre-record in its ring.
        window_s: seconds it keeps when the ring is full.
        recording: number of the recording being made.
        recording_since: when that was started.
        battery: charge in percent.
        storage_used: share of its storage in use, in percent.
        waiting: recordings that it has still to send.
        uploading: number of the recording on its way.
        uploading_share: how much of that the fleet holds, in percent.
        bytes_left: bytes that it has still to send, of all its recordings.
        missing: numbers of recordings that it made and of which nothing has arrived, the first of them.
        missing_count: how many those are.
        trouble: what it says is wrong, each a sentence.
        clock_synchronised: whether its wall clock can be trusted.
        certificate_ends: when its certificate runs out.
        firmware: the version that it runs.
        made: how many recordings it has ever numbered.
    """

    camera: str
    enrolled: datetime
    revoked: datetime | None = None
    online: bool = False
    last_seen: datetime | None = None
    state: str | None = None
    officer: str | None = None
    officer_id: str | None = None
    since: datetime | None = None
    assignment: str | None = None
    held_s: float | None = None
    window_s: float | None = None
    recording: int | None = None
    recording_since: datetime | None = None
    battery: int | None = None
    storage_used: int | None = None
    waiting: int | None = None
    uploading: int | None = None
    uploading_share: int | None = None
    bytes_left: int | None = None
    trouble: tuple[str, ...] = ()
    clock_synchronised: bool | None = None
    missing: tuple[int, ...] = ()
    missing_count: int = 0
    certificate_ends: datetime | None = None
    firmware: str = ""
    made: int | None = None


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """One officer.

    Attributes:
        id: as the fleet numbers them.
        name: as people call them.
        camera: the camera they have now.
        since: when they took it.
    """

    id: str
    name: str
    camera: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """Who had a camera, from when to when (None: still)."""

    camera: str
    officer: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """One recording as the fleet knows it now.

    Attributes:
        id: 32 hexadecimal digits.
        camera: which camera made it.
        number: that camera's own count.
        officer: who wore it at the press.
        state: announced, uploading, verifying, held or failed.
        press: when the button was pressed.
        duration_s: length of the footage, pre-record included, as far as known.
        prerecord_s: pre-record held.
        asked_s: pre-record asked for.
        missing: why pre-record is missing, each with its seconds.
        share: percent of its bytes that the fleet holds, where the whole is known.
        verdict: the verifier's word for it.
        sentence: the verifier's sentence.
        failure: why it was refused.
        ended: whether the camera has finished it.
        received: when the receipt was signed.
        trigger: what pressed.
        marks: "unassigned", "safety override".
        received_bytes: bytes of footage that the fleet holds.
        under_way: whether the camera says that it is making it now; None while the camera is not heard.
        clock_synchronised: whether the camera's wall clock could be trusted at the press.
    """

    id: str
    camera: str
    number: int
    officer: str | None
    state: str
    press: datetime
    duration_s: float | None = None
    prerecord_s: float | None = None
    asked_s: float | None = None
    missing: tuple[tuple[float, str], ...] = ()
    share: int | None = None
    verdict: str | None = None
    sentence: str | None = None
    failure: str | None = None
    ended: bool = False
    received: datetime | None = None
    trigger: str = ""
    marks: tuple[str, ...] = ()
    received_bytes: int = 0
    under_way: bool | None = None
    clock_synchronised: bool | None = None


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Something that the ledger says happened, ``offset_s`` after the first picture."""

    kind: str
    at: datetime
    offset_s: float
    detail: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GapFacts:
    """A stretch without picture or sound.

    Attributes:
        tracks: which of them.
        offset_s: seconds after the first picture.
        duration_s: how long it is.
        cause: why.
        shown_s: how long it is in the player, where that is shorter.
    """

    tracks: tuple[str, ...]
    offset_s: float
    duration_s: float
    cause: str
    shown_s: float | None = None

    @property
    def span_s(self) -> float:
        """How long it is in the player."""
        return self.duration_s if self.shown_s is None else self.shown_s


@dataclass(frozen=True, slots=True)
class TaleFacts:
    """What happened in a recording, by its ledger and the verifier.

    Attributes:
        first: wall time of the first picture, reckoned from the press.
        press_s: where the press lies.
        duration_s: length of the footage.
        events: what the ledger tells, in its order.
        gaps: what is missing.
        close: its last line; None when it was cut off, or has not ended yet.
        final: whether all of it is here.
    """

    first: datetime
    press_s: float
    duration_s: float
    events: tuple[EventFacts, ...] = ()
    gaps: tuple[GapFacts, ...] = ()
    close: EventFacts | None = None
    final: bool = True


@dataclass(frozen=True, slots=True)
class LookFacts:
    """Somebody looked at a recording, or took it out."""

    at: datetime
    who: str
    action: str
    purpose: str
