"""The table of inputs, ``inputs.toml``: how each is made, and what is right."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tests.harness.inputs.expected import Expected, passes

_NAMED = {"four": passes(4), "ten": passes(10, 1)}


@dataclass(frozen=True)
class Row:
    """One input.

    Attributes:
        kind: Of the field page.
        name: For people.
        script: Makes it.
        source: The file, in its folder; or anything else, with ``{dir}`` for that folder.
        right: What is expected.
        sound: Another source of sound: a file; empty for none; None for the same.
    """

    kind: str
    name: str
    script: str
    source: str
    right: Expected
    sound: str | None = None


def rows() -> list[Row]:
    """All of them."""
    table = tomllib.loads((Path(__file__).parent / "inputs.toml").read_text())
    return [Row(**{**row, "right": _right(row.get("right", {}))}) for row in table["input"]]


def row(name: str) -> Row:
    """The one of that name."""
    return next(each for each in rows() if each.name == name)


def _right(values: dict[str, object]) -> Expected:
    right = Expected()
    for key, value in values.items():
        if not hasattr(right, key):
            raise KeyError(key)
        object.__setattr__(right, key, _value(value))
    return right


def _value(value: object) -> object:
    if isinstance(value, str):
        return _NAMED.get(value, value)
    return tuple(tuple(pair) for pair in value) if isinstance(value, list) else value


def say(line: str, *below: str) -> None:
    """Print a line, and what belongs to it below."""
    sys.stdout.write("\n         ".join((line, *below)) + "\n")
    sys.stdout.flush()
