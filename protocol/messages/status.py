"""What a camera says of itself: published retained on ``up/status``, and left as its will.

Rules:

- ``session`` is drawn anew for every connection and stands in the will too, so that a will of an earlier
  session that comes late is recognised and ignored.
- Nothing depends on retained messages for correctness: on connect, a camera asks over HTTPS.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StrictBool

from protocol.messages.base import CameraId, Count, Identifier, Message, Seconds, ShortText, UtcMicroseconds
from protocol.mode import Mode

MAX_FAULTS: Final = 16
"""Faults that a status may name."""


class UploadProgress(Message):
    """What is still to be sent.

    Attributes:
        recordings: Recordings on the camera without a receipt.
        bytes_left: Bytes of them that the fleet does not have yet.
        current: The number of the recording that is being sent, None when none is.
    """

    recordings: Count = 0
    bytes_left: Count = 0
    current: Count | None = None


class Status(Message):
    """How a camera is.

    Attributes:
        camera: Its id; the fleet checks it against the topic.
        session: The connection's id.
        online: False in the will and on a clean goodbye.
        state: What it does.
        run: The run's id as hex, empty when none is known.
        assignment: The assignment it was told of, None when unassigned.
        recording: The number of the recording under way, None when there is none.
        prerecord_s: Seconds of pre-record held now.
        window_s: Seconds of pre-record that it keeps.
        battery_percent: Charge, None where the hardware has no gauge.
        storage_free_bytes: Room left for footage.
        storage_total_bytes: Size of the footage volume.
        made: How many recordings this camera has ever numbered.
        upload: What is still to be sent.
        faults: What is wrong, one sentence each.
        firmware: The version that runs.
        at_utc_us: When, by the camera's clock.
        clock_synchronised: Whether that clock was disciplined.
        at_boot_us: The same instant on the boot-time clock, in microseconds; None where it is not said.
    """

    camera: CameraId
    session: Identifier
    online: StrictBool = True
    state: Mode = Mode.OFF
    run: Annotated[str, Field(pattern=r"^([0-9a-f]{32})?$")] = ""
    assignment: ShortText | None = None
    recording: Count | None = None
    prerecord_s: Seconds = 0.0
    window_s: Seconds = 0.0
    battery_percent: Annotated[int, Field(strict=True, ge=0, le=100)] | None = None
    storage_free_bytes: Count | None = None
    storage_total_bytes: Count | None = None
    made: Count = 0
    upload: UploadProgress = UploadProgress()
    faults: Annotated[tuple[ShortText, ...], Field(max_length=MAX_FAULTS)] = ()
    firmware: ShortText = ""
    at_utc_us: UtcMicroseconds = 0
    clock_synchronised: StrictBool = False
    at_boot_us: Count | None = None
