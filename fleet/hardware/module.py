"""A hardware module (HSM) that encrypts short secrets, spoken to by PKCS #11 (OASIS).

The module holds AES-256 keys that it never gives away. Under one a secret is encrypted once, and decrypted by
the module at each start: CKM_AES_CBC_PAD, which every module has. Whether what comes back is the right one,
whoever uses the secret finds out, by what it opens.

Rules:
- a session is opened for one call and closed; what the module is, and its PIN, is read again each time;
- a PIN that was refused is not to be tried again by itself: tokens lock after a few;
- the vendor's library runs within this process, with all that it may do.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pkcs11
from pkcs11.exceptions import (
    NoSuchKey,
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
)

from fleet.core.errors import FleetError
from fleet.core.sections.vault import VaultSection

_IV_BYTES = 16
_KEY_BITS = 256
_LONGEST_PIN = 256
_MECHANISM = pkcs11.Mechanism.AES_CBC_PAD
_PIN_REFUSED = (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired)


class HardwareModuleError(FleetError):
    """The module cannot be used.

    Attributes:
        is_final: whether trying again by itself would do harm.
    """

    exit_code = 2

    def __init__(self, sentence: str, *, is_final: bool = False) -> None:
        super().__init__(sentence)
        self.is_final = is_final


class HardwareModule:
    """Encrypts and decrypts short secrets under a key that never leaves the module."""

    def __init__(self, section: VaultSection, key: str) -> None:
        """Prepare it.

        Args:
            section: says which library, token and PIN.
            key: label of the AES key on the token.
        """
        self._section = section
        self._key_label = key

    def wrap(self, secret: bytes, random: Callable[[int], bytes]) -> bytes:
        """Encrypt a secret, under a key that is made if there is none of its name.

        Raises:
            HardwareModuleError: the module, its token or its PIN cannot be used.
        """
        with self._session(may_write=True) as session:
            key: pkcs11.Key
            try:
                key = self._key(session)
            except NoSuchKey:
                key = session.generate_key(
                    pkcs11.KeyType.AES,
                    _KEY_BITS,
                    label=self._key_label,
                    store=True,
                    capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
                    template={pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True},
                )
            if not isinstance(key, pkcs11.EncryptMixin):
                raise HardwareModuleError(f"The AES key {self._key_label} may not encrypt.")
            iv = random(_IV_BYTES)
            return iv + _bytes(key.encrypt(secret, mechanism=_MECHANISM, mechanism_param=iv))

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt what ``wrap`` made; bytes that were changed come back as others, or not at all.

        Raises:
            HardwareModuleError: the module, its token, its key or its PIN cannot be used.
        """
        iv, sealed = wrapped[:_IV_BYTES], wrapped[_IV_BYTES:]
        with self._session() as session:
            key = self._key(session)
            if not isinstance(key, pkcs11.DecryptMixin):
                raise HardwareModuleError(f"The AES key {self._key_label} may not decrypt.")
            return _bytes(key.decrypt(sealed, mechanism=_MECHANISM, mechanism_param=iv))

    def _key(self, session: pkcs11.Session) -> pkcs11.Key:
        secret, name = pkcs11.ObjectClass.SECRET_KEY, self._key_label
        return session.get_key(object_class=secret, key_type=pkcs11.KeyType.AES, label=name)

    @contextmanager
    def _session(self, *, may_write: bool = False) -> Iterator[pkcs11.Session]:
        section = self._section
        if not (section.pkcs11_module and section.pkcs11_token and section.pkcs11_pin_file):
            raise HardwareModuleError(
                "A hardware module is needed, and vault.pkcs11_module, vault.pkcs11_token or "
                "vault.pkcs11_pin_file does not say which."
            )
        pin, token = self._pin(), f"token {section.pkcs11_token} of {section.pkcs11_module}"
        try:
            library = pkcs11.lib(section.pkcs11_module)
            found = library.get_token(token_label=section.pkcs11_token)
            with found.open(rw=may_write, user_pin=pin) as session:
                yield session
        except _PIN_REFUSED as error:
            raise HardwareModuleError(
                f"The PIN in {section.pkcs11_pin_file} was refused by {token}. It is not tried again by "
                "itself, for tokens lock after a few; put it right in that file.",
                is_final=True,
            ) from error
        except NoSuchToken as error:
            raise HardwareModuleError(f"There is no {token}.") from error
        except NoSuchKey as error:
            raise HardwareModuleError(f"There is no AES key {self._key_label} on {token}.") from error
        except (PKCS11Error, OSError) as error:
            what = str(error) or type(error).__name__
            raise HardwareModuleError(f"The {token} cannot be used: {what}.") from error

    def _pin(self) -> str:
        path = Path(self._section.pkcs11_pin_file)
        try:
            is_open = bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
            pin = path.read_bytes()[: _LONGEST_PIN + 1].decode("utf-8", "replace").strip("\r\n")
        except OSError as error:
            raise HardwareModuleError(f"The PIN's file {path} cannot be read: {error.strerror}.") from error
        if is_open:
            raise HardwareModuleError(f"The PIN's file {path} is open to others; give it mode 0600.")
        if not 1 <= len(pin) <= _LONGEST_PIN:
            raise HardwareModuleError(
                f"The PIN's file {path} holds no PIN of 1 to {_LONGEST_PIN} characters."
            )
        return pin


def _bytes(found: bytes | Iterator[bytes]) -> bytes:
    """What was asked for at once comes at once; the library's types leave that open."""
    return found if isinstance(found, bytes) else b"".join(found)
