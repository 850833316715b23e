"""Reads a scenario's text, and finds everything in it that is wrong before anything starts. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from simulator.scenario.language.locate import locate, nearest_place
from simulator.scenario.language.order import order_problems
from simulator.scenario.language.parameters import put_in
from simulator.scenario.language.problem import Mistake, in_order
from simulator.scenario.language.readable import Readable, readable
from simulator.scenario.language.refused.not_toml import not_toml
from simulator.scenario.language.refused.problems import problems_of
from simulator.scenario.language.settings import fleet_problems, settings_problems
from simulator.scenario.language.unfit import driver_problems
from simulator.scenario.language.virtual import time_problems
from simulator.scenario.model import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BYTE_ORDER_MARK = "\ufeff"
"""What some editors put before a text; it says nothing here."""


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
    text = text.removeprefix(BYTE_ORDER_MARK)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return ReadScenario(None, (not_toml(str(error), text),))
    filled, problems = put_in(raw, given or {})
    scenario = None
    try:
        scenario = Scenario.model_validate(filled)
    except ValidationError as error:
        unknown = {each.path for each in problems}  # what a parameter that is not there would have been
        problems += [each for each in problems_of(error.errors(), filled) if each.path not in unknown]
        read = readable(filled, error.errors())
    else:
        read = Readable(scenario)
    problems += [] if read is None else _across(read)
    places = locate(text)
    placed = [replace(each, place=nearest_place(places, each.path)) for each in problems]
    return ReadScenario(None if placed else scenario, in_order(placed))


def _across(read: Readable) -> Iterator[Mistake]:
    """What is wrong with how parts of a scenario go together, as far as these could be read."""
    scenario, unread = read.scenario, read.unread
    yield from settings_problems(scenario.cameras)
    yield from fleet_problems(scenario.fleet)
    if not unread & {"steps", "pilot", "names"}:
        for each in order_problems(scenario, read.unsure):
            of_many = each.path[-1:] == ("any_of",) and "count" in unread
            of_fleet = each.path == ("promises", "gone_within_s") and "fleet" in unread
            if not of_many and not of_fleet:
                yield each
    if not unread & {"steps", "pilot", "run", "fleet", "promises"}:
        yield from time_problems(scenario)
    if not unread & {"run", "fleet", "count", "names"}:
        yield from driver_problems(scenario)
