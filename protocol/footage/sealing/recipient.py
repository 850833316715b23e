"""A recipient: a public key that recordings are sealed to, of the hybrid KEM MLKEM768-X25519.

A camera holds public keys alone (promise C9).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

from protocol.footage.format.errors import KeysError
from protocol.footage.format.limits import MAX_RECIPIENTS
from protocol.footage.format.model import Track
from protocol.footage.ledger.open_record import RecipientInfo
from protocol.footage.sealing.suite import SUITE

_MLKEM_BYTES: Final = 1184
_X25519_BYTES: Final = 32
PUBLIC_KEY_BYTES: Final = _MLKEM_BYTES + _X25519_BYTES


@dataclass(frozen=True, slots=True)
class Recipient:
    """A public key that footage is sealed to.

    Attributes:
        name: A name for people.
        public_key: ML-KEM-768 encapsulation key, then X25519 public key: 1216 bytes.
        tracks: The tracks whose keys it is given.
    """

    name: str
    public_key: bytes
    tracks: frozenset[Track] = frozenset(Track)

    @property
    def key_id(self) -> bytes:
        """SHA-256 of the public key."""
        return _key_id(self.public_key)

    @property
    def info(self) -> RecipientInfo:
        """What the ledger's open says of it."""
        return RecipientInfo(key_id=self.key_id, name=self.name, tracks=self.tracks)

    def encrypt(self, plain: bytes | bytearray, info: bytes) -> bytes:
        """Seal something to this recipient: one HPKE ciphertext, which opens with the same ``info`` alone.

        Raises:
            KeysError: The public key is malformed.
        """
        return SUITE.encrypt(plain, self._key(), info=info)

    def _key(self) -> MLKEM768X25519PublicKey:
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            size = len(self.public_key)
            raise KeysError(f"the public key of {self.name!r} has {size} bytes, not {PUBLIC_KEY_BYTES}")
        try:
            return _parsed(self.public_key)
        except ValueError as error:
            raise KeysError(
                f"the public key of {self.name!r} is not an ML-KEM-768 and X25519 pair"
            ) from error


@lru_cache(maxsize=MAX_RECIPIENTS)
def _key_id(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@lru_cache(maxsize=MAX_RECIPIENTS)
def _parsed(data: bytes) -> MLKEM768X25519PublicKey:
    """A public key; parsing it takes a quarter of the time of sealing to it, and a press does that twice."""
    mlkem = MLKEM768PublicKey.from_public_bytes(data[:_MLKEM_BYTES])
    return MLKEM768X25519PublicKey(mlkem, X25519PublicKey.from_public_bytes(data[_MLKEM_BYTES:]))
