"""Every order of what can happen to a camera, deeper than ``make test`` has time for.

    python -m tests.harness.orders [--depth 4]

Exit status 1 when a promise was broken; the shortest order found that breaks it is printed. ``--write`` keeps
the figures for ``docs/promises.md``.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Annotated

import typer
from rich.console import Console

from tests.harness.orders.search import BEGINNINGS, Broken, search
from tests.support.reports.figures import keep

PROMISES = ("C3", "C6", "C7", "C11")
console = Console()


def main(
    depth: Annotated[int, typer.Option(help="Things that happen after each beginning.")] = 4,
    write: Annotated[bool, typer.Option(help="Keep the figures for docs/promises.md.")] = False,
) -> None:
    """Try every order, and say what was broken."""
    started, tried = time.monotonic(), 0
    broken: list[Broken] = []
    with ProcessPoolExecutor() as pool:
        for beginning, (count, found) in zip(
            BEGINNINGS, pool.map(search, BEGINNINGS, [depth] * len(BEGINNINGS)), strict=True
        ):
            tried, broken = tried + count, [*broken, *found]
            console.print(f"{beginning}: {count:,} orders, broken {len(found)}")
            for each in found:
                console.print(f"  {each}")
    result = (
        f"{tried:,} orders of up to {depth} things that happen to a camera, "
        f"after {len(BEGINNINGS)} beginnings; broken {len(broken)}"
    )
    console.print(f"{result}; {time.monotonic() - started:.0f} s")
    if write and not broken:
        keep("orders", dict.fromkeys(PROMISES, result))
    sys.exit(bool(broken))


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
