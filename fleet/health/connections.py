"""What is said of connections that were ended so that everybody else is answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from fleet.connections.admission import Why
from fleet.health.reading import Condition, Reading

NAME = "Connections"
_NAMED = 3
_TOO_MANY = frozenset({Why.CROWDED, Why.FULL, Why.FILES, Why.MANY, Why.FLOOD, Why.HEARS})
_STEP = (
    "Somebody opens more than is borne, or leaves them unused. Let nobody reach that port who has no "
    "business there."
)

_ANONYMOUS = (
    "Too many ask at once for what costs: signing in, links, references, releases, codes of cameras. Who is "
    "signed in, and cameras, have the rest. Let nobody reach that port who has no business there."
)

_PAGES = "Somebody has more pages open than are kept live at once: such a page connects again by itself."


def connections_reading(
    ended: Mapping[tuple[str, Why], int], streams: int = 0, turned_away: int = 0
) -> Reading:
    """Say how many connections this process ended since it began, and why most of them.

    Args:
        ended: how many, by listener and why.
        streams: how many live streams of open pages it ended for others.
        turned_away: how many requests of nobody signed in it told to try again.
    """
    found = _of_connections(ended)
    if turned_away:
        asked = "1 request" if turned_away == 1 else f"{turned_away} requests"
        said = f"{found.said} {asked} of nobody signed in had no turn and came to nothing."
        found = Reading(NAME, Condition.WORSE, said, found.step or _ANONYMOUS)
    if not streams:
        return found
    pages = "1 live page was" if streams == 1 else f"{streams} live pages were"
    return Reading(
        NAME, Condition.WORSE, f"{found.said} {pages} disconnected for others.", found.step or _PAGES
    )


def _of_connections(ended: Mapping[tuple[str, Why], int]) -> Reading:
    counted = sorted(((count, *key) for key, count in ended.items() if count), reverse=True)
    if not counted:
        return Reading(NAME, Condition.GOOD, "This process has had to end none since it began.")
    parts = ", ".join(f"{count} to the {name} listener that {why}" for count, name, why in counted[:_NAMED])
    which = ":" if len(counted) <= _NAMED else "; most were"
    total = sum(count for count, _, _ in counted)
    noun = "connection" if total == 1 else "connections"
    said = f"This process has ended {total} {noun} since it began{which} {parts}."
    if any(why in _TOO_MANY for _, _, why in counted):
        return Reading(NAME, Condition.WORSE, said, _STEP)
    return Reading(NAME, Condition.GOOD, said)
