"""``lapel-fleet authority``: the root and the issuing authority, and what their keys are encrypted under."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fleet.commands.authority_keys import forget_issuing, key_store_of, note_of_authority
from fleet.commands.authority_split import join, split_authority
from fleet.commands.opened import ConfigOption, StateOption
from fleet.commands.passphrase import PassphraseOption, read_passphrase
from fleet.commands.sentences import sentences
from fleet.core.config import FleetConfig, load_config
from fleet.core.errors import StateError
from fleet.core.sections.authority import AuthoritySection
from fleet.core.state import locked_state
from fleet.pki.hardware_secret import HardwareSecret, authority_secret
from fleet.pki.key_secret import AuthoritySecret, KeySecret
from fleet.pki.key_store import KeyStore
from fleet.pki.root import change_key_file, renew_issuing, root_away, root_here, take_root

app = typer.Typer(
    help="The certificate authority: its root, which is taken away, and what issues in its name.",
    no_args_is_help=True,
)

app.command("split")(split_authority)
app.command("rejoin")(join)

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
        store = key_store_of(state, config)
        root_here(store)  # before anybody thinks of a passphrase
        take_root(store, out, read_passphrase(passphrase_fd, twice=True), os.urandom)
        typer.echo(f"The root's key is in {out}, and in the state folder no more. Keep it twice, apart.")
        typer.echo("Without it and its passphrase cameras are enrolled anew once the issuing authority ends.")
        typer.echo(_BEFORE)
    note_of_authority(state, config, "fleet:authority:take-root")


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
        store = key_store_of(state, config)
        with locked_state(state):
            key = root_here(store) if root is None else root_away(store, root, read_passphrase(passphrase_fd))
            if new_key:
                forget_issuing(state, config)
            made = renew_issuing(store, key, datetime.now(UTC), new_key=new_key)
        typer.echo(f"The issuing authority is good until {made.not_valid_after_utc:%Y-%m-%d}.")
        if new_key:
            typer.echo(
                "Cameras that were enrolled before are refused from the next start on: enrol them anew."
            )
    note_of_authority(state, config, "fleet:authority:new-key" if new_key else "fleet:authority:renew")


@app.command("change-key-file")
def change(
    state: StateOption,
    before: Annotated[
        Path | None,
        typer.Option("--from", help="Key file that the keys are encrypted under now.", show_default=False),
    ] = None,
    before_key: Annotated[
        str | None,
        typer.Option(
            "--from-hardware",
            help="Or the key on the hardware module that they are encrypted under now.",
            show_default=False,
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Encrypt the keys under the key file or the hardware module that the configuration names.

    The service is stopped meanwhile.
    """
    with sentences():
        store = key_store_of(state, config)
        old = _before(store, load_config(config, state), before, before_key)
        with locked_state(state):
            changed = change_key_file(store, old)
        by_module = isinstance(store.secret, HardwareSecret)
        opens = "The hardware module" if by_module else str(store.secret.path)
        typer.echo(f"Keys that were encrypted anew: {changed}. {opens} opens all of them.")
        typer.echo(f"Try a start of the service; then remove {old.path}. Copies of it open copies of before.")
    note_of_authority(state, config, "fleet:authority:hardware" if by_module else "fleet:authority:key-file")


def _before(store: KeyStore, config: FleetConfig, file: Path | None, key: str | None) -> AuthoritySecret:
    """Return what the keys are under, as it was given: the one or the other, and not what is configured."""
    if (file is None) == (key is None):
        raise StateError("Say what the keys are encrypted under now: give --from or --from-hardware.")
    if file is not None:
        if isinstance(store.secret, KeySecret) and store.secret.path.absolute() == file.absolute():
            raise StateError(f"authority.key_file names {file} already: write the new one there first.")
        return KeySecret.of(store.folder, file)
    if isinstance(store.secret, HardwareSecret):
        raise StateError(
            "authority.pkcs11_key names a hardware module still: set authority.key_file in its place, or "
            "neither."
        )
    return authority_secret(store.folder, AuthoritySection(pkcs11_key=key or ""), config.vault)
