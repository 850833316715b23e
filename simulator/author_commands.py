"""The commands for whoever writes scenarios: list them, check them, help an editor with them.

Nothing starts here, and no camera or fleet is needed.
"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from simulator.errors import ScenarioError
from simulator.scenario.language.parameters import read_settings
from simulator.scenario.language.read import read_scenario
from simulator.scenario.language.schema import scenario_schema
from simulator.scenario.load import load_scenario, read_text, shipped_scenarios

UNUSABLE = ScenarioError.exit_status

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="NAME=VALUE of one of the scenario's parameters; as often as needed.",
        show_default=False,
    ),
]


def scenarios(
    tag: Annotated[
        list[str] | None, typer.Option(help="Only those with this tag.", show_default=False)
    ] = None,
) -> None:
    """List the scenarios that come with the simulator."""
    for name in shipped_scenarios():
        scenario = load_scenario(name)
        if set(tag or ()) <= set(scenario.tags):
            tags = f" [{', '.join(scenario.tags)}]" if scenario.tags else ""
            typer.echo(f"{name}: {scenario.title}.{tags}")


def check(
    files: Annotated[list[str], typer.Argument(help="Scenarios: TOML files, or names of shipped ones.")],
    *,
    settings: SetOption = None,
) -> None:
    """Say what is wrong with scenarios, each with its line and column, before anything starts."""
    wrong = 0
    for name in files:
        try:
            path, text = read_text(name)
            read = read_scenario(text, given(settings))
        except ScenarioError as error:
            typer.echo(str(error), err=True)
            wrong += 1
            continue
        for each in read.problems:
            typer.echo(each.words(str(path)))
        if read.scenario is not None:
            typer.echo(f"{path}: nothing wrong was found in it.")
        wrong += read.scenario is None
    raise typer.Exit(UNUSABLE if wrong else 0)


def schema() -> None:
    """Print the JSON Schema of scenarios, with which editors complete and check them."""
    typer.echo(json.dumps(scenario_schema(), indent=1))


def given(settings: list[str] | None) -> dict[str, object]:
    """Read what ``--set`` was given.

    Raises:
        ScenarioError: Something is not NAME=VALUE.
    """
    try:
        return read_settings(settings or [])
    except ValueError as error:
        raise ScenarioError(f"--set takes NAME=VALUE: {error}.") from error
