"""What the strict reading of a scenario refused, in words and with its path. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from simulator.oracle.asked import Promises
from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.problem import Mistake
from simulator.scenario.model import Cameras, FleetTable, Scenario
from simulator.scenario.steps.order import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from simulator.scenario.language.locate import Path

LONGEST = 60
"""So much of a value is repeated to whoever wrote it."""

STEPS: Mapping[str, type[BaseModel]] = {
    get_args(each.model_fields["do"].annotation)[0]: each for each in get_args(get_args(Step)[0])
}
"""Each step's word, and what it may hold."""

TABLES: Mapping[Path, type[BaseModel]] = {
    (): Scenario,
    ("cameras",): Cameras,
    ("fleet",): FleetTable,
    ("promises",): Promises,
}


def problem_of(error: ErrorDetails, raw: Mapping[str, Any]) -> Mistake:
    """Say one thing that was refused as ``steps 3 press seconds: …``, with what was given.

    Args:
        error: As pydantic gives it.
        raw: The scenario, as ``tomllib`` gave it.
    """
    path = path_in(error["loc"], raw)
    # Positions count from one, as a person counts steps.
    where = " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return Mistake(f"{where} is missing", path)
    if kind == "extra_forbidden":
        known = known_keys(path[:-1], raw)
        said = did_you_mean(str(path[-1]), known) or (f"; known here: {', '.join(known)}" if known else "")
        return Mistake(f"{where} is not a key that is known here{said}", path)
    if kind == "value_error":
        return Mistake(f"{where}: {message}" if where else message, path)
    if kind == "union_tag_not_found":
        return Mistake(f"{where} has no do: it says what the step does, such as {_some_words()}", path)
    if kind == "union_tag_invalid":
        word = str(context.get("tag", ""))
        words = ", ".join(f"'{each}'" for each in STEPS)
        said = f"{where}: a step is one of {words}, and '{word}' was given{did_you_mean(word, STEPS)}"
        return Mistake(said, (*path, "do"))
    meant = ""
    if "expected" in context and isinstance(error["input"], str):
        meant = did_you_mean(error["input"], re.findall(r"'([^']*)'", str(context["expected"])))
    given = f", and {_shortly(error['input'])} was given"
    return Mistake(f"{where}: {message[0].lower()}{message[1:]}{given}{meant}", path)


def path_in(location: Iterable[int | str], raw: Any) -> Path:  # noqa: ANN401 - whatever the file had there
    """Return a location as a path in the text, without what pydantic adds, such as a step's word."""
    path: Path = ()
    here = raw
    for part in location:
        if _has(here, part):
            here = here[part]
            path = (*path, part)
        elif not (isinstance(here, dict) and here.get("do") == part):
            break
    return path


def _has(here: Any, part: int | str) -> bool:  # noqa: ANN401 - whatever the file had there
    if isinstance(here, list):
        return isinstance(part, int) and part < len(here)
    return isinstance(here, dict) and part in here


def known_keys(path: Path, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that the table at a path may have; none where that is not known."""
    if path in TABLES:
        return tuple(TABLES[path].model_fields)
    here: Any = raw
    for part in path:
        here = here[part]  # a path in the text leads somewhere
    word = str(here.get("do")) if isinstance(here, dict) else ""
    return tuple(STEPS[word].model_fields) if word in STEPS else ()


def _some_words() -> str:
    return ", ".join(f'"{word}"' for word in ("press", "wait", "stop"))


def _shortly(value: Any) -> str:  # noqa: ANN401 - whatever the file had there
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
