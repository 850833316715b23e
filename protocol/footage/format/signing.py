"""Signing and checking records: Ed25519 (RFC 8032) with a prefix that says what kind of record is signed.

The prefix keeps a signature over one kind of record from ever fitting another kind.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from cryptography.exceptions import InvalidSignature

from protocol.footage.format.errors import SignatureError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from protocol.footage.format.cbor import Buffer

Signer: TypeAlias = Callable[[bytes], bytes]
"""Returns the Ed25519 signature of a message; where the private key lives is the caller's matter."""


class Domain(Enum):
    """What is signed; the value is the prefix of the signed message."""

    CHUNK = b"lapel chunk v1\0"
    RUN = b"lapel run v1\0"
    OPEN = b"lapel open v1\0"
    KEYS = b"lapel keys v1\0"
    EVENT = b"lapel event v1\0"
    CLOSE = b"lapel close v1\0"
    RECEIPT = b"lapel receipt v1\0"
    DELETION = b"lapel deletion v1\0"
    RELEASE = b"lapel release v1\0"
    CONSENT = b"lapel consent v1\0"


def ed25519_signer(private_key: Ed25519PrivateKey) -> Signer:
    """Return a signer that holds a private key in memory."""
    return private_key.sign


def sign(signer: Signer, domain: Domain, body: bytes) -> bytes:
    """Sign a record's body under its domain; 64 bytes."""
    return signer(domain.value + body)


def check(public_key: Ed25519PublicKey, domain: Domain, body: Buffer, signature: bytes) -> None:
    """Check a record's signature.

    Raises:
        SignatureError: It does not fit.
    """
    try:
        public_key.verify(signature, domain.value + body)
    except InvalidSignature as error:
        raise SignatureError(
            "the signature does not fit the record: the one or the other was changed"
        ) from error
