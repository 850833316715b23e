"""What is said of connections that were ended so that everybody else is answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.connections.admission import Why
from fleet.health.reading import Condition, Reading

NAME = "Connections"
_NAMED = 3
_MANY = frozenset({Why.CROWDED, Why.FULL, Why.FILES, Why.MANY})
_STEP = (
    "Somebody opens more than is borne, or leaves them unused. Let nobody reach that port who has no "
    "business there."
)


def connections_reading(ended: Mapping[tuple[str, Why], int]) -> Reading:
    """Say how many connections this process ended since it began, and why most of them.

    Args:
        ended: how many, by listener and why.
    """
    if not any(ended.values()):
        return Reading(NAME, Condition.GOOD, "This process has had to end none since it began.")
    most = sorted(ended.items(), key=lambda each: (-each[1], each[0]))[:_NAMED]
    parts = ", ".join(f"{count} to the {name} listener that {why}" for (name, why), count in most)
    total = sum(ended.values())
    which = ":" if len(ended) <= _NAMED else "; most were"
    said = f"This process has ended {total} since it began{which} {parts}."
    if any(why in _MANY for (_, why), count in ended.items() if count):
        return Reading(NAME, Condition.WORSE, said, _STEP)
    return Reading(NAME, Condition.GOOD, said)
