"""What can be chosen as an action when the audit log is searched: one of them, or all of an area. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fleet.web.views.audit.actions import ACTIONS, SUBJECT

AREAS: Mapping[str, str] = MappingProxyType(
    {
        "footage": "Footage",
        "people": "People and signing in",
        "cameras": "Cameras",
        "assignments": "Handing out",
        "incidents": "Incidents and notes",
        "references": "References for the person recorded",
        "visits": "Visits",
        "releases": "Releases of footage",
        "requests": "Requests of people",
        "imagery": "Imports",
        "letters": "Letters",
        "documents": "Documents of the landlord",
        "retention": "How long recordings are kept",
        "review": "Reviews",
        "delivery": "Messages about alerts",
        "recovery": "The recovery key",
        "vault": "The vault",
        "backup": "Backups",
        "organisation": "Sites and teams",
        "fleet": "The fleet's own keys",
        "audit": "The audit log",
    }
)
"""What the first word of an action is called."""


def choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be chosen as an action: for each area its name, and values with words."""
    found = []
    for area, name in AREAS.items():
        named = ((each, _choice(words)) for each, words in ACTIONS.items() if each.startswith(f"{area}:"))
        own = sorted(named, key=lambda each: each[1])
        if own:
            found.append((name, [(area, "all of these"), *own]))
    return found


def choice_words(value: str) -> str:
    """Return what a choice of an action is called; empty for none."""
    return next((f"{area}: {words}" for area, own in choices() for each, words in own if each == value), "")


def chosen_actions(value: str) -> tuple[str, ...]:
    """Return the actions that a choice stands for; none for one that there is not."""
    if value in ACTIONS:
        return (value,)
    return tuple(action for action in ACTIONS if value in AREAS and action.startswith(f"{value}:"))


def _choice(words: str) -> str:
    return " ".join(words.replace(SUBJECT, "…").split())
