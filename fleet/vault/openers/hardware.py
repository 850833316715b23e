"""A hardware module (HSM) that opens the vault, spoken to by PKCS #11 (OASIS).

The module holds an AES-256 key that it never gives away. Under it the secret of the vault's box is encrypted
once, and decrypted by the module at each start: CKM_AES_CBC_PAD, which every module has. Whether what comes
back is the right one the box itself finds out, by its AES-GCM. The vault's private key is of a kind that
modules do not hold (ML-KEM-768 with X25519), so it is in the service's memory while the vault is open.

Rules:
- a session is opened for one call and closed; what the module is, and its PIN, is read again each time;
- a PIN that was refused is not tried again by itself: tokens lock after a few;
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

from fleet.core.sections.vault import VaultSection
from fleet.vault.errors import HardwareAwayError

_IV_BYTES = 16
_KEY_BITS = 256
_LONGEST_PIN = 256
_MECHANISM = pkcs11.Mechanism.AES_CBC_PAD
_PIN_REFUSED = (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired)


class HardwareModule:
    """Encrypts and decrypts short secrets under a key that never leaves the module."""

    def __init__(self, section: VaultSection) -> None:
        self._section = section

    def wrap(self, secret: bytes, random: Callable[[int], bytes]) -> bytes:
        """Encrypt a secret, under a key that is made if there is none of its name.

        Raises:
            HardwareAwayError: the module, its token or its PIN cannot be used.
        """
        with self._session(may_write=True) as session:
            key: pkcs11.Key
            try:
                key = self._key(session)
            except NoSuchKey:
                key = session.generate_key(
                    pkcs11.KeyType.AES,
                    _KEY_BITS,
                    label=self._section.pkcs11_key,
                    store=True,
                    capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
                    template={pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True},
                )
            if not isinstance(key, pkcs11.EncryptMixin):
                raise HardwareAwayError(f"The AES key {self._section.pkcs11_key} may not encrypt.")
            iv = random(_IV_BYTES)
            return iv + _bytes(key.encrypt(secret, mechanism=_MECHANISM, mechanism_param=iv))

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt what ``wrap`` made; bytes that were changed come back as others, or not at all.

        Raises:
            HardwareAwayError: the module, its token, its key or its PIN cannot be used.
        """
        iv, sealed = wrapped[:_IV_BYTES], wrapped[_IV_BYTES:]
        with self._session() as session:
            key = self._key(session)
            if not isinstance(key, pkcs11.DecryptMixin):
                raise HardwareAwayError(f"The AES key {self._section.pkcs11_key} may not decrypt.")
            return _bytes(key.decrypt(sealed, mechanism=_MECHANISM, mechanism_param=iv))

    def _key(self, session: pkcs11.Session) -> pkcs11.Key:
        secret, name = pkcs11.ObjectClass.SECRET_KEY, self._section.pkcs11_key
        return session.get_key(object_class=secret, key_type=pkcs11.KeyType.AES, label=name)

    @contextmanager
    def _session(self, *, may_write: bool = False) -> Iterator[pkcs11.Session]:
        section = self._section
        if not (section.pkcs11_module and section.pkcs11_token and section.pkcs11_pin_file):
            raise HardwareAwayError(
                "The vault is opened by a hardware module, and vault.pkcs11_module, vault.pkcs11_token or "
                "vault.pkcs11_pin_file does not say which."
            )
        pin, token = self._pin(), f"token {section.pkcs11_token} of {section.pkcs11_module}"
        try:
            library = pkcs11.lib(section.pkcs11_module)
            found = library.get_token(token_label=section.pkcs11_token)
            with found.open(rw=may_write, user_pin=pin) as session:
                yield session
        except _PIN_REFUSED as error:
            raise HardwareAwayError(
                f"The PIN in {section.pkcs11_pin_file} was refused by {token}. It is not tried again by "
                "itself, for tokens lock after a few; put it right, then unseal the vault.",
                is_final=True,
            ) from error
        except NoSuchToken as error:
            raise HardwareAwayError(f"There is no {token}.") from error
        except NoSuchKey as error:
            raise HardwareAwayError(f"There is no AES key {section.pkcs11_key} on {token}.") from error
        except (PKCS11Error, OSError) as error:
            what = str(error) or type(error).__name__
            raise HardwareAwayError(f"The {token} cannot be used: {what}.") from error

    def _pin(self) -> str:
        path = Path(self._section.pkcs11_pin_file)
        try:
            is_open = bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
            pin = path.read_bytes()[: _LONGEST_PIN + 1].decode("utf-8", "replace").strip("\r\n")
        except OSError as error:
            raise HardwareAwayError(f"The PIN's file {path} cannot be read: {error.strerror}.") from error
        if is_open:
            raise HardwareAwayError(f"The PIN's file {path} is open to others; give it mode 0600.")
        if not 1 <= len(pin) <= _LONGEST_PIN:
            raise HardwareAwayError(f"The PIN's file {path} holds no PIN of 1 to {_LONGEST_PIN} characters.")
        return pin


def _bytes(found: bytes | Iterator[bytes]) -> bytes:
    """What was asked for at once comes at once; the library's types leave that open."""
    return found if isinstance(found, bytes) else b"".join(found)
