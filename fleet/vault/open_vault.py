"""Opening the vault at start, and making it at the first.

The files are in ``files``. Put the key file elsewhere (another volume, a hardware-backed secret that is
mounted at start) where the state folder may be copied by others: whoever has both can open all footage. Or
have people unseal it (``changing``). The vault's own file is never replaced here, and without it nothing
starts; without the key file the vault stays sealed until it is there: what cameras send must be taken in
(L2).
"""

from __future__ import annotations

import logging
import os
import secrets
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from fleet.audit.refusing.refusals import Refusals
from fleet.cameras.models import CameraRow
from fleet.core.files import make_private_folder, sync_folder, write_file
from fleet.core.services import Services
from fleet.vault.control import VaultControl
from fleet.vault.errors import SecretAwayError, VaultError
from fleet.vault.files import SECRET_BYTES, VaultFiles
from fleet.vault.following import SealFollowing
from fleet.vault.keybox import lock
from fleet.vault.keys import VaultKeys
from fleet.vault.openers.hardware import VaultHardware
from fleet.vault.openers.own_secrets import OwnSecrets
from fleet.vault.services import VaultServices
from fleet.vault.unsealing import Unsealing
from fleet.vault.vault import Vault
from protocol.footage.sealing.keys import generate_private_key

log = logging.getLogger(__name__)

RECIPIENT = "Evidence vault"


def open_vault(services: Services, refusals: Refusals) -> VaultServices:
    """Open the vault of the state folder, or make one at the first start.

    A vault whose key file cannot be read, that people open, or that was sealed by hand, is returned sealed.

    Raises:
        VaultError: its own file is missing or damaged, its key file is open to others, or the two do not
            belong together; at the first start, the key file cannot be read.
    """
    files = VaultFiles.of(services.state, services.config)
    make_private_folder(files.folder)
    if not files.box_file.exists():
        _refuse_a_second_vault(services, files.box_file)
        _make(services, files)
    own = OwnSecrets(files, VaultHardware(services.config.vault))
    keys = VaultKeys(
        files, own, services.clock, shares_last=timedelta(minutes=services.config.vault.share_minutes)
    )
    vault = Vault(services, refusals, keys)
    vault.follow()  # before anything opens it: another process may have been sealed by hand
    try:
        keys.open_by_itself()
    except SecretAwayError as error:
        log.warning("%s The vault is sealed: nothing can be watched or taken out.", error)
    unsealing = Unsealing(services, refusals, keys, vault.follow)
    control = VaultControl(files.socket, vault, unsealing)
    return VaultServices(vault, unsealing, control, SealFollowing(services.live, vault))


def _make(services: Services, files: VaultFiles) -> None:
    if files.is_own_key_file and not files.key_file.exists():
        create_file(files.key_file, services.random(SECRET_BYTES))
    box = lock(generate_private_key(), RECIPIENT, files.secret(), services.random)
    box = replace(box, made=services.clock())
    # The box comes last: it is what says that there is a vault.
    create_file(files.box_file, box.to_json())


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
            f"The vault's file {box_file} is missing, although cameras were enrolled to seal to its key; "
            "restore it from a copy, or build it anew with a recovery key."
        )
