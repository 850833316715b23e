"""Numbers of which a camera says that its card never confirmed a recording under them. Pure.

Rules:

* Such a number is missing nowhere: a press used it up, was not acknowledged, and made no recording.
* One that was acknowledged was confirmed, whatever a later ledger says of it.
* A camera to which nothing was refused, and which broke nothing off, has no such number: who says so hides a
  recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.oracle.acknowledged import may_have_made_more
from simulator.oracle.check import Check, judged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.oracle.history import History
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.world import LedgerFacts

NEVER: Final = "what was never confirmed was never acknowledged"


def told_unconfirmed(found: Sequence[RecordingPlaces]) -> frozenset[int]:
    """The numbers that the ledgers of one camera's recordings say were never confirmed."""
    ledgers = [each for place in found for each in _ledgers(place)]
    return frozenset(number for each in ledgers for number in each.unconfirmed)


def unconfirmed_checks(history: History, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Check each number that a camera says was never confirmed.

    Args:
        history: What was asked for, and what was answered.
        found: Every recording that is acknowledged or there.
    """
    for camera in sorted({each.camera for each in found}):
        own = [each for each in found if each.camera == camera]
        acknowledged = {each.number for each in own if each.acknowledged is not None}
        failed = may_have_made_more(history, camera) or any(_is_open(each) for each in own)
        for number in sorted(told_unconfirmed(own)):
            why = "and nothing was acknowledged under it"
            if number in acknowledged:
                why = "and a recording was acknowledged under it"
            elif not failed:
                why = "and nothing was refused or broke off, so that no number was used up"
            holds = number not in acknowledged and failed
            said = f"{camera} says that its card never confirmed number {number}, {why}"
            yield Check("never confirmed", judged(holds=holds), said, camera, number, promise=NEVER)


def _is_open(place: RecordingPlaces) -> bool:
    """Whether it broke off: another may have been begun in its place, and that not been confirmed."""
    return any(not each.closed for each in _ledgers(place))


def _ledgers(place: RecordingPlaces) -> tuple[LedgerFacts, ...]:
    found = [each.ledger for each in place.copies] + [each.ledger for each in place.held]
    return tuple(each for each in found if each is not None)
