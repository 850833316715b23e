"""Why something that a camera sends is not taken, in one sentence each (F6)."""

from __future__ import annotations

from fleet.core.problems import ProblemError
from fleet.footage.recordings.gone import refuse_gone
from fleet.footage.recordings.models import OPEN_TO_MORE, Recording, RecordingState


def refuse_when_complete(row: Recording) -> None:
    """Refuse more of a recording that takes nothing more.

    Raises:
        ProblemError: 409 it was refused, or declared complete; 410 it was deleted.
    """
    refuse_gone(row)
    if row.state == RecordingState.FAILED:
        raise ProblemError(409, "recording_failed", row.sentence or "This recording was refused before.")
    if row.state not in OPEN_TO_MORE:
        raise ProblemError(
            409,
            "recording_complete",
            f"Recording {row.number} of {row.camera_id} was declared complete before; it takes nothing more.",
        )


def differs(name: str) -> ProblemError:
    """Return the refusal of other bytes than are held of a segment."""
    return ProblemError(
        409, "segment_differs", f"Segment {name} is held already, with other bytes; they stay."
    )


def hole(expected: int) -> ProblemError:
    """Return the refusal of a piece of a ledger that does not begin where it could."""
    return ProblemError(
        409,
        "ledger_hole",
        f"The next piece of this ledger begins at byte {expected}.",
        expected_offset=expected,
    )
