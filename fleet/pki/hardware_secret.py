"""The secret under which the authority's keys are encrypted, where a hardware module has it.

``STATE/pki/hardware-secret`` holds it, encrypted under an AES key that never leaves the module; nothing else
decrypts it. That the right one came back is found out by what it opens: every key is encrypted in a way that
another secret does not open.

Rules:
- the module is asked as the secret is needed, which is once or twice at a start; what it opened stays in
  memory as with a key file;
- a PIN that was refused is not tried again by the same process, for tokens lock after a few. The service ends
  with the status after which its manager does not start it again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from fleet.core.errors import StateError
from fleet.core.files import write_new_file
from fleet.core.sections.authority import AuthoritySection
from fleet.core.sections.vault import VaultSection
from fleet.hardware.module import HardwareModule, HardwareModuleError
from fleet.pki.key_secret import AuthoritySecret, KeyFileMissingError, KeySecret
from fleet.pki.sealed_key import SECRET_BYTES

NAME = "hardware-secret"
_LONGEST = 1024


class HardwareSecret:
    """The secret in a folder of keys, and the module that decrypts it."""

    def __init__(self, folder: Path, module: HardwareModule) -> None:
        self._path = folder / NAME
        self._module = module
        self._refused: HardwareModuleError | None = None

    @property
    def path(self) -> Path:
        """The file that it is encrypted in."""
        return self._path

    @property
    def is_not_it(self) -> str:
        """The part of a sentence which says that something was encrypted under another."""
        return f"what the hardware module makes of {self._path} is not what it was encrypted under"

    def make(self, random: Callable[[int], bytes] = os.urandom) -> None:
        """Make one unless there is one, and see that the module gives it back.

        Raises:
            StateError: the module cannot be used, or gives back another one.
            OSError: the folder cannot be written.
        """
        if self._path.exists():
            return
        secret = random(SECRET_BYTES)
        wrapped = self._asked(lambda: self._module.wrap(secret, random))
        if self._asked(lambda: self._module.unwrap(wrapped)) != secret:
            raise StateError("The hardware module gives back another secret than it was given.")
        write_new_file(self._path, wrapped)

    def read(self) -> bytes:
        """Have the module decrypt it.

        Raises:
            KeyFileMissingError: the file cannot be read, or the module cannot be used.
            StateError: the module makes something else of it.
        """
        try:
            with self._path.open("rb") as file:
                wrapped = file.read(_LONGEST)
        except OSError as error:
            raise KeyFileMissingError(
                f"The secret of the authority's keys, {self._path}, cannot be read: {error.strerror}. "
                "Restore it from a backup."
            ) from error
        secret = self._asked(lambda: self._module.unwrap(wrapped))
        if len(secret) != SECRET_BYTES:
            raise StateError(
                f"The hardware module makes no secret of {self._path}: it was changed, or is another "
                "module's; restore it from a backup."
            )
        return secret

    def _asked(self, ask: Callable[[], bytes]) -> bytes:
        try:
            if self._refused is not None:
                raise self._refused
            return ask()
        except HardwareModuleError as error:
            self._refused = error if error.is_final else None
            then = " Then start the service." if error.is_final else ""
            raise KeyFileMissingError(f"The authority's keys cannot be decrypted. {error}{then}") from error


def authority_secret(folder: Path, authority: AuthoritySection, vault: VaultSection) -> AuthoritySecret:
    """Return where the secret of a folder of keys is, by the configuration."""
    if authority.pkcs11_key:
        return HardwareSecret(folder, HardwareModule(vault, authority.pkcs11_key))
    return KeySecret.of(folder, authority.key_file)
