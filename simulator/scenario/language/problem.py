"""Something that is wrong with a scenario, and where. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.scenario.language.locate import FIRST

if TYPE_CHECKING:
    from simulator.scenario.language.locate import Path, TextPlace


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong.

    Attributes:
        sentence: What, in words that say what to do; without a full stop.
        path: What it concerns.
        place: Where that is.
    """

    sentence: str
    path: Path = ()
    place: TextPlace = field(default=FIRST)

    def words(self, origin: str) -> str:
        """Say it as ``file:line:column: sentence``, as compilers do, so that editors can jump there."""
        stop = "" if self.sentence.endswith(("?", ".")) else "."
        return f"{origin}:{self.place.line}:{self.place.column}: {self.sentence}{stop}"


def in_order(problems: list[Mistake]) -> tuple[Mistake, ...]:
    """Return problems in the order of the text, each once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda each: (each.place.line, each.place.column, each.sentence)))
