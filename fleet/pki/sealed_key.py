"""An authority's private key at rest: encrypted, beside the certificate that it belongs to. Pure.

Two things open one: the secret of a key file, which is 32 random bytes and becomes a key by HKDF-SHA256
(RFC 5869); or a passphrase, which becomes one by scrypt (RFC 7914), for a root that is carried away.
AES-256-GCM encrypts the key, bound to its public half and to how it is opened. The certificate may be
replaced by another one for the same key.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from fleet.core.errors import StateError

SECRET_BYTES = 32
SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE = 16, 1024
LONGEST_FILE = 64 * 1024
COST = 2**17  # with r = 8: 128 MiB and a third of a second, for each try
_KIND, _VERSION = "lapel authority key", 1
_DOMAIN = b"lapel authority key v1\0"
_COSTS = frozenset(2**power for power in range(1, 21))
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32


class KeyOpener(StrEnum):
    """What opens a key of an authority."""

    KEY_FILE = "key-file"
    PASSPHRASE = "passphrase"  # noqa: S105 - a word, not a secret


class UnreadableKeyError(StateError):
    """A file holds no encrypted key of an authority."""


class OtherSecretError(StateError):
    """A key does not open: the secret is another, or the file was changed."""


@dataclass(frozen=True, slots=True)
class SealedKey:
    """An encrypted private key; ``cost`` is scrypt's n, and 0 where a key file opens it."""

    certificate: x509.Certificate
    opener: KeyOpener
    cost: int
    salt: bytes
    nonce: bytes
    ciphertext: bytes

    def to_json(self) -> bytes:
        """Return it as its file holds it."""
        document = {
            "kind": _KIND,
            "version": _VERSION,
            "certificate": _text(self.certificate.public_bytes(Encoding.DER)),
            "opened_by": str(self.opener),
            "scrypt_n": self.cost,
            "salt": _text(self.salt),
            "nonce": _text(self.nonce),
            "ciphertext": _text(self.ciphertext),
        }
        return json.dumps(document, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> SealedKey:
        """Read one.

        Raises:
            UnreadableKeyError: it is none, or of a version that is not known.
        """
        if len(data) > LONGEST_FILE:
            raise UnreadableKeyError("it is too long to be an authority's key")
        try:
            document: Any = json.loads(data)
            if document["kind"] != _KIND or document["version"] != _VERSION:
                raise UnreadableKeyError("it is no authority's key, or one of a newer version")
            found = cls(
                certificate=x509.load_der_x509_certificate(_bytes(document["certificate"])),
                opener=KeyOpener(document["opened_by"]),
                cost=int(document["scrypt_n"]),
                salt=_bytes(document["salt"]),
                nonce=_bytes(document["nonce"]),
                ciphertext=_bytes(document["ciphertext"]),
            )
            _public(found.certificate)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
            raise UnreadableKeyError("it is damaged, or no authority's key") from error
        sizes = (len(found.salt), len(found.nonce)) == (_SALT_BYTES, _NONCE_BYTES)
        cost = found.cost in _COSTS if found.opener is KeyOpener.PASSPHRASE else found.cost == 0
        if not sizes or not cost:
            raise UnreadableKeyError("it is damaged, or of a newer version")
        return found

    def with_certificate(self, certificate: x509.Certificate) -> SealedKey:
        """Return it with another certificate for the same key.

        Raises:
            UnreadableKeyError: the certificate is for another key.
        """
        if _public(certificate) != _public(self.certificate):
            raise UnreadableKeyError("the certificate is for another key")
        return replace(self, certificate=certificate)


def seal_authority_key(
    key: ec.EllipticCurvePrivateKey,
    certificate: x509.Certificate,
    secret: bytes,
    random: Callable[[int], bytes],
    *,
    opener: KeyOpener = KeyOpener.KEY_FILE,
    cost: int = COST,
) -> SealedKey:
    """Encrypt a private key.

    Args:
        key: the key.
        certificate: its certificate.
        secret: what a key file holds, or a passphrase.
        random: returns that many random bytes.
        opener: which of the two it is.
        cost: scrypt's n, for a passphrase.

    Raises:
        StateError: the secret is too short or too long.
    """
    if opener is KeyOpener.PASSPHRASE and not SHORTEST_PASSPHRASE <= len(secret) <= LONGEST_PASSPHRASE:
        raise StateError(
            f"The passphrase has {len(secret)} bytes; it needs {SHORTEST_PASSPHRASE} to "
            f"{LONGEST_PASSPHRASE}: five or six words drawn by lot are a good one."
        )
    salt, nonce = random(_SALT_BYTES), random(_NONCE_BYTES)
    used = cost if opener is KeyOpener.PASSPHRASE else 0
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    bound = _bound_to(opener, certificate)
    ciphertext = AESGCM(_derived(opener, secret, salt, used)).encrypt(nonce, plain, bound)
    return SealedKey(certificate, opener, used, salt, nonce, ciphertext)


def open_authority_key(sealed: SealedKey, secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Decrypt a private key.

    Raises:
        OtherSecretError: the secret is another, or the file was changed.
    """
    cipher = AESGCM(_derived(sealed.opener, secret, sealed.salt, sealed.cost))
    try:
        plain = cipher.decrypt(sealed.nonce, sealed.ciphertext, _bound_to(sealed.opener, sealed.certificate))
        key = load_der_private_key(plain, password=None)
    except (InvalidTag, ValueError, TypeError) as error:
        raise OtherSecretError("The key does not open.") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != sealed.certificate.public_key():
        raise OtherSecretError("The key does not open.")
    return key


def _derived(opener: KeyOpener, secret: bytes, salt: bytes, cost: int) -> bytes:
    if opener is KeyOpener.PASSPHRASE:
        return Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=8, p=1).derive(secret)
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=salt, info=_DOMAIN).derive(secret)


def _bound_to(opener: KeyOpener, certificate: x509.Certificate) -> bytes:
    """What the encryption is bound to besides its key."""
    return _DOMAIN + f"{opener}\0".encode() + _public(certificate)


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
