"""Making the vault's files anew from what the recovery key opens, in a folder that is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fleet.core.files import make_private_folder, write_file
from fleet.recovery.errors import RecoveryError
from fleet.recovery.sample import RecoverySample, open_copies
from fleet.vault.keybox import lock
from protocol.footage.sealing.keys import PrivateKey

BOX, KEY_FILE = "sealing-key.json", "key-file"
_SECRET_BYTES = 32


def rebuild_vault(
    sample: RecoverySample, key: PrivateKey, folder: Path, random: Callable[[int], bytes]
) -> None:
    """Write the vault's private key, locked by a new key file, and that key file.

    Raises:
        RecoveryError: the folder is there already, the sample does not open, or it holds several keys.
        OSError: the folder cannot be written.
    """
    write_vault(open_copies(sample, key), folder, random)


def write_vault(
    opened: Sequence[tuple[str, PrivateKey]], folder: Path, random: Callable[[int], bytes]
) -> None:
    """Write private keys of the vault with their names as ``rebuild_vault`` does.

    Raises:
        RecoveryError: the folder is there already, or there are several keys.
        OSError: the folder cannot be written.
    """
    if len(opened) != 1:
        raise RecoveryError("internal error: the vault has one key, and not one was opened.")
    if folder.exists():
        raise RecoveryError(f"{folder} is there already; name a folder that is not.")
    make_private_folder(folder)
    ((name, private),) = opened
    secret = random(_SECRET_BYTES)
    write_file(folder / KEY_FILE, secret)
    write_file(folder / BOX, lock(private, name, secret, random).to_json())
