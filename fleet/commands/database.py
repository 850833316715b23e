"""``lapel-fleet db``: the tables, and whose keys they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from fleet.commands.opened import ConfigOption, StateOption
from fleet.commands.sentences import sentences
from fleet.core.actor import OPERATOR
from fleet.core.config import load_config
from fleet.core.database import Database, open_database
from fleet.core.state import use_state_folder
from fleet.migrations import upgrade
from fleet.processes.keys import forget_keys

app = typer.Typer(help="The database.", no_args_is_help=True)


@app.command("upgrade")
def database_upgrade(state: StateOption, config: ConfigOption = None) -> None:
    """Bring the tables up to date; the service does so at every start."""
    with _database(state, config):
        typer.echo("The tables are up to date.")


@app.command("new-keys")
def database_new_keys(state: StateOption, config: ConfigOption = None) -> None:
    """Go on with the keys of whichever process starts next: for when those of before are lost for good."""
    with _database(state, config) as database:
        with database.sessions.begin() as session:
            forgotten = forget_keys(session, by=OPERATOR)
        typer.echo("The next process that starts says which keys count." if forgotten else "None were known.")


@contextmanager
def _database(state: Path, config: Path | None) -> Iterator[Database]:
    with sentences():
        use_state_folder(state)
        database = open_database(load_config(config, state).database.url, state)
        try:
            upgrade(database.engine)
            yield database
        finally:
            database.close()
