"""What the fleet wants a camera to be: retained on ``down/desired``, and served over HTTPS on connect.

Rules:

- ``version`` grows with every change; a camera that holds a higher one ignores what arrives.
- The camera keeps the last document on disk, so it stays what it was told to be while it is offline.
- The camera answers on ``up/reported`` with the version that it has taken on.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from protocol.messages.base import (
    CameraId,
    Count,
    Message,
    PublicKey,
    Seconds,
    Sentence,
    ShortText,
    UtcMicroseconds,
)
from protocol.messages.enrolment import RecipientKey

__all__ = ["AssignmentInfo", "CameraSettings", "Desired", "PublicKey", "Reported"]


class AssignmentInfo(Message):
    """Who wears the camera: the assignment's id, and over HTTPS the officer's name; empty over the broker."""

    id: ShortText
    officer: ShortText
    since_utc_us: UtcMicroseconds


class CameraSettings(Message):
    """The settings that the fleet may override; None leaves the camera's own configuration in force.

    Attributes:
        window_s: Seconds of pre-record to keep.
        audio: Whether to record sound.
        keep_after_receipt: Whether recordings stay on the camera after their receipt.
    """

    window_s: Annotated[Seconds, Field(le=1800)] | None = None
    audio: StrictBool | None = None
    keep_after_receipt: StrictBool | None = None


class Desired(Message):
    """The whole of what is wanted.

    Attributes:
        camera: For which camera.
        version: Grows with every change.
        assignment: Who wears it, None when nobody does.
        recipients: Whom to seal recordings to from now on; empty keeps those that are known. It counts where
            it came over HTTPS alone.
        settings: What to override.
    """

    camera: CameraId
    version: Count
    assignment: AssignmentInfo | None = None
    recipients: Annotated[tuple[RecipientKey, ...], Field(max_length=16)] = ()
    settings: CameraSettings = CameraSettings()


class Reported(Message):
    """What a camera has taken on: the version in force, and why it could not follow where it could not."""

    camera: CameraId
    version: Count
    refused: Annotated[tuple[Sentence, ...], Field(max_length=16)] = ()
