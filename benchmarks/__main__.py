"""Runs every benchmark here, keeps the figures, and says what has moved.

    python -m benchmarks [--quick] [--only NAME]     measure and show
    python -m benchmarks --compare                   and end with 1 where a ratio got worse
    python -m benchmarks --baseline                  and keep them as what is compared with
    python -m benchmarks --readme                    write the kept figures into the README; measures nothing

A module of this package is a benchmark when it has a function ``run(folder, *, quick) -> Figures``. Exit
status: 0, 1 when a ratio got worse by more than its noise, 2 when what was asked for cannot be used, 3 when
something could not be measured: what was is shown all the same, and is no baseline.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import benchmarks
from benchmarks._support.baseline import FOLDER, BaselineError, compare, ratios_of, read_kept
from benchmarks._support.machine import IN_MEMORY, this_machine
from benchmarks._support.ratio import Movement
from benchmarks._support.readme import README, ReadmeError, with_parts

if TYPE_CHECKING:
    from types import ModuleType

    from benchmarks._support.figures import Figures


def main() -> int:
    """The command line; returns the exit status."""
    asked = _arguments()
    try:
        modules = _modules(asked.only)
        if asked.readme:
            write_readme(modules, README)
            return 0
        machine = this_machine(asked.folder)
        if machine.filesystem in IN_MEMORY:
            print(
                f"{asked.folder} is in memory ({machine.filesystem}): name a folder on a disk with --folder.",
                file=sys.stderr,
            )
            return 2
        kept = {name: read_kept(FOLDER / f"{name}.json") for name in modules} if asked.compare else {}
        worse = failed = False
        for name, module in modules.items():
            figures = module.run(asked.folder, quick=asked.quick)
            figures.quick = asked.quick
            figures.show()
            failed = failed or figures.failed
            _keep(name, figures, asked)
            worse = (asked.compare and _moved(kept[name], figures)) or worse
    except (BaselineError, ReadmeError) as error:
        print(error, file=sys.stderr)
        return 2
    return 3 if failed else 1 if worse else 0


def write_readme(modules: dict[str, ModuleType], readme: Path) -> None:
    """Write the kept figures into the README.

    Raises:
        BaselineError: A benchmark's figures are not kept.
        ReadmeError: There is no place for them.
    """
    parts = {
        name: module.readme(read_kept(FOLDER / f"{name}.json"))
        for name, module in modules.items()
        if hasattr(module, "readme")
    }
    readme.write_text(with_parts(readme.read_text(encoding="utf-8"), parts), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measures every figure that the README claims."
    )
    parser.add_argument("--quick", action="store_true", help="a few minutes less, a little less sure")
    parser.add_argument("--only", metavar="NAME", action="append", help="this one; may be given again")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()),
        help="where to write: its disk is measured",
    )
    parser.add_argument("--keep", type=Path, help="a folder for the figures as JSON")
    parser.add_argument(
        "--compare", action="store_true", help="with the figures kept; 1 where a ratio got worse"
    )
    parser.add_argument("--baseline", action="store_true", help="keep these figures to compare with later")
    parser.add_argument(
        "--readme", action="store_true", help="write the kept figures into the README, and no more"
    )
    asked = parser.parse_args()
    if asked.baseline and asked.quick:
        parser.error("the figures of a quick run are not kept as what is compared with")
    return asked


def _modules(only: list[str] | None) -> dict[str, ModuleType]:
    """The benchmarks that there are, or those that were named.

    Raises:
        BaselineError: One that was named is none.
    """
    found = {each.name: importlib.import_module(f"benchmarks.{each.name}") for each in _candidates()}
    known = {name: module for name, module in found.items() if hasattr(module, "run")}
    unknown = [name for name in only or () if name not in known]
    if unknown:
        raise BaselineError(f"{unknown[0]} is no benchmark; there are {', '.join(known)}.")
    return {name: module for name, module in known.items() if only is None or name in only}


def _candidates() -> list[pkgutil.ModuleInfo]:
    return [
        each
        for each in pkgutil.iter_modules(benchmarks.__path__)
        if each.name not in {"__main__", "_support"}
    ]


def _keep(name: str, figures: Figures, asked: argparse.Namespace) -> None:
    for folder in (asked.keep, FOLDER if asked.baseline and not figures.failed else None):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            figures.write(folder / f"{name}.json")


def _moved(kept: dict[str, Any], figures: Figures) -> bool:
    """Say what moved since the figures that are kept; whether anything got worse."""
    compared = list(compare(ratios_of(kept), figures.ratios))
    print(f"Against {kept['date']}, {kept['commit'] or 'an unknown commit'}:")
    for each in compared:
        print(f"  {each.sentence}")
    return any(each.movement is Movement.WORSE for each in compared)


if __name__ == "__main__":
    sys.exit(main())
