"""``lapel-fleet authority``: the root and the issuing authority, and what their keys are encrypted under."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fleet.audit.log import record
from fleet.commands.opened import ConfigOption, StateOption, opened
from fleet.commands.passphrase import PassphraseOption, read_passphrase
from fleet.commands.sentences import sentences
from fleet.core.actor import OPERATOR
from fleet.core.config import load_config
from fleet.core.database import open_database
from fleet.core.errors import StateError
from fleet.core.state import locked_state
from fleet.migrations import upgrade
from fleet.pki.key_secret import KeySecret
from fleet.pki.key_store import KeyStore
from fleet.pki.root import change_key_file, renew_issuing, root_away, root_here, take_root
from fleet.processes.keys import ISSUING, forget_key

app = typer.Typer(
    help="The certificate authority: its root, which is taken away, and what issues in its name.",
    no_args_is_help=True,
)

_BEFORE = (
    "What was copied before still holds it: each backup, sealed to the recovery key, and any other copy of "
    "the state folder together with the key file."
)


@app.command("take-root")
def take(
    state: StateOption,
    out: Annotated[Path, typer.Option(help="New file for the root's key, on a medium that is taken out.")],
    config: ConfigOption = None,
    passphrase_fd: PassphraseOption = None,
) -> None:
    """Move the root's key to a file that a passphrase opens; the service does not need it."""
    with sentences():
        store = _store(state, config)
        root_here(store)  # before anybody thinks of a passphrase
        take_root(store, out, read_passphrase(passphrase_fd, twice=True), os.urandom)
        typer.echo(f"The root's key is in {out}, and in the state folder no more. Keep it twice, apart.")
        typer.echo("Without it and its passphrase cameras are enrolled anew once the issuing authority ends.")
        typer.echo(_BEFORE)
    _note(state, config, "fleet:authority:take-root")


@app.command("renew-issuing")
def renew(
    state: StateOption,
    config: ConfigOption = None,
    root: Annotated[
        Path | None,
        typer.Option(
            help="File that take-root wrote; none while the root's key is here.", show_default=False
        ),
    ] = None,
    passphrase_fd: PassphraseOption = None,
    *,
    new_key: Annotated[
        bool,
        typer.Option(
            "--new-key", help="With a new key: the old one is lost or stolen. Every camera is enrolled anew."
        ),
    ] = False,
) -> None:
    """Give the issuing authority its next certificate, with the service stopped."""
    with sentences():
        store = _store(state, config)
        with locked_state(state):
            key = root_here(store) if root is None else root_away(store, root, read_passphrase(passphrase_fd))
            if new_key:  # first: a crash in between leaves it to the next process to say which key counts
                _forget_issuing(state, config)
            made = renew_issuing(store, key, datetime.now(UTC), new_key=new_key)
        typer.echo(f"The issuing authority is good until {made.not_valid_after_utc:%Y-%m-%d}.")
        if new_key:
            typer.echo(
                "Cameras that were enrolled before are refused from the next start on: enrol them anew."
            )
    _note(state, config, "fleet:authority:new-key" if new_key else "fleet:authority:renew")


@app.command("change-key-file")
def change(
    state: StateOption,
    before: Annotated[Path, typer.Option("--from", help="Key file that the keys are encrypted under now.")],
    config: ConfigOption = None,
) -> None:
    """Encrypt the keys under the key file that the configuration names, with the service stopped."""
    with sentences():
        store = _store(state, config)
        if store.secret.path.absolute() == before.absolute():
            raise StateError(f"authority.key_file names {before} already: write the new one there first.")
        with locked_state(state):
            changed = change_key_file(store, KeySecret.of(store.folder, before))
        typer.echo(f"Keys that were encrypted anew: {changed}. {store.secret.path} opens all of them.")
        typer.echo(f"Try a start of the service; then remove {before}. Copies of it open copies of before.")
    _note(state, config, "fleet:authority:key-file")


def _forget_issuing(state: Path, config: Path | None) -> None:
    database = open_database(load_config(config, state).database.url, state)
    try:
        upgrade(database.engine)
        with database.sessions.begin() as session:
            forget_key(session, ISSUING)
    finally:
        database.close()


def _store(state: Path, config: Path | None) -> KeyStore:
    folder = state / "pki"
    if not folder.is_dir():
        raise StateError(f"There is no fleet in {state}.")
    return KeyStore(folder, KeySecret.of(folder, load_config(config, state).authority.key_file))


def _note(state: Path, config: Path | None, action: str) -> None:
    """Write it into the audit log, which may open no sooner than the authority is good again."""
    with opened(state, config) as services, services.sessions.begin() as session:
        record(session, OPERATOR, action, services.authority.fingerprint)
