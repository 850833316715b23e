"""What opens the vault with nobody there: its key file, or a hardware module."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.vault.errors import VaultError
from fleet.vault.files import VaultFiles
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.openers.hardware import VaultHardware


@dataclass(frozen=True, slots=True)
class OwnSecrets:
    """Asks for the secret of a box, wherever that is.

    Attributes:
        files: with the key file.
        hardware: the module.
    """

    files: VaultFiles
    hardware: VaultHardware

    def secret(self, opener: VaultOpener) -> bytes:
        """Return it.

        Raises:
            SecretAwayError: it cannot be had now.
            VaultError: the key file cannot be used, or people open the vault.
        """
        match opener.by:
            case OpenedBy.KEY_FILE:
                return self.files.secret()
            case OpenedBy.HARDWARE:
                return self.hardware.unwrap(opener.wrapped)
            case OpenedBy.PASSPHRASE | OpenedBy.SHARES:
                raise VaultError("People open this vault: nothing on this machine does.")
