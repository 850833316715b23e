"""``lapel-fleet vault``: sealing and unsealing the running service's vault, and what opens it.

A passphrase or a share is typed when it is asked for, or piped in a line each: it is never an argument, which
every user of the machine could read in the list of processes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from fleet.commands.opened import ConfigOption, StateOption, opened
from fleet.commands.sentences import sentences
from fleet.core.actor import OPERATOR
from fleet.core.config import load_config
from fleet.core.state import locked_state
from fleet.rewrapping.retiring import KeyRetirement
from fleet.vault.changing import OpeningChange
from fleet.vault.control import ask
from fleet.vault.errors import VaultError
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.openers.shares import MOST_SHARES, Share, combine, read_share
from fleet.vault.rotating import VaultRotation
from protocol.footage.sealing.keys import PrivateKey

app = typer.Typer(
    help="The vault: whether footage can be opened, what opens it, and the recovery key.",
    no_args_is_help=True,
)

_LONGEST_LINE = 2048
_CLEAR = "\033[2J\033[3J\033[H"  # the screen, what was scrolled away, and to its top (ECMA-48)
_ASKED = {
    OpenedBy.PASSPHRASE: "Passphrase of the vault",
    OpenedBy.SHARES: "Your share",
}


@app.command()
def status(state: StateOption, config: ConfigOption = None) -> None:
    """Say whether the running service's vault is sealed; ends with 3 where it is."""
    with sentences():
        found = ask(_socket(state, config), "status")
        typer.echo(found["sentence"])
        if found.get("is_sealed"):
            raise typer.Exit(3)


@app.command()
def unseal(state: StateOption, config: ConfigOption = None) -> None:
    """Unseal the running service's vault; each holder of a share runs it for themselves."""
    with sentences():
        socket = _socket(state, config)
        now = ask(socket, "status")
        if not now.get("is_sealed"):
            typer.echo(now["sentence"])
            return
        asked = _ASKED.get(OpenedBy(now["opened_by"]))
        _tell(ask(socket, "unseal", _typed(asked) if asked else ""))


@app.command()
def seal(state: StateOption, config: ConfigOption = None) -> None:
    """Seal the running service's vault: nothing can be watched or taken out until it is unsealed."""
    with sentences():
        _tell(ask(_socket(state, config), "seal"))


@app.command("set-passphrase")
def set_passphrase(state: StateOption, config: ConfigOption = None) -> None:
    """Have a passphrase open the vault: the service starts sealed from then on."""
    with _change(state, config) as (change, private):
        passphrase = _typed("New passphrase")
        if _typed("New passphrase again") != passphrase:
            raise VaultError("The two are not the same; nothing has changed.")
        _told(change.to_passphrase(private, passphrase, OPERATOR))
        typer.echo(
            "From its next start on the service's vault is sealed until somebody types this passphrase."
        )
        typer.echo(
            "Keep it where two people find it: without it nothing but a recovery key, if the fleet was given "
            "one, opens footage."
        )


@app.command("set-shares")
def set_shares(
    state: StateOption,
    config: ConfigOption = None,
    needed: Annotated[int, typer.Option(min=2, max=MOST_SHARES, help="How many people it takes.")] = 2,
    shares: Annotated[int, typer.Option(min=2, max=MOST_SHARES, help="How many have a share.")] = 3,
) -> None:
    """Have several people's shares open the vault: the service starts sealed from then on."""
    with _change(state, config) as (change, private):
        made = change.make_shares(needed=needed, shares=shares)
        for share in made.shares:
            typer.echo(f"Share {share.number} of {shares}, for one person alone, shown this once:\n")
            typer.echo(f"{share.words}\n")
            _wait_and_clear()
        typer.echo(f"Now type back {needed} of them, as they were written down; nothing has changed yet.")
        typed: list[Share] = [read_share(_typed(f"Share, {at} of {needed}")) for at in range(1, needed + 1)]
        _told(change.to_shares(private, made, typed, OPERATOR))
        typer.echo(
            f"From its next start on the service's vault is sealed until {needed} people have given "
            "their shares."
        )


@app.command("set-hardware")
def set_hardware(state: StateOption, config: ConfigOption = None) -> None:
    """Have the hardware module of vault.pkcs11_module open the vault by itself."""
    with _change(state, config) as (change, private):
        _told(change.to_hardware(private, OPERATOR))
        typer.echo(
            "The hardware module opens the vault from now on, at each start at which it can be used, unless "
            "somebody has sealed the vault by hand."
        )
        typer.echo(
            "Without the module, or a copy of its key, nothing but a recovery key, if the fleet was given "
            "one, opens footage."
        )


@app.command("set-key-file")
def set_key_file(state: StateOption, config: ConfigOption = None) -> None:
    """Have a key file open the vault by itself: the one of vault.key_file, or one in the state folder."""
    with _change(state, config) as (change, private):
        change.to_key_file(private, OPERATOR)
        typer.echo(
            "The key file opens the vault from now on, at each start at which it can be used, unless "
            "somebody has sealed the vault by hand."
        )


@app.command()
def rotate(state: StateOption, config: ConfigOption = None) -> None:
    """Have cameras seal to a new key from the next start of the service on; the earlier ones stay."""
    with opened(state, config) as services:
        rotation = VaultRotation(services)
        done = rotation.rotate(_secret_of(rotation.opener), OPERATOR)
        typer.echo(
            f"The vault has a new key, {done.after[:16]}; {done.before[:16]} stays and opens what it did."
        )
        typer.echo(
            "From its next start on the service tells cameras to seal to it. The page Vault says which have "
            "taken it on."
        )
        if done.has_others:
            typer.echo(
                f"Copy {VaultFiles.of(services.state, services.config).box_file} to every other process of "
                "this fleet before it starts: without that it refuses to."
            )
        typer.echo(
            "A backup and a recovery sample of before do not open what is sealed to it: once the service has "
            "started and the vault is open, make both anew."
        )


@app.command()
def retire(
    key: Annotated[str, typer.Argument(help="How the key's name begins, as the page Vault shows it.")],
    state: StateOption,
    config: ConfigOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """End an earlier key that opens nothing alone any more; the service must not run."""
    with sentences(), locked_state(state), opened(state, config) as services:
        retirement = KeyRetirement(services, services.footage.store)
        name = retirement.check(key).key_id
        typer.echo(
            f"Key {name[:16]} goes from the vault, and its copy that the recovery key opens. No recording "
            "that is here needs it. What is still only on a camera that was taken out of service opens with "
            "backups of before alone."
        )
        if not yes and _typed(f"Type {name[:16]} to end it") != name[:16]:
            raise VaultError("That is not its name; nothing has changed.")
        done = retirement.retire(name, _secret_of(retirement.opener), OPERATOR)
        typer.echo(f"Key {name[:16]} is retired. Recordings that open by keys of their own: {done.tables}.")
        typer.echo("Backups of before have it until they end. Make a new one once the service runs.")


@contextmanager
def _change(state: Path, config: Path | None) -> Iterator[tuple[OpeningChange, PrivateKey]]:
    """Open the vault as it is opened today."""
    with opened(state, config) as services:
        change = OpeningChange(services)
        yield change, change.unlocked(_secret_of(change.opener))


def _secret_of(opener: VaultOpener) -> bytes | None:
    if not opener.is_people:
        return None
    if opener.by is OpenedBy.PASSPHRASE:
        return _typed("Passphrase of today").encode()
    asked = range(1, opener.needed + 1)
    return combine([read_share(_typed(f"Share of today, {at} of {opener.needed}")) for at in asked])


def _socket(state: Path, config: Path | None) -> Path:
    return VaultFiles.of(state, load_config(config, state)).socket


def _tell(found: dict[str, Any]) -> None:
    """Print what the service said; a refusal is an error."""
    if not found.get("ok"):
        raise VaultError(str(found.get("sentence", "The service did not say what became of it.")))
    typer.echo(found["sentence"])


def _told(removed: bool) -> None:
    if removed:
        typer.echo(
            "The key file in the state folder was removed. Copies of it open copies of before: end them."
        )


def _typed(what: str) -> str:
    """Ask for a secret at the terminal, or read a line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, err=True))
    line = sys.stdin.buffer.readline(_LONGEST_LINE).decode("utf-8", "replace").strip("\r\n")
    if not line:
        raise VaultError(f"{what}: there is nothing on standard input; pipe it in, or type it when asked.")
    return line


def _wait_and_clear() -> None:
    """Let somebody write a share down before the next one is shown to somebody else."""
    if sys.stdin.isatty():
        typer.prompt("Press Enter once it is written down", default="", show_default=False, err=True)
        typer.echo(_CLEAR, nl=False)
