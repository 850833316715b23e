"""What pages are told about the world: plain values, read from the domains by ``fleet.web.sources``.

Rules: every time is an aware datetime; every length is in seconds; what is not known is None and is shown as
    not known, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.conditions import ConditionSum
from fleet.incidents.finding import RecordingTold
from fleet.retention.rules.keeping import Keeping


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
        recording_of: who wore the camera at its press, as far as that is known.
        recording_since: when it was pressed; None where nothing dates that.
        recording_heard: when the fleet first heard of it.
        battery: charge in percent.
        storage_used: share of its storage in use, in percent.
        waiting: recordings that it has still to send.
        uploading: number of the recording on its way.
        uploading_share: how much of that the fleet holds, in percent; None while the whole is not known.
        bytes_left: bytes that it has still to send, of all its recordings.
        missing: numbers of recordings that it made and of which nothing has arrived, the first of them.
        missing_count: how many those are.
        arriving: how many recordings of it the fleet knows of and does not hold yet.
        trouble: what it says is wrong, each a sentence.
        conditions: what of that is wrong with picture and sound although they come, and for how many seconds
            it had been so when it said it; None where it does not say.
        clock_synchronised: whether its wall clock can be trusted.
        certificate_ends: when its certificate runs out.
        firmware: the version that it runs.
        made: how many recordings it has ever numbered.
        doubled_since: since when two devices are known to have used its identity at once; None: never.
        doubled_last: when that was last seen.
        taken_on: whether it has said since it last changed hands who has it, as the list does.
        refused: what it says it could not do of what is wanted now, each a sentence.
        verified: when a recording of it was last verified and found unaltered.
        known_until: how long its last message speaks of the present; None while it is not heard.
        site: id of the site where it is kept; None for none.
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
    recording_of: str | None = None
    recording_since: datetime | None = None
    recording_heard: datetime | None = None
    battery: int | None = None
    storage_used: int | None = None
    waiting: int | None = None
    uploading: int | None = None
    uploading_share: int | None = None
    bytes_left: int | None = None
    trouble: tuple[str, ...] = ()
    conditions: tuple[ConditionSum, ...] | None = None
    clock_synchronised: bool | None = None
    missing: tuple[int, ...] = ()
    missing_count: int = 0
    arriving: int = 0
    certificate_ends: datetime | None = None
    firmware: str = ""
    made: int | None = None
    doubled_since: datetime | None = None
    doubled_last: datetime | None = None
    taken_on: bool | None = None
    refused: tuple[str, ...] = ()
    verified: datetime | None = None
    known_until: datetime | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """One officer.

    Attributes:
        id: as the fleet numbers them.
        name: as people call them.
        camera: the camera they have now.
        since: when they took it.
        retired: since when they wear no camera any more.
        team: id of the team that they are in; None for none.
    """

    id: str
    name: str
    camera: str | None = None
    since: datetime | None = None
    retired: datetime | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """Who had a camera, from when to when (None: still)."""

    camera: str
    officer: str
    start: datetime
    end: datetime | None


class Silence(StrEnum):
    """Why nothing that a camera says now is taken for the word on a recording."""

    NOT_HEARD = "not heard"
    OUT_OF_SERVICE = "out of service"
    DOUBLED = "doubled"
    SAYS_NOTHING = "says nothing"


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """One recording as the fleet knows it now, and what its camera says of it.

    Attributes:
        summary: what the fleet knows.
        share: percent of its bytes that the fleet holds, where the whole is known.
        under_way: whether the camera says that it is making it now; None where nothing is taken for its word.
        silence: why nothing is; what it is means nothing while ``under_way`` is known.
        sending: whether the camera says that it is sending it now.
        to_send: how many recordings without a receipt the camera says that it has; None where it does not.
        bytes_left: how many bytes of them it says that the fleet does not have; None where it does not say.
        shares_number: whether another recording came with the same number of the same camera.
        known_until: how long its camera's last message speaks of the present; None while that is not heard.
        told: what people say of it.
        kept: how long it is to be kept, and why; None where that was not asked.
    """

    summary: RecordingSummary
    share: int | None = None
    under_way: bool | None = None
    silence: Silence = Silence.NOT_HEARD
    sending: bool = False
    to_send: int | None = None
    bytes_left: int | None = None
    shares_number: bool = False
    known_until: datetime | None = None
    told: RecordingTold = field(default_factory=RecordingTold)
    kept: Keeping | None = None

    @property
    def has_to_send(self) -> bool:
        """Whether the camera says that some of what it has is still to be sent, as far as it counts that."""
        if self.bytes_left is None:
            return self.sending or bool(self.to_send)
        return self.sending or self.bytes_left > 0

    @property
    def unheard(self) -> RecordingFacts:
        """What is known of it once its camera's last message is too old to speak of the present."""
        silent = replace(self, under_way=None, silence=Silence.NOT_HEARD, sending=False, known_until=None)
        return replace(silent, share=None, to_send=None, bytes_left=None)


@dataclass(frozen=True, slots=True)
class LookFacts:
    """Somebody looked at a recording, or took it out."""

    at: datetime
    who: str
    action: str
    purpose: str


@dataclass(frozen=True, slots=True)
class DayFacts:
    """How many recordings of a day the fleet knows of, and how far they have come.

    Attributes:
        known: all of them.
        held: verified here, with a receipt.
        refused: arrived, and did not verify.
        coming: announced, arriving, being verified, or verified and not opened yet.
        ended: a person said that no more would come, and not all of it is here.
        contradicted: verified here, with a receipt, and at odds with others of their cameras.
    """

    known: int = 0
    held: int = 0
    refused: int = 0
    coming: int = 0
    ended: int = 0
    contradicted: int = 0
