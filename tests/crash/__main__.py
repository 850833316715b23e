"""``make crash``: every way to crash that there is time for, and what was lost.

    python -m tests.crash [--states 100000] [--rounds 1000] [--seed 1]
    python -m tests.crash --again 3/120/12:dropped     # one crash, as a loss names it

First the trace: one script after the other, crashed at every operation in as many ways as it takes to reach
``--states`` distinct disks. Then the kill loop: a real camera process, killed with SIGKILL at random,
``--rounds`` times. Exit status 1 when anything was lost. ``--write`` keeps the figures for
``docs/promises.md``. Ctrl-C ends it and says what was seen until then.
"""

import itertools
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from tests.crash.again import again
from tests.crash.figures import by_promise, keep
from tests.crash.killing import KillTally, forks, kill_round
from tests.crash.trial import Tally, Trial

SHOWN = 10
DRAWN = 40
POINTS = 16
"""Crash points in one piece of work."""
AHEAD = 3
"""Pieces of work that wait, for each worker."""
BY_CTRL_C = 130

console = Console()
_T = TypeVar("_T")


@contextmanager
def _progress() -> Iterator[Progress]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("[red]{task.fields[lost]}"),
        console=console,
    ) as progress:
        yield progress


def _one(task: tuple[Trial, int, int]) -> Tally:
    trial, first, drawn = task
    return trial.between(first, first + POINTS, drawn)


def _ready() -> None:
    """Before a worker begins: the parent alone answers Ctrl-C, and no camera complains of its card."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)


def trace(tally: Tally, states: int, seed: int, pool: ProcessPoolExecutor, workers: int) -> None:
    """Crash one script after the other, each whole, until there are ``states`` distinct disks."""
    with _progress() as progress:
        bar = progress.add_task("crash states", total=states, lost="")
        last = seed
        for script, part in _ahead(_pieces(seed, pool), AHEAD * workers):
            if script != last and len(tally.states) >= states:
                return
            last = script
            tally.add(part)
            lost = f"{len(tally.losses)} lost" if tally.losses else ""
            progress.update(bar, completed=min(len(tally.states), states), lost=lost)


def _pieces(seed: int, pool: ProcessPoolExecutor) -> Iterator[tuple[int, "Future[Tally]"]]:
    """Every crash point of one script after the other; a script is recorded once, here."""
    for script in itertools.count(seed):
        trial = Trial(script)
        audited: Future[Tally] = Future()
        audited.set_result(trial.audited)
        yield script, audited
        for first in range(0, len(trial.points), POINTS):
            yield script, pool.submit(_one, (trial, first, DRAWN))


def _ahead(pieces: Iterator[tuple[int, "Future[_T]"]], most: int) -> Iterator[tuple[int, _T]]:
    """The results in order, with so much work waiting behind the one that is awaited."""
    waiting: deque[tuple[int, Future[_T]]] = deque()
    try:
        for piece in pieces:
            waiting.append(piece)
            if len(waiting) > most:
                script, future = waiting.popleft()
                yield script, future.result()
        for script, future in waiting:
            yield script, future.result()
    finally:
        for _, future in waiting:
            future.cancel()


def kills(tally: KillTally, rounds: int, seed: int, pool: ProcessPoolExecutor, workers: int) -> None:
    """Kill a real camera ``rounds`` times."""
    numbers = (seed * 1_000_000 + number for number in range(rounds))
    pieces = ((number, pool.submit(kill_round, number)) for number in numbers)
    with _progress() as progress:
        bar = progress.add_task("kill -9     ", total=rounds, lost="")
        for _, part in _ahead(pieces, AHEAD * workers):
            tally.add(part)
            progress.update(bar, advance=1, lost=f"{len(tally.losses)} lost" if tally.losses else "")


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
    at_once = workers or os.cpu_count() or 1
    stopped = False
    pool = ProcessPoolExecutor(at_once, mp_context=forks, initializer=_ready)
    try:
        trace(traced, states, seed, pool, at_once)
        kills(killed, rounds, seed, pool, at_once)
    except KeyboardInterrupt:
        stopped = True
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
        f" {killed.played:,} parts played; all of it in {seconds:.0f} s"
    )
    told = ", ".join(f"{promise} {count:,}" for promise, count in checked.items())
    console.print(f"promises checked: {sum(checked.values()):,} times: {told}")
    for loss in losses[:SHOWN]:
        console.print(f"[red]lost:[/red] {loss}", markup=True, soft_wrap=True)
    console.print(f"losses: {len(losses)}")
    return len(losses)


if __name__ == "__main__":
    typer.run(main)
