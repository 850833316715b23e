"""A private sealing key at rest: encrypted under what a key file holds. Pure.

The key file holds 32 random bytes or a passphrase; scrypt (RFC 7914) makes a key of either, and AES-256-GCM
encrypts the private key under it, bound to the public key beside it. The box says how it was made, so that
the cost can rise later without a new format.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from fleet.vault.errors import VaultError
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PrivateKey

VERSION = 1
SHORTEST_SECRET = 16
_COST = 2**15  # with r = 8: 32 MiB and about a tenth of a second, once at each start
_COSTS = frozenset(2**power for power in range(1, 21))
_DOMAIN = b"lapel vault v1\0"
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32


@dataclass(frozen=True, slots=True)
class KeyBox:
    """An encrypted private key; ``cost`` is scrypt's n."""

    name: str
    public_key: bytes
    cost: int
    salt: bytes
    nonce: bytes
    ciphertext: bytes

    def to_json(self) -> bytes:
        """Return the box as its file holds it."""
        document = {
            "version": VERSION,
            "name": self.name,
            "public_key": _text(self.public_key),
            "scrypt_n": self.cost,
            "salt": _text(self.salt),
            "nonce": _text(self.nonce),
            "ciphertext": _text(self.ciphertext),
        }
        return json.dumps(document, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> KeyBox:
        """Read a box.

        Raises:
            VaultError: it is not one of this version.
        """
        try:
            document = json.loads(data)
            box = cls(
                name=str(document["name"]),
                public_key=_bytes(document["public_key"]),
                cost=int(document["scrypt_n"]),
                salt=_bytes(document["salt"]),
                nonce=_bytes(document["nonce"]),
                ciphertext=_bytes(document["ciphertext"]),
            )
            known = document["version"] == VERSION and box.cost in _COSTS
        except (ValueError, KeyError, TypeError) as error:
            raise VaultError("The vault's file is damaged; restore it from a copy.") from error
        if not known:
            raise VaultError("The vault's file was written by a newer version; install that version again.")
        return box


def lock(
    private: PrivateKey, name: str, secret: bytes, random: Callable[[int], bytes], *, cost: int = _COST
) -> KeyBox:
    """Encrypt a private key.

    Args:
        private: the key.
        name: what cameras and ledgers call the recipient.
        secret: what the key file holds.
        random: returns that many random bytes.
        cost: scrypt's n.
    """
    public, salt, nonce = private.public_bytes(), random(_SALT_BYTES), random(_NONCE_BYTES)
    ciphertext = AESGCM(_derive_key(secret, salt, cost)).encrypt(nonce, private.to_bytes(), _DOMAIN + public)
    return KeyBox(name, public, cost, salt, nonce, ciphertext)


def unlock(box: KeyBox, secret: bytes) -> PrivateKey:
    """Decrypt a private key.

    Raises:
        VaultError: the secret is another, or the box was changed.
    """
    key = _derive_key(secret, box.salt, box.cost)
    try:
        plain = AESGCM(key).decrypt(box.nonce, box.ciphertext, _DOMAIN + box.public_key)
        return PrivateKey.from_bytes(plain)
    except (InvalidTag, ValueError, KeysError) as error:
        raise VaultError(
            "The vault does not open: vault.key_file is not the one it was locked with, or the vault's file "
            "was changed; restore both from one copy."
        ) from error


def _derive_key(secret: bytes, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=8, p=1).derive(secret)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
