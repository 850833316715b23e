"""Tries crash states, many of them: which, in what order, and what came of each.

The same seed tries the same states. Work is cut into batches by crash point, so that several processes can
share it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.crash.disk import MemoryDisk, Node, Operation, copy_nodes
from tests.crash.judge import Judge, LossError, owed_after
from tests.crash.scenario import STATE, config, live_through, start
from tests.crash.states import Fates, Point, Replayer, choices, fingerprint, points

AGAIN_EVERY = 20
"""Every so many states, recovery itself is crashed too."""


@dataclass
class Tally:
    """What came of a number of states. ``losses`` are sentences, each with how to see it again."""

    states: set[bytes] = field(default_factory=set)
    checked: dict[str, int] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.states |= other.states
        self.losses += other.losses
        for promise, count in other.checked.items():
            self.checked[promise] = self.checked.get(promise, 0) + count


@dataclass
class Trial:
    """One script on one disk, recorded once and crashed many times."""

    seed: int = 1
    before: dict[int, Node] = field(init=False)
    log: list[Operation] = field(init=False)
    points: list[Point] = field(init=False)

    def __post_init__(self) -> None:
        disk = MemoryDisk()
        disk.mkdir(STATE)
        disk.log.clear()  # the installer's work, not the camera's
        self.before = copy_nodes(disk.nodes)
        live_through(disk, self.seed)
        self.log = disk.log
        self.points = list(points(self.log))

    def at(self, index: int, drawn: int, limit: int | None = None) -> Tally:
        """Crash at one point in every systematic way, and ``drawn`` random ones; at most ``limit`` in all."""
        point = self.points[index]
        owed = owed_after(self.log[: point.after])
        replayer, tally, judge = Replayer(self.before, self.log), Tally(), Judge()
        for fates in choices(self.log, point, self.seed, drawn):
            if limit is not None and len(tally.states) >= limit:
                break
            disk = replayer.disk(point, fates)
            state = fingerprint(disk)
            if state in tally.states:
                continue
            tally.states.add(state)
            again = list(self._crash_again(disk, drawn)) if len(tally.states) % AGAIN_EVERY == 1 else []
            for label, candidate in [("", disk), *again]:
                twice = fingerprint(candidate)
                if label and twice in tally.states:
                    continue
                tally.states.add(twice)
                try:
                    judge.judge(candidate, owed)
                except LossError as loss:
                    tally.losses.append(f"{loss} ({self._place(point, fates)}{label})")
        tally.states = {self.seed.to_bytes(4) + index.to_bytes(4) + state for state in tally.states}
        tally.checked = judge.checked
        return tally

    def _crash_again(self, disk: MemoryDisk, drawn: int) -> Iterator[tuple[str, MemoryDisk]]:
        """The same disk, after a second crash at some point of its recovery."""
        before = copy_nodes(disk.nodes)
        scratch = MemoryDisk(copy_nodes(before))
        try:
            start(scratch, config())
        except Exception:  # noqa: BLE001 - judged, and reported, with the disk itself
            return
        replayer = Replayer(before, scratch.log)
        for point in points(scratch.log):
            for number, fates in enumerate(choices(scratch.log, point, self.seed, drawn)):
                if number > 2:
                    break
                yield f", then after {point.after} operations of recovery", replayer.disk(point, fates)

    def _place(self, point: Point, fates: Fates) -> str:
        told = {at: fate for at, fate in fates.items() if fate != -1}
        last = type(self.log[point.after - 1]).__name__ if point.after else "nothing"
        return f"seed {self.seed}, after operation {point.after} ({last}), not as written: {told}"
