"""Every single-byte alteration of a small recording, and 100,000 of a large one: each must be found.

    python -m tests.harness.alterations [--draws 100000] [--seed 1] [--write]

The small recording: each bit of each byte of each file is flipped, one at a time, and each byte once more on
disk for ``lapel-verify`` itself, which must end with status 1. The large one: a drawn byte is made another.
Exit status 1 when anything was missed. ``--write`` keeps the figures in ``docs/figures/alterations.json``.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from tests.harness.alterations.command import CommandTrial
from tests.harness.alterations.memo import remembering
from tests.harness.alterations.trial import Alteration, Tally, Trial, large, small
from tests.support.reports.bars import Bars
from tests.support.reports.figures import keep

BITS: Final = tuple(1 << bit for bit in range(8))
SHOWN: Final = 10
console = Console(file=sys.stdout)  # this very stream: a command that is tried has its own in place of it


def main(
    draws: Annotated[int, typer.Option(help="Alterations of the large recording.")] = 100_000,
    seed: Annotated[int, typer.Option(help="The same seed tries the same alterations.")] = 1,
    write: Annotated[bool, typer.Option(help="Keep the figures in docs/figures.")] = False,
) -> None:
    """Alter single bytes, and say which alterations were missed."""
    warnings.simplefilter("ignore")  # of serial numbers below one, which changed certificates have
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tallies: dict[str, Tally] = {}
    with Bars(*columns, console=console) as progress:

        def tried(what: str, trial: Trial, made: Iterable[Alteration], total: int) -> None:
            tallies[what] = run(trial, progress.track(made, total=total, description=what))

        short, long = Trial(small()), Trial(large())
        tried("small recording, every bit ", short, short.every(BITS), 8 * size(short))
        tried("large recording, drawn     ", long, long.drawn(draws, seed), draws)
        with TemporaryDirectory(prefix="lapel-alterations-") as folder:
            command = CommandTrial(Path(folder), short)
            flips = progress.track(
                short.every([1]), total=size(short), description="lapel-verify, every byte   "
            )
            tallies["lapel-verify"] = command.run(flips)
    sentences = [f"{what.strip()}: {_sentence(tally)}" for what, tally in tallies.items()]
    sentences.append(f"the large recording has {size(long):,} bytes in {len(long.files)} files")
    for sentence in sentences:
        console.print(sentence, highlight=False)
    missed = [each for tally in tallies.values() for each in tally.missed]
    for each in missed[:SHOWN]:
        console.print(f"missed: {each}", highlight=False, markup=False)
    console.print(f"missed: {len(missed)}, in {time.monotonic() - started:.0f} s", highlight=False)
    if write and not missed:
        keep("alterations", {}, seed=seed, figures=sentences, missed=0)
    sys.exit(1 if missed else 0)


def size(trial: Trial) -> int:
    return sum(map(len, trial.files.values()))


def run(trial: Trial, made: Iterable[Alteration]) -> Tally:
    """Try alterations; the verifier recalls what it computed of the files that are not altered."""
    tally = Tally()
    with remembering(trial.files.values()):
        for alteration in made:
            trial.count(tally, alteration, trial.judge(alteration))
    return tally


def _sentence(tally: Tally) -> str:
    kinds = ", ".join(f"{count:,} in {what}" for what, count in sorted(tally.tried.items()))
    total = sum(tally.tried.values())
    several = f", {tally.several:,} with more than one finding" if tally.several else ""
    return f"{total:,} alterations ({kinds}), {len(tally.missed)} missed{several}"


if __name__ == "__main__":
    typer.run(main)
