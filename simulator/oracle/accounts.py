"""Each acknowledged operation accounted for, from the history outwards. Pure.

Rules:

* What was acknowledged must be found by its id: whole on the camera that said it, or held by the fleet.
* Wherever it is found, it must be what was acknowledged: no second shorter, no bookmark less.
* What could not be looked at is not evaluated, which is no pass.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.oracle.acknowledged import unnamed
from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.places import SOUND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.oracle.acknowledged import AcknowledgedRecording
    from simulator.oracle.history import History
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.world import LedgerFacts, World

PROMISE = "acknowledged is kept"
ROUNDED_S = 0.002
"""Answers round their seconds to thousandths."""


def account(history: History, world: World, found: tuple[RecordingPlaces, ...]) -> Iterator[Check]:
    """Account for every acknowledged press, stop and bookmark.

    Args:
        history: What was asked for, and what was answered.
        world: What is there at the end.
        found: The same, recording by recording.
    """
    for each in unnamed(history):
        yield Check(
            each.kind,
            Result.NOT_EVALUATED,
            f"the {each.words} was acknowledged without saying for which recording",
            each.camera,
            promise=PROMISE,
        )
    for place in found:
        if place.acknowledged is not None:
            yield _kept(place, place.acknowledged, world)
            yield from _one(place, place.acknowledged)
            yield from _promised(place, place.acknowledged)


def _check(
    place: RecordingPlaces, name: str, result: Result, sentence: str, figure: Figure | None = None
) -> Check:
    return Check(name, result, sentence, place.camera, place.number, place.recording, PROMISE, figure=figure)


def _kept(place: RecordingPlaces, known: AcknowledgedRecording, world: World) -> Check:
    """The recording is there: whole on its camera, or held by the fleet."""
    by = f"the {known.operations[0].words} was acknowledged as {known.words}, which"
    whole = [each for each in place.copies if each.verdict in SOUND]
    held = [each for each in place.held if each.held]
    keeps = place.camera not in world.deleting and not place.destroyed
    if held and not place.copies and keeps:
        said = f"{by} is at the fleet, and gone from its camera, which is set to keep it"
        return _check(place, "kept", Result.BROKEN, said)
    if place.deleted:
        return _check(
            place, "kept", Result.HELD, f"{by} was deleted by the fleet; when, another check looks at"
        )
    where = " and ".join(["on the camera"] * bool(whole) + ["at the fleet"] * bool(held))
    if where:
        return _check(place, "kept", Result.HELD, f"{by} is {where}")
    if place.copies:
        said = f"{by} is on the camera as {place.copies[0].verdict}, and not held by the fleet"
        return _check(place, "kept", Result.BROKEN, said)
    return _nowhere(place, by, world)


def _nowhere(place: RecordingPlaces, by: str, world: World) -> Check:
    """What is on no camera, and not held by the fleet."""
    if place.destroyed and world.fleet is not None:
        state = f"has it as {place.held[0].state}" if place.held else "does not know it"
        said = f"{by} was on a camera that was destroyed; the fleet {state}"
        return replace(_check(place, "kept", Result.NOT_EVALUATED, said), asked=False)
    if world.fleet is None:
        said = f"{by} is not on the camera, and the fleet could not be asked: {world.trouble}"
        return _check(place, "kept", Result.NOT_EVALUATED, said)
    state = f"is {place.held[0].state} there" if place.held else "does not know it"
    return _check(
        place, "kept", Result.BROKEN, f"{by} is not on the camera, and the fleet {state}: it is lost"
    )


def _one(place: RecordingPlaces, known: AcknowledgedRecording) -> Iterator[Check]:
    """It is one recording, of the camera and with the number that was acknowledged."""
    wrong = [
        f"its folder is {each.number} and its ledger says {each.ledger_number}, of {each.camera}"
        for each in place.copies
        if known.number is not None
        and (each.number, each.ledger_number, each.camera) != (known.number, known.number, known.camera)
    ] + [
        f"the fleet has it as number {each.number} of {each.camera}"
        for each in place.held
        if known.number is not None and (each.number, each.camera) != (known.number, known.camera)
    ]
    wrong += ["it is on cameras more than once"] * (len(place.copies) > 1)
    wrong += ["the fleet has it more than once"] * (len(place.held) > 1)
    yield _check(
        place,
        "the one acknowledged",
        judged(holds=not wrong),
        f"{known.words} " + ("is not what it was: " + "; ".join(wrong) if wrong else "is what it was called"),
    )


def _promised(place: RecordingPlaces, known: AcknowledgedRecording) -> Iterator[Check]:
    """Everywhere it is, it has what answers promised of it."""
    for each in place.copies:
        yield from _seconds(place, known, "on the camera", each.prerecord_s, each.duration_s)
        yield from _ledger(place, known, "on the camera", each.ledger)
    for held in place.held:
        if held.held:
            yield from _seconds(place, known, "at the fleet", held.prerecord_s, held.duration_s)
            yield from _ledger(place, known, "at the fleet", held.ledger or place.signed_ledger)


def _seconds(
    place: RecordingPlaces,
    known: AcknowledgedRecording,
    where: str,
    prerecord_s: float | None,
    duration_s: float | None,
) -> Iterator[Check]:
    promised = [("pre-record promised", prerecord_s, known.prerecord_s)]
    if known.duration_s is not None:
        promised.append(("length promised", duration_s, known.duration_s))
    for name, seen_s, bound_s in promised:
        figure = Figure(seen_s, bound_s, "s")
        holds = None if seen_s is None else seen_s >= bound_s - ROUNDED_S
        yield _check(place, name, judged(holds=holds), f"{known.words} {where}: {figure.words}", figure)


def _ledger(
    place: RecordingPlaces, known: AcknowledgedRecording, where: str, ledger: LedgerFacts | None
) -> Iterator[Check]:
    if known.ended:
        holds = None if ledger is None else ledger.closed
        said = {None: "does not show whether it ended", True: "has its end", False: "has no end"}[holds]
        sentence = f"the stop of {known.words} was acknowledged, and its ledger {where} {said}"
        yield _check(place, "stop kept", judged(holds=holds), sentence)
    counts = (
        ("presses", known.presses, None if ledger is None else ledger.presses),
        ("bookmarks", known.bookmarks, None if ledger is None else ledger.bookmarks),
    )
    for name, bound, seen in counts:
        if bound:
            figure = Figure(None if seen is None else float(seen), float(bound))
            result = judged(holds=None if seen is None else seen >= bound)
            yield _check(
                place, f"{name} kept", result, f"{known.words} {where}, {name}: {figure.words}", figure
            )
