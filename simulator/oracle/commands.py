"""Hand-overs and commands accounted for. Pure.

Rules:

* A hand-over is open at the fleet until another of the same camera, or until that is taken back or revoked;
  recordings that were asked for after
  it are its wearer's.
* Private means off (C11): what was asked for in a private time has no pre-record, and what was asked for
  after it begins no earlier than its end. What goes on from a recording of such a time, because a card broke
  that one off, begins no earlier than the press that it began with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.mode import Mode
from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.history import ENDS_A_HAND_OVER, PRIVATE, OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.oracle.history import History, Operation
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.world import World

HAND_OVERS = "a hand-over is kept"
PRIVATE_IS_OFF = "private means off"
# What was pressed in private records on when private ends.
STATES = {
    OperationKind.PRIVATE_ON: ("private",),
    OperationKind.PRIVATE_OFF: ("ready", "standby", "recording"),
}
SLACK_S = 0.5
"""What asking and being asked may lie apart."""


def commands(history: History, world: World, found: tuple[RecordingPlaces, ...]) -> Iterator[Check]:
    """Account for every acknowledged hand-over and command."""
    for each in history.acknowledged:
        if each.kind is OperationKind.HAND_OVER:
            yield from _hand_over(each, history, world, found)
        elif each.kind in PRIVATE:
            yield _private(each)
    for place in found:
        yield from _pressed_while_or_after(place, history)


def _hand_over(
    each: Operation, history: History, world: World, found: tuple[RecordingPlaces, ...]
) -> Iterator[Check]:
    assignment = None if each.answer is None else each.answer.assignment
    later = [
        other
        for other in history.of(each.camera)
        if other.kind in ENDS_A_HAND_OVER and other.acknowledged and other.asked_s > each.asked_s
    ]
    if not later:
        yield _open(each, assignment, world)
    until_s = min((other.asked_s for other in later), default=None)
    for place in found:
        pressed_s = None if place.acknowledged is None else place.acknowledged.pressed_s
        if place.camera != each.camera or pressed_s is None or pressed_s < (each.answered_s or each.asked_s):
            continue
        if until_s is None or pressed_s < until_s:
            yield _wearer(place, assignment)


def _open(each: Operation, assignment: str | None, world: World) -> Check:
    if world.assignments is None or assignment is None:
        why = world.trouble or "the fleet did not say what it is called"
        said, result = f"the {each.words} cannot be followed up: {why}", Result.NOT_EVALUATED
    else:
        holds = world.assignments.get(assignment) == each.camera
        said, result = (
            f"the {each.words} {'is' if holds else 'is not'} open at the fleet",
            judged(holds=holds),
        )
    return Check("hand-over", result, said, each.camera, promise=HAND_OVERS)


def _wearer(place: RecordingPlaces, assignment: str | None) -> Check:
    """The recording is the wearer's: by the fleet, and by the camera unless it had not heard of it yet."""
    said = [place.fleet.assignment] if place.fleet is not None and place.fleet.held else []
    if place.copy is not None and place.copy.assignment is not None:
        said.append(place.copy.assignment)
    holds = None if assignment is None or not said else all(each == assignment for each in said)
    words = {
        True: "is its wearer's",
        False: "is not its wearer's",
        None: "is nobody's as far as anybody says",
    }
    return Check(
        "wearer",
        judged(holds=holds),
        f"{place.words} {words[holds]}",
        place.camera,
        place.number,
        place.recording,
        HAND_OVERS,
        asked=bool(said),
    )


def _private(each: Operation) -> Check:
    state = None if each.answer is None else each.answer.state
    wanted = STATES[each.kind]
    hidden = state == Mode.FAULT
    return Check(
        "private",
        judged(holds=None if state is None or hidden else state in wanted),
        f"after the {each.words} the camera said that it was {state or 'nothing'}",
        each.camera,
        promise=PRIVATE_IS_OFF,
        # A fault shows above everything else: what it hides is seen in what was recorded, and not here.
        asked=not hidden,
        figure=Figure(state, " or ".join(wanted), relation="one of"),
    )


def _pressed_while_or_after(place: RecordingPlaces, history: History) -> Iterator[Check]:
    if place.acknowledged is None:
        return
    pressed_s = place.acknowledged.pressed_s
    before = [
        each
        for each in history.before(place.acknowledged.operations[0])
        if each.acknowledged
        and (each.kind in (*PRIVATE, OperationKind.SWITCH_ON) or history.ended_private(each))
    ]
    if not before or not any(each.kind is OperationKind.PRIVATE_ON for each in before):
        return
    changes = [each for each in before if each.kind is not OperationKind.SWITCH_ON]
    private = changes[-1].kind is OperationKind.PRIVATE_ON  # which outlasts a camera's power
    last, first = changes[-1] if private else before[-1], place.acknowledged.operations[0]
    answered_s = first.answered_s or pressed_s
    if last.kind is OperationKind.PRIVATE_ON:
        since_s = _recorded_since(last, first, history)
    else:
        since_s = _filmed_since(last, history)
    most_s = 0.0 if since_s is None else answered_s - since_s + SLACK_S
    seen = [each.prerecord_s for each in place.copies]
    seen += [each.prerecord_s for each in place.held if each.held and each.prerecord_s is not None]
    figure = Figure(max(seen, default=None), most_s, "s", "at most")
    yield Check(
        "private",
        judged(holds=None if not seen else max(seen) <= most_s),
        f"{place.words} has of the time since the {last.words}: {figure.words}",
        place.camera,
        place.number,
        place.recording,
        PRIVATE_IS_OFF,
        figure=figure,
    )


def _recorded_since(on: Operation, first: Operation, history: History) -> float | None:
    """When a camera that went private recorded again all the same: at a press that nothing has stopped."""
    since = [each for each in history.before(first) if each.acknowledged and each.asked_s > on.asked_s]
    stopped_s = max((each.asked_s for each in since if each.kind is OperationKind.STOP), default=on.asked_s)
    presses = [each.asked_s for each in since if each.kind is OperationKind.PRESS]
    return next((each for each in presses if each > stopped_s), None)


def _filmed_since(end: Operation, history: History) -> float:
    """When a camera filmed again whose private time ended here: at a press in it that still recorded."""
    before = [each for each in history.before(end) if each.acknowledged]
    ends = [
        each.asked_s
        for each in before
        if each.kind in (OperationKind.PRIVATE_ON, OperationKind.STOP, OperationKind.SWITCH_ON)
        or history.ended_private(each)
    ]
    presses = [each.asked_s for each in before if each.kind is OperationKind.PRESS]
    return next((each for each in presses if each > max(ends, default=0.0)), end.asked_s)
