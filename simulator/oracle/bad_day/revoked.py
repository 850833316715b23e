"""A revoked camera is refused: nothing that it records from then on comes to the fleet. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, judged
from simulator.oracle.history import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.oracle.history import History
    from simulator.oracle.places import RecordingPlaces

REFUSED = "a revoked camera is refused"


def revoked_checks(history: History, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Check each recording that was pressed after its camera was revoked.

    Args:
        history: What was asked for, and what was answered.
        found: Every recording that is acknowledged or there.
    """
    for place in found:
        revoked_s = next(
            (
                each.answered_s
                for each in history.of(place.camera)
                if each.kind is OperationKind.REVOKE and each.acknowledged
            ),
            None,
        )
        if revoked_s is None or place.acknowledged is None or place.acknowledged.pressed_s < revoked_s:
            continue
        at_fleet = place.fleet is not None
        yield Check(
            "refused",
            judged(holds=None if place.trouble else not at_fleet),
            f"{place.words}, pressed after the camera was revoked, "
            + (f"is {place.fleet.state} at the fleet" if place.fleet is not None else "is not at the fleet"),
            place.camera,
            place.number,
            place.recording,
            REFUSED,
        )
