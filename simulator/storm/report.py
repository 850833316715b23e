"""The report of a storm: JSON for programs, sentences for a person. Pure.

Rule: a storm in which not every seed ran, or one did not pass, has not passed.
"""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.report.outcome import RunOutcome, exit_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.report.report import Machine, Versions
    from simulator.storm.judge import SeedVerdict

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class FailedSeed:
    """A seed that did not pass.

    Attributes:
        verdict: What its run came to.
        steps: How many steps were drawn.
        scenario: The file with the shortest shift that fails in the same way; None where none was written.
        shortest: How many steps that has, beside those that every shift ends with.
        tries: How many shifts were tried to find it.
        smallest: Whether nothing more could be left out.
    """

    verdict: SeedVerdict
    steps: int
    scenario: str | None = None
    shortest: int | None = None
    tries: int = 0
    smallest: bool = False


@dataclass(frozen=True, slots=True)
class StormResult:
    """What a storm came to so far.

    Attributes:
        first: The first seed.
        asked: How many seeds were asked for.
        without: Kinds of trouble that no shift had.
        verdicts: Of each that ran to its end, in order.
        failed: Those that did not pass.
        took_s: How long all of it took, in seconds.
        by: The signal that ended it early; 0 where it was ended at once, None where it was not.
        error: Why it broke off, in words; None where it did not.
    """

    first: int
    asked: int
    without: tuple[str, ...] = ()
    verdicts: tuple[SeedVerdict, ...] = ()
    failed: tuple[FailedSeed, ...] = ()
    took_s: float = 0.0
    by: int | None = None
    error: str | None = None

    @property
    def outcome(self) -> RunOutcome:
        """What it came to: an interruption first, then what the storm itself failed in, then a promise."""
        outcomes = {each.verdict.outcome for each in self.failed}
        if self.by is not None:
            return RunOutcome.INTERRUPTED
        if self.error is not None or RunOutcome.UNUSABLE in outcomes:
            return RunOutcome.ERROR  # a shift that is no scenario was drawn wrongly
        for worst in (RunOutcome.BROKEN, RunOutcome.ERROR, RunOutcome.NOT_EVALUATED):
            if worst in outcomes:
                return worst
        return RunOutcome.HELD if len(self.verdicts) == self.asked else RunOutcome.UNFINISHED

    @property
    def exit_status(self) -> int:
        """The program's exit status."""
        return exit_status(self.outcome, self.by or None)


def as_json(
    result: StormResult, versions: Versions, machine: Machine, *, over: bool = True
) -> dict[str, Any]:
    """Return the report for programs.

    Args:
        result: What it came to so far.
        versions: What ran.
        machine: What it ran on.
        over: Whether it is over; until then it has not passed.
    """
    outcome = result.outcome if over else RunOutcome.UNFINISHED
    took = [each.took_s for each in result.verdicts]
    return {
        "storm_version": VERSION,
        "outcome": outcome.value,
        "passed": outcome is RunOutcome.HELD,
        "exit_status": exit_status(outcome, result.by or None),
        "error": result.error,
        "first_seed": result.first,
        "without": list(result.without),
        "seeds_asked": result.asked,
        "seeds_run": len(result.verdicts),
        "took_s": result.took_s,
        "seconds_a_seed": {"median": statistics.median(took), "largest": max(took)} if took else None,
        "virtual_s": sum(each.lasted_s for each in result.verdicts),
        "failed": [_failed(each) for each in result.failed],
        "versions": asdict(versions),
        "machine": asdict(machine),
    }


def in_words(result: StormResult) -> Iterator[str]:
    """Return the report for a person, line by line."""
    for each in result.failed:
        verdict = each.verdict
        yield f"Seed {verdict.seed} did not pass ({verdict.outcome}): {', '.join(sorted(verdict.ways))}."
        yield from (f"  {sentence}." for sentence in (said.rstrip(".") for said in verdict.sentences))
        if each.scenario is not None:
            yield f"  {_shortened(each)}: lapel-simulator run {each.scenario}"
    ran = len(result.verdicts)
    passed = sum(each.outcome is RunOutcome.HELD for each in result.verdicts)
    last = result.first + result.asked - 1
    hours = sum(each.lasted_s for each in result.verdicts) / 3600
    yield f"{passed} of {ran} shifts passed, {hours:.1f} hours on their own clocks, in {result.took_s:.0f} s."
    if result.without:
        yield f"None had trouble of these kinds: {', '.join(result.without)}."
    if ran < result.asked:
        yield f"{result.asked - ran} of the seeds {result.first} to {last} did not run to the end."
    if result.error is not None:
        yield f"It broke off: {result.error.rstrip('.')}."
    yield f"Outcome: {result.outcome}."


def _shortened(each: FailedSeed) -> str:
    steps = "step" if each.shortest == 1 else "steps"
    said = f"shortened from {each.steps} to {each.shortest} {steps} in {each.tries} tries"
    return said if each.smallest else f"{said}, and not to the end"


def _failed(each: FailedSeed) -> dict[str, Any]:
    verdict = each.verdict
    return {
        "seed": verdict.seed,
        "outcome": verdict.outcome.value,
        "ways": sorted(verdict.ways),
        "sentences": list(verdict.sentences),
        "steps": each.steps,
        "scenario": each.scenario,
        "shortest": each.shortest,
        "tries": each.tries,
        "smallest": each.smallest,
    }
