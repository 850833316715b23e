"""Answers to commands until the broker has them: in their order, bounded, one to an id. Pure.

An answer that the card has, too, goes again after a start (``device.commands.journal``). What does not fit is
counted: the oldest goes first of those with which nothing was done, which the card does not have.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from protocol.messages.commands import CommandOutcome

if TYPE_CHECKING:
    from protocol.messages.commands import Response

MOST_ANSWERS: Final = 200
MOST_KNOWN: Final = 1000
"""How many answers are remembered by which nothing was done, for the same id again."""
_NOTHING_DONE: Final = frozenset({CommandOutcome.REFUSED, CommandOutcome.EXPIRED, CommandOutcome.REPEATED})


class CommandAnswers:
    """Answers that wait, and those that were given. For one thread at a time.

    Attributes:
        dropped: How many were let go of, though the broker had them not.
    """

    def __init__(self, most: int = MOST_ANSWERS, known: int = MOST_KNOWN) -> None:
        self.dropped = 0
        self._most = most
        self._most_known = known
        self._waiting: OrderedDict[str, Response] = OrderedDict()
        self._known: OrderedDict[str, Response] = OrderedDict()

    def put(self, response: Response) -> bool:
        """Have an answer told; tell whether it waits. One that still waits to be told stands."""
        if response.outcome is not CommandOutcome.REPEATED:
            self._known[response.id] = response
            while len(self._known) > self._most_known:
                self._known.popitem(last=False)
        if response.id in self._waiting:
            return False
        self._waiting[response.id] = response
        if len(self._waiting) > self._most:
            self.dropped += 1
            ids = (id_ for id_, each in self._waiting.items() if each.outcome in _NOTHING_DONE)
            del self._waiting[next(ids, response.id)]
        return response.id in self._waiting

    def find(self, id_: str) -> Response | None:
        """What an id was answered; None where that is not remembered."""
        return self._known.get(id_)

    def waiting(self) -> tuple[Response, ...]:
        """Those that wait, the oldest first."""
        return tuple(self._waiting.values())

    def told(self, id_: str) -> None:
        """The broker has it."""
        self._waiting.pop(id_, None)
