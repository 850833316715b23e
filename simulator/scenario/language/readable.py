"""What of a scenario can be read in which something is wrong, so that the rest is looked at as well. Pure.

Rules:

* A key that cannot be read is left out, and a step of which anything cannot be read is one that nobody is
  sure of: what it may change is not certain from there on.
* What could have been meant by what cannot be read is said to be unread, so that nobody misses it.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.refused.problems import STEPS, path_in
from simulator.scenario.language.requirements import UnsureStep
from simulator.scenario.model import MOST_CAMERAS, Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pydantic_core import ErrorDetails

    from simulator.scenario.language.locate import Path

_ROUNDS: Final = 6
"""What is left out may show something else that is wrong, a few times at most."""
_CAMERA: Final = re.compile(r'"cam-(\d{2,3})"')
_IN_PLACE: Final[Mapping[str, Any]] = {"do": "wait", "seconds": 1}
_MADE_OF_STEPS: Final = ("repeat", "parallel", "random")
_NAMES: Final = ("count", "later")


@dataclass(frozen=True, slots=True)
class Readable:
    """What could be read.

    Attributes:
        scenario: Without what could not be; a step of which anything could not be is a wait.
        unsure: Those steps, by where they are.
        unread: The tables of which something could not be read, ``count`` of the cameras, and ``names`` where
            nobody knows what they are called.
    """

    scenario: Scenario
    unsure: Mapping[Path, UnsureStep] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()


def readable(raw: Mapping[str, Any], errors: Sequence[ErrorDetails]) -> Readable | None:
    """Return what can be read; None where that is next to nothing.

    Args:
        raw: The scenario, as ``tomllib`` gave it.
        errors: What was refused of it.
    """
    reading = _Reading(deepcopy(dict(raw)))
    for _ in range(_ROUNDS):
        # All paths first: what is left out takes with it what else was refused in it.
        refused = [(path_in(each["loc"], reading.raw), each) for each in errors]
        for path, each in refused:
            reading.leave_out(path, each)
        reading.count_cameras()
        try:
            scenario = Scenario.model_validate(reading.raw)
        except ValidationError as error:
            errors = error.errors()
            continue
        return Readable(scenario, reading.unsure, frozenset(reading.unread))
    return None


@dataclass(slots=True)
class _Reading:
    raw: dict[str, Any]
    unsure: dict[Path, UnsureStep] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    def leave_out(self, path: Path, error: ErrorDetails) -> None:
        """Leave out what was refused."""
        if not path:
            if error["type"] == "missing":
                self.raw[str(error["loc"][0])] = "unread"
            return
        table, extra = str(path[0]), error["type"] == "extra_forbidden"
        if table == "steps" and len(path) > 1:
            self._step(path, extra=extra)
        elif table in ("cameras", "promises") and len(path) > 1:
            if table == "cameras":
                self._of_cameras(str(path[1]), extra=extra)
            self.raw.get(table, {}).pop(path[1], None)
        else:
            self.unread |= self._meant(table) if extra else {table}
            self.raw.pop(table, None)
            if table == "cameras":
                self.unread.add("count")

    def _step(self, path: Path, *, extra: bool) -> None:
        """Put a wait in the place of the innermost step that a path leads to."""
        if any(path[: len(place)] == place for place in self.unsure):
            return
        place: Path = path[:2]
        here = self.raw["steps"][path[1]]
        for length in range(3, len(path) + 1):
            inner = _at(self.raw, path[:length])
            if isinstance(inner, dict) and isinstance(path[length - 1], int):
                place, here = path[:length], inner
        if not isinstance(here, dict):
            here = {}
        words = tuple(_words(here))
        certain = bool(words) and all(each in STEPS for each in words) and words[0] == here.get("do")
        whole = certain and not set(words) & set(_MADE_OF_STEPS)
        named = here.get("cameras")
        readable_names = not extra and path[len(place) : len(place) + 1] != ("cameras",) and _is_named(named)
        self.unsure[place] = UnsureStep(
            words if certain else (), tuple(named or ()) if readable_names else (), alone=whole
        )
        _at(self.raw, place[:-1])[place[-1]] = dict(_IN_PLACE)

    def _of_cameras(self, key: str, *, extra: bool) -> None:
        meant = did_you_mean(key, Scenario.model_fields["cameras"].annotation.model_fields) if extra else ""  # type: ignore[union-attr]
        for name in _NAMES:
            if name == key or f'"{name}"' in meant:
                self.unread.add("count" if name == "count" else "names")

    def _meant(self, key: str) -> set[str]:
        """The tables that a key could have been meant for that is not known."""
        meant = did_you_mean(key, Scenario.model_fields)
        found = {each for each in Scenario.model_fields if f'"{each}"' in meant}
        if "cameras" in found:
            found.add("count")
        return found or {each for each in ("steps", "pilot") if each not in self.raw}

    def count_cameras(self) -> None:
        """Have as many cameras as are named anywhere, where it is not known how many there are."""
        cameras = self.raw.get("cameras")
        if "count" not in self.unread or not isinstance(cameras, dict | None):
            return
        cameras = self.raw.setdefault("cameras", {})
        text = json.dumps(self.raw, default=str)
        if cameras.get("later") or '"enrol"' in text:
            self.unread.add("names")
        named = [int(each) for each in _CAMERA.findall(text)]
        named += [int(each[-2:]) for step in self.unsure.values() for each in step.names]
        cameras["count"] = min(max([1, *named]), MOST_CAMERAS)


def _at(raw: Any, path: Iterable[str | int]) -> Any:  # noqa: ANN401 - whatever the file had there
    for part in path:
        raw = raw[part]
    return raw


def _words(step: Any) -> Iterator[str]:  # noqa: ANN401 - whatever the file had there
    """Every word of a step and of those in it."""
    if isinstance(step, dict):
        if isinstance(step.get("do"), str):
            yield step["do"]
        for each in step.values():
            yield from _words(each)
    elif isinstance(step, list):
        for each in step:
            yield from _words(each)


def _is_named(cameras: Any) -> bool:  # noqa: ANN401 - whatever the file had there
    return cameras is None or (isinstance(cameras, list) and all(isinstance(each, str) for each in cameras))
