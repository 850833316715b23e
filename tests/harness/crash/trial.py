"""Tries crash states, many of them: which, in what order, and what came of each.

A script is recorded once and crashed at every point. A disk is judged once for all that is acknowledged
there, and counts once however many crashes leave it. The same seed tries the same crashes; the bytes on the
disk differ from one recording of a script to the next, because keys are never sealed alike twice.

    tally = representative()          # what ``make test`` tries
    tally = losses_with(module)       # the same with a changed module in the place of the one of its name
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType

from tests.harness.crash.attempt import Attempt
from tests.harness.crash.disk.disk import MemoryDisk
from tests.harness.crash.disk.operations import Names, Node, Operation, Said
from tests.harness.crash.disk.states import Point, Replayer, points
from tests.harness.crash.judging.audit import audit
from tests.harness.crash.patched import in_its_place
from tests.harness.crash.place import Place
from tests.harness.crash.scripts.acknowledged import Acknowledged
from tests.harness.crash.scripts.scripts import OVER_AND_OVER, live_through, settings_of
from tests.harness.crash.scripts.start import start
from tests.harness.crash.tally import Tally

__all__ = ["Tally", "Trial", "losses_with", "representative"]

REPRESENTATIVE = tuple(range(1, 18))
FIRST = 3
"""Of the representative scripts' points, the first few of each kind of operation are tried,"""
EVERY = 6
"""then one in so many of that kind,"""
FEW = (1, 16)
"""or these two where one thing is done again and again,"""
LIMIT = 5
"""each in so many ways at most,"""
DRAWN = 10
"""of which some are random."""


def _nothing(_: Operation) -> bool:
    return False


@dataclass
class Trial:
    """One script on one disk, recorded once and crashed many times.

    Attributes:
        forget: Which operations are left out of the log, as if they had not been asked for: to see that the
            loss is found.
        kept: All that the fleet was ever sent, by its digest.
        audited: What the log shows as it is.
    """

    seed: int = 1
    forget: Callable[[Operation], bool] = field(default=_nothing, repr=False)
    before: dict[int, Node] = field(init=False)
    log: list[Operation] = field(init=False)
    points: list[Point] = field(init=False)
    kept: dict[str, bytes] = field(init=False)
    audited: Tally = field(init=False)

    def __post_init__(self) -> None:
        disk = MemoryDisk()
        self.before = dict(disk.nodes)
        life = live_through(disk, self.seed)
        self.log = [operation for operation in disk.log if not self.forget(operation)]
        self.kept = life.fleet.kept
        self.points = list(points(self.log))
        self.audited = Tally()
        checked, losses = audit(self.log, life)
        self.audited.count(checked)
        self.audited.losses += [f"{loss} (in the log of script {self.seed})" for loss in losses]

    def at(self, index: int, drawn: int, limit: int | None = None) -> Tally:
        """Crash at one point in every systematic way, and ``drawn`` random ones; at most ``limit`` in all."""
        return self.between(index, index + 1, drawn, limit)

    def between(self, first: int, last: int, drawn: int, limit: int | None = None) -> Tally:
        """Crash at the points from ``first`` to before ``last``; ``limit`` is for each."""
        return self.over(range(first, min(last, len(self.points))), drawn, limit)

    def over(
        self, indices: Iterable[int], drawn: int, limit: int | None = None, enough: int | None = None
    ) -> Tally:
        """Crash at these points, in rising order, until there are ``enough`` losses."""
        attempt = Attempt(self)
        for index in indices:
            attempt.point(self.points[index], drawn, limit)
            if enough is not None and len(attempt.tally.losses) >= enough:
                break
        attempt.tally.count(attempt.judge.checked)
        return attempt.tally

    def again(self, place: Place) -> tuple[MemoryDisk, Acknowledged]:
        """The disk that one crash left, and what was acknowledged there."""
        point = _point(self.log, place.crash.after)
        disk = Replayer(self.before, self.log).disk(point, place.crash.fates)
        if place.second is not None:
            before = dict(disk.nodes)
            start(disk, settings_of(self.seed))
            second = _point(disk.log, place.second.after)
            disk = Replayer(before, disk.log).disk(second, place.second.fates)
        acknowledged = Acknowledged()
        for operation in self.log[: place.crash.after]:
            if isinstance(operation, Said):
                acknowledged.hear(operation.what, dict(operation.detail))
        return disk, acknowledged


def _point(log: list[Operation], after: int) -> Point:
    return Point(after, (), None) if after <= len(log) else Point(len(log), (), None)


def representative(
    scripts: Iterable[int] = REPRESENTATIVE,
    *,
    limit: int = LIMIT,
    enough: int | None = None,
    forget: Callable[[Operation], bool] = _nothing,
) -> Tally:
    """Crash a part of the scripts that has some of everything.

    Args:
        scripts: Which.
        limit: In how many ways to crash at each point.
        enough: Stop when there are so many losses.
        forget: As for ``Trial``.
    """
    tally = Tally()
    for seed in scripts:
        trial = Trial(seed, forget)
        tally.add(trial.audited)
        tally.add(trial.over(_some_of_each_kind(trial), DRAWN, limit, enough))
        if enough is not None and len(tally.losses) >= enough:
            break
    return tally


def _some_of_each_kind(trial: Trial) -> Iterator[int]:
    """Points after each kind of operation: the first few, and some of the rest."""
    names: dict[int, str] = {}
    at, seen = 0, Counter[tuple[str, ...]]()
    first, every = FEW if trial.seed in OVER_AND_OVER else (FIRST, EVERY)
    for index, point in enumerate(trial.points):
        for operation in trial.log[at : point.after]:
            if isinstance(operation, Names):
                names |= {node: name.rpartition(".")[2] for name, node in operation.added}
        at = point.after
        kind = _kind(trial.log[at - 1], names) if at else ()
        seen[kind] += 1
        if seen[kind] <= first or seen[kind] % every == 0:
            yield index


def _kind(operation: Operation, names: dict[int, str]) -> tuple[str, ...]:
    """What was done, and to what kind of file."""
    kind = type(operation).__name__
    if isinstance(operation, Names):
        ends = [name.rpartition(".")[2] for name, _ in operation.added] + [*operation.removed]
        return (kind, operation.what, ends[0].rpartition(".")[2])
    if isinstance(operation, Said):
        return (kind, operation.what)
    return (kind, names.get(getattr(operation, "node", 0), ""))


def losses_with(
    changed: ModuleType,
    scripts: Iterable[int] = REPRESENTATIVE,
    *,
    limit: int = LIMIT,
    enough: int | None = None,
) -> Tally:
    """Crash the representative part with a changed module in the place of the one of its name.

    See ``representative`` for the rest. A script that cannot be played with it is a loss too.
    """
    with in_its_place(changed):
        try:
            return representative(scripts, limit=limit, enough=enough)
        except Exception as error:  # noqa: BLE001 - whatever a changed module does, it is told
            return Tally(losses=[f"a script cannot be played: {type(error).__name__}: {error}"])
