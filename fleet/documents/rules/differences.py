"""What was published against what is so now. Pure.

Rules:
- a fact that was published and is otherwise now is a difference;
- one that was known and is not known now is neither the same nor a difference: nobody can tell;
- one that this version of the service does not have any more is not known either;
- a fact that the published document does not have is no difference: it said nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fleet.documents.rules.facts import Fact


class Agreement(StrEnum):
    """How what was published and what is so now stand to each other."""

    SAME = "same"
    DIFFERS = "differs"
    UNTOLD = "cannot be told"
    NEW = "not in it"


@dataclass(frozen=True, slots=True)
class FactPair:
    """A fact as it was published, and as it is.

    Attributes:
        was: as it was published; None where the document does not have it.
        now: as it is; None where this version has no such fact.
    """

    was: Fact | None
    now: Fact | None

    @property
    def fact(self) -> Fact:
        """The fact as it is, or else as it was."""
        fact = self.now or self.was
        if fact is None:
            raise ValueError("internal error: a pair of nothing")
        return fact

    @property
    def agreement(self) -> Agreement:
        """How the two stand to each other."""
        if self.was is None:
            return Agreement.NEW
        if self.now is not None and self.now.value == self.was.value:
            return Agreement.SAME
        return Agreement.UNTOLD if self.now is None or self.now.value is None else Agreement.DIFFERS


def side_by_side(was: Sequence[Fact], now: Sequence[Fact]) -> tuple[FactPair, ...]:
    """Return every fact of the two, those that are so now in their order, then those that are no more."""
    before = {each.id: each for each in was}
    current = {each.id: each for each in now}
    pairs = [FactPair(before.get(each.id), each) for each in now]
    return (*pairs, *(FactPair(each, None) for each in was if each.id not in current))
