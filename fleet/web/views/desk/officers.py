"""Officers: found by a part of their name, shown with the camera that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.core.natural import natural_key
from fleet.web.facts import OfficerFacts
from fleet.web.views.claims import Claim, say
from fleet.web.views.moments import count, moment
from fleet.web.views.tile import initials

SHOWN = 60
"""How many are shown at once: more is not read but searched."""


@dataclass(frozen=True, slots=True)
class Person:
    """An officer; ``camera`` is the one they have, ``note`` says so, or that they are retired.

    ``team`` is what their team is called; empty where they are in none.
    """

    id: str
    name: str
    initials: str
    camera: str | None
    note: str
    is_retired: bool
    team: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Those that are shown, and how many there are beside them, in words; empty when these are all."""

    shown: tuple[Person, ...]
    more: str
    found: int


def person(facts: OfficerFacts, now: datetime, teams: Mapping[str, str] | None = None) -> Person:
    """Show one officer; ``teams`` says what teams are called."""
    if facts.camera is not None:
        note = say(Claim.OFFICER_HAS, camera=facts.camera)
    elif facts.retired is not None:
        note = say(Claim.OFFICER_RETIRED, when=moment(facts.retired, now).text)
    else:
        note = say(Claim.OFFICER_HAS_NONE)
    team = (teams or {}).get(facts.team or "", "")
    is_retired = facts.retired is not None
    return Person(facts.id, facts.name, initials(facts.name), facts.camera, note, is_retired, team)


def people(
    officers: Sequence[OfficerFacts],
    query: str,
    now: datetime,
    *,
    free_first: bool = False,
    teams: Mapping[str, str] | None = None,
) -> People:
    """Return the officers whose names hold every word of ``query``, as people count.

    Args:
        officers: all there are.
        query: what somebody typed; empty for everybody.
        now: the time.
        free_first: whether those without a camera come before the others.
        teams: what teams are called, by their ids.
    """
    found = sorted(
        (each for each in officers if is_found(each.name, query)),
        key=lambda each: (free_first and each.camera is not None, natural_key(each.name)),
    )
    left = len(found) - SHOWN
    more = f"{count(left, 'more officer')}: type a part of the name to find one." if left > 0 else ""
    return People(tuple(person(each, now, teams) for each in found[:SHOWN]), more, len(found))


def is_found(name: str, query: str) -> bool:
    """Say whether every word of a query is somewhere in a name, large and small letters alike."""
    folded = name.casefold()
    return all(word in folded for word in query.casefold().split())
