"""Recordings as the JSON API shows them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from fleet.footage.recordings.models import Recording


class RecordingSummary(BaseModel):
    """One recording.

    Attributes:
        id: its id in hex; camera and number while that is not known.
        camera: which camera made it.
        number: that camera's own count.
        state: announced, uploading, verifying, held or failed.
        officer: id of who wore the camera at the press.
        officer_name: what that officer is called.
        assignment: id of the assignment.
        announced: when the fleet first heard of it.
        pressed: the press, by the camera's wall clock.
        clock_synchronised: whether that clock was disciplined.
        closed: the end, by the same clock.
        ended: ``closed`` or ``cut off`` once all of it has arrived.
        prerecord_s: seconds of pre-record held.
        asked_s: seconds of pre-record asked for.
        missing: why pre-record is missing.
        duration_s: length of the footage, pre-record included.
        trigger: what started it.
        marks: what to know at once.
        received_bytes: bytes of segments that are durable here.
        verdict: the verifier's word.
        sentence: the verifier's sentence, or why it was refused.
        verified: when.
        receipt: whether the fleet has signed for it.
    """

    id: str
    camera: str
    number: int
    state: str
    officer: str | None
    officer_name: str | None
    assignment: str | None
    announced: datetime
    pressed: datetime | None
    clock_synchronised: bool | None
    closed: datetime | None
    ended: str | None
    prerecord_s: float | None
    asked_s: float | None
    missing: list[Any]
    duration_s: float | None
    trigger: str
    marks: list[str]
    received_bytes: int
    verdict: str | None
    sentence: str | None
    verified: datetime | None
    receipt: bool

    @classmethod
    def of(cls, row: Recording) -> "RecordingSummary":
        """Return a row as the API shows it."""
        return cls(
            id=row.public_id,
            camera=row.camera_id,
            number=row.number,
            state=row.state,
            officer=row.officer_id,
            officer_name=row.officer.name if row.officer is not None else None,
            assignment=row.assignment_id,
            announced=row.announced,
            pressed=row.pressed,
            clock_synchronised=row.clock_synchronised,
            closed=row.closed,
            ended=row.ended,
            prerecord_s=row.prerecord_s,
            asked_s=row.asked_s,
            missing=[{"duration_s": length, "reason": reason} for length, reason in row.missing],
            duration_s=row.duration_s,
            trigger=row.trigger,
            marks=[str(mark) for mark in row.marks],
            received_bytes=row.received_bytes,
            verdict=row.verdict,
            sentence=row.sentence,
            verified=row.verified,
            receipt=row.receipt_sha256 is not None,
        )


class AccountView(BaseModel):
    """How many recordings of a camera were made, received, are arriving, failed, and are missing (L3)."""

    camera: str
    made: int
    received: int
    arriving: int
    failed: int
    missing: list[int]
    missing_count: int
