"""What the strict reading of a scenario refused, in words and with its path. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_args

from simulator.oracle.asked import Promises
from simulator.pilot.script.model import (
    PilotIncident,
    PilotLandlord,
    PilotRequest,
    PilotScript,
    VisitLines,
)
from simulator.pilot.script.request_steps import AnyRequestStep
from simulator.scenario.language.nearest import did_you_mean
from simulator.scenario.language.problem import Mistake
from simulator.scenario.language.refused.values import shortly, what_it_has_to_be
from simulator.scenario.model import Cameras, FleetTable, RunTable, Scenario
from simulator.scenario.steps.order import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from simulator.scenario.language.locate import Path

STEPS: Mapping[str, type[BaseModel]] = {
    get_args(each.model_fields["do"].annotation)[0]: each for each in get_args(get_args(Step)[0])
}
"""Each step's word, and what it may hold."""
ABOUT_REQUESTS: Mapping[str, type[BaseModel]] = {
    get_args(each.model_fields["do"].annotation)[0]: each for each in get_args(get_args(AnyRequestStep)[0])
}
"""The same of the steps about a pilot's requests."""

_MEANT: Final = re.compile(r'; did you mean "([^"]+)"\?$')

TABLES: Mapping[Path, type[BaseModel]] = {
    (): Scenario,
    ("cameras",): Cameras,
    ("fleet",): FleetTable,
    ("run",): RunTable,
    ("promises",): Promises,
    ("pilot",): PilotScript,
    ("pilot", "landlord"): PilotLandlord,
    ("pilot", "visits"): VisitLines,
    ("pilot", "incidents"): PilotIncident,
    ("pilot", "requests"): PilotRequest,
}


def problem_of(error: ErrorDetails, raw: Mapping[str, Any]) -> Mistake:
    """Say one thing that was refused as ``steps 3 press seconds: …``, with what was given.

    Args:
        error: As pydantic gives it.
        raw: The scenario, as ``tomllib`` gave it.
    """
    path = path_in(error["loc"], raw)
    kind, context = error["type"], error.get("ctx", {})
    where = _where(error["loc"])
    if kind == "missing":
        return Mistake(f"{where} is missing", path)
    if kind == "extra_forbidden":
        known = known_keys(path[:-1], raw)
        said = did_you_mean(str(path[-1]), known) or (f"; known here: {', '.join(known)}" if known else "")
        return Mistake(f"{where} is not a key that is known here{said}", path)
    if kind == "value_error":
        message = error["msg"].removeprefix("Value error, ")
        return Mistake(f"{where}: {message}" if where else message, path)
    if kind == "union_tag_not_found":
        some = _some_words(words_at(path))
        return Mistake(f"{where} has no do: it says what the step does, such as {some}", path)
    if kind == "union_tag_invalid":
        return Mistake(f"{where}: {_no_step(str(context.get('tag', '')), words_at(path))}", (*path, "do"))
    return Mistake(f"{where}: {_wrong_value(error, path)}", path)


def _wrong_value(error: ErrorDetails, path: Path) -> str:
    """Say what a value has to be, what was given, and what was probably meant."""
    message, expected = error["msg"], error.get("ctx", {}).get("expected")
    own = message.replace("Input should be", "this has to be", 1)
    has_to_be = what_it_has_to_be(error, path) or f"{own[0].lower()}{own[1:]}"
    meant = ""
    if expected is not None and isinstance(error["input"], str):
        meant = did_you_mean(error["input"], re.findall(r"'([^']*)'", str(expected)))
    return f"{has_to_be}, and {shortly(error['input'])} was given{meant}"


def _where(location: tuple[int | str, ...]) -> str:
    """Return a location in words; positions count from one, as a person counts steps."""
    # Where a value may be of several types, the last part is the one that pydantic tried.
    written = location[:-1] if location[-1:] == ("bool",) else location
    return " ".join(str(part + 1) if isinstance(part, int) else str(part) for part in written)


def path_in(location: Iterable[int | str], raw: Any) -> Path:  # noqa: ANN401 - whatever the file had there
    """Return a location as a path in the text, without what pydantic adds, such as a step's word."""
    path: Path = ()
    here, named = raw, False
    for part in location:
        if not named and isinstance(here, dict) and here.get("do") == part:
            named = True  # a step's word may be that of one of its keys too, which comes after it
        elif _has(here, part):
            here, named = here[part], False
            path = (*path, part)
        else:
            break
    return path


def _has(here: Any, part: int | str) -> bool:  # noqa: ANN401 - whatever the file had there
    if isinstance(here, list):
        return isinstance(part, int) and part < len(here)
    return isinstance(here, dict) and part in here


def known_keys(path: Path, raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys that the table at a path may have; none where that is not known."""
    # An element of a list of tables has what each of them may have.
    table = path[:-1] if path and isinstance(path[-1], int) else path
    if table in TABLES:
        return tuple(TABLES[table].model_fields)
    here: Any = raw
    for part in path:
        here = here[part]  # a path in the text leads somewhere
    word = str(here.get("do")) if isinstance(here, dict) else ""
    steps = words_at(path)
    return tuple(steps[word].model_fields) if word in steps else ()


def words_at(path: Path) -> Mapping[str, type[BaseModel]]:
    """Return the words of the steps that a list at a path may have."""
    return ABOUT_REQUESTS if path[:2] == ("pilot", "requests") else STEPS


def _some_words(steps: Mapping[str, type[BaseModel]]) -> str:
    some = ("press", "wait", "stop") if steps is STEPS else ("search", "letter", "close")
    return ", ".join(f'"{word}"' for word in some)


def _no_step(word: str, steps: Mapping[str, type[BaseModel]]) -> str:
    """Say that there is no such step: what was meant, or else all that there are."""
    meant = did_you_mean(word, steps)
    if meant:
        return f"there is no step '{word}'{meant}"
    words = ", ".join(f"'{each}'" for each in steps)
    return f"a step is one of {words}, and '{word}' was given"


def problems_of(errors: Sequence[ErrorDetails], raw: Mapping[str, Any]) -> list[Mistake]:
    """Say all that was refused, each thing once.

    Args:
        errors: As pydantic gives them.
        raw: The scenario, as ``tomllib`` gave it.
    """
    found = []
    for each in errors:
        inside = any(other["loc"][: len(each["loc"])] == each["loc"] != other["loc"] for other in errors)
        of_several = str(each["loc"][-1]).startswith("literal[") if each["loc"] else False
        if not of_several and not (each["type"] == "too_short" and inside):
            found.append(problem_of(each, raw))
    # A key that is misspelt is not missing as well.
    misspelt = {
        f"{_where(each['loc'][:-1])} {key}".strip()
        for each in errors
        if each["type"] == "extra_forbidden"
        for key in _MEANT.findall(problem_of(each, raw).sentence)
    }
    return [each for each in found if each.sentence.removesuffix(" is missing") not in misspelt]
