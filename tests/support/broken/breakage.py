"""A product that is broken on purpose, in one way, in all of its processes: programs, cameras and fleet.

Each breakage is a function that replaces something of the product's own code. It is chosen by a variable of
the environment, which the processes that a run starts inherit. Nothing in the product knows of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

VARIABLE = "LAPEL_TESTS_BREAKAGE"
SITE = Path(__file__).with_name("site")
ROOT = Path(__file__).parents[3]


def broken(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program whose product is broken in that way."""
    path = os.pathsep.join(filter(None, (str(SITE), str(ROOT), environment.get("PYTHONPATH"))))
    return {**environment, VARIABLE: name, "PYTHONPATH": path}


def break_as_told() -> None:
    """Break this process's product, if the environment says so."""
    name = os.environ.get(VARIABLE)
    if name:
        breakages()[name]()


def breakages() -> dict[str, Callable[[], None]]:
    """Every breakage by its name, which says what is wrong."""
    from tests.support.broken import cameras, fleets  # noqa: PLC0415 - a program that is whole loads neither

    return {each.__name__: each for module in (cameras, fleets) for each in _of(module)}


def instead(owner: Any, name: str, make: Callable[[Any], Any]) -> None:  # noqa: ANN401 - a class or a module
    """Put what ``make`` makes of something in its place."""
    setattr(owner, name, make(getattr(owner, name)))


def _of(module: Any) -> Iterator[Callable[[], None]]:  # noqa: ANN401 - a module
    for each in vars(module).values():
        own = callable(each) and getattr(each, "__module__", "") == module.__name__
        if own and not each.__name__.startswith("_"):
            yield each
