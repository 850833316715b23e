"""Categories, and the roles of people in an incident: values that are kept, and the words for them. Pure.

Names of people are not asked for: what somebody was in it is enough to find it and to judge it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "threat": "Threat or abuse",
        "violence": "Violence",
        "damage": "Damage",
        "antisocial": "Anti-social behaviour",
        "animal": "Dog or other animal",
        "safeguarding": "Safeguarding concern",
        "injury": "Accident or injury",
        "visit": "Ordinary visit",
        "accidental": "Pressed by accident",
        "other": "Something else",
    }
)

PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "officer": "Officer",
        "tenant": "Tenant",
        "household": "Somebody of the household",
        "child": "Child",
        "visitor": "Visitor",
        "neighbour": "Neighbour",
        "contractor": "Contractor",
        "emergency": "Police or another emergency service",
        "unknown": "Somebody unknown",
    }
)


def people_words(people: Iterable[str]) -> str:
    """Name the roles, in the order in which they are offered."""
    chosen = frozenset(people)
    return ", ".join(words for value, words in PEOPLE.items() if value in chosen)
