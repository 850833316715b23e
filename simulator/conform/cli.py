"""The command ``lapel-simulator conform``."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Annotated

import typer

from simulator.errors import ScenarioError
from simulator.report.options import HtmlOption, JsonOption, JunitOption, RedactOption
from simulator.sentences import sentences


def conform(
    *,
    fleet: Annotated[str, typer.Option(help="The fleet's dashboard, https://HOST:PORT.")],
    code: Annotated[
        str, typer.Option(help="A one-time enrolment code, or - to read it from standard input.")
    ],
    token_env: Annotated[
        str | None,
        typer.Option(
            help="Environment variable with a token that may see and revoke cameras; without it presence is "
            "not evaluated, and the camera stays.",
            show_default=False,
        ),
    ] = None,
    json_file: JsonOption = None,
    junit: JunitOption = None,
    html: HtmlOption = None,
    redacted: RedactOption = False,
) -> None:
    """Judge any fleet by the protocol, as a stranger's camera: each rule held, broken or not evaluated."""
    from simulator.conform.command import NAME, ConformCommand  # noqa: PLC0415 - loads the codecs
    from simulator.fleet.site import read_token  # noqa: PLC0415 - likewise
    from simulator.report.files import ReportFiles  # noqa: PLC0415 - likewise
    from simulator.report.tell import refuse  # noqa: PLC0415 - likewise

    files = ReportFiles(json_file, junit, html, redacted, secrets=(fleet, code))
    with sentences():
        try:
            secret = sys.stdin.readline() if code == "-" else code
            token = None if token_env is None else read_token(token_env, os.environ)
            status = ConformCommand(fleet, secret, token, files).run(
                typer.echo, partial(typer.echo, err=True)
            )
        except ScenarioError as error:
            refuse(NAME, error, files)
            raise
    raise typer.Exit(status)
