"""What the fleet holds is what the camera sealed, and nothing is there that nobody made. Pure.

Rules:

* A receipt is acknowledged too: once a camera had one, the fleet holds that recording, and the receipt fits.
* A receipt that the fleet says it signed is there for the camera that asks, also once it has it.
* A recording that is there without an acknowledged press is a surprise, unless a press went unanswered or a
  long recording rolled over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.oracle.acknowledged import may_have_made_more
from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.places import place_check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.oracle.history import History
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.world import CameraCopy, FleetCopy, GivenReceipt, World

SAME = "the fleet holds what the camera sealed"
RECEIPTS = "a receipt is kept"
NOTHING_ELSE = "nothing else is there"
COUNTED = "the fleet counts what was made"
ROLL_OVER = "roll over"
IN_PLACE = "storage fault"
"""What starts a recording in place of one that the card did not let go on."""


def same(
    history: History, world: World, found: tuple[RecordingPlaces, ...], receipts: frozenset[str]
) -> Iterator[Check]:
    """Compare camera and fleet, recording by recording.

    Args:
        history: What was asked for, and what was answered.
        world: What is there at the end.
        found: The same, recording by recording.
        receipts: The ids of the recordings for which a camera was seen to have a receipt.
    """
    for place in found:
        if place.fleet is not None and place.fleet.held and not place.damaged:
            yield _same(place, place.copy, place.fleet)
            yield _given(place, place.fleet.given)
        if place.recording in receipts or (place.copy is not None and place.copy.receipt is not None):
            yield _receipt(place, world, seen=place.recording in receipts)
        if place.acknowledged is None:
            yield _made(place, history, found)
    known = {each.recording for each in found}
    for recording in sorted(receipts - known):
        yield Check(
            "receipt",
            Result.NOT_EVALUATED if world.fleet is None else Result.BROKEN,
            f"a receipt was given for recording {recording[:8]}, which is nowhere to be found",
            recording=recording,
            promise=RECEIPTS,
        )
    yield from _counted(world, found)


def _same(place: RecordingPlaces, copy: CameraCopy | None, held: FleetCopy) -> Check:
    """Ids, camera, number and every chunk are the same in both places and in the export."""
    report, facts = held.report, held.facts
    if report is None or (facts is None and not place.empty):
        why = held.trouble or "the fleet shows neither report nor export of it"
        return place_check(place, "same", SAME, Result.NOT_EVALUATED, f"cannot be compared: {why}")
    said = [report.recording, *([] if facts is None else [facts.recording])]
    wrong = [f"is {each or 'nothing'} at the fleet" for each in said if each != place.recording]
    if (report.camera, report.number) != (place.camera, place.number):
        wrong.append(f"was verified by the fleet as number {report.number} of {report.camera}")
    if copy is not None and copy.chunks != report.chunks:
        wrong.append("has other chunks at the fleet than on the camera")
    where = ", at the fleet and in its export" if facts else " and at the fleet, without footage"
    told = " and ".join(wrong) or f"is the same on the camera{where}"
    return place_check(place, "same", SAME, judged(holds=not wrong), told)


def _receipt(place: RecordingPlaces, world: World, *, seen: bool) -> Check:
    copy = place.copy
    if copy is not None and copy.receipt is False:
        return place_check(
            place, "receipt", RECEIPTS, Result.BROKEN, "has a receipt that is not for these files"
        )
    if copy is not None and copy.receipt is None and seen:
        return place_check(place, "receipt", RECEIPTS, Result.BROKEN, "had a receipt, which is gone")
    if world.fleet is None:
        said = f"has a receipt, and the fleet could not be asked: {world.trouble}"
        return place_check(place, "receipt", RECEIPTS, Result.NOT_EVALUATED, said)
    if place.deleted:
        said = "has a receipt, and was deleted by the fleet; when, another check looks at"
        return place_check(place, "receipt", RECEIPTS, Result.HELD, said)
    if place.fleet is None or not place.fleet.held:
        state = "does not know it" if place.fleet is None else f"has it as {place.fleet.state}"
        said = f"has a receipt, and the fleet {state}"
        return place_check(place, "receipt", RECEIPTS, Result.BROKEN, said)
    return place_check(place, "receipt", RECEIPTS, Result.HELD, "has a receipt, and is held by the fleet")


def _given(place: RecordingPlaces, given: GivenReceipt | None) -> Check:
    """The fleet still has the receipt that it says it signed, and gives it to the camera that asks."""
    if given is None:
        return place_check(
            place, "receipt given", RECEIPTS, Result.NOT_EVALUATED, "has a receipt that nobody asked for"
        )
    said = {
        None: f"has a receipt that its camera could not ask for: {given.trouble}",
        True: "has a receipt, and its camera is given it",
        False: f"has a receipt by the fleet's word, and its camera is not given it: {given.trouble}",
    }[given.fits]
    result = judged(holds=given.fits)
    return place_check(place, "receipt given", RECEIPTS, result, said, asked=given.asked)


def _made(place: RecordingPlaces, history: History, found: tuple[RecordingPlaces, ...]) -> Check:
    """A recording that nobody acknowledged is there."""
    triggers = [each.trigger for each in place.copies] + [each.trigger for each in place.held]
    rolled = ROLL_OVER in triggers
    instead = IN_PLACE in triggers and any(_broken_off(each, place) for each in found)
    excused = rolled or instead or may_have_made_more(history, place.camera)
    if rolled or instead:
        why = "goes on from one before it" if rolled else "was begun in place of one that could not go on"
    else:
        why = "may be of a press that was not acknowledged"
    return place_check(
        place,
        "nothing else",
        NOTHING_ELSE,
        judged(holds=excused),
        f"was acknowledged to nobody, and {why}" if excused else "is there, and nobody asked for it",
    )


def _broken_off(before: RecordingPlaces, place: RecordingPlaces) -> bool:
    """Whether this is what another was begun in place of: the same camera's, earlier, and without an end."""
    ledger = None if before.copy is None else before.copy.ledger
    earlier = before.camera == place.camera and before.number < place.number
    return earlier and ledger is not None and not ledger.closed


def _counted(world: World, found: tuple[RecordingPlaces, ...]) -> Iterator[Check]:
    """The fleet knows of every recording that a camera made (L3)."""
    for camera in sorted({each.camera for each in found if each.acknowledged is not None}):
        made = max(each.number for each in found if each.camera == camera and each.acknowledged is not None)
        counted = None if world.fleet is None else world.made.get(camera, 0)
        missing = world.missing.get(camera, 0)
        figure = Figure(None if counted is None else float(counted), float(made))
        holds = None if counted is None else counted >= made and not missing
        # What a camera had not told before it was destroyed or revoked, nobody can count.
        excused = not holds and any(each.excused for each in found if each.camera == camera)
        said = f"the fleet counts what {camera} made: {figure.words}" + f", {missing} missing" * bool(missing)
        result = Result.NOT_EVALUATED if excused else judged(holds=holds)
        yield Check("counted", result, said, camera, promise=COUNTED, asked=not excused, figure=figure)
