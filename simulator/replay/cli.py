"""``lapel-simulator replay`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from simulator.sentences import sentences

ReplayTime = Literal["virtual", "real"]


def replay(
    folder: Annotated[
        Path, typer.Argument(help="What --keep kept, what a bench keeps, or a camera's state folder.")
    ],
    *,
    to: Annotated[
        Path | None, typer.Option(help="A new file for the scenario; else it is printed.", show_default=False)
    ] = None,
    time: Annotated[ReplayTime, typer.Option(help="In which time it is to run.")] = "virtual",
    idle: Annotated[
        float | None,
        typer.Option(min=1, help="Shorten what is idle to so many seconds.", show_default=False),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="The cameras' configuration (TOML), of which no ledger tells.", show_default=False),
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option(
            help="The certificate (PEM) of the fleet's authority; without it nobody says whose they are.",
            show_default=False,
        ),
    ] = None,
    consents: Annotated[
        Path | None,
        typer.Option(
            help="What a fleet gave out of what the cameras signed of consent: a ZIP, or a folder of files.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a scenario of what the ledgers in a folder tell, with its times.

    What they do not tell is said to be unknown.
    """
    with sentences():
        from simulator.replay.command import make_replay  # noqa: PLC0415 - help and errors need to be quick

        text = make_replay(
            folder,
            to,
            virtual=time == "virtual",
            idle_s=idle,
            config=config,
            authority=authority,
            consents=consents,
        )
        if text is not None:
            typer.echo(text, nl=False)
