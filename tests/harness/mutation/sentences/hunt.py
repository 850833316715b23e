"""Turns each condition of the room, and finds the test that notices. What nobody notices survives.

Only tests that saw the other outcome can notice, so those that saw it are tried, the quickest first, file by
file. Each file's tests run in a process of their own, where what they share stays up. A test that fails with
a condition turned is run once more without: fails it still, then what it shares was left broken, and a new
process tries that condition again.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from tests.harness.mutation.sentences.pytest_run import Tests
from tests.harness.mutation.sentences.watch import tell, what_was_seen

SPENT_S = 4.0
"""Seconds of a processor that are spent on a condition, by what its tests cost without it turned."""

OF_A_FILE = 25
"""So many tests of one file are tried on a condition: those that ask the fewest others come first."""

Mutant = tuple[str, bool]
"""A condition, and whether it always holds."""


@dataclass(frozen=True)
class Attempts:
    """Which tests may notice that a condition is turned, file by file."""

    by_file: dict[str, dict[Mutant, list[str]]]
    unseen: list[Mutant]
    costs: dict[str, float]
    """What a test of each file costs, in seconds of a processor."""


def attempts(prey: Collection[Mutant], spent_s: float = SPENT_S, of_a_file: int = OF_A_FILE) -> Attempts:
    """Choose the tests to try on each, of those that saw the other outcome."""
    wanted, able = set(prey), defaultdict[Mutant, list[tuple[int, float, str]]](list)
    of_file = defaultdict[str, list[float]](list)
    for test, cost, seen in what_was_seen():
        of_file[test.partition("::")[0]].append(cost)
        for name, held in seen:
            if (name, not held) in wanted:
                able[name, not held].append((len(seen), cost, test))
    by_file = defaultdict[str, dict[Mutant, list[str]]](lambda: defaultdict(list))
    for mutant, tests in able.items():
        spent, tried = 0.0, Counter[str]()
        for _, cost, test in sorted(tests):
            file = test.partition("::")[0]
            tried[file] += 1
            if tried[file] > of_a_file or (spent and spent + cost > spent_s):
                continue
            spent += cost
            by_file[file][mutant].append(test)
    costs = {file: sum(each) / len(each) for file, each in of_file.items()}
    return Attempts(dict(by_file), [each for each in prey if each not in able], costs)


def killers(tests: Tests, chosen: Attempts) -> Iterator[tuple[Mutant, str]]:
    """Yield each condition that a test notices being turned, with that test."""
    dead = set[Mutant]()

    for file in sorted(chosen.by_file, key=chosen.costs.__getitem__):
        left = [(mutant, names) for mutant, names in chosen.by_file[file].items() if mutant not in dead]
        tell(f"{file}: {len(left)}")
        suspect: Mutant | None = None
        while left:
            broken: Mutant | None = None
            for mutant, killer, is_broken in _in_a_child(tests, left, suspect):
                left = left[1:] if not is_broken else left
                broken = mutant if is_broken else broken
                if killer:
                    dead.add(mutant)
                    yield mutant, killer
            if broken is None and left:
                tell(f"the process ended at {left[0][0]}")
                dead.add(left[0][0])
                yield left[0][0], "the process ended"
                left = left[1:]
            suspect = broken


def _in_a_child(
    tests: Tests, left: Sequence[tuple[Mutant, list[str]]], suspect: Mutant | None
) -> Iterator[tuple[Mutant, str, bool]]:
    """Yield each condition in turn, with the test that noticed, up to one that leaves things broken."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        os.close(reader)
        try:
            with os.fdopen(writer, "w") as answers:
                for mutant, names in left:
                    killer, is_broken = _try(tests, mutant, names, is_suspect=mutant == suspect)
                    answers.write(json.dumps([mutant, killer, is_broken]) + "\n")
                    answers.flush()
                    if is_broken:
                        break
        finally:
            os._exit(0)  # whatever comes, the other process alone goes on
    os.close(writer)
    with os.fdopen(reader) as said:
        for line in said:
            (name, holds), killer, is_broken = json.loads(line)
            yield (name, holds), killer, is_broken
    os.waitpid(child, 0)


def _try(tests: Tests, mutant: Mutant, names: Sequence[str], *, is_suspect: bool) -> tuple[str, bool]:
    """Return the test that notices, and whether it leaves things broken without having been known to."""
    for name in names:
        if name not in tests.names():
            continue  # it is called otherwise since it was watched
        if is_suspect and not tests.passes(name):
            continue  # not by itself
        if not tests.turn(name, mutant[0], holds=mutant[1]):
            if is_suspect or tests.passes(name):
                return name, False
            return "", True
    return "", False
