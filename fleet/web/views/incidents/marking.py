"""What was marked together, and whether it can be undone, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.incidents.judging import UNDO_FOR
from fleet.incidents.models import BulkMark
from fleet.incidents.rules.words import CATEGORIES
from fleet.web.views.moments import count


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """What was marked together: in words, and under which id it can be undone; empty where it cannot."""

    text: str
    undo: str


def marked_words(mark: BulkMark | None, now: datetime) -> MarkedWords | None:
    """Say what was marked, and what it was marked as."""
    if mark is None:
        return None
    number = len(mark.earlier)
    if not number:
        return MarkedWords("They were marked like that already: nothing has changed.", "")
    what = [] if mark.category is None else [f"“{CATEGORIES.get(mark.category, mark.category)}”"]
    if mark.incident is not None:
        what.append("with an incident" if mark.incident else "without an incident")
    verb = "was" if number == 1 else "were"
    text = f"{count(number, 'recording')} {verb} marked as {', '.join(what)} by {mark.marked_by}."
    if mark.undone:
        return MarkedWords(f"{text} That was undone.", "")
    return MarkedWords(text, mark.id if now - mark.marked_at < UNDO_FOR else "")
