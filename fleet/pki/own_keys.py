"""The fleet's own keys at rest: of server, service, receipts and checkpoints, each in a file of its own.

Each file is a PKCS #8 key (RFC 5958) encrypted under a password that HKDF makes of the key file's secret and
the name of the key (``key_secret``), so that TLS libraries read it as it lies. The secret is random: there is
nothing to guess, and the standard's own slow function is for nothing but the form. A fleet of before has them
plain; they are encrypted as the fleet next starts with the key file there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from fleet.core.errors import StateError
from fleet.core.files import write_file
from fleet.pki.key_secret import AuthoritySecret
from fleet.pki.sealed_key import OtherSecretError

OwnKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

NAMES = ("server", "service", "receipts", "checkpoints")
_SEALED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_PURPOSE = b"lapel key of the fleet itself v1 "
_PASSWORD_BYTES = 32


class OwnKeys:
    """The files in a folder, and the key file that opens them."""

    def __init__(self, folder: Path, secret: AuthoritySecret) -> None:
        self._folder = folder
        self._secret = secret
        self._read: bytes | None = None

    def file(self, name: str) -> Path:
        """Return the file of a key."""
        return self._folder / f"{name}.key"

    def password(self, name: str) -> bytes | None:
        """Return what opens the file of a key; None where it is not encrypted yet.

        Raises:
            StateError: the key file cannot be used.
            OSError: the file cannot be read.
        """
        return self._password(name) if self.is_sealed(name) else None

    def is_sealed(self, name: str) -> bool:
        """Say whether a key is encrypted.

        Raises:
            OSError: the file cannot be read.
        """
        return self.file(name).read_bytes().startswith(_SEALED)

    def read(self, name: str) -> OwnKey:
        """Return a key.

        Raises:
            KeyFileMissingError: it is encrypted, and the key file cannot be read.
            OtherSecretError: the key file is another one.
            StateError: it is no key of that kind.
            OSError: the file cannot be read.
        """
        pem, file = self.file(name).read_bytes(), self.file(name)
        password = self._password(name) if pem.startswith(_SEALED) else None
        try:
            key = load_pem_private_key(pem, password=password)
        except ValueError as error:
            if password is not None:
                raise OtherSecretError(
                    f"{file} does not open: {self._secret.is_not_it}, or it was changed; restore both from "
                    "one backup."
                ) from error
            raise StateError(f"{file} cannot be read; restore it from a backup.") from error
        if not isinstance(key, OwnKey):
            raise StateError(f"{file} is no key of this fleet; restore it from a backup.")
        return key

    def signing(self, name: str) -> ed25519.Ed25519PrivateKey:
        """Return a key that signs.

        Raises:
            StateError: as ``read``.
            OSError: as ``read``.
        """
        key = self.read(name)
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise StateError(f"{self.file(name)} is not an Ed25519 key; restore it from a backup.")
        return key

    def put(self, name: str, key: OwnKey) -> None:
        """Encrypt a key and make it the file, durably.

        Raises:
            StateError: the key file cannot be used.
            OSError: it cannot be written; what was there is untouched.
        """
        encryption = BestAvailableEncryption(self._password(name))
        write_file(self.file(name), key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))

    def seal_plain(self) -> int:
        """Encrypt those that a fleet of before left plain; return how many those were.

        Raises:
            StateError: the key file cannot be used, or a key cannot be read.
            OSError: it cannot be written; each key is plain or encrypted.
        """
        plain = [name for name in NAMES if self.file(name).exists() and not self.is_sealed(name)]
        for name in plain:
            self.put(name, self.read(name))
        return len(plain)

    def change(self, before: OwnKeys) -> int:
        """Encrypt those anew that another key file opens; return how many those were.

        Raises:
            StateError: one opens by neither.
            OSError: it cannot be written; each is under the one or the other.
        """
        changed = 0
        for name in NAMES:
            if not self.file(name).exists():
                continue
            try:
                self.read(name)
                is_done = self.is_sealed(name)
            except OtherSecretError:
                is_done = False
            if not is_done:
                self.put(name, before.read(name))
                changed += 1
        return changed

    def _password(self, name: str) -> bytes:
        if self._read is None:  # from its first use on, as the key that issues: its medium may be taken out
            self._read = self._secret.read()
        derive = HKDF(SHA256(), _PASSWORD_BYTES, salt=None, info=_PURPOSE + name.encode("ascii"))
        return derive.derive(self._read).hex().encode("ascii")


class KeptSigningKey:
    """A key that is decrypted as it first signs; who only checks needs no key file.

    Args:
        public: its public half.
        read: reads it.
    """

    def __init__(
        self, public: ed25519.Ed25519PublicKey, read: Callable[[], ed25519.Ed25519PrivateKey]
    ) -> None:
        self._public = public
        self._read = read
        self._key: ed25519.Ed25519PrivateKey | None = None

    def public_key(self) -> ed25519.Ed25519PublicKey:
        """Return the public half."""
        return self._public

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes.

        Raises:
            StateError: the key cannot be decrypted.
        """
        if self._key is None:
            self._key = self._read()
        return self._key.sign(data)
