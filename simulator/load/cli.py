"""The command ``lapel-simulator load``."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from simulator.errors import ScenarioError
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
    fleet: Annotated[
        str | None,
        typer.Option(
            help="The address of a fleet that is there already; else one is started.", show_default=False
        ),
    ] = None,
    token_env: Annotated[
        str | None,
        typer.Option(
            help="The environment variable that holds a bearer token of that fleet.", show_default=False
        ),
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option(
            help="The certificate (PEM) of that fleet's authority, if it is on another machine.",
            show_default=False,
        ),
    ] = None,
    json_file: JsonOption = None,
    junit: JunitOption = None,
    html: HtmlOption = None,
    redacted: RedactOption = False,
) -> None:
    """Put a fleet under load with many light cameras: they connect, are cut off, record and send."""
    from simulator.fleet.site import OtherFleet, read_token  # noqa: PLC0415 - kept beside its use
    from simulator.load.command import NAME, LoadCommand  # noqa: PLC0415 - loads the codecs
    from simulator.load.plan import LoadPlan  # noqa: PLC0415 - likewise
    from simulator.report.files import ReportFiles  # noqa: PLC0415 - likewise
    from simulator.report.tell import refuse  # noqa: PLC0415 - likewise

    files = ReportFiles(json_file, junit, html, redacted)
    with sentences():
        if fleet is None and (token_env is not None or authority is not None):
            raise ScenarioError("--token-env and --authority go with --fleet; give it, or neither.")
        try:
            other = None
            if fleet is not None:
                other = OtherFleet(fleet, read_token(token_env, os.environ), authority)
                files = ReportFiles(json_file, junit, html, redacted, secrets=(fleet, other.token))
            plan = LoadPlan(cameras, recordings, over, cut, seed)
            status = LoadCommand(plan, other, settle, listed_within_s, files).run(
                typer.echo, partial(typer.echo, err=True)
            )
        except ScenarioError as error:
            refuse(NAME, error, files)
            raise
    raise typer.Exit(status)
