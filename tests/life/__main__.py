"""A camera's life, deeper than ``make test`` has time for.

    python -m tests.life [--examples 1000] [--steps 80]

Exit status 1 when a promise was broken; the shortest life that breaks it is printed as Python.
``--write`` keeps the figures for ``docs/promises.md``.
"""

import logging
import sys
import time
from typing import Annotated

import typer
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console

from tests.life.machine import Life
from tests.support.figures import keep

PROMISES = ("C3", "C5", "C6", "C8", "C10", "L2")
console = Console()


def main(
    examples: Annotated[int, typer.Option(help="Lives to draw.")] = 1000,
    steps: Annotated[int, typer.Option(help="Most steps in a life.")] = 80,
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
    counted = ", ".join(f"{count:,} {what}" for what, count in sorted(Life.tally.items()))
    console.print(f"lives: {examples:,} of up to {steps} steps, in {time.monotonic() - started:.0f} s")
    console.print(f"in them: {counted}; promises broken: 0")
    if write:
        keep(
            "life",
            dict.fromkeys(PROMISES, f"{examples:,} lives in any order ({counted}), broken 0"),
        )
    sys.exit(0)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
