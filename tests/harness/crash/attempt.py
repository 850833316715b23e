"""Goes through the crash points of one script in rising order, and judges each disk that is new there.

A disk is judged once for all that is acknowledged at its point. Every so often the recovery itself is
crashed as well, or the camera lives on after it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from tests.harness.crash.disk.disk import MemoryDisk
from tests.harness.crash.disk.fates import Fates
from tests.harness.crash.disk.operations import Node, Said
from tests.harness.crash.disk.states import Point, Replayer, choices, draws, fingerprint, points
from tests.harness.crash.judging.judge import Judge, LossError
from tests.harness.crash.judging.living import live_on
from tests.harness.crash.place import Crash, Place
from tests.harness.crash.scripts.acknowledged import Acknowledged
from tests.harness.crash.scripts.fleet import MemoryFleet
from tests.harness.crash.scripts.scripts import settings_of
from tests.harness.crash.scripts.start import start
from tests.harness.crash.tally import Tally

if TYPE_CHECKING:
    from tests.harness.crash.trial import Trial

AGAIN_EVERY = 8
"""Every so many states, recovery itself is crashed too,"""
AGAIN_DRAWN = 8
"""in so many ways at most."""
FIRST = 2
"""Where not every way to crash is tried: all kept, and nothing but the newest, always are."""
LIVE_EVERY = 50
"""Every so many states, the camera lives on after the recovery."""


class Attempt:
    """Goes through points in rising order, and remembers what it has judged."""

    def __init__(self, trial: Trial) -> None:
        self.tally = Tally()
        self.judge = Judge(settings=settings_of(trial.seed))
        self._trial = trial
        self._replayer = Replayer(trial.before, trial.log)
        self._acknowledged = Acknowledged()
        self._at = 0
        self._here: set[bytes] = set()
        self._judged = 0

    def point(self, point: Point, drawn: int, limit: int | None) -> None:
        self._hear(point.after)
        for fates in _some(choices(self._trial.log, point, self._trial.seed, drawn), limit, point.after):
            disk = self._replayer.disk(point, fates)
            state = fingerprint(disk)
            if state in self._here:
                continue
            self._here.add(state)
            self.tally.states.add(state)
            self._crash(disk, Place(self._trial.seed, Crash(point.after, fates)))

    def _hear(self, after: int) -> None:
        """Note what is acknowledged by now; with every word more of it, every disk has to be judged again."""
        for operation in self._trial.log[self._at : after]:
            if isinstance(operation, Said):
                self._acknowledged.hear(operation.what, dict(operation.detail))
                self._here.clear()
                self.judge.more_is_acknowledged()
        self._at = after

    def _crash(self, disk: MemoryDisk, place: Place) -> None:
        self._judged += 1
        before = disk.nodes.copy()
        self._judge(disk, place)
        if self._judged % LIVE_EVERY == 1:
            self._live_on(MemoryDisk(before), place)
        if self._judged % AGAIN_EVERY == 1:
            for second, candidate in self._second(before, place):
                state = fingerprint(candidate)
                if state not in self._here and state not in self.tally.again:
                    self.tally.again.add(state)
                    self._judge(candidate, Place(place.script, place.crash, second))

    def _judge(self, disk: MemoryDisk, place: Place) -> None:
        try:
            self.judge.judge(disk, self._acknowledged)
        except LossError as loss:
            self.tally.losses.append(told(loss, place))

    def _live_on(self, disk: MemoryDisk, place: Place) -> None:
        self.tally.lived += 1
        fleet = MemoryFleet(self.judge.identity, kept=self._trial.kept).restored(self._acknowledged.sent)
        try:
            self.tally.count(live_on(disk, self.judge, self._acknowledged, fleet))
        except LossError as loss:
            self.tally.losses.append(told(loss, place))

    def _second(self, before: Mapping[int, Node], place: Place) -> Iterator[tuple[Crash, MemoryDisk]]:
        """The same disk, after a second crash at some point of its recovery."""
        scratch = MemoryDisk(before)
        try:
            start(scratch, self.judge.settings)
        except Exception:  # noqa: BLE001 - judged, and reported, with the disk itself
            return
        draw = random.Random(str(place))
        recovery = list(points(scratch.log))
        chosen = sorted(draw.sample(range(len(recovery)), min(AGAIN_DRAWN, len(recovery))))
        replayer = Replayer(before, scratch.log)
        for point in (recovery[index] for index in chosen):
            fates = next(draws(scratch.log, point, draw, 1), {})
            yield Crash(point.after, fates), replayer.disk(point, fates)


def _some(ways: Iterable[Fates], limit: int | None, seed: int) -> Iterable[Fates]:
    """All of them; or where there are more than ``limit``, the first few and others drawn."""
    if limit is None:
        return ways
    every = list(ways)
    first, rest = every[:FIRST], every[FIRST:]
    return [*first, *random.Random(seed).sample(rest, min(max(0, limit - FIRST), len(rest)))]


def told(loss: LossError, place: Place) -> str:
    """A loss, and how to see it again."""
    return f"{loss} (python -m tests.harness.crash --again {place})"
