"""The command ``lapel-simulator load``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from simulator.errors import ScenarioError
from simulator.fleet.options import AuthorityOption, FleetOption, TokenOption, other_fleet
from simulator.report.options import HtmlOption, JsonOption, JunitOption, RedactOption
from simulator.sentences import sentences


def load(
    *,
    cameras: Annotated[int, typer.Option(min=1, max=10_000, help="How many light cameras.")] = 100,
    recordings: Annotated[int, typer.Option(min=0, max=100, help="How many each of them records.")] = 1,
    over: Annotated[
        float, typer.Option(min=1, max=86_400, help="In how many seconds all of that begins.")
    ] = 30,
    cut: Annotated[
        int, typer.Option(min=0, max=100, help="How many of 100 connections are cut, and come back.")
    ] = 20,
    settle: Annotated[
        float, typer.Option(min=0, max=86_400, help="How many seconds the fleet may take afterwards.")
    ] = 120,
    listed_within_s: Annotated[
        float | None,
        typer.Option(
            min=0, help="So soon after the press 95 of 100 recordings have to be listed.", show_default=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Decides who does what when.")] = 1,
    fleet: FleetOption = None,
    token_env: TokenOption = None,
    authority: AuthorityOption = None,
    json_file: JsonOption = None,
    junit: JunitOption = None,
    html: HtmlOption = None,
    redacted: RedactOption = False,
) -> None:
    """Put a fleet under load with many light cameras: they connect, are cut off, record and send."""
    from simulator.load.command import NAME, LoadCommand  # noqa: PLC0415 - loads the codecs
    from simulator.load.plan import LoadPlan  # noqa: PLC0415 - likewise
    from simulator.report.files import ReportFiles  # noqa: PLC0415 - likewise
    from simulator.report.tell import refuse  # noqa: PLC0415 - likewise

    files = ReportFiles(json_file, junit, html, redacted)
    with sentences():
        try:
            other = other_fleet(fleet, token_env, authority)
            if other is not None:
                files = replace(files, secrets=(other.url, other.token))
            plan = LoadPlan(cameras, recordings, over, cut, seed)
            status = LoadCommand(plan, other, settle, listed_within_s, files).run(
                typer.echo, partial(typer.echo, err=True)
            )
        except ScenarioError as error:
            refuse(NAME, error, files)
            raise
    raise typer.Exit(status)
