"""A camera's life, deeper than ``make test`` has time for.

    python -m tests.harness.life [--examples 1000] [--steps 80] [--hours 12]

First many short lives in any order, then one long one with a clock that steps (``tests.harness.life.day``).
Exit status 1 when a promise was broken; the shortest life that breaks it is printed as Python.
``--write`` keeps the figures for ``docs/promises.md``.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from tests.harness.life.day import Day
from tests.harness.life.machine import Life, memory_folder
from tests.support.reports.figures import keep

PROMISES = ("C3", "C5", "C6", "C8", "C10", "L2")
console = Console()


def main(
    examples: Annotated[int, typer.Option(help="Lives to draw.")] = 1000,
    steps: Annotated[int, typer.Option(help="Most steps in a life.")] = 80,
    hours: Annotated[float, typer.Option(help="Hours of the long life.")] = 12,
    seed: Annotated[int, typer.Option(help="Of the long life.")] = 1,
    write: Annotated[bool, typer.Option(help="Keep the figures for docs/promises.md.")] = False,
) -> None:
    """Live through many lives, and say what was broken."""
    started = time.monotonic()
    logging.disable()  # that uploads fail is the point
    deep = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    Life.tally.clear()
    run_state_machine_as_test(Life, settings=deep)
    lives = f"{examples:,} lives in any order: {_counted(Life.tally)}; broken 0"
    console.print(f"{lives}; {time.monotonic() - started:.0f} s")
    counted = _counted(_long_life(hours, seed))
    long = f"{hours:g} hours with a clock that steps: {counted}; lost 0, out of order 0"
    console.print(f"{long}; {time.monotonic() - started:.0f} s in all")
    if write:
        keep("life", {**dict.fromkeys(PROMISES, lives), "C10": f"{lives}. {long}"})
    sys.exit(0)


def _long_life(hours: float, seed: int) -> Counter[str]:
    with tempfile.TemporaryDirectory(prefix="lapel-day-", dir=memory_folder()) as folder:
        day = Day(Path(folder), seed=seed)
        day.live(hours)
        day.judge()
    return day.counted


def _counted(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counted.items()))


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
