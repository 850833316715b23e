"""The options of every command that may use a fleet that is there already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from simulator.fleet.site import OtherFleet

FleetOption = Annotated[
    str | None,
    typer.Option(
        help="The address of a fleet that is there already; else one is started.", show_default=False
    ),
]
TokenOption = Annotated[
    str | None,
    typer.Option(
        help="The environment variable that holds a bearer token of that fleet.", show_default=False
    ),
]
AuthorityOption = Annotated[
    Path | None,
    typer.Option(
        help="The certificate (PEM) of that fleet's authority, if it is on another machine.",
        show_default=False,
    ),
]
ReuseOption = Annotated[
    Path | None,
    typer.Option(
        help="With --fleet: leave the cameras in this folder, and enrolled, for the next run with it.",
        show_default=False,
    ),
]


def other_fleet(
    url: str | None, token_env: str | None, authority: Path | None, reuse: Path | None = None
) -> OtherFleet | None:
    """Return the fleet that the options name; None where one is to be started.

    Raises:
        ScenarioError: An option that goes with ``--fleet`` was given without it, or the token is not there.
    """
    from simulator.fleet.site import OtherFleet, read_token  # noqa: PLC0415 - help and errors need to be quick

    if url is None:
        for option, given in (("--token-env", token_env), ("--authority", authority), ("--reuse", reuse)):
            if given is not None:
                raise ScenarioError(f"{option} goes with --fleet; give both, or neither.")
        return None
    return OtherFleet(url, read_token(token_env, os.environ), authority, reuse)
