"""What a run of a shift came to, and whether two runs failed in the same way. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.oracle.check import Result
from simulator.report.outcome import RunOutcome

if TYPE_CHECKING:
    from simulator.report.report import RunReport

UNKNOWN = " not evaluated"
"""What is behind the name of a check that could not be judged."""


@dataclass(frozen=True, slots=True)
class SeedVerdict:
    """What one run came to.

    Attributes:
        seed: Of what.
        outcome: What its report says.
        ways: In which ways it failed: the name of each check that did not hold or was not evaluated, with the
            word of the step where it is one that did not come about, or the name of the simulator's own
            error; none where it held.
        sentences: The same in words.
        took_s: How long it took here, in seconds.
        lasted_s: How long it lasted on its own clock, in seconds.
    """

    seed: int
    outcome: RunOutcome
    ways: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()
    took_s: float = 0.0
    lasted_s: float = 0.0

    @property
    def failed(self) -> bool:
        """Whether it is one to look at: no pass, and nobody interrupted it."""
        return self.outcome not in (RunOutcome.HELD, RunOutcome.INTERRUPTED)

    def fails_like(self, other: SeedVerdict) -> bool:
        """Whether it failed in one of the ways in which another did, and in none that is new.

        Where something is broken, what could not be judged says nothing new: with fewer recordings there
        is less to judge.
        """
        ways = frozenset(each for each in self.ways if not each.endswith(UNKNOWN)) or self.ways
        return self.failed and self.outcome is other.outcome and bool(ways) and ways <= other.ways


def verdict_of(report: RunReport) -> SeedVerdict:
    """Read what a run came to from its report."""
    ways, sentences = set(), []
    for check in report.checks:
        if check.result is Result.BROKEN or (check.asked and check.result is Result.NOT_EVALUATED):
            failed = [step.do for step in report.steps if step.result == "failed"]
            word = f" ({failed[0]})" if check.name == "steps" and failed else ""
            unknown = UNKNOWN if check.result is Result.NOT_EVALUATED else ""
            ways.add(f"{check.name}{word}{unknown}")
            sentences.append(check.sentence)
    if report.outcome in (RunOutcome.ERROR, RunOutcome.UNUSABLE):
        words = (report.error or "").split(":")
        ways.add(f"error: {':'.join(words[:2]).strip()}")
        sentences.append(report.error or "")
    ended = [step.ended_s for step in report.steps if step.ended_s is not None]
    return SeedVerdict(
        report.seed,
        report.outcome,
        frozenset(ways),
        tuple(dict.fromkeys(sentences)),
        report.took_s,
        max(ended, default=0.0),
    )
