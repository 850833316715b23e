"""A recording as a row of a table for a spreadsheet. Pure.

Times are in UTC; what did not verify asserts nothing here either.
"""

from __future__ import annotations

from fleet.incidents.rules.words import CATEGORIES
from fleet.web.facts import RecordingFacts
from fleet.web.views.kept import gone_words
from fleet.web.views.moments import iso
from fleet.web.views.recording.begun import moment_word
from fleet.web.views.state import recording_badge
from fleet.web.views.wearer import wearer_name

HEADINGS = (
    "ID",
    "Camera",
    "Number",
    "When (UTC)",
    "Dated by",
    "Officer",
    "Length (s)",
    "State",
    "Category",
    "Incident",
    "Incidents",
    "To be kept until",
    "Why",
)
_DATED_BY = {"pressed": "press", "begun": "beginning"}
_ANSWERS = {True: "yes", False: "no", None: ""}


def cells(facts: RecordingFacts) -> tuple[str, ...]:
    """Return one recording's cells, in the order of ``HEADINGS``."""
    recording, told = facts.summary, facts.told
    return (
        recording.id,
        recording.camera,
        str(recording.number),
        iso(recording.moment),
        _DATED_BY.get(word := moment_word(recording), word),
        wearer_name(recording),
        "" if recording.duration_s is None else _seconds(recording.duration_s),
        recording_badge(facts).word,
        CATEGORIES.get(told.category or "", ""),
        _ANSWERS[told.incident],
        " ".join(reference for _, reference in told.incidents),
        *_kept(facts),
    )


def _seconds(length_s: float) -> str:
    """Return a length in seconds, in thousandths where tenths would show something as nothing."""
    return f"{length_s:.3f}" if 0 < length_s < 1 else f"{length_s:.1f}"


def _kept(facts: RecordingFacts) -> tuple[str, str]:
    gone = facts.summary.gone
    if gone is not None:
        return gone_words(gone), gone.why
    if facts.kept is None:
        return "", ""
    return "held" if facts.kept.until is None else facts.kept.until.isoformat(), facts.kept.reason
