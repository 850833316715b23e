"""What a camera has learnt of one file or stream, for as long as it runs. Pure.

How long somebody waits for an answer is the question here. A server that takes a connection and then says
nothing is to be left after some seconds; one that sends a picture each seven seconds is not. Nobody can tell
them apart by looking once: so two attempts are short, and each third one is long enough for the slowest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

QUICK_S: Final = 8.0
"""How long a source may take to open: longer than one picture each seven seconds needs."""

PATIENCE_S: Final = 30.0
"""The same, for what did not open by then twice in a row; and how long one call may last at most."""

_EVERY: Final = 3


@dataclass(slots=True)
class SourceMemory:
    """One source.

    Attributes:
        period_ns: The length of a pass of a file, once one is over.
        unanswered: Attempts in a row in which it did not open.
    """

    period_ns: int | None = None
    unanswered: int = 0

    @property
    def patience_s(self) -> float:
        """How long the next attempt to open it may take."""
        return PATIENCE_S if self.unanswered % _EVERY == _EVERY - 1 else QUICK_S

    def tried(self) -> None:
        """An attempt begins; it counts as unanswered until it is answered."""
        self.unanswered += 1

    def answered(self) -> None:
        """It opened."""
        self.unanswered = 0
