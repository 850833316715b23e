"""What follows from what is said at a door, as operations that the rest of the oracle knows. Pure.

Rules:

* *Refused* and *withdrawn* turn private on, but in a dock or with the camera locked, where nothing is open.
* *Overridden* is a press. *Asked for* is one where it began a recording that nobody had asked for before.
* *Given* and *not asked* change nothing.

So what is judged of a press and of private is judged of these alike. The word itself is an operation of its
own, which ``oracle.door.said`` accounts for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from protocol.footage.consent import SaidOfConsent
from protocol.mode import Mode
from simulator.oracle.history import OperationKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from simulator.oracle.history import OperationAnswer

CLOSES: Final = frozenset({SaidOfConsent.REFUSED, SaidOfConsent.WITHDRAWN})
BEGINS: Final = frozenset({SaidOfConsent.OVERRIDDEN, SaidOfConsent.ASKED_FOR})
_NOTHING_OPEN: Final = frozenset({Mode.DOCKED, Mode.LOCKED, Mode.OFF})


def may_follow(said: SaidOfConsent) -> OperationKind | None:
    """Return what may follow from a word, before it is answered; None for nothing."""
    if said in CLOSES:
        return OperationKind.PRIVATE_ON
    return OperationKind.PRESS if said in BEGINS else None


def followed(said: SaidOfConsent, answer: OperationAnswer, known: Collection[str]) -> OperationAnswer | None:
    """Return how what may follow was answered; None where it did not.

    Args:
        said: The word.
        answer: What the camera said.
        known: The ids of the recordings that were asked for before.
    """
    if said in CLOSES:
        # Where the word, or that it is private, is not kept for certain, private is not acknowledged either.
        return None if answer.state in _NOTHING_OPEN else answer
    if said is SaidOfConsent.ASKED_FOR and (answer.recording is None or answer.recording in known):
        return None
    if said in BEGINS:
        return replace(answer, ok=answer.ok and answer.recording is not None)
    return None
