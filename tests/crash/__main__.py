"""``make crash``: every way to crash that there is time for, and what was lost.

    python -m tests.crash [--states 100000] [--rounds 1000] [--seed 1]

First the trace: one script, crashed at every operation in as many ways as it takes to reach ``--states``
distinct disks. Then the kill loop: a real camera process, killed with SIGKILL at random, ``--rounds``
times. Exit status 1 when anything was lost. ``--write`` keeps the figures for ``docs/promises.md``.
"""

import functools
import itertools
import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.crash.killing import KillTally, kill_round
from tests.crash.trial import Tally, Trial

FIGURES = Path(__file__).resolve().parents[2] / "docs" / "figures" / "crash.json"
SHOWN = 10
DRAWN = 60
console = Console()


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )


@functools.lru_cache(maxsize=2)
def trial(seed: int) -> Trial:
    """A script's trial, recorded once a process."""
    return Trial(seed)


def _one(task: tuple[int, int, int]) -> Tally:
    seed, index, drawn = task
    return trial(seed).at(index, drawn)


def trace(states: int, seed: int, workers: int) -> Tally:
    """Crash one script after the other until there were ``states`` distinct disks."""
    tally = Tally()
    with _progress() as progress, ProcessPoolExecutor(workers) as pool:
        bar = progress.add_task("crash states", total=states)
        for batch in _batches(seed):
            for part in pool.map(_one, batch):
                tally.add(part)
                progress.update(bar, completed=min(len(tally.states), states))
            if len(tally.states) >= states:
                return tally
    return tally


def _batches(seed: int) -> Iterator[list[tuple[int, int, int]]]:
    """Every crash point of one script after the other; each script is drawn by its own seed."""
    for script in itertools.count(seed):
        yield [(script, index, DRAWN) for index in range(len(trial(script).points))]


def kills(rounds: int, seed: int) -> KillTally:
    """Kill a real camera ``rounds`` times."""
    tally = KillTally()
    with _progress() as progress:
        for number in progress.track(range(rounds), description="kill -9     "):
            tally.add(kill_round(seed * 1_000_000 + number))
    return tally


def main(
    states: Annotated[int, typer.Option(help="Distinct crash states to try.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="Times to kill a real camera.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed tries the same states.")] = 1,
    write: Annotated[bool, typer.Option(help="Keep the figures for docs/promises.md.")] = False,
) -> None:
    """Crash the camera in every way there is time for, and say what was lost."""
    started = time.monotonic()
    traced = trace(states, seed, os.cpu_count() or 1)
    killed = kills(rounds, seed)
    checked = sum(traced.checked.values()) + killed.checked
    losses = [*traced.losses, *killed.losses]
    console.print(
        f"states tried: {len(traced.states):,}, kills: {killed.rounds:,},"
        f" in {time.monotonic() - started:.0f} s"
    )
    console.print(f"promises checked: {checked:,} times: {_by_promise(traced.checked)}")
    for loss in losses[:SHOWN]:
        console.print(f"[red]lost:[/red] {loss}")
    console.print(f"losses: {len(losses)}")
    if write and not losses:
        _keep(traced, killed)
    sys.exit(1 if losses else 0)


def _by_promise(checked: dict[str, int]) -> str:
    return ", ".join(f"{promise} {count:,}" for promise, count in sorted(checked.items()))


def _keep(traced: Tally, killed: KillTally) -> None:
    figures = {
        promise: f"{count:,} checks over {len(traced.states):,} crash states, losses 0"
        for promise, count in traced.checked.items()
    }
    for promise in ("C3", "C5"):
        figures[promise] += f"; {killed.rounds:,} kills of a running camera, losses 0"
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
