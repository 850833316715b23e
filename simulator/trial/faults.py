"""Which faults a camera reported during a trial, and from when to when. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.trial.result import SeenFault

if TYPE_CHECKING:
    from collections.abc import Iterable


class FaultLog:
    """Takes in what a camera's status says, again and again."""

    def __init__(self) -> None:
        self._seen: dict[str, SeenFault] = {}

    def take(self, sentences: Iterable[str], at_s: float) -> None:
        """Note what is wrong at this moment.

        Args:
            sentences: The camera's faults, one sentence each.
            at_s: When, on a clock that only goes forward.
        """
        for sentence in sentences:
            before = self._seen.get(sentence)
            self._seen[sentence] = SeenFault(sentence, before.first_s if before else at_s, at_s)

    @property
    def faults(self) -> tuple[SeenFault, ...]:
        """Each of them once, in the order in which they came."""
        return tuple(self._seen.values())
