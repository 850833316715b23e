"""What a camera says of itself: published retained on ``up/status``, and left as its will.

Rules:

- ``session`` is drawn anew for every connection and stands in the will too, so that a will of an earlier
  session that comes late is recognised and ignored.
- Nothing depends on retained messages for correctness: on connect, a camera asks over HTTPS.
- What a camera does not say is None, and is not known: never nought, never off (F8). It leaves such a field
  out (``to_json``), which fleets of any version take; a camera of an earlier version says every field.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StrictBool

from protocol.footage.format.limits import MAX_RECIPIENTS
from protocol.footage.ledger.conditions import LONGEST_WORD
from protocol.messages.base import (
    CameraId,
    Count,
    Identifier,
    Message,
    Seconds,
    Sentence,
    ShortText,
    UtcMicroseconds,
)
from protocol.mode import Mode

MAX_FAULTS: Final = 16
"""Faults that a status may name."""
KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a recipient's public key, in hex."""
LOW_BATTERY_PERCENT: Final = 20
"""At this charge and below it a battery is called low, on the camera and on the pages."""


class UploadProgress(Message):
    """What is still to be sent.

    Attributes:
        recordings: Recordings on the camera without a receipt, None before it has looked.
        bytes_left: Bytes of them that the fleet does not have yet, None before it has looked.
        current: The number of the recording that is being sent, None when none is.
    """

    recordings: Count | None = None
    bytes_left: Count | None = None
    current: Count | None = None


class SensorCondition(Message):
    """What is wrong with picture or sound although they come.

    Attributes:
        track: Of which track.
        condition: What: black, covered, frozen, noise, dead, silent, clipped, hum or slow; of a later version
            maybe another word.
        for_s: For how many seconds by now.
    """

    track: Literal["video", "audio"]
    condition: Annotated[str, Field(min_length=1, max_length=LONGEST_WORD)]
    for_s: Seconds


class Status(Message):
    """How a camera is.

    Attributes:
        camera: Its id; the fleet checks it against the topic.
        session: The connection's id.
        online: False in the will and on a clean goodbye.
        state: What it does, None where it does not say.
        run: The run's id as hex, empty when none is known.
        assignment: The assignment it was told of, None when unassigned.
        recording: The number of the recording under way, None when there is none.
        prerecord_s: Seconds of pre-record held now, None where it does not say.
        window_s: Seconds of pre-record that it keeps, None where it does not say.
        battery_percent: Charge, None where the hardware has no gauge.
        storage_free_bytes: Room left for footage.
        storage_total_bytes: Size of the footage volume.
        made: How many recordings this camera has ever numbered, None where it does not say.
        upload: What is still to be sent.
        faults: What is wrong, one sentence each.
        conditions: What is wrong with picture and sound although they come, told in ``faults`` as well; None
            where it does not say: its sensors are closed, or its version does not look.
        firmware: The version that runs.
        at_utc_us: When, by the camera's clock, None where it does not say.
        clock_synchronised: Whether that clock was disciplined, None where it does not say.
        at_boot_us: The same instant on the boot-time clock, in microseconds; None where it is not said.
        closed_s: How many seconds ago its sensors were last closed because somebody had made it private or
            docked it, 0 while they are; None where they were not since it started, or where it does not say.
        sealed_to: The ids of the keys that its next recording is sealed to, SHA-256 of each public key in
            hex; None where it does not say: its version knows nothing of it.
    """

    camera: CameraId
    session: Identifier
    online: StrictBool = True
    state: Mode | None = None
    run: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    assignment: ShortText | None = None
    recording: Count | None = None
    prerecord_s: Seconds | None = None
    window_s: Seconds | None = None
    battery_percent: Annotated[int, Field(strict=True, ge=0, le=100)] | None = None
    storage_free_bytes: Count | None = None
    storage_total_bytes: Count | None = None
    made: Count | None = None
    upload: UploadProgress = UploadProgress()
    faults: Annotated[tuple[Sentence, ...], Field(max_length=MAX_FAULTS)] = ()
    conditions: Annotated[tuple[SensorCondition, ...], Field(max_length=MAX_FAULTS)] | None = None
    firmware: ShortText = ""
    at_utc_us: UtcMicroseconds | None = None
    clock_synchronised: StrictBool | None = None
    at_boot_us: Count | None = None
    closed_s: Seconds | None = None
    sealed_to: Annotated[tuple[KeyId, ...], Field(max_length=MAX_RECIPIENTS)] | None = None

    def to_json(self) -> bytes:
        """Return it as it is published: what is not known is left out."""
        return self.model_dump_json(exclude_none=True).encode()
