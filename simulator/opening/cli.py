"""The commands ``lapel-simulator open`` and ``lapel-simulator key``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from simulator.errors import ScenarioError
from simulator.report.options import HtmlOption, JsonOption, JunitOption, RedactOption
from simulator.sentences import sentences


def open_footage(
    folder: Annotated[Path, typer.Argument(help="The folder of a recording, with its ledger.cbor.")],
    *,
    key: Annotated[Path, typer.Option(help="A file with a private key that it was sealed to.")],
    authority: Annotated[
        Path | None,
        typer.Option(help="The authority that its signer must come from (PEM or DER).", show_default=False),
    ] = None,
    json_file: JsonOption = None,
    junit: JunitOption = None,
    html: HtmlOption = None,
    redacted: RedactOption = False,
) -> None:
    """Open the footage of any camera, and say whether it plays and keeps time."""
    from simulator.opening.command import NAME  # noqa: PLC0415 - loads the codecs
    from simulator.opening.command import open_footage as judge  # noqa: PLC0415 - likewise
    from simulator.report.files import ReportFiles  # noqa: PLC0415 - see above
    from simulator.report.tell import refuse  # noqa: PLC0415 - see above

    files = ReportFiles(json_file, junit, html, redacted, folders=(str(folder),))
    with sentences():
        try:
            status = judge(
                folder, key, authority, files, say=typer.echo, complain=partial(typer.echo, err=True)
            )
        except ScenarioError as error:
            refuse(NAME, error, files)
            raise
    raise typer.Exit(status)


def make_key(
    file: Annotated[Path, typer.Argument(help="A new file for the private key.")],
) -> None:
    """Make a key that test footage can be sealed to, and print its public half as base64."""
    from simulator.opening.key_file import make_key as make  # noqa: PLC0415 - kept beside its use

    with sentences():
        typer.echo(make(file))
