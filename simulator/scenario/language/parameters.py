"""A scenario's parameters: values with a name, put in wherever ``"$name"`` stands. Pure.

Rules:

* A text that is ``$name`` and nothing else stands for the parameter's value, whatever type that has.
* A parameter that is not there is a problem at the place where it is used; one that nothing uses is one, too.
* ``[parameters]`` itself is not looked into: a parameter stands for a value, never for another parameter.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.problem import Mistake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.scenario.language.locate import Path

TABLE = "parameters"
NAME = re.compile(r"\$([a-z][a-z0-9_]*)")


def put_in(raw: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """Put the values in.

    Args:
        raw: A scenario, as ``tomllib`` gives it.
        given: Values that go before those of the scenario, by name.

    Returns:
        The scenario without a ``$name`` that is known, and what is wrong.
    """
    own = raw.get(TABLE, {})
    if not isinstance(own, dict):
        return dict(raw), []  # which whoever reads the scenario refuses
    filler = _Filler({**own, **given})
    filled = {key: each if key == TABLE else filler.fill(each, (key,)) for key, each in raw.items()}
    if isinstance(raw.get(TABLE), dict):
        filled[TABLE] = {**own, **{name: each for name, each in given.items() if name in own}}
    problems = filler.problems
    for name in given:
        if name not in own:
            said = f"there is no parameter {name} to set{did_you_mean(name, own)}"
            problems.append(Mistake(said, (TABLE,)))
    for name in own:
        if name not in filler.used and name not in filler.meant:
            problems.append(Mistake(f'nothing uses the parameter {name}: write "${name}"', (TABLE, name)))
    return filled, problems


def read_settings(given: list[str]) -> dict[str, Any]:
    """Read ``name=value`` texts; a value is TOML, or a text as it stands.

    Raises:
        ValueError: One has no name; the message says which.
    """
    found: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise ValueError(f"{each!r} is not NAME=VALUE")
        try:
            found[name.strip()] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            found[name.strip()] = value
    return found


class _Filler:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.used: set[str] = set()
        self.meant: set[str] = set()
        self.problems: list[Mistake] = []

    def fill(self, value: Any, path: Path) -> Any:  # noqa: ANN401 - whatever the file had there
        if isinstance(value, dict):
            return {key: self.fill(each, (*path, key)) for key, each in value.items()}
        if isinstance(value, list):
            return [self.fill(each, (*path, position)) for position, each in enumerate(value)]
        found = NAME.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return value
        name = found[1]
        if name not in self._values:
            meant = did_you_mean(name, self._values) or "; add it to [parameters]"
            said = f"there is no parameter {name}{meant}"
            self.meant |= {each for each in self._values if f'"{each}"' in meant}
            self.problems.append(Mistake(said, path))
            return value
        self.used.add(name)
        return self._values[name]
