"""A recipient's private key, which opens what was sealed to its public key."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.suite import SUITE

if TYPE_CHECKING:
    from protocol.footage.format.cbor import Buffer

_MLKEM_SEED_BYTES: Final = 64
_X25519_BYTES: Final = 32
PRIVATE_KEY_BYTES: Final = _MLKEM_SEED_BYTES + _X25519_BYTES


class PrivateKey:
    """A recipient's private key: the ML-KEM-768 seed (64 bytes), then the X25519 key (32 bytes)."""

    __slots__ = ("_mlkem", "_x25519")

    def __init__(self, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        """Join the two halves."""
        self._mlkem = mlkem
        self._x25519 = x25519

    @classmethod
    def from_bytes(cls, data: Buffer) -> PrivateKey:
        """Restore a key.

        Raises:
            KeysError: These are not the 96 bytes of one.
        """
        if len(data) != PRIVATE_KEY_BYTES:
            raise KeysError(f"a private sealing key has {PRIVATE_KEY_BYTES} bytes, not {len(data)}")
        seed, scalar = data[:_MLKEM_SEED_BYTES], data[_MLKEM_SEED_BYTES:]
        return cls(MLKEM768PrivateKey.from_seed_bytes(seed), X25519PrivateKey.from_private_bytes(scalar))

    def to_bytes(self) -> bytes:
        """Return the key's 96 bytes, to be kept encrypted."""
        return self._mlkem.private_bytes_raw() + self._x25519.private_bytes_raw()

    def public_bytes(self) -> bytes:
        """Return the public key's 1216 bytes."""
        mlkem = self._mlkem.public_key().public_bytes_raw()
        return mlkem + self._x25519.public_key().public_bytes_raw()

    @property
    def key_id(self) -> bytes:
        """SHA-256 of the public key."""
        return hashlib.sha256(self.public_bytes()).digest()

    def decrypt(self, ciphertext: bytes, info: bytes) -> bytes:
        """Open one HPKE ciphertext.

        Raises:
            KeysError: It was not sealed to this key with this info.
        """
        try:
            return SUITE.decrypt(ciphertext, MLKEM768X25519PrivateKey(self._mlkem, self._x25519), info=info)
        except (InvalidTag, ValueError) as error:
            raise KeysError("sealed keys do not open: wrong private key or changed bytes") from error


def generate_private_key() -> PrivateKey:
    """Make a new recipient's key, with the cryptography library's randomness."""
    return PrivateKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())
