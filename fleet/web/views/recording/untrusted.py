"""What pages say of a recording that was refused: that, and whose word it is what it says of itself.

Rules (F8):
- a refused recording says so over everything else on its page, and on the picture for as long as it plays;
- what an upload that did not verify says of itself is told once, as its own word, and nowhere as known.
"""

from __future__ import annotations

from fleet.footage.recordings.models import NOTHING
from fleet.footage.recordings.summary import RecordingSummary
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import full_moment, length, sentence_list

UNDATED = "by when the fleet first heard of it; when it was made is not known"
NOT_VERIFIED = "what was sent did not verify"


def is_refused(recording: RecordingSummary) -> bool:
    """Say whether what is here of a recording was judged, and not found to be what it claims to be."""
    if recording.is_stopped:
        return not recording.is_sound and recording.verdict != NOTHING
    return recording.state == "failed"


def refused_words(recording: RecordingSummary, why: str) -> str:
    """Say over a page that its recording was refused; empty where it was not.

    Args:
        recording: which.
        why: a sentence.
    """
    if not is_refused(recording):
        return ""
    if recording.said is None:
        return f"Refused. {why} What arrived is kept, and is not handed out as footage."
    return (
        f"This did not verify. {why} Nothing that it shows, and nothing that it says of itself, is known "
        "to be so. It is kept as evidence of that, and is not handed out as footage."
    )


def said_words(recording: RecordingSummary) -> str:
    """Tell what an upload that did not verify says of itself, as no more than its word; else empty."""
    said = recording.said
    if said is None:
        return ""
    parts = []
    if said.pressed is not None:
        clock = "" if said.clock_synchronised else ", by a clock that was not set"
        parts.append(f"that it was begun on {full_moment(said.pressed).text}{clock}")
    if said.officer_name is not None:
        parts.append(f"that {isolated(said.officer_name)} had the camera")
    elif said.assignment is not None:
        parts.append(f"that the camera was handed out as {said.assignment}, which this service does not know")
    if said.duration_s:
        parts.append(f"that it is {length(said.duration_s)} long")
    if not parts:
        return ""
    return f"It says of itself {sentence_list(parts)}. That is said by an upload that did not verify."
