"""Reads a scenario: one of those that are shipped, by its name, or any by its path."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from simulator.errors import ScenarioError
from simulator.scenario.model import Scenario

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SHIPPED = Path(__file__).resolve().parents[1] / "scenarios"


def shipped_scenarios() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the simulator, in order."""
    return tuple(sorted(file.stem for file in SHIPPED.glob("*.toml")))


@dataclass(frozen=True, slots=True)
class LoadedScenario:
    """A scenario with the text that it was read from."""

    scenario: Scenario
    text: str


def load_scenario(name_or_path: str) -> Scenario:
    """Read and check a scenario; see ``load_with_text``."""
    return load_with_text(name_or_path).scenario


def load_with_text(name_or_path: str) -> LoadedScenario:
    """Read and check a scenario.

    Args:
        name_or_path: A shipped scenario's name, or the path of a TOML file.

    Raises:
        ScenarioError: There is no such scenario, it is not TOML, or something in it is wrong; the message
            names the place, the value and what is allowed.
    """
    path = _find(name_or_path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"The scenario {path} cannot be read: {error}.") from error
    return LoadedScenario(parse_scenario(text, origin=str(path)), text)


def parse_scenario(text: str, *, origin: str) -> Scenario:
    """Check a scenario's text.

    Args:
        text: TOML.
        origin: What to call it in an error.

    Raises:
        ScenarioError: It is not TOML, or something in it is wrong.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"The scenario {origin} is not valid TOML: {error}.") from error
    try:
        return Scenario.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(_in_words(problem) for problem in error.errors())
        raise ScenarioError(f"The scenario {origin} cannot be run: {problems}.") from error


def _find(name_or_path: str) -> Path:
    shipped = SHIPPED / f"{name_or_path}.toml"
    if name_or_path in shipped_scenarios():
        return shipped
    path = Path(name_or_path)
    if path.is_file():
        return path
    raise ScenarioError(
        f"There is no scenario {name_or_path!r}; give a path, or one of: {', '.join(shipped_scenarios())}."
    )


def _in_words(problem: ErrorDetails) -> str:
    """Say one problem as ``steps 3 (press): seconds: …``, with the value that was given."""
    place = _place(problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "missing":
        return f"{place} is missing"
    if problem["type"] == "extra_forbidden":
        return f"{place} is not a key that is known here"
    if problem["type"] == "value_error":
        return f"{place}: {message}" if place else message
    return f"{place}: {message[0].lower()}{message[1:]}, and {_shortly(problem['input'])} was given"


def _place(location: tuple[int | str, ...]) -> str:
    # Positions count from one, as a person counts steps.
    return " ".join(str(part + 1) if isinstance(part, int) else part for part in location)


def _shortly(value: Any) -> str:  # noqa: ANN401 - whatever the file had there
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line's worth
