"""``python -m tests.harness.mutation.sentences``: turns each condition that decides what the dashboard says.

First ``python -m tests.harness.mutation.sentences.watch TESTS``, which keeps what each test sees. Then each
condition is had to hold always and never; what no test notices is printed. Exit status 1 when one survives
that is not among those in ``spared.toml``, which names each that changes nothing, and says why.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.harness.mutation.sentences.hunt import OF_A_FILE, SPENT_S, Mutant, attempts, killers
from tests.harness.mutation.sentences.loading import mutants_of_room
from tests.harness.mutation.sentences.pytest_run import Tests, with_tests
from tests.harness.mutation.sentences.watch import SEEN

SPARED = Path(__file__).with_name("spared.toml")
console = Console()
NOTICED = SEEN / "noticed.jsonl"


def words(mutant: Mutant) -> str:
    """Return how a turned condition is named: where it stands, and always or never what."""
    where, _, text = mutant[0].partition(": ")
    return f"{where}: {'always' if mutant[1] else 'never'} {text}"


def spared() -> Mapping[str, str]:
    """Return why each of some turned conditions changes nothing that is said, by name."""
    by_reason: dict[str, list[str]] = tomllib.loads(SPARED.read_text(encoding="utf-8"))
    return {name: reason for reason, names in by_reason.items() for name in names}


def chosen_of(prey: Iterable[Mutant], only: Sequence[str]) -> list[Mutant]:
    """Return those whose name has one of some parts, as a file or a folder; without any part all of them."""
    return [each for each in prey if not only or any(part in words(each) for part in only)]


def main(
    only: Annotated[
        list[str] | None, typer.Option(help="A part of the names to turn; several may be.")
    ] = None,
    again: Annotated[bool, typer.Option(help="Turn those too that a test noticed before.")] = False,
    unseen: Annotated[bool, typer.Option(help="Only name what no test ever saw the other way.")] = False,
    spend: Annotated[float, typer.Option(help="Seconds of a processor for each.")] = SPENT_S,
    of_a_file: Annotated[int, typer.Option(help="Most tests of a file that are tried on each.")] = OF_A_FILE,
) -> None:
    """Turn each condition, and say which survive."""
    every = [(name, holds) for name, to in mutants_of_room().items() for holds in sorted(to)]
    prey = chosen_of(every, only or ())
    before = set[Mutant]()
    if NOTICED.exists() and not again:
        lines = NOTICED.read_text(encoding="utf-8").splitlines()
        before = {(name, holds) for (name, holds), _ in map(json.loads, lines)}
    chosen = attempts([each for each in prey if each not in before], spend, of_a_file)
    dead = before & set(prey)

    def hunt(tests: Tests) -> None:
        with NOTICED.open("a", encoding="utf-8") as kept:
            for mutant, killer in killers(tests, chosen):
                dead.add(mutant)
                kept.write(json.dumps([mutant, killer]) + "\n")
                kept.flush()

    if not unseen:
        with_tests(sorted(chosen.by_file), hunt)
    left = [each for each in prey if each not in dead and words(each) not in spared()]
    never = set(chosen.unseen)
    for each in left:
        if not unseen or each in never:
            say = "unseen  " if each in never else "survives"
            console.print(f"{say} {words(each)}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"turned: {len(prey)}, noticed: {len(dead)}, left: {len(left)}, of them unseen: {len(never)}"
    )
    sys.exit(1 if left else 0)


if __name__ == "__main__":
    typer.run(main)
