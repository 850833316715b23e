"""``lapel-fleet vault recovery-…``: making a recovery key, giving it to the fleet, trying and using it.

``recovery-key``, ``recovery-try`` and ``recovery-open`` need no fleet and no network: the private half and
its passphrase stay on a machine of their owner's.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from fleet.commands.opened import ConfigOption, StateOption, opened
from fleet.commands.passphrase import PassphraseOption, read_passphrase
from fleet.commands.sentences import sentences
from fleet.core.actor import OPERATOR
from fleet.core.files import write_new_file
from fleet.recovery.errors import RecoveryError
from fleet.recovery.key_file import (
    LONGEST_FILE,
    fingerprint,
    make_key,
    open_key,
    parse_public,
    public_line,
)
from fleet.recovery.rebuilding import rebuild_vault
from fleet.recovery.sample import LONGEST, RecoverySample, answer_of
from fleet.recovery.service import answered, ask, give

app = typer.Typer(help="The recovery key.", no_args_is_help=True)

KeyOption = Annotated[Path, typer.Option("--key", help="File of the private half, as recovery-key wrote it.")]
SampleOption = Annotated[Path, typer.Option("--sample", help="File that recovery-sample wrote.")]


@app.command("recovery-key")
def recovery_key(
    out: Annotated[Path, typer.Option(help="New file for the private half, encrypted by the passphrase.")],
    passphrase_fd: PassphraseOption = None,
) -> None:
    """Make a recovery key away from the fleet, and print its public half."""
    with sentences():
        box = make_key(read_passphrase(passphrase_fd, twice=True), os.urandom)
        if not write_new_file(out, box.to_json()):
            raise RecoveryError(f"{out} is there already; name a file that is not.")
        typer.echo(public_line(box.public_key))
        typer.echo(f"Its fingerprint: {fingerprint(box.public_key)}. The private half: {out}.", err=True)


@app.command("recovery-give")
def recovery_give(
    state: StateOption,
    public: Annotated[Path, typer.Option(help="File with the line that recovery-key printed.")],
    config: ConfigOption = None,
) -> None:
    """Give the fleet the public half of a recovery key, in place of the one before."""
    with opened(state, config) as services:
        key = parse_public(_read(public, LONGEST_FILE).decode("ascii", "replace"))
        with services.sessions.begin() as session:
            give(session, key, by=OPERATOR)
        services.recovery.step()
        typer.echo(f"Recovery key {fingerprint(key.public_key)} counts from now on. Compare its fingerprint.")


@app.command("recovery-sample")
def recovery_sample(
    state: StateOption,
    out: Annotated[Path, typer.Option(help="New file for the sample.")],
    config: ConfigOption = None,
) -> None:
    """Write a sample that whoever holds the recovery key tries it on; it is no secret."""
    with opened(state, config) as services:
        services.recovery.step()
        with services.sessions.begin() as session:
            sample = ask(session, services.random, by=OPERATOR)
            if not write_new_file(out, sample.to_json()):
                raise RecoveryError(f"{out} is there already; name a file that is not.")
        typer.echo(f"The sample is in {out}. Try the key with: lapel-fleet vault recovery-try.")


@app.command("recovery-try")
def recovery_try(key: KeyOption, sample: SampleOption, passphrase_fd: PassphraseOption = None) -> None:
    """Find out whether a recovery key opens a sample, and print the answer that shows it."""
    with sentences():
        answer = answer_of(
            _sample(sample), open_key(_read(key, LONGEST_FILE), read_passphrase(passphrase_fd))
        )
        typer.echo(answer)
        typer.echo("It works. Tell the fleet with: lapel-fleet vault recovery-tried.", err=True)


@app.command("recovery-tried")
def recovery_tried(
    state: StateOption,
    answer: Annotated[str, typer.Option(help="What recovery-try printed; it is no secret.")],
    config: ConfigOption = None,
) -> None:
    """Tell the fleet that its recovery key was tried and works."""
    with opened(state, config) as services, services.sessions.begin() as session:
        key = answered(session, answer, by=OPERATOR)
        typer.echo(f"Recovery key {fingerprint(key.public_key)} works; that is noted.")


@app.command("recovery-open")
def recovery_open(
    key: KeyOption,
    sample: SampleOption,
    out: Annotated[Path, typer.Option(help="New folder for the vault's files.")],
    passphrase_fd: PassphraseOption = None,
) -> None:
    """Make the vault's files anew, for when they or what unlocks them is lost; they belong in STATE/vault."""
    with sentences():
        private = open_key(_read(key, LONGEST_FILE), read_passphrase(passphrase_fd))
        rebuild_vault(_sample(sample), private, out, os.urandom)
        typer.echo(
            f"The vault's files are in {out}, with a new key file. Whoever has both opens all footage."
        )


def _sample(path: Path) -> RecoverySample:
    return RecoverySample.from_json(_read(path, LONGEST))


def _read(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise RecoveryError(f"{path} is longer than any file of this kind.")
    return data
