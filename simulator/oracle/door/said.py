"""Each word of consent that a camera said it keeps, accounted for. Pure.

Rules:

* It is on its camera, or at the fleet, under its number, signed, and says what was said. The newest stays on
  its camera, also once the fleet has it.
* A camera's count has no hole and no number twice, each event names the one before, and numbers rise in the
  order in which the words were given.
* In the ledger of the recording that was under way the word stands as well.
* No event is there that nobody gave, unless a word went unanswered, or could not be kept for certain: then
  its number may have been used, and a card may have lost it.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from simulator.oracle.check import Check, Figure, Result, judged
from simulator.oracle.door.entries import NO_ANSWER
from simulator.oracle.facts.consents import ConsentPlace
from simulator.oracle.history import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.oracle.facts.consents import FoundConsent
    from simulator.oracle.history import History, Operation
    from simulator.oracle.places import RecordingPlaces
    from simulator.oracle.world import World

KEPT: Final = "what was said is kept"
IN_ORDER: Final = "what was said is kept in order"
IN_LEDGER: Final = "what was said stands in the ledger"
NOT_KEPT: Final = "What was said is not kept"
"""How a camera begins that could not make a word durable for certain."""


def said_at_door_checks(history: History, world: World, found: Sequence[RecordingPlaces]) -> Iterator[Check]:
    """Account for every word of consent that was given to a camera.

    Args:
        history: What was asked for, and what was answered.
        world: What is there at the end.
        found: Every recording that is acknowledged or there.
    """
    words = [each for each in history.operations if each.kind is OperationKind.CONSENT]
    for each in words:
        if number_of(each) is not None:
            yield from _one(each, world)
        elif each.acknowledged:
            said = f"the {each.words} was acknowledged without saying under which number"
            yield Check("said", Result.NOT_EVALUATED, said, each.camera, promise=KEPT)
    for camera in sorted({each.camera for each in words}):
        own = [each for each in words if each.camera == camera]
        yield from _together(camera, own, world)
    yield from _in_ledgers(words, world, found)


def number_of(word: Operation) -> int | None:
    """Return the number under which a camera said that it keeps a word; None where it did not."""
    return None if word.answer is None else word.answer.consent


def _one(word: Operation, world: World) -> Iterator[Check]:
    number = number_of(word)
    own = [each for each in world.consents.of(word.camera) if each.number == number and not each.problem]
    where = " and ".join(dict.fromkeys(str(each.where) for each in own))
    if own:
        yield _check(word, "said", Result.HELD, f"is consent event {number} {where}")
        wrong = "; ".join(dict.fromkeys(filter(None, (_other_than(word, each) for each in own))))
        said = f"is another in consent event {number}: {wrong}" if wrong else f"is what event {number} says"
        yield _check(word, "as said", judged(holds=not wrong), said)
    else:
        yield _nowhere(word, world)


def _nowhere(word: Operation, world: World) -> Check:
    number = number_of(word)
    if word.camera in world.destroyed:
        said = f"was consent event {number} of a camera that was destroyed, and the fleet does not have it"
        return _check(word, "said", Result.NOT_EVALUATED, said, asked=False)
    if world.consents.trouble:
        said = f"is not on its camera, and the fleet could not be asked: {world.consents.trouble}"
        return _check(word, "said", Result.NOT_EVALUATED, said)
    if word.camera in world.consents.unread:
        said = f"is not at the fleet as event {number}, and nobody here reads the card of its camera"
        return _check(word, "said", Result.NOT_EVALUATED, said)
    said = f"was kept as consent event {number}, which is neither on its camera nor at the fleet: it is lost"
    return _check(word, "said", Result.BROKEN, said)


def _other_than(word: Operation, event: FoundConsent) -> str:
    """Say what an event says otherwise than what was given; nothing where it is the same."""
    given = None if word.answer is None else word.answer.recording
    if event.said != word.said:
        return f"{event.where} it says {event.said}"
    if given is not None and event.recording is not None and given != event.recording:
        return f"{event.where} it names recording {event.recording[:8]}, and {given[:8]} was under way"
    return ""


def _together(camera: str, words: Sequence[Operation], world: World) -> Iterator[Check]:
    uncertain = [each for each in words if _uncertain(each)]
    kept = [each for each in words if number_of(each) is not None]
    yield from _wrong_files(camera, world)
    yield from _newest(camera, kept, world, may_be_more=bool(uncertain))
    for before, after in pairwise(kept):
        if (before.answered_s or before.asked_s) <= after.asked_s:
            rises = (number_of(before) or 0) < (number_of(after) or 0)
            if not rises:
                said = f"has number {number_of(after)}, and the one before it {number_of(before)}"
                yield _check(after, "in order", Result.BROKEN, said, promise=IN_ORDER)
    breaks = world.consents.breaks.get(camera, ())
    for each in breaks:
        result = Result.NOT_EVALUATED if uncertain else Result.BROKEN
        said = f"{each[:1].lower()}{each[1:].rstrip('.')}"
        yield Check("count", result, said, camera, promise=IN_ORDER, asked=not uncertain)
    if kept and not breaks:
        said = f"the count of what {camera} signed has no hole, and each names the one before"
        yield Check("count", Result.HELD, said, camera, promise=IN_ORDER)
    yield from _nobody_s(camera, kept, world, may_be_more=bool(uncertain))


def _uncertain(word: Operation) -> bool:
    """Whether a word may have been kept although nobody said so."""
    if word.answer is None:
        return True
    return number_of(word) is None and word.answer.sentence.startswith((NOT_KEPT, NO_ANSWER))


def _wrong_files(camera: str, world: World) -> Iterator[Check]:
    for each in world.consents.of(camera):
        named = f"{each.number:08d}" if each.number is not None else ""
        if each.problem:
            said = f"{each.file}, {each.where}, is no consent event of it: {each.problem}"
            yield Check("signed", Result.BROKEN, said, camera, promise=KEPT)
        elif each.where is ConsentPlace.CAMERA and each.file != f"{named}.cbor":
            said = f"what is called {each.file} on its camera is consent event {each.number}"
            yield Check("signed", Result.BROKEN, said, camera, promise=KEPT)


def _newest(camera: str, kept: Sequence[Operation], world: World, *, may_be_more: bool) -> Iterator[Check]:
    """The newest stays on its camera: count and chain go on from it."""
    if not kept or camera in world.destroyed or camera in world.consents.unread:
        return
    newest = max(number_of(each) or 0 for each in kept)
    here = [each.number for each in world.consents.of(camera) if each.where is ConsentPlace.CAMERA]
    holds = newest in here or (may_be_more and any((each or 0) > newest for each in here))
    said = (
        f"the newest that {camera} keeps, consent event {newest}, is {'there' if holds else 'gone from it'}"
    )
    yield Check("newest", judged(holds=holds), said, camera, promise=KEPT)


def _nobody_s(camera: str, kept: Sequence[Operation], world: World, *, may_be_more: bool) -> Iterator[Check]:
    """Events that nobody gave; what is numbered before the first of the run is not the run's."""
    if may_be_more or not kept:
        return
    known = {number_of(each) or 0 for each in kept}
    odd = {each.number for each in world.consents.of(camera) if each.number is not None} - known
    for number in sorted(each for each in odd if each > min(known)):
        said = f"consent event {number} of {camera} is there, and nobody gave such a word"
        yield Check("nobody's", Result.BROKEN, said, camera, promise=KEPT)


def _in_ledgers(
    words: Sequence[Operation], world: World, found: Sequence[RecordingPlaces]
) -> Iterator[Check]:
    """Each word that a camera kept and did while it recorded stands in that recording's ledger."""
    given: Counter[tuple[str, str, str]] = Counter()
    for each in words:
        if each.acknowledged and each.said is not None and (number := number_of(each)) is not None:
            events = [it for it in world.consents.of(each.camera) if it.number == number and not it.problem]
            during = next((it.recording for it in events if it.recording is not None), None)
            if during is not None:
                given[each.camera, during, str(each.said.kind)] += 1
    for place in found:
        ledgers = [("on the camera", each.ledger) for each in place.copies if not place.damaged]
        ledgers += [("at the fleet", each.ledger or place.signed_ledger) for each in place.held if each.held]
        for (camera, recording, kind), bound in given.items():
            if (camera, recording) != (place.camera, place.recording):
                continue
            for where, ledger in ledgers:
                seen = None if ledger is None or ledger.said is None else ledger.said.count(kind)
                figure = Figure(None if seen is None else float(seen), float(bound))
                said = f'{place.words} {where}, "{kind}" in its ledger: {figure.words}'
                yield Check(
                    "said in the ledger",
                    judged(holds=None if seen is None else seen >= bound),
                    said,
                    place.camera,
                    place.number,
                    place.recording,
                    IN_LEDGER,
                    figure=figure,
                )


def _check(
    word: Operation, name: str, result: Result, sentence: str, *, promise: str = KEPT, asked: bool = True
) -> Check:
    what = "word" if word.said is None else f'"{word.said.kind}"'
    return Check(
        name, result, f"the {what} of the {word.words} {sentence}", word.camera, promise=promise, asked=asked
    )
