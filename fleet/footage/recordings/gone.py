"""Recordings that were deleted, or are being: what is said of one, and the answer to whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import GONE, Recording, RecordingState

DELETED_CODE = "recording_deleted"


@dataclass(frozen=True, slots=True)
class Gone:
    """That a recording was deleted, or is being.

    Attributes:
        at: when it was deleted; while it is being deleted, when that began.
        why: why, in words.
        is_over: whether nothing is left of it but what says so.
    """

    at: datetime
    why: str
    is_over: bool


def gone_of(row: Recording) -> Gone | None:
    """Return what is to be said of a deleted recording; None of one that is here."""
    if row.state not in GONE:
        return None
    return Gone(row.deleted or row.changed, row.deleted_why or "", row.state == RecordingState.DELETED)


def refuse_gone(row: Recording) -> None:
    """Refuse what cannot be done any more with a recording that was deleted.

    Raises:
        ProblemError: 410 it was deleted, or is being, and why.
    """
    gone = gone_of(row)
    if gone is not None:
        verb = "was deleted" if gone.is_over else "is being deleted"
        why = f": {gone.why}" if gone.why else "."
        detail = f"Recording {row.number} of {row.camera_id} {verb}{why}"
        raise ProblemError(410, DELETED_CODE, detail)
