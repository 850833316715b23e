"""A scenario that cannot be run at somebody else's fleet is refused before anything starts."""

from __future__ import annotations

from typing import get_args

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.language.unfit import OVER_THE_FLEET, refuse_unfit
from simulator.scenario.load import parse_scenario
from simulator.scenario.steps.order import Step
from tests.support.scenarios import scenario

WORDS = {
    word for each in get_args(get_args(Step)[0]) for word in get_args(each.model_fields["do"].annotation)
}


def test_every_step_that_stops_or_starts_something_of_the_fleet_is_known() -> None:
    named = {each for each in WORDS if each.startswith(("stop_", "start_"))}
    assert named == OVER_THE_FLEET & WORDS


def test_such_a_scenario_is_refused_with_its_steps() -> None:
    text = scenario("away", "press", "stop_fleet", "stop", "start_fleet", "wait_held")
    with pytest.raises(
        ScenarioError, match=r"step 2 \(stop_fleet\), step 4 \(start_fleet\) need power"
    ) as refused:
        refuse_unfit(parse_scenario(text, origin="away.toml"))
    assert refused.value.exit_status == 2


def test_any_other_is_not() -> None:
    refuse_unfit(parse_scenario(scenario("short", "press", "stop", "wait_held"), origin="short.toml"))
