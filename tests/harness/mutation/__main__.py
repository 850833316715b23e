"""``python -m tests.harness.mutation``: mutants of what makes things durable, and what survives.

They are of the durable modules, of what keeps what was said and commanded, and of those who call them.

With ``--write`` it keeps the test that each mutant of the first two died of, which is what makes the next
hunt quick, and the test in ``make test``; with ``--figures``, for ``docs/promises.md``, how many there were
when none survived. Exit status 1 when a mutant survived.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Console

from tests.harness.mutation.hunt import (
    CALLERS,
    DURABLE,
    KEEPERS,
    TESTS,
    hunter,
    mutants_of,
    record,
    recorded,
)
from tests.support.reports.bars import Bars
from tests.support.reports.figures import keep

console = Console()


def main(
    write: Annotated[
        bool, typer.Option(help="Keep what each mutant died of, but those of callers; not with --only.")
    ] = False,
    callers: Annotated[bool, typer.Option(help="Hunt the callers of what makes things durable, too.")] = True,
    figures: Annotated[
        bool, typer.Option(help="Keep the count for docs/promises.md, of a whole hunt.")
    ] = False,
    only: Annotated[str, typer.Option(help="A part of the names of the mutants to hunt.")] = "",
) -> None:
    """Hunt every mutant, and say which survive."""
    killers = _hunt(DURABLE, TESTS, only) | _hunt_each(KEEPERS, only)
    if write and not only:
        record({name: killer for name, killer in killers.items() if killer})
    if callers:
        killers |= _hunt_each(CALLERS, only)
    survivors = [name for name, killer in killers.items() if killer is None]
    console.print(f"mutants: {len(killers)}, survived: {len(survivors)}")
    if figures and callers and not only and not survivors:
        keep_count(len(killers))
    sys.exit(1 if survivors else 0)


def keep_count(mutants: int) -> None:
    """Keep that a whole hunt left no survivor."""
    seen = f"{mutants} mutants of what makes things durable and of its callers, survived 0"
    keep("mutation", {"C3": seen, "C4": seen})


def _hunt_each(modules: Mapping[str, tuple[str, ...]], only: str) -> dict[str, str | None]:
    """What each mutant of modules died of that have tests of their own."""
    killers = dict[str, str | None]()
    for tests in dict.fromkeys(modules.values()):
        killers |= _hunt([module for module, own in modules.items() if own == tests], tests, only)
    return killers


def _hunt(modules: Sequence[str], tests: Sequence[str], only: str) -> dict[str, str | None]:
    """What each mutant of some modules died of, by its name. Of callers, those that lack a step."""
    prey = [mutant for module in modules for mutant in mutants_of(module) if only in mutant.name]
    prey = [mutant for mutant in prey if mutant.module not in CALLERS or mutant.deletes]
    if not prey:
        return {}
    hints, killers = recorded(), dict[str, str | None]()
    with hunter(tests) as hunting, Bars(console=console) as progress:
        if (broken := hunting.failing(modules[0], None, tests)) is not None:
            raise SystemExit(f"The tests fail without any mutant: {broken}")
        for mutant in progress.track(prey, description=", ".join(modules)):
            killers[mutant.name] = hunting.killer(mutant, tests, hints.get(mutant.name))
            if killers[mutant.name] is None:
                console.print(f"survives: {mutant.name}", markup=False, soft_wrap=True)
    return killers


if __name__ == "__main__":
    typer.run(main)
