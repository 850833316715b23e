"""A hardware module that opens the vault: under its key the secret of the vault's box is encrypted.

Whether the right secret came back the box itself finds out, by its AES-GCM. The vault's private key is of a
kind that modules do not hold (ML-KEM-768 with X25519), so it is in the service's memory while the vault is
open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fleet.core.sections.vault import VaultSection
from fleet.hardware.module import HardwareModule, HardwareModuleError
from fleet.vault.errors import HardwareAwayError


class VaultHardware:
    """Encrypts and decrypts the secret of the vault's box."""

    def __init__(self, section: VaultSection) -> None:
        self._module = HardwareModule(section, section.pkcs11_key)

    def wrap(self, secret: bytes, random: Callable[[int], bytes]) -> bytes:
        """Encrypt a secret, under a key that is made if there is none of its name.

        Raises:
            HardwareAwayError: the module, its token or its PIN cannot be used.
        """
        with _away():
            return self._module.wrap(secret, random)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt what ``wrap`` made; bytes that were changed come back as others, or not at all.

        Raises:
            HardwareAwayError: the module, its token, its key or its PIN cannot be used.
        """
        with _away():
            return self._module.unwrap(wrapped)


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except HardwareModuleError as error:
        then = " Then unseal the vault." if error.is_final else ""
        raise HardwareAwayError(f"{error}{then}", is_final=error.is_final) from error
