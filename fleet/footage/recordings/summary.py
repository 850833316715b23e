"""What lists, pages and players are told of a recording; the JSON API adds what people say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fleet.footage.recordings.extent import MissingPrerecord, beyond_press_s
from fleet.footage.recordings.gone import Gone, gone_of
from fleet.footage.recordings.models import A_PART, OPEN_TO_MORE, Recording, RecordingState
from fleet.footage.recordings.untrusted import NOT_TOLD, SaidByUpload
from fleet.footage.store.names import Place
from fleet.footage.timeline.conditions import ConditionSum, sums_of_json

ROLL_OVER = "roll over"
DISAGREEMENT = "disagreement"
"""The weight of a chain's note that no honest camera brings about."""
WITHOUT_A_PRESS = frozenset({ROLL_OVER, "storage fault", "internal fault"})
"""What a camera names as the trigger of a recording that nobody pressed for."""


@dataclass(frozen=True, slots=True)
class ChainNote:
    """What recordings show together.

    Attributes:
        weight: ``disagreement``, or ``missing`` for one not held here.
        sentence: the verifier's own.
        kind: what was found, as the verifier calls it.
        camera: whose recordings.
        numbers: which, in order.
    """

    weight: str
    sentence: str
    kind: str = ""
    camera: str = ""
    numbers: tuple[int, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> ChainNote:
        """Read it as it is kept."""
        numbers = tuple(int(each) for each in kept.get("numbers", ()))
        kind, camera = str(kept.get("kind", "")), str(kept.get("camera", ""))
        return cls(str(kept["weight"]), str(kept["sentence"]), kind, camera, numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSummary:
    """One recording.

    Attributes:
        id: its id in hex; camera and number while that is not known.
        camera: which camera made it.
        number: that camera's own count.
        apart: its id where it is another recording than the first that came with this number; else empty.
        state: announced, uploading, verifying, held, failed, stopped, deleting or deleted.
        officer: id of who wore the camera at the press.
        officer_name: what that officer is called.
        assignment: id of the assignment.
        wearer_basis: how it is known whose it is, a ``WearerBasis``; None where that was not kept.
        wearer_doubt: what speaks against it, a ``WearerDoubt``.
        signed_assignment: the assignment as the camera signed it.
        listed_name: what the officer is called whose time holds the press, by the camera's clock.
        announced: when the fleet first heard of it.
        pressed: the press, by the camera's wall clock.
        clock_synchronised: whether that clock was disciplined.
        reckoned: the press by a clock that was set at another time of the same run, where its own was not.
        reckoned_s: how long after the press that was, in seconds; negative when it was before.
        closed: the end, by the camera's clock.
        ended: ``closed``, or ``cut off`` where its ledger has no end and nothing shows why, once all is here.
        told_closed: whether the camera ever said that it was closed.
        prerecord_s: seconds of pre-record held.
        asked_s: seconds of pre-record asked for.
        missing: why pre-record is missing.
        duration_s: length of the footage, pre-record included.
        late_s: how long after the press the footage begins; None while that is not known.
        lacking_s: for how many seconds picture or sound is missing; None while that is not known.
        conditions: for how long what was of no use of picture and sound, by its ledger; None while that is
            not known.
        told_s: how long it is by the camera's messages; None where none has said it.
        stopped_by: who said that no more will come of it.
        stopped_at: when.
        stopped_reason: why.
        resumed: when the camera sent more all the same.
        opening: ``opened`` or ``refused``; None while the fleet has not tried to open it.
        opening_at: when it tried.
        trigger: what started it.
        marks: what to know at once.
        received_bytes: bytes of segments that are durable here.
        verdict: the verifier's word.
        sentence: the verifier's sentence, or why it was refused.
        verified: when.
        receipt: whether the fleet has signed for it.
        chain: what it and the camera's other recordings that are held show together.
        said: what it says of itself, where it did not verify: nothing of that is told above; else None.
        gone: that it was deleted, or is being; None where it is here.
    """

    id: str
    camera: str
    number: int
    apart: str = ""
    state: str
    officer: str | None = None
    officer_name: str | None = None
    assignment: str | None = None
    wearer_basis: str | None = None
    wearer_doubt: str | None = None
    signed_assignment: str | None = None
    listed_name: str | None = None
    announced: datetime
    pressed: datetime | None = None
    clock_synchronised: bool | None = None
    reckoned: datetime | None = None
    reckoned_s: float | None = None
    closed: datetime | None = None
    ended: str | None = None
    told_closed: bool = False
    prerecord_s: float | None = None
    asked_s: float | None = None
    missing: tuple[MissingPrerecord, ...] = ()
    duration_s: float | None = None
    late_s: float | None = None
    lacking_s: float | None = None
    conditions: tuple[ConditionSum, ...] | None = None
    told_s: float | None = None
    stopped_by: str | None = None
    stopped_at: datetime | None = None
    stopped_reason: str | None = None
    resumed: datetime | None = None
    opening: str | None = None
    opening_at: datetime | None = None
    trigger: str = ""
    marks: tuple[str, ...] = ()
    received_bytes: int = 0
    verdict: str | None = None
    sentence: str | None = None
    verified: datetime | None = None
    receipt: bool = False
    chain: tuple[ChainNote, ...] = ()
    said: SaidByUpload | None = None
    gone: Gone | None = None

    @property
    def place(self) -> Place:
        """Where what is kept of it lies in the store."""
        return Place(self.camera, self.number, self.apart)

    @property
    def is_held(self) -> bool:
        """Whether it is verified, and the fleet has signed for it."""
        return self.state == RecordingState.HELD

    @property
    def is_empty(self) -> bool:
        """Whether all of it is here, and that is no picture and no sound: it was stopped before any came."""
        return self.is_held and self.duration_s == 0

    @property
    def is_whole(self) -> bool:
        """Whether all of it has arrived; what has, may be looked at before."""
        return not self.is_open_to_more

    @property
    def is_open_to_more(self) -> bool:
        """Whether its camera may send more."""
        return self.state in OPEN_TO_MORE

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found to be wrong with what is here of it, as far as it was looked at."""
        return self.is_held or (self.is_open_to_more and self.verdict in {None, A_PART})

    @property
    def is_contradicted(self) -> bool:
        """Whether recordings of its camera that are held contradict each other, this one among them."""
        return any(note.weight == DISAGREEMENT for note in self.chain)

    @property
    def is_stopped(self) -> bool:
        """Whether somebody said that no more will come of it, and no more has come."""
        return self.state == RecordingState.STOPPED

    @property
    def is_over(self) -> bool:
        """Whether the camera has finished it."""
        return self.closed is not None or self.ended is not None

    @property
    def is_dated(self) -> bool:
        """Whether the press has a date: by a clock that was set then, or at another time of its run."""
        return self.reckoned is not None or (self.pressed is not None and self.clock_synchronised is True)

    @property
    def is_pressed(self) -> bool:
        """Whether a press began it; a camera also goes on in a new one, or begins again after a fault."""
        return self.trigger not in WITHOUT_A_PRESS

    @property
    def moment(self) -> datetime:
        """The press; when the fleet first heard of it where nothing dates it (F8)."""
        by_clock = self.pressed if self.clock_synchronised else None
        return self.reckoned or by_clock or self.announced

    @property
    def beyond_press_s(self) -> float:
        """How long after the press the footage ends, as far as it is known; of a part, at most."""
        return beyond_press_s(self.duration_s, self.prerecord_s, self.late_s, is_part=self.verdict == A_PART)

    @property
    def clock_shift_us(self) -> int:
        """How far the press is from what the camera's clock said, where another clock dates it."""
        if self.reckoned is None or self.pressed is None:
            return 0
        return (self.reckoned - self.pressed) // timedelta(microseconds=1)

    @property
    def failure(self) -> str | None:
        """Why it was refused."""
        return self.sentence if self.state == RecordingState.FAILED else None

    @property
    def unsent(self) -> str | None:
        """What was lacking when the camera last said that this was all, while it still arrives."""
        return self.sentence if self.state == RecordingState.UPLOADING else None

    @property
    def is_cut_short(self) -> bool:
        """Whether what was taken has no end, although the camera said that it was closed."""
        return self.told_closed and self.ended == "cut off"

    @property
    def receipted(self) -> datetime | None:
        """When the fleet signed for it."""
        return self.verified if self.receipt else None

    @classmethod
    def of(cls, row: Recording) -> RecordingSummary:
        """Return what a row says; of one that did not verify, nothing that it says of itself (F8)."""
        known = RecordingSummary(
            id=row.public_id,
            camera=row.camera_id,
            number=row.number,
            apart=row.apart,
            state=row.state,
            officer=row.officer_id,
            officer_name=row.officer.name if row.officer is not None else None,
            assignment=row.assignment_id,
            wearer_basis=row.wearer_basis,
            wearer_doubt=row.wearer_doubt,
            signed_assignment=row.signed_assignment,
            listed_name=row.listed.officer.name if row.listed is not None else None,
            announced=row.announced,
            pressed=row.pressed,
            clock_synchronised=row.clock_synchronised,
            reckoned=row.reckoned,
            reckoned_s=row.reckoned_s,
            closed=row.closed,
            ended=row.ended,
            told_closed=row.told_closed,
            prerecord_s=row.prerecord_s,
            asked_s=row.asked_s,
            missing=tuple(MissingPrerecord(float(length), str(why)) for length, why in row.missing),
            duration_s=row.duration_s,
            late_s=row.late_s,
            lacking_s=row.lacking_s,
            conditions=sums_of_json(row.conditions),
            told_s=row.told_s,
            stopped_by=row.stopped_by,
            stopped_at=row.stopped_at,
            stopped_reason=row.stopped_reason,
            resumed=row.resumed,
            opening=row.opening,
            opening_at=row.opening_at,
            trigger=row.trigger,
            marks=tuple(str(mark) for mark in row.marks),
            received_bytes=row.received_bytes,
            verdict=row.verdict,
            sentence=row.sentence,
            verified=row.verified,
            receipt=row.receipt_sha256 is not None,
            chain=tuple(ChainNote.of(each) for each in row.chain or ()),
            gone=gone_of(row),
        )
        return _set_aside(known) if row.untrusted else known


def _set_aside(known: RecordingSummary) -> RecordingSummary:
    """Return one that did not verify without what it says of itself, which goes into ``said``."""
    said = SaidByUpload(
        pressed=known.pressed,
        clock_synchronised=known.clock_synchronised,
        assignment=known.signed_assignment,
        officer_name=known.officer_name,
        duration_s=known.told_s if known.told_s is not None else known.duration_s,
    )
    return replace(known, said=said, **NOT_TOLD)
