"""Making the vault's files anew from what the recovery key opens, in a folder that is not there yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from fleet.core.files import make_private_folder, write_file
from fleet.recovery.errors import RecoveryError
from fleet.recovery.sample import RecoverySample, open_copies
from fleet.vault.keybox import lock
from fleet.vault.rotation.earlier import HeldKey, seal_earlier
from protocol.footage.sealing.keys import PrivateKey, Recipient

BOX, KEY_FILE = "sealing-key.json", "key-file"
_SECRET_BYTES = 32


def rebuild_vault(
    sample: RecoverySample, key: PrivateKey, folder: Path, random: Callable[[int], bytes]
) -> None:
    """Write the vault's private key, locked by a new key file, and that key file.

    Raises:
        RecoveryError: the folder is there already, or the sample does not open.
        OSError: the folder cannot be written.
    """
    write_vault(open_copies(sample, key), folder, random)


def write_vault(
    opened: Sequence[tuple[str, PrivateKey]], folder: Path, random: Callable[[int], bytes]
) -> None:
    """Write private keys of the vault with their names as ``rebuild_vault`` does; the last one counts.

    Raises:
        RecoveryError: the folder is there already, or there is no key.
        OSError: the folder cannot be written.
    """
    if not opened:
        raise RecoveryError("There is no key of the vault in it; have a new sample made.")
    if folder.exists():
        raise RecoveryError(f"{folder} is there already; name a folder that is not.")
    make_private_folder(folder)
    *before, (name, private) = opened
    earlier = [HeldKey(each, key) for each, key in before]  # a copy does not say when it counted
    secret = random(_SECRET_BYTES)
    box = lock(private, name, secret, random)
    box = replace(box, earlier=seal_earlier(earlier, Recipient(name, private.public_bytes())))
    write_file(folder / KEY_FILE, secret)
    write_file(folder / BOX, box.to_json())
