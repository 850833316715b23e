"""Faces that a detector found in one picture, and which of them are one and the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fleet.redaction.rules.area import Area

SAME_OVERLAP = 0.3
"""Two areas in one picture that overlap by more of what they cover together are of one face."""
_NEAR = 0.75
"""Two areas are of one face in two pictures if their middles are less than so many widths apart."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A face in a picture.

    Attributes:
        area: where.
        score: how sure the detector is, from 0 to 1.
    """

    area: Area
    score: float


def overlap(one: Area, other: Area) -> float:
    """Return how much of what two areas cover together both cover, from 0 to 1."""
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    if across <= 0 or down <= 0:
        return 0.0
    both = across * down
    return both / (one.width * one.height + other.width * other.height - both)


def distinct(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Return each face once, the surest sighting of it; as from several scales of one picture."""
    kept: list[Sighting] = []
    for each in sorted(sightings, key=lambda found: (-found.score, found.area.left, found.area.top)):
        if all(overlap(each.area, other.area) <= SAME_OVERLAP for other in kept):
            kept.append(each)
    return kept


def matched(known: Sequence[Area], sightings: Sequence[Area]) -> dict[int, int]:
    """Return which sighting is of which known face: places in both lists, each once, nearest first."""
    pairs = sorted(
        (apart(area, seen), number, place)
        for number, area in enumerate(known)
        for place, seen in enumerate(sightings)
    )
    found: dict[int, int] = {}
    for distance, number, place in pairs:
        if distance < _NEAR and number not in found and place not in found.values():
            found[number] = place
    return found


def apart(one: Area, other: Area) -> float:
    """Return how far the middles of two areas are apart, in widths of the larger one."""
    across = one.left + one.right - other.left - other.right
    down = one.top + one.bottom - other.top - other.bottom
    size = max(one.width, other.width, one.height, other.height)
    return float((across**2 + down**2) ** 0.5) / 2 / size
