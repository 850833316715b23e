"""What a card damaged is found: nobody takes it for whole. Pure.

Rules:

* A byte that changed in a recording's files shows when its sealed copy is verified.
* The fleet, which had nothing of it before, does not hold it: what came is not what was signed.

That the damage is told to people is for a scenario to ask, by ``alerts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Result, judged
from simulator.oracle.places import SOUND, place_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.oracle.places import RecordingPlaces

FOUND = "damage is found"


def damage_checks(found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Check each recording that its camera's card damaged.

    Args:
        found: Every recording that is acknowledged or there.
    """
    for place in found:
        if place.damaged:
            yield _on_camera(place)
            yield _at_fleet(place)


def _on_camera(place: RecordingPlaces) -> Check:
    if place.copy is None:
        said = "was damaged on the card, and is not there to be verified"
        return place_check(place, "damage", FOUND, Result.NOT_EVALUATED, said)
    said = f"was damaged on the card, and verifies there as {place.copy.verdict}"
    return place_check(place, "damage", FOUND, judged(holds=place.copy.verdict not in SOUND), said)


def _at_fleet(place: RecordingPlaces) -> Check:
    if place.trouble:
        said = f"was damaged on the card, and the fleet could not be asked: {place.trouble}"
        return place_check(place, "damage", FOUND, Result.NOT_EVALUATED, said)
    state = "unknown" if place.fleet is None else place.fleet.state
    said = f"was damaged on the card before it was sent, and is {state} at the fleet"
    holds = place.fleet is None or not place.fleet.held
    return place_check(place, "damage", FOUND, judged(holds=holds), said)
