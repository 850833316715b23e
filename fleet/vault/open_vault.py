"""Opening the vault at start, and making it at the first.

Files: ``STATE/vault/sealing-key.json``, the private key encrypted (``keybox``); and the key file that unlocks
it, ``STATE/vault/key-file`` unless ``vault.key_file`` names another. Put the key file elsewhere (another
volume, a hardware-backed secret that is mounted at start) where the state folder may be copied by others:
whoever has both can open all footage. Neither is ever replaced here. Without the first nothing starts;
without the key file the vault stays sealed until it is there: what cameras send must be taken in (L2).
"""

from __future__ import annotations

import logging
import os
import secrets
import stat
from pathlib import Path

from sqlalchemy import select

from fleet.audit.refusing.refusals import Refusals
from fleet.cameras.models import CameraRow
from fleet.core.files import make_private_folder, sync_folder, write_file
from fleet.core.services import Services
from fleet.vault.errors import KeyFileAwayError, VaultError
from fleet.vault.keybox import SHORTEST_SECRET, KeyBox, lock, unlock
from fleet.vault.vault import Vault
from protocol.footage.sealing.keys import Recipient, generate_private_key

log = logging.getLogger(__name__)

RECIPIENT = "Evidence vault"
_SECRET_BYTES = 32
_LONGEST_SECRET = 1024


def open_vault(services: Services, refusals: Refusals) -> Vault:
    """Open the vault of the state folder, or make one at the first start.

    A vault whose key file cannot be read is returned sealed.

    Raises:
        VaultError: its own file is missing or damaged, its key file is open to others, or the two do not
            belong together; at the first start, the key file cannot be read.
    """
    folder = services.state / "vault"
    make_private_folder(folder)
    box_file = folder / "sealing-key.json"
    configured = services.config.vault.key_file
    key_file = Path(configured) if configured else folder / "key-file"
    if not box_file.exists():
        _refuse_a_second_vault(services, box_file)
        _make(services, box_file, key_file, may_make_key=not configured)
    box = KeyBox.from_json(_read(box_file))
    recipients = (Recipient(box.name, box.public_key),)
    vault = Vault(services, refusals, recipients, lambda: {box.name: unlock(box, _secret(key_file))})
    try:
        vault.open_keys()
    except KeyFileAwayError as error:
        log.warning("%s The vault is sealed: nothing can be watched or taken out until it can.", error)
    return vault


def _make(services: Services, box_file: Path, key_file: Path, *, may_make_key: bool) -> None:
    if may_make_key and not key_file.exists():
        create_file(key_file, services.random(_SECRET_BYTES))
    box = lock(generate_private_key(), RECIPIENT, _secret(key_file), services.random)
    # The box comes last: it is what says that there is a vault.
    create_file(box_file, box.to_json())


def create_file(path: Path, data: bytes) -> None:
    """Create a file of mode 0600 durably, unless it is there.

    Of two programs that start at once, one makes it, and both go on with that one.

    Raises:
        OSError: the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    write_file(temporary, data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        log.info("Another program made %s at the same moment.", path)
    finally:
        temporary.unlink()
    sync_folder(path.parent)


def _refuse_a_second_vault(services: Services, box_file: Path) -> None:
    with services.readers() as session:
        enrolled = session.scalars(select(CameraRow.id).limit(1)).first()
    if enrolled is not None:
        raise VaultError(
            f"The vault's file {box_file} is missing, although cameras seal to its key; restore it from a "
            "copy, or no footage can be opened."
        )


def _secret(path: Path) -> bytes:
    """Read the key file: raw bytes, or a passphrase whose line end does not count."""
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise KeyFileAwayError(f"The vault's key file {path} cannot be read: {error.strerror}.") from error
    if len(secret) != _SECRET_BYTES:
        secret = secret.rstrip(b"\r\n")
    if not SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET:
        raise VaultError(
            f"The vault's key file {path} holds {len(secret)} bytes; it needs 32 random bytes, or a "
            f"passphrase of {SHORTEST_SECRET} to {_LONGEST_SECRET} characters."
        )
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise VaultError(f"The vault's key file {path} can be read by others; give it mode 0600.")
    return secret


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise VaultError(f"The vault's file {path} cannot be read: {error.strerror}.") from error
