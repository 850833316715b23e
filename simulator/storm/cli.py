"""``lapel-simulator storm`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.errors import ScenarioError
from simulator.report.options import JsonOption
from simulator.sentences import sentences
from simulator.storm.draw import EVERY_KIND


def storm(
    *,
    seeds: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many shifts are drawn.")] = 100,
    first: Annotated[int, typer.Option("--from", min=0, max=2**31, help="The first seed.")] = 1,
    shrink_tries: Annotated[
        int, typer.Option(min=0, max=10_000, help="How many shifts are tried to shorten one that fails.")
    ] = 200,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Go on after a seed that did not pass.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option(help=f"A kind of trouble to leave out: {', '.join(EVERY_KIND)}.", show_default=False),
    ] = None,
    to: Annotated[Path, typer.Option(help="Folder for the scenarios of seeds that did not pass.")] = Path(),
    json_file: JsonOption = None,
) -> None:
    """Draw shifts with faults, one for each seed, and check every promise; shorten what breaks one."""
    with sentences():
        for each in without or ():
            if each not in EVERY_KIND:
                raise ScenarioError(
                    f"--without takes one of {', '.join(EVERY_KIND)}; {each!r} is none of them."
                )
        if not to.is_dir():
            raise ScenarioError(f"There is no folder {to} for scenarios; make it, or name another with --to.")
        try:
            # Imported here: it loads codecs and the fleet, and help and errors need to be quick.
            from simulator.storm.command import StormCommand  # noqa: PLC0415 - see above

            command = StormCommand(
                seeds, first, shrink_tries, keep_going, to, json_file, tuple(without or ())
            )
        except ModuleNotFoundError as error:
            raise ScenarioError(
                f"A storm runs the fleet's own code, and {error.name} is missing: "
                "install lapel[simulator,fleet]."
            ) from error
        status = command.perform(typer.echo)
    raise typer.Exit(status)
