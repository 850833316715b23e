"""The simulator's page names everything that a scenario and a report may hold."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from docs.generators import scenario_schema
from simulator.bench.orders import BenchButton
from simulator.cli import app
from simulator.network.conditions import LineState
from simulator.oracle.asked import Promises
from simulator.oracle.check import Check, Figure
from simulator.oracle.facts.timings import Timings
from simulator.oracle.rule import NamedRule
from simulator.oracle.world import ExportFacts
from simulator.pilot.oracle.rules import RULES
from simulator.pilot.script.model import (
    PilotIncident,
    PilotLandlord,
    PilotRequest,
    PilotScript,
    VisitLines,
)
from simulator.pilot.script.request_steps import AnyRequestStep
from simulator.pilot.script.visit_lines import COLUMNS, CONSENTS, NOTICES
from simulator.report import report
from simulator.scenario.load import parse_scenario, shipped_scenarios
from simulator.scenario.model import Cameras, Scenario
from simulator.scenario.steps.order import Step

if TYPE_CHECKING:
    from pydantic import BaseModel

PAGE = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text(encoding="utf-8")
WORDS = PAGE[PAGE.index("## Writing a scenario") :]
STEPS = get_args(get_args(Step)[0])


@pytest.mark.parametrize("step", STEPS)
def test_every_step_and_its_keys_are_documented(step: type[BaseModel]) -> None:
    keys = set(step.model_fields) - {"do", "at_s", "cameras", "any_of"}
    [word] = get_args(step.model_fields["do"].annotation)
    [row] = [line for line in WORDS.splitlines() if re.match(rf"\| (`\w+`, )?`{word}`(, `\w+`)? \|", line)]

    assert all(f"`{key}`" in row for key in keys)


PILOT = PAGE[PAGE.index("## A pilot") : PAGE.index("## A storm")]


@pytest.mark.parametrize("step", get_args(get_args(AnyRequestStep)[0]))
def test_every_step_about_a_pilot_s_request_is_documented(step: type[BaseModel]) -> None:
    [word] = get_args(step.model_fields["do"].annotation)
    [row] = [line for line in PILOT.splitlines() if line.startswith(f'| `do = "{word}"` |')]

    keys = set(step.model_fields) - {"do", "on", "refused", "says"}
    assert [key for key in keys if f"`{key}`" not in row] == []


@pytest.mark.parametrize("model", [PilotScript, PilotLandlord, VisitLines, PilotIncident, PilotRequest])
def test_every_key_of_a_pilot_is_documented(model: type[BaseModel]) -> None:
    assert [key for key in model.model_fields if f"`{key}`" not in PILOT] == []


@pytest.mark.parametrize("word", [*COLUMNS, *CONSENTS, *NOTICES])
def test_every_word_of_a_pilot_s_visits_is_documented(word: str) -> None:
    assert f"`{word}`" in PILOT


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_promise_of_a_pilot_is_documented(rule: NamedRule) -> None:
    assert rule.section in PILOT or rule.section.startswith("the register of")


@pytest.mark.parametrize("state", LineState)
def test_every_state_of_a_line_is_documented(state: LineState) -> None:
    assert f'| `"{state}"` |' in PAGE


@pytest.mark.parametrize(
    "key", [*Scenario.model_fields, "at_s", "any_of", *Cameras.model_fields, *Promises.model_fields]
)
def test_every_key_is_documented(key: str) -> None:
    assert f"`{key}`" in PAGE


RECORDS = [each for each in vars(report).values() if is_dataclass(each)]


@pytest.mark.parametrize("model", [*RECORDS, Check, Figure, ExportFacts, Timings])
def test_the_report_is_documented(model: type) -> None:
    assert [field.name for field in fields(model) if f"`{field.name}`" not in PAGE] == []


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_scenario_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_every_command_is_documented() -> None:
    names = [
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    ]

    assert [name for name in names if f"`lapel-simulator {name}" not in PAGE] == []


def test_the_bench_s_faults_are_documented() -> None:
    words = {
        BenchButton.UNPLUG: "Unplug network",
        BenchButton.POWER_OFF: "Pull the power",
        BenchButton.COVER: "Cover the lens",
    }

    assert all(f"| {text} |" in PAGE for text in words.values())


def test_the_page_s_pieces_of_a_scenario_are_read() -> None:
    head = 'name = "piece"\ntitle = "A piece"\n[cameras]\ncount = 2\n'
    pieces = [each.split("```")[0] for each in PAGE.split("```toml\n")[2:]]

    assert pieces
    for piece in pieces:
        parse_scenario(head + piece + '[[steps]]\ndo = "wait_held"\n', origin="the page")


def test_the_schema_on_the_page_is_what_is_printed() -> None:
    assert scenario_schema.FILE.read_text(encoding="utf-8") == scenario_schema.text()


def test_the_page_s_example_is_a_scenario() -> None:
    example = PAGE.split("```toml\n")[1].split("```")[0]

    assert tomllib.loads(example)
    assert parse_scenario(example, origin="the page").name == "smashed_camera"
