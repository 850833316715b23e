"""All the crashes and kills, on several processors at once; what is tried does not depend on how many."""

from __future__ import annotations

import itertools
import logging
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

from tests.harness.crash.killing import KillTally, forks, kill_round
from tests.harness.crash.trial import Tally, Trial

DRAWN = 40
IN_FULL = (1, 2)
"""Scripts of which every systematic way to crash is tried at each point; of others so many ways, drawn:"""
LIMIT = 24
POINTS = 16
"""Crash points in one piece of work."""

Shown = Callable[[int, int], None]
"""Is told how much is done, and how much was lost."""
_T = TypeVar("_T")


def make_pool(workers: int) -> ProcessPoolExecutor:
    """Processes to work in."""
    return ProcessPoolExecutor(workers, mp_context=forks, initializer=_ready)


def _one(task: tuple[Trial, int, int]) -> Tally:
    trial, first, drawn = task
    began_s = time.process_time()
    limit = None if trial.seed in IN_FULL else LIMIT
    tally = trial.between(first, first + POINTS, drawn, limit)
    tally.cpu_s = time.process_time() - began_s
    return tally


def _ready() -> None:
    """Before a worker begins: the parent alone answers Ctrl-C, and no camera complains of its card."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)


def trace(
    tally: Tally, states: int, seed: int, pool: ProcessPoolExecutor, *, ahead: int, shown: Shown
) -> None:
    """Crash one script after the other, each whole, until there are ``states`` distinct disks.

    Args:
        tally: Is added to, so that what was seen is known whenever this ends.
        states: How many are wanted.
        seed: The first script.
        pool: Where to do it.
        ahead: How many pieces of work may wait.
        shown: Is told how it goes.
    """
    last = seed
    for script, part in _ahead(_pieces(seed, pool), ahead):
        if script != last and len(tally.states) >= states:
            return
        last = script
        tally.add(part)
        shown(min(len(tally.states), states), len(tally.losses))


def _pieces(seed: int, pool: ProcessPoolExecutor) -> Iterator[tuple[int, Future[Tally]]]:
    """Every crash point of one script after the other; a script is recorded once, here."""
    for script in itertools.count(seed):
        trial = Trial(script)
        audited: Future[Tally] = Future()
        audited.set_result(trial.audited)
        yield script, audited
        for first in range(0, len(trial.points), POINTS):
            yield script, pool.submit(_one, (trial, first, DRAWN))


def _ahead(pieces: Iterator[tuple[int, Future[_T]]], most: int) -> Iterator[tuple[int, _T]]:
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


def kills(
    tally: KillTally, rounds: int, seed: int, pool: ProcessPoolExecutor, *, ahead: int, shown: Shown
) -> None:
    """Kill a real camera ``rounds`` times; the arguments are those of ``trace``."""
    numbers = (seed * 1_000_000 + number for number in range(rounds))
    pieces = ((number, pool.submit(kill_round, number)) for number in numbers)
    for _, part in _ahead(pieces, ahead):
        tally.add(part)
        shown(tally.rounds, len(tally.losses))
