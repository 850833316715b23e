"""One named rule of the protocol while it is tried: what was sent, what was expected, what came.

``rule`` names a function that tries one. It says with ``want`` and ``that`` what must be so; the first that
is not breaks the rule and ends the trying.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from simulator.conform.errors import BrokenRuleError, NotLookedAtError
from simulator.errors import FleetServiceError
from simulator.oracle.check import Check, Exchange, Result
from simulator.oracle.rule import NamedRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.conform.door import DoorAnswer
    from simulator.conform.visit import Visit

    Trying = Callable[["Visit", "Attempt"], None]

PAGE: Final = "docs/protocol.md"


@dataclass(slots=True)
class Attempt:
    """Trying one rule."""

    rule: NamedRule
    exchanges: list[Exchange] = field(default_factory=list)

    def want(self, answer: DoorAnswer, *statuses: int, code: str | None = None) -> DoorAnswer:
        """Want an answer of one of these statuses, and of this code where it is a refusal.

        Raises:
            BrokenRuleError: It is another.
        """
        expected = " or ".join(map(str, statuses)) + (f" {code}" if code else "")
        holds = answer.status in statuses and (code is None or (answer.is_problem and answer.code == code))
        self.that(
            answer.sent, expected + (" as a problem document" if code else ""), answer.words, holds=holds
        )
        return answer

    def that(self, sent: str, expected: str, came: str, *, holds: bool) -> None:
        """Want something to be so.

        Raises:
            BrokenRuleError: It is not.
        """
        self.exchanges.append(Exchange(sent, expected, came))
        if not holds:
            raise BrokenRuleError(came)


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule with the function that tries it."""

    rule: NamedRule
    trying: Trying

    def attempt(self, visit: Visit) -> Check:
        """Try it once."""
        it = Attempt(self.rule)
        try:
            self.trying(visit, it)
        except BrokenRuleError:
            last = it.exchanges[-1]
            return self.rule.check(
                Result.BROKEN,
                f"{last.sent} was answered {last.came}, where {last.expected} is expected",
                last,
            )
        except NotLookedAtError as error:
            return self.rule.not_looked_at(str(error), asked=error.asked)
        except FleetServiceError as error:
            return self.rule.not_looked_at(str(error).rstrip("."))
        if not it.exchanges:
            return self.rule.not_looked_at("nothing of it was seen")
        last = it.exchanges[-1]
        return self.rule.check(Result.HELD, f"{last.sent} was answered {last.came}", last)


def rule(name: str, section: str, words: str) -> Callable[[Trying], TriedRule]:
    """Name a function that tries a rule.

    Args:
        name: What the rule is called, in ``docs/protocol.md`` as well.
        section: Which of its sections says it.
        words: What must be so, as a sentence without its full stop.
    """

    def named(trying: Trying) -> TriedRule:
        return TriedRule(NamedRule(name, f"{PAGE}, {section}", words), trying)

    return named
