"""Each word that was said on an officer's phone and kept by the fleet, accounted for. Pure.

Rules:

* Its entry is at the fleet, with the visit, under its id, and says what was said.
* Where its camera said that it signed it, and the fleet has what the camera signed, the entry says so too:
  the two are one word.
* No entry was made on a phone of which nobody knows.

What the camera keeps of it is accounted for as of any word (``oracle.door.said``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.oracle.check import Check, Result, judged
from simulator.oracle.facts.consents import ConsentPlace
from simulator.oracle.history import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.oracle.facts.consents import FoundEntry
    from simulator.oracle.history import History, Operation
    from simulator.oracle.world import World

AT_FLEET: Final = "what was said on a phone is kept"
NO_ANSWER: Final = "Its camera has not answered: whether it did what was said is not known."
"""What is known of a word that was sent to a camera, and not answered in time."""


def entry_checks(history: History, world: World) -> Iterator[Check]:
    """Account for every word that the fleet acknowledged to a phone."""
    words = [each for each in history.operations if each.kind is OperationKind.CONSENT and _id(each)]
    for each in words:
        yield from _one(each, world.entries, world)
    if words and world.entries is not None:
        told = {_id(each) for each in words}
        odd = sorted(set(world.entries) - told)
        said = f"{len(odd)} entries of these visits are of words that nobody said on a phone"
        yield Check("nobody's", judged(holds=not odd), said, promise=AT_FLEET)


def _one(word: Operation, entries: Mapping[str, FoundEntry] | None, world: World) -> Iterator[Check]:
    if entries is None:
        yield _check(word, Result.NOT_EVALUATED, "could not be looked for at the fleet")
        return
    found = entries.get(_id(word))
    if found is None:
        yield _check(word, Result.BROKEN, f"was kept as entry {_id(word)}, which is not there: it is lost")
        return
    yield _check(word, Result.HELD, f"is entry {_id(word)}")
    given = None if word.said is None else (str(word.said.kind), word.said.wording)
    same = given == (found.kind, found.wording)
    yield _check(word, judged(holds=same), f'says "{found.kind}" in its entry')
    number = None if word.answer is None else word.answer.consent
    arrived = any(
        each.number == number and each.where is ConsentPlace.FLEET and not each.problem
        for each in world.consents.of(word.camera)
    )
    if number is not None and arrived:
        signed = found.signed_by == word.camera
        says = "says so" if signed else "does not say so"
        said = f"was signed as consent event {number}, and its entry {says}"
        yield _check(word, judged(holds=signed), said)


def _id(word: Operation) -> str:
    return "" if word.answer is None or word.answer.entry is None else word.answer.entry


def _check(word: Operation, result: Result, sentence: str) -> Check:
    what = "word" if word.said is None else f'"{word.said.kind}"'
    return Check("entry", result, f"the {what} of the {word.words} {sentence}", word.camera, promise=AT_FLEET)
