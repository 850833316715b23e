"""Reads a scenario: one of those that are shipped, by its name, or any by its path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import ScenarioError
from simulator.scenario.language.read import read_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.scenario.model import Scenario

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


def load_with_text(name_or_path: str, given: Mapping[str, Any] | None = None) -> LoadedScenario:
    """Read and check a scenario.

    Args:
        name_or_path: A shipped scenario's name, or the path of a TOML file.
        given: Values of parameters that go before the scenario's own.

    Raises:
        ScenarioError: There is no such scenario, it is not TOML, or something in it is wrong; the message
            names the place, the value and what is allowed.
    """
    path, text = read_text(name_or_path)
    return LoadedScenario(parse_scenario(text, origin=str(path), given=given), text)


def read_text(name_or_path: str) -> tuple[Path, str]:
    """Return where a scenario is, and its text.

    Raises:
        ScenarioError: There is none, or it cannot be read.
    """
    path = _find(name_or_path)
    try:
        # Some editors begin a text with a mark of its encoding.
        return path, path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(f"The scenario {path} is no text in UTF-8: save it as that.") from error
    except OSError as error:
        raise ScenarioError(f"The scenario {path} cannot be read: {error}.") from error


def parse_scenario(text: str, *, origin: str, given: Mapping[str, Any] | None = None) -> Scenario:
    """Check a scenario's text.

    Args:
        text: TOML.
        origin: What to call it in an error.
        given: Values of parameters that go before the scenario's own.

    Raises:
        ScenarioError: It is not TOML, or something in it is wrong: each thing on a line of its own.
    """
    read = read_scenario(text, given)
    if read.scenario is None:
        lines = "".join(f"\n{each.words(origin)}" for each in read.problems)
        raise ScenarioError(f"The scenario {origin} cannot be run:{lines}")
    return read.scenario


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
