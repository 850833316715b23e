"""A named rule of one of the documents that a stranger implements, and what looking at it came to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.oracle.check import Check, Exchange, Figure, Result

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class NamedRule:
    """One rule.

    Attributes:
        name: As the document names it, such as ``segment-differs``.
        section: Which document, and where in it.
        words: What must be so, as a sentence without its full stop.
    """

    name: str
    section: str
    words: str

    def check(
        self,
        result: Result,
        said: str,
        exchange: Exchange | None = None,
        *,
        figure: Figure | None = None,
        asked: bool = True,
    ) -> Check:
        """What looking at it came to.

        Args:
            result: Whether it held.
            said: What was seen, in words.
            exchange: What was sent, expected and answered.
            figure: How many of how many held.
            asked: Whether it was asked for; what needs more than was given is not.
        """
        sentence = f"{self.words}: {said}"
        return Check(
            self.name, result, sentence, promise=self.section, asked=asked, figure=figure, exchange=exchange
        )

    def not_looked_at(self, why: str, *, asked: bool = True) -> Check:
        """It could not be looked at."""
        return self.check(Result.NOT_EVALUATED, why, asked=asked)


@dataclass(slots=True)
class Tally:
    """Many of one kind, held against one rule.

    Attributes:
        rule: The rule.
        what: What is counted, as in ``parts``.
        looked: How many were looked at.
        wrong: Those that broke the rule.
    """

    rule: NamedRule
    what: str
    looked: int = 0
    wrong: list[Exchange] = field(default_factory=list)

    def held(self) -> None:
        """One more holds."""
        self.looked += 1

    def broke(self, what: str, expected: str, came: str) -> None:
        """One more breaks the rule."""
        self.looked += 1
        self.wrong.append(Exchange(what, expected, came))

    def check(self, *, none_said: str = "there was nothing to look at", asked: bool = True) -> Check:
        """What all of them came to.

        Args:
            none_said: Why none was looked at, where that is so.
            asked: Whether it was asked for.
        """
        if not self.looked:
            return self.rule.not_looked_at(none_said, asked=asked)
        good = self.looked - len(self.wrong)
        figure = Figure(float(good), float(self.looked), self.what, "exactly")
        counted = f"{good} of {self.looked} {self.what}"
        if not self.wrong:
            return self.rule.check(Result.HELD, counted, figure=figure)
        first = self.wrong[0]
        said = f"{counted}; {first.sent}: {first.came}, where {first.expected}"
        return self.rule.check(Result.BROKEN, said, first, figure=figure)


def unnamed(rules: Sequence[NamedRule], checks: Sequence[Check]) -> tuple[NamedRule, ...]:
    """The rules that nothing was said of."""
    named = {each.name for each in checks}
    return tuple(each for each in rules if each.name not in named)
