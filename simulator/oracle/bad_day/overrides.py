"""A safety override is marked as one, and nothing else is (C11). Pure.

Rule: what was pressed between private on and whatever ended that bears the mark, wherever the recording is;
what was pressed before any private time bears none. Private outlasts a camera's power: what was pressed
after it was switched on again bears the mark. After a change that was not acknowledged the camera's own word
counts, and where a fault hides that nothing is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.mode import Mode
from simulator.oracle.check import Check, Figure, Result
from simulator.oracle.history import OperationKind
from simulator.oracle.places import place_check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.oracle.history import History, Operation
    from simulator.oracle.places import RecordingPlaces

OVERRIDE: Final = "an override is marked"
MARK: Final = "safety override"


def mark_checks(history: History, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Check the mark of each acknowledged recording of a camera that was private during the run.

    Args:
        history: What was asked for, and what was answered.
        found: Every recording that is acknowledged or there.
    """
    for place in found:
        if place.acknowledged is None or place.damaged:
            continue
        wanted = _pressed_in_private(place, history)
        if wanted is not None:
            yield from _marked(place, wanted=wanted)


def _pressed_in_private(place: RecordingPlaces, history: History) -> bool | None:
    """Whether it was pressed in a private time; None for a camera that was in none."""
    if place.acknowledged is None:
        return None
    changes = [
        each
        for each in history.of(place.camera)
        if each.acknowledged and (each.kind is OperationKind.PRIVATE_ON or history.ended_private(each))
    ]
    if not any(each.kind is OperationKind.PRIVATE_ON for each in changes):
        return None
    before = [
        each
        for each in history.before(place.acknowledged.operations[0])
        if each.kind is OperationKind.PRIVATE_ON or history.ended_private(each)
    ]
    if not any(each.kind is OperationKind.PRIVATE_ON for each in before):
        return False
    return _is_private_after(before[-1])


def _is_private_after(change: Operation) -> bool | None:
    """Whether the camera was private after a change; None where nothing tells.

    The fleet acknowledges a hand-over, and whether the camera had heard of it nobody says.
    """
    if change.kind is OperationKind.HAND_OVER:
        return None
    if change.acknowledged:
        return change.kind is OperationKind.PRIVATE_ON
    state = None if change.answer is None else change.answer.state
    return None if state in (None, Mode.FAULT) else state == Mode.PRIVATE


def _marked(place: RecordingPlaces, *, wanted: bool) -> Iterator[Check]:
    seen = [("on the camera", each.marks) for each in place.copies]
    seen += [("at the fleet", each.marks) for each in place.held if each.held]
    when = "pressed in private" if wanted else "pressed while it was not private"
    if not seen:
        said = f"was {when}, and is nowhere to be looked at"
        yield place_check(place, "override", OVERRIDE, Result.NOT_EVALUATED, said, asked=not place.excused)
    for where, marks in seen:
        marked = MARK in marks
        said = f"was {when}, and {where} is {'marked' if marked else 'not marked'} as a {MARK}"
        figure = Figure(str(marked).lower(), str(wanted).lower(), relation="exactly")
        result = Result.HELD if marked is wanted else Result.BROKEN
        yield place_check(place, "override", OVERRIDE, result, said, figure=figure)
