"""What people said of recordings at the fleet is so there at the end: holds, incident or not. Pure.

Rules:

* A hold that was acknowledged lasts until its end was; one that was ended does not last.
* What was last said of a recording is what the fleet says of it, as long as it has the recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.oracle.check import Check, Result, judged
from simulator.oracle.history import OperationKind
from simulator.oracle.places import place_check
from simulator.oracle.retention.last_day import keeping_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.oracle.history import History, Operation
    from simulator.oracle.places import RecordingPlaces

HOLDS: Final = "a hold is kept"
SAID: Final = "what was said is kept"


def said_checks(history: History, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Account for every acknowledged hold, its end, and every judgement.

    Args:
        history: What was asked for, and what was answered.
        found: Every recording that is acknowledged or there.
    """
    for place in found:
        said = keeping_of(place.recording, history)
        ended = {_hold(each) for each in said if each.kind is OperationKind.RELEASE}
        for each in said:
            if each.kind is OperationKind.HOLD:
                yield _lasts(place, each, ended=_hold(each) in ended)
        judgements = [each for each in said if each.kind is OperationKind.JUDGE]
        if judgements:
            yield _judged(place, judgements[-1])


def _lasts(place: RecordingPlaces, hold: Operation, *, ended: bool) -> Check:
    words = f"has the {hold.words}, " + ("which was ended" if ended else "which nobody ended")
    fleet = place.fleet
    if place.trouble or (fleet is not None and fleet.holds is None and not fleet.gone):
        why = place.trouble or "the fleet does not say which holds last on it"
        return place_check(place, "hold", HOLDS, Result.NOT_EVALUATED, f"{words}: {why}")
    lasting = () if fleet is None else fleet.holds or ()
    lasts = any(each.id == _hold(hold) for each in lasting)
    seen = "lasts" if lasts else "does not last"
    return place_check(
        place, "hold", HOLDS, judged(holds=lasts is not ended), f"{words}, and {seen} at the fleet"
    )


def _judged(place: RecordingPlaces, last: Operation) -> Check:
    wanted = last.answer is not None and last.answer.incident is True
    words = f"was said to show {'an' if wanted else 'no'} incident"
    if place.trouble:
        return place_check(place, "said", SAID, Result.NOT_EVALUATED, f"{words}: {place.trouble}")
    if place.deleted:
        said = f"{words}, and was deleted since"
        return place_check(place, "said", SAID, Result.NOT_EVALUATED, said, asked=False)
    seen = None if place.fleet is None else place.fleet.incident
    says = {True: "says so", False: "says that it shows none", None: "says neither"}
    if not wanted:
        says = {True: "says that it shows one", False: "says so", None: "says neither"}
    return place_check(
        place, "said", SAID, judged(holds=seen is wanted), f"{words}, and the fleet {says[seen]}"
    )


def _hold(operation: Operation) -> str:
    return "" if operation.answer is None else operation.answer.hold or ""
