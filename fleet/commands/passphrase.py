"""Reading a passphrase: from a terminal or a file descriptor, never from an argument or the environment.

Every user of a machine can read the arguments of its processes.
"""

from __future__ import annotations

import getpass
import os
import sys
from typing import Annotated

import typer

from fleet.core.errors import FleetError
from fleet.recovery.key_file import LONGEST_PASSPHRASE

PassphraseOption = Annotated[
    int | None,
    typer.Option(
        "--passphrase-fd",
        min=0,
        help="File descriptor to read the passphrase from, as in 3<FILE; else the terminal is asked.",
        show_default=False,
    ),
]


class PassphraseError(FleetError):
    """No passphrase can be had."""

    exit_code = 2


def read_passphrase(descriptor: int | None, *, twice: bool = False) -> bytes:
    """Return a passphrase without the end of its line.

    Args:
        descriptor: where to read it from; None asks the terminal.
        twice: whether the terminal asks twice, for a new one.

    Raises:
        PassphraseError: there is neither, or the two differ.
    """
    if descriptor is not None:
        return _from(descriptor)
    if not sys.stdin.isatty():
        raise PassphraseError(
            "There is no terminal to ask for the passphrase: give it with --passphrase-fd 3 3<FILE."
        )
    first = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("The same again: ") != first:
        raise PassphraseError("The two passphrases differ; nothing was made.")
    return first.encode("utf-8")


def _from(descriptor: int) -> bytes:
    data = b""
    try:
        while len(data) <= LONGEST_PASSPHRASE and (more := os.read(descriptor, LONGEST_PASSPHRASE + 1)):
            data += more
    except OSError as error:
        raise PassphraseError(
            f"File descriptor {descriptor} cannot be read: {error.strerror}; "
            f"write {descriptor}<FILE behind the command."
        ) from error
    return data.partition(b"\n")[0].rstrip(b"\r")
