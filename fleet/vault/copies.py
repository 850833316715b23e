"""A copy of one of the vault's private keys, sealed to the recovery key, which opens it. Pure.

The copy is HPKE as keys of footage are, bound to the public key that it belongs to, so that one cannot be
passed off as another's. It opens with the recovery key's private half alone, which the fleet never has.
"""

from __future__ import annotations

from dataclasses import dataclass

from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PrivateKey, Recipient

_DOMAIN = b"lapel recovery copy v1\0"


@dataclass(frozen=True, slots=True)
class VaultCopy:
    """A private key of the vault, sealed.

    Attributes:
        name: what cameras and ledgers call the recipient.
        public_key: its public half, to which footage is sealed.
        sealed: its private half, sealed to the recovery key.
    """

    name: str
    public_key: bytes
    sealed: bytes


def seal_copy(name: str, private: PrivateKey, to: Recipient) -> VaultCopy:
    """Seal a private key to another one.

    Raises:
        KeysError: the other is malformed.
    """
    public = private.public_bytes()
    return VaultCopy(name, public, to.encrypt(private.to_bytes(), _DOMAIN + public))


def open_copy(copy: VaultCopy, key: PrivateKey) -> PrivateKey:
    """Return the private key that a copy holds.

    Raises:
        KeysError: it was sealed to another key, or was changed.
    """
    private = PrivateKey.from_bytes(key.decrypt(copy.sealed, _DOMAIN + copy.public_key))
    if private.public_bytes() != copy.public_key:
        raise KeysError("the copy holds another private key than it says")
    return private
