"""What happened on a camera: published on ``up/event`` at once, so that a page shows a press in seconds.

The ledger is the record; an event is news. It may come twice (``id`` tells) or never; nothing relies on it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool

from protocol.messages.base import (
    CameraId,
    Count,
    Identifier,
    Message,
    RecordingId,
    Seconds,
    Sentence,
    ShortText,
    UtcMicroseconds,
)
from protocol.messages.uploads import Ended


class NewsKind(StrEnum):
    """The news there is."""

    RECORDING_OPENED = "recording-opened"
    RECORDING_CLOSED = "recording-closed"
    BOOKMARK = "bookmark"
    RECEIPT_ACCEPTED = "receipt-accepted"
    FAULT = "fault"
    STORAGE_LOW = "storage-low"
    BATTERY_LOW = "battery-low"
    CLOCK_STEP = "clock-step"


class CameraEvent(Message):
    """One piece of news.

    Attributes:
        id: Unique on the camera, so that a repeat is recognised.
        kind: What happened.
        camera: On which camera.
        at_utc_us: When, by the camera's clock.
        clock_synchronised: Whether that clock was disciplined; None where the camera does not say.
        number: The recording's number, where it concerns one.
        recording: The recording's id, where it concerns one.
        assignment: The assignment that the camera was under.
        trigger: What started the recording.
        marks: What to know at once, as in the ledger's open.
        prerecord_s: Seconds of pre-record held at the press.
        asked_s: Seconds of pre-record asked for.
        duration_s: Seconds recorded, on closing.
        ended: How the recording ended, on closing; None where the camera does not say.
        text: A sentence for people, where there is more to say.
    """

    id: Identifier
    kind: NewsKind
    camera: CameraId
    at_utc_us: UtcMicroseconds
    clock_synchronised: StrictBool | None = None
    number: Count | None = None
    recording: RecordingId | None = None
    assignment: ShortText | None = None
    trigger: ShortText | None = None
    marks: Annotated[tuple[ShortText, ...], Field(max_length=8)] = ()
    prerecord_s: Seconds | None = None
    asked_s: Seconds | None = None
    duration_s: Seconds | None = None
    ended: Ended | None = None
    text: Sentence | None = None
