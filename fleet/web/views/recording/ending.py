"""A person's word that no more of a recording will come: the form's choices, and what the page says of it.

What was said stays on the page, with who said it, also after the camera turned up and sent more.
"""

from __future__ import annotations

from fleet.footage.recordings.summary import RecordingSummary
from fleet.web.views.bidi import isolated
from fleet.web.views.moments import full_moment
from fleet.web.views.purpose import OTHER, Choice, chosen_text

CHOICES = (
    Choice("destroyed", "The camera is destroyed", "Burnt, crushed, drowned"),
    Choice("lost", "The camera is lost or stolen", "Nobody knows where it is"),
    Choice("card", "Its card has failed or was wiped", "The camera is here, and what it recorded is not"),
    Choice(OTHER, "Another reason", "Say which one below"),
)
LONGEST_NOTE = 400


def reason_text(choice: str, note: str) -> str:
    """Return why no more will come, as it is kept.

    Raises:
        PurposeError: nothing was chosen, or "another reason" without saying which, or the note is too long.
    """
    ask = "Choose why no more of it will come."
    return chosen_text(CHOICES, choice, note, longest=LONGEST_NOTE, ask=ask)


def can_be_ended(recording: RecordingSummary) -> bool:
    """Say whether somebody may say that no more of it will come: only while it is on its way."""
    return recording.state in {"announced", "uploading"}


def stopped_note(recording: RecordingSummary) -> str:
    """Say who said that no more will come, and what became of it; empty where nobody did."""
    if recording.stopped_at is None:
        return ""
    said = full_moment(recording.stopped_at).text
    why = (recording.stopped_reason or "").rstrip(".")
    name = isolated(recording.stopped_by or "")
    who = f"{name} said on {said} that no more of it will come: {isolated(why)}."
    if recording.resumed is not None:
        return f"{who} The camera sent more all the same, from {full_moment(recording.resumed).text} on."
    return f"{who} If the camera turns up and sends more, the recording goes on."
