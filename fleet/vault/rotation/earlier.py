"""The vault's earlier private keys, each sealed to the one that came after it. Pure.

They lie in the vault's own file, beside the key that counts, so that one write says of all of them at once
which they are. Whoever opens the key that counts opens them too, and nobody else: what opens the vault is
changed without touching them. Each is HPKE as keys of footage are, bound to both public keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.vault.errors import VaultError
from protocol.footage.format.errors import KeysError
from protocol.footage.sealing.keys import PrivateKey, Recipient

_DOMAIN = b"lapel vault earlier key v1\0"


@dataclass(frozen=True, slots=True)
class EarlierKey:
    """A private key that cameras seal to no longer, sealed to the key that counts.

    Attributes:
        name: what cameras and ledgers call the recipient.
        public_key: its public half, to which footage is sealed.
        sealed: its private half.
        made: since when it counted; None where that is not known.
        replaced: since when it does not; None where that is not known.
    """

    name: str
    public_key: bytes
    sealed: bytes
    made: datetime | None
    replaced: datetime | None

    @property
    def key_id(self) -> str:
        """SHA-256 of its public half, in hex."""
        return Recipient(self.name, self.public_key).key_id.hex()


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A private key of the vault, opened.

    Attributes:
        name: what cameras and ledgers call the recipient.
        private: the key.
        made: since when cameras are told to seal to it; None where that is not known.
        replaced: since when they are told to seal to another; None of the key that counts, and where that is
            not known.
    """

    name: str
    private: PrivateKey
    made: datetime | None = None
    replaced: datetime | None = None

    @property
    def key_id(self) -> str:
        """SHA-256 of its public half, in hex."""
        return self.private.key_id.hex()


@dataclass(frozen=True, slots=True)
class VaultKeyInfo:
    """What is known of a key of the vault, sealed or not.

    Attributes:
        key_id: SHA-256 of its public half, in hex.
        name: what cameras and ledgers call the recipient.
        counts: whether cameras are told to seal to it.
        made: since when they are, or were; None where that is not known.
        replaced: since when they are told to seal to another; None of the key that counts, and where that is
            not known.
    """

    key_id: str
    counts: bool
    made: datetime | None
    replaced: datetime | None = None

    @classmethod
    def of_earlier(cls, key: EarlierKey) -> VaultKeyInfo:
        """Say it of an earlier key."""
        return cls(key.key_id, counts=False, made=key.made, replaced=key.replaced)


def seal_earlier(keys: Sequence[HeldKey], to: Recipient) -> tuple[EarlierKey, ...]:
    """Seal private keys to the one that counts after them.

    Raises:
        KeysError: that is malformed.
    """
    return tuple(_seal(each, to) for each in keys)


def open_earlier(keys: Sequence[EarlierKey], key: PrivateKey) -> tuple[HeldKey, ...]:
    """Open the private keys that were sealed to this one.

    Raises:
        VaultError: one was changed, or was sealed to another.
    """
    return tuple(_open(each, key) for each in keys)


def _seal(key: HeldKey, to: Recipient) -> EarlierKey:
    public = key.private.public_bytes()
    sealed = to.encrypt(key.private.to_bytes(), _bound_to(to.public_key, public))
    return EarlierKey(key.name, public, sealed, key.made, key.replaced)


def _open(each: EarlierKey, key: PrivateKey) -> HeldKey:
    try:
        plain = key.decrypt(each.sealed, _bound_to(key.public_bytes(), each.public_key))
        private = PrivateKey.from_bytes(plain)
    except (KeysError, ValueError) as error:
        raise VaultError(
            "An earlier key in the vault's file does not open: the file was changed; restore it from a copy."
        ) from error
    if private.public_bytes() != each.public_key:
        raise VaultError("The vault's file holds another earlier key than it says; restore it from a copy.")
    return HeldKey(each.name, private, each.made, each.replaced)


def _bound_to(current: bytes, earlier: bytes) -> bytes:
    return _DOMAIN + current + earlier
