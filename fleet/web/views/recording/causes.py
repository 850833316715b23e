"""Why footage is missing, in the words of somebody who has never seen the inside of a camera.

The ledger's own words (``GapCause``) are for the format. A cause that is unknown here is told as the camera
wrote it, for that is still what it signed.
"""

from __future__ import annotations

from typing import Final

from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.timeline.arrived import NOT_ARRIVED, NOT_SHOWN
from fleet.footage.timeline.events import UNVERIFIED
from fleet.web.views.moments import length
from protocol.footage.format.model import GapCause

UNEXPLAINED: Final = "unexplained"
"""What a gap has for a cause that the camera signed nothing about."""

CAUSES: Final[dict[str, str]] = {
    GapCause.JUST_BOOTED: "the camera had just been switched on",
    GapCause.PRIVATE: "camera and microphone were closed",
    GapCause.NOT_ASSIGNED: "the camera was locked, or knew of nobody who had it",
    GapCause.DOCKED: "the camera was in the dock",
    GapCause.STORAGE: "the card could not be written",
    GapCause.ENCODER: "the camera could not encode it",
    GapCause.OVERFLOW: "more came than the camera could store in time",
    GapCause.NO_CAMERA: "no picture came from the camera's sensor",
    GapCause.NO_MICROPHONE: "no sound came from the microphone",
    GapCause.MUTED: "the sound was switched off",
    GapCause.STALLED: "the sensor stopped sending",
    GapCause.SUSPENDED: "the camera was asleep",
}

_AWAY: Final = {
    NOT_ARRIVED: "it has not arrived",
    NOT_SHOWN: "it had not arrived when this was opened",
}
"""Nothing is missing on the camera, as far as anybody knows."""


def is_away(cause: str) -> bool:
    """Say whether something is missing because it has not arrived."""
    return cause in _AWAY


def cause_words(cause: str) -> str:
    """Say why something is missing, to follow a colon."""
    if cause in _AWAY:
        return _AWAY[cause]
    if cause == UNVERIFIED:
        return "what it says of that did not verify"
    if cause == UNEXPLAINED:
        return "the camera does not say why"
    return CAUSES.get(cause, cause)


def missing_words(recording: RecordingSummary) -> list[str]:
    """Say what is missing of the time before the press, each with its cause."""
    return [f"{length(each.duration_s)} missing: {cause_words(each.reason)}" for each in recording.missing]
