"""What one of several processes takes up of verifications, and what it leaves to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from fleet.footage.verifying.later import LaterOpenings
from fleet.footage.verifying.stopped import StoppedVerification
from fleet.footage.verifying.verification import Verification
from fleet.footage.verifying.verifier import RETRY_S, Verifier
from fleet.processes.claims import Claims, work_on


@dataclass
class Work:
    """Recordings that are due until they are verified; one may fail for a reason of our own."""

    rows: list[int] = field(default_factory=list)
    broken: frozenset[int] = frozenset()
    done: list[int] = field(default_factory=list)

    def run(self, row: int, *, progress: Callable[[int], None] | None = None) -> None:
        assert progress is not None
        if row in self.broken:
            self.done.append(row)
            raise KeyError(row)
        if row in self.rows:
            self.rows.remove(row)
            self.done.append(row)

    def due(self) -> list[int]:
        return list(self.rows)

    def not_compared(self) -> list[int]:
        return []

    def next(self, _after: int) -> None:
        return None


@dataclass
class Others:
    """Claims of which another process has some."""

    is_shared: bool = True
    theirs: set[int] = field(default_factory=set)
    ours: list[int] = field(default_factory=list)

    def take(self, key: int) -> bool:
        return key not in self.theirs and not self.ours.append(key)  # type: ignore[func-returns-value]

    def holds(self, key: int) -> bool:
        return key in self.ours

    def leave(self, key: int) -> None:
        self.ours.remove(key)

    def close(self) -> None:
        """Do nothing."""


@dataclass
class Bench:
    """A verifier without its thread, and a clock that the test moves."""

    work: Work
    claims: Others
    seconds: float = 0.0

    def __post_init__(self) -> None:
        nothing: Any = Work()
        self.verifier = Verifier(
            cast("Verification", self.work),
            cast("StoppedVerification", nothing),
            cast("LaterOpenings", nothing),
            claims=cast("Claims", self.claims),
            clock=lambda: self.seconds,
        )

    def later(self) -> list[int]:
        self.seconds += RETRY_S + 1
        self.verifier.step()
        return self.work.done


def test_what_another_process_has_claimed_is_left_to_it_and_taken_up_when_it_dies() -> None:  # proves F7
    bench = Bench(Work([7]), Others(theirs={work_on(7)}))
    bench.verifier.due(7)
    bench.verifier.step()
    assert bench.later() == []
    bench.claims.theirs.clear()
    assert bench.later() == [7]
    assert bench.claims.ours == []


def test_what_another_process_left_behind_is_found_without_being_told() -> None:  # proves F7
    bench = Bench(Work([7, 8]), Others())
    bench.verifier.step()  # the first round of all is due at once
    assert bench.work.done in ([7, 8], [])
    assert bench.later() == [7, 8]


def test_a_process_that_is_alone_looks_for_nothing() -> None:
    bench = Bench(Work([7]), Others(is_shared=False))
    assert bench.later() == []


def test_what_fails_by_a_fault_of_ours_is_not_taken_up_again_and_again() -> None:
    bench = Bench(Work([7], broken=frozenset({7})), Others())
    for _ in range(3):
        bench.later()
    assert bench.work.done == [7]
    assert bench.claims.ours == []
