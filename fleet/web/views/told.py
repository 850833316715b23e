"""What people say of a recording, in a few words. Pure."""

from __future__ import annotations

from fleet.incidents.finding import RecordingTold
from fleet.incidents.rules.words import CATEGORIES


def told_words(told: RecordingTold) -> str:
    """Say it for a list: its category, and the incidents that it belongs to; empty where nobody said any.

    >>> told_words(RecordingTold("threat", True, (("1", "INC-2026-0001"),)))
    'Threat or abuse · INC-2026-0001'
    """
    parts = [CATEGORIES.get(told.category or "", "")]
    if told.incidents:
        parts += [reference for _, reference in told.incidents]
    elif told.incident is not None:
        parts.append("an incident" if told.incident else "no incident")
    return " · ".join(part for part in parts if part)


def incident_words(told: RecordingTold) -> str:
    """Say for its page whether a recording shows an incident."""
    if told.incident is None:
        return "Nobody has said yet whether it shows an incident."
    return "It shows an incident." if told.incident else "It shows no incident."
