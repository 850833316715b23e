"""``make crash``: every way to crash that there is time for, and what was lost.

    python -m tests.harness.crash [--states 100000] [--rounds 1000] [--seed 1]
    python -m tests.harness.crash --again 3/120/12:dropped     # one crash, as a loss names it

First the trace: one script after the other, crashed at every operation in as many ways as it takes to reach
``--states`` distinct disks. Then the kill loop: a real camera process, killed with SIGKILL at random,
``--rounds`` times. Exit status 1 when anything was lost. ``--write`` keeps the figures for
``docs/promises.md``. Ctrl-C ends it and says what was seen until then.
"""

from __future__ import annotations

import logging
import multiprocessing
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from protocol.process.processors import processors
from tests.harness.crash.again import again
from tests.harness.crash.figures import by_promise, keep
from tests.harness.crash.killing import KillTally
from tests.harness.crash.trial import Tally
from tests.harness.crash.work import Shown, kills, make_pool, trace
from tests.support.reports.bars import Bars

SHOWN = 10
AHEAD = 3
"""Pieces of work that wait, for each worker."""
BY_CTRL_C = 130

console = Console()


@contextmanager
def _bar(what: str, total: int) -> Iterator[Shown]:
    """A progress bar with the time that is left; what it gives is to be told how it goes."""
    with Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("[red]{task.fields[lost]}"),
        console=console,
    ) as progress:
        bar = progress.add_task(what, total=total, lost="")
        yield lambda done, lost: progress.update(bar, completed=done, lost=f"{lost} lost" if lost else "")


def main(
    states: Annotated[int, typer.Option(help="Distinct crash states to try.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="Times to kill a real camera.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed tries the same crashes.")] = 1,
    workers: Annotated[int, typer.Option(help="Processes at once; 0 for one a processor.")] = 0,
    write: Annotated[bool, typer.Option(help="Keep the figures for docs/promises.md.")] = False,
    place: Annotated[str, typer.Option("--again", help="Try one crash again, as a loss names it.")] = "",
) -> None:
    """Crash the camera in every way there is time for, and say what was lost."""
    logging.disable(logging.CRITICAL)
    if place:
        sys.exit(again(place, console))
    started, traced, killed = time.monotonic(), Tally(), KillTally()
    at_once = workers or processors()
    stopped = False
    pool = make_pool(at_once)
    ahead = AHEAD * at_once
    try:
        with _bar("crash states", states) as shown:
            trace(traced, states, seed, pool, ahead=ahead, shown=shown)
        with _bar("kill -9     ", rounds) as shown:
            kills(killed, rounds, seed, pool, ahead=ahead, shown=shown)
    except KeyboardInterrupt:
        stopped = True
        for worker in multiprocessing.active_children():  # what they are at is not waited for
            worker.terminate()
    finally:
        pool.shutdown(cancel_futures=True)
    losses = _tell(traced, killed, time.monotonic() - started)
    if stopped:
        console.print("stopped before the end: these are the figures until then")
        sys.exit(BY_CTRL_C)
    if write and not losses:
        keep(traced, killed)
    sys.exit(1 if losses else 0)


def _tell(traced: Tally, killed: KillTally, seconds: float) -> int:
    losses = [*traced.losses, *killed.losses]
    checked = by_promise(traced, killed)
    console.print(
        f"states tried: {len(traced.states):,} distinct disks after a crash,"
        f" {len(traced.again - traced.states):,} more after a second one during the recovery;"
        f" after {traced.lived:,} of them the camera lived on"
    )
    console.print(
        f"kills: {killed.rounds:,}, with {killed.recordings:,} recordings acknowledged and"
        f" {killed.played:,} parts played"
    )
    console.print(
        f"all of it in {seconds:.0f} s; processor time for the disks {traced.cpu_s:.0f} s,"
        f" for judging the kills {killed.cpu_s:.0f} s"
    )
    told = ", ".join(f"{promise} {count:,}" for promise, count in checked.items())
    console.print(f"promises checked: {sum(checked.values()):,} times: {told}")
    for loss in losses[:SHOWN]:
        console.print(f"[red]lost:[/red] {loss}", markup=True, soft_wrap=True)
    console.print(f"losses: {len(losses)}")
    return len(losses)


if __name__ == "__main__":
    typer.run(main)
