"""Runs every benchmark here and keeps the figures: ``python -m benchmarks [--quick] [--keep FOLDER]``.

A module of this package is a benchmark when it has a function ``run(folder, *, quick) -> Figures``.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import tempfile
from pathlib import Path

import benchmarks


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures every figure that the README claims.")
    parser.add_argument("--quick", action="store_true", help="a few minutes less, a little less sure")
    parser.add_argument("--keep", type=Path, help="a folder for the figures as JSON")
    asked = parser.parse_args()
    for found in pkgutil.iter_modules(benchmarks.__path__):
        module = importlib.import_module(f"benchmarks.{found.name}")
        if not hasattr(module, "run"):
            continue
        figures = module.run(Path(tempfile.gettempdir()), quick=asked.quick)
        figures.show()
        if asked.keep is not None:
            asked.keep.mkdir(parents=True, exist_ok=True)
            figures.write(asked.keep / f"{found.name}.json")


main()
