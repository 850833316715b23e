"""What is still to be uploaded, for the status that people see. Counting only; nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from device.link.uploads.plan import Known, SendSegment, Step
from protocol.messages.status import UploadProgress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from device.shelf import ShelvedRecording


@dataclass(frozen=True, slots=True)
class View:
    """What the uploader last knew.

    Attributes:
        recordings: those without a receipt; None before the card was looked at.
        known: what is known of the fleet's copies, by number.
        busy: steps that were under way.
        connected: the last attempt got an answer.
        troubles: one sentence for each thing that is wrong.
    """

    recordings: tuple[ShelvedRecording, ...] | None = None
    known: Mapping[int, Known] = field(default_factory=dict)
    busy: frozenset[Step] = frozenset()
    connected: bool = True
    troubles: tuple[str, ...] = ()


def upload_progress(view: View) -> UploadProgress:
    """What is still to be sent; nothing is said of it before the card was looked at.

    Args:
        view: what the uploader last knew.
    """
    if view.recordings is None:
        return UploadProgress()
    left = 0
    for recording in view.recordings:
        known = view.known.get(recording.number, Known())
        left += max(0, recording.ledger_length - known.ledger_length)
        left += sum(size for name, size in recording.closed_segments if name not in known.segments)
    numbers = [step.number for step in view.busy if isinstance(step, SendSegment)]
    current = max(numbers or [step.number for step in view.busy], default=None)
    return UploadProgress(recordings=len(view.recordings), bytes_left=left, current=current)
