"""Messages that are forged or come again change nothing. Pure.

Rules:

* What somebody sends as a camera that it is not, the broker refuses (L1).
* What a camera has told and is told again, the fleet has heard already: it counts as many recordings as were
  made (L3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.history import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.oracle.history import History, Operation
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.world import World

AS_ITSELF = "a camera speaks as itself alone"
ONCE = "what is told twice counts once"


def stranger_checks(history: History, world: World, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Check each message that was forged, and each camera whose messages were sent again.

    Args:
        history: What was asked for, and what was answered.
        world: What is there at the end.
        found: Every recording that is acknowledged or there.
    """
    for each in history.operations:
        if each.kind is OperationKind.FORGERY:
            yield _forged(each)
    again = {each.camera for each in history.acknowledged if each.kind is OperationKind.REPLAY}
    for camera in sorted(again):
        made = sum(each.camera == camera and each.acknowledged is not None for each in found)
        counted = None if world.fleet is None else world.made.get(camera, 0)
        figure = Figure(None if counted is None else float(counted), float(made), relation="exactly")
        yield Check(
            "counted once",
            judged(holds=None if counted is None else counted == made),
            f"what {camera} had told was sent again, and the fleet counts: {figure.words}",
            camera,
            promise=ONCE,
            figure=figure,
        )


def _forged(each: Operation) -> Check:
    said = "" if each.answer is None else each.answer.sentence
    words = f"the {each.words}"
    if each.answer is None:
        why = f"{words} could not be tried: {each.error}"
        return Check("forged", Result.NOT_EVALUATED, why, each.camera, promise=AS_ITSELF)
    accepted = f"{words} was accepted: {said}" if each.acknowledged else f"{words} was refused: {said}"
    return Check("forged", judged(holds=not each.acknowledged), accepted, each.camera, promise=AS_ITSELF)
