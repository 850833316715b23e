"""``make fuzz``: every parser of bytes from outside, on as many inputs as there is time for.

    python -m tests.harness.fuzz [--executions 10000000] [--seed 1] [--target NAME] [--write]

Each target in a process of its own, as many at once as there are processors, guided by the coverage of
``protocol``, from the golden vectors on. Exit status 1 when an input broke a promise: it is kept in
``var/fuzz``. ``--write`` keeps the figures in ``docs/figures/fuzz.json``.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from protocol.process.processors import processors
from tests.harness.fuzz.engine import ROOT, Outcome, run
from tests.harness.fuzz.targets import TARGETS, Target
from tests.support.reports.bars import Bars
from tests.support.reports.figures import keep

KEEP: Final = ROOT / "var" / "fuzz"
console = Console()


def main(
    executions: Annotated[int, typer.Option(help="Inputs to try, over all targets.")] = 10_000_000,
    seed: Annotated[int, typer.Option(help="The same seed tries the same inputs.")] = 1,
    target: Annotated[str, typer.Option(help="One target alone; all of them without.")] = "",
    write: Annotated[bool, typer.Option(help="Keep the figures in docs/figures.")] = False,
) -> None:
    """Fuzz every parser of bytes from outside."""
    if importlib.util.find_spec("atheris") is None:
        console.print(
            "Fuzzing needs atheris, which has no package for this platform and Python: it exists for "
            "Linux on x86-64 with Python 3.11 to 3.13. make test tries some thousand inputs without it."
        )
        sys.exit(2)
    chosen = [each for each in TARGETS if target in ("", each.name)]
    if not chosen:
        console.print(f"There is no target {target!r}, only {', '.join(each.name for each in TARGETS)}.")
        sys.exit(2)
    weights = sum(each.weight for each in chosen)
    counts = {each.name: max(1, executions * each.weight // weights) for each in chosen}
    started = time.monotonic()
    outcomes = _run_all(chosen, counts, seed)
    _say(chosen, outcomes, time.monotonic() - started)
    failed = any(outcome.failure for outcome in outcomes.values())
    if write and not failed:
        _keep(chosen, outcomes, seed)
    sys.exit(1 if failed else 0)


def _run_all(chosen: list[Target], counts: dict[str, int], seed: int) -> dict[str, Outcome]:
    columns = (TextColumn("{task.description:12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console) as progress:
        bars = {each.name: progress.add_task(each.name, total=counts[each.name]) for each in chosen}

        def run_one(target: Target) -> Outcome:
            bar, count = bars[target.name], counts[target.name]
            outcome = run(target, count, seed, KEEP, lambda done: progress.update(bar, completed=done))
            progress.update(bar, completed=outcome.executions)
            return outcome

        with ThreadPoolExecutor(processors()) as at_once:
            outcomes = list(at_once.map(run_one, chosen))
    return {target.name: outcome for target, outcome in zip(chosen, outcomes, strict=True)}


def _say(chosen: list[Target], outcomes: dict[str, Outcome], took_s: float) -> None:
    for target in chosen:
        outcome = outcomes[target.name]
        console.print(f"{target.name:12} {_sentence(target, outcome)}", highlight=False)
        if outcome.failure:
            console.print(outcome.failure, markup=False, highlight=False)
    total = sum(outcome.executions for outcome in outcomes.values())
    failures = sum(bool(outcome.failure) for outcome in outcomes.values())
    console.print(f"{total:,} executions in {took_s:.0f} s, failures: {failures}", highlight=False)
    if failures:
        inputs = KEEP.relative_to(ROOT)
        console.print(
            f"The inputs are in {inputs}, begun with their target's name. To try one again: "
            f"python -m tests.harness.fuzz.worker TARGET {inputs}/FILE",
            highlight=False,
            soft_wrap=True,
        )


def _sentence(target: Target, outcome: Outcome) -> str:
    return (
        f"{target.what}: {outcome.executions:,} executions, {outcome.edges} edges, "
        f"{outcome.corpus} inputs kept, {outcome.peak_mb} MiB at most"
    )


def _keep(chosen: list[Target], outcomes: dict[str, Outcome], seed: int) -> None:
    total = sum(outcome.executions for outcome in outcomes.values())
    keep(
        "fuzz",
        {"F6": f"{total:,} inputs to {len(chosen)} parsers, failures 0"},
        seed=seed,
        targets={target.name: _sentence(target, outcomes[target.name]) for target in chosen},
    )


if __name__ == "__main__":
    typer.run(main)
