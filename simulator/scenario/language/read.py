"""Reads a scenario's text, and finds everything in it that is wrong before anything starts. Pure."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from simulator.scenario.language.locate import TextPlace, locate, nearest_place
from simulator.scenario.language.order import order_problems
from simulator.scenario.language.parameters import put_in
from simulator.scenario.language.problem import Mistake, in_order
from simulator.scenario.language.refused import problem_of
from simulator.scenario.language.settings import settings_problems
from simulator.scenario.language.unfit import driver_problems
from simulator.scenario.language.virtual import time_problems
from simulator.scenario.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

_AT = re.compile(r" \(at line (\d+), column (\d+)\)$| \(at end of document\)$")


@dataclass(frozen=True, slots=True)
class ReadScenario:
    """What a text came to.

    Attributes:
        scenario: The scenario; None where the text is none.
        problems: What is wrong with it, in the order of the text; a scenario with any cannot be run.
    """

    scenario: Scenario | None
    problems: tuple[Mistake, ...]


def read_scenario(text: str, given: Mapping[str, Any] | None = None) -> ReadScenario:
    """Read a scenario.

    Args:
        text: TOML.
        given: Values of parameters that go before the scenario's own.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return ReadScenario(None, (_not_toml(str(error), text),))
    filled, problems = put_in(raw, given or {})
    scenario = None
    try:
        scenario = Scenario.model_validate(filled)
    except ValidationError as error:
        problems += [problem_of(each, filled) for each in error.errors()]
    else:
        problems += [
            *settings_problems(scenario.cameras),
            *order_problems(scenario),
            *time_problems(scenario),
            *driver_problems(scenario),
        ]
    places = locate(text)
    placed = [replace(each, place=nearest_place(places, each.path)) for each in problems]
    return ReadScenario(None if placed else scenario, in_order(placed))


def _not_toml(message: str, text: str) -> Mistake:
    found = _AT.search(message)
    place = TextPlace(text.count("\n") + 1, 1)
    if found is not None and found[1]:
        place = TextPlace(int(found[1]), int(found[2]))
    said = message[: found.start()] if found is not None else message
    return Mistake(f"this is not valid TOML: {said[:1].lower()}{said[1:]}", place=place)
