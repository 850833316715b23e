"""A certificate of deletion: the fleet's signed word that a recording was deleted, why and when (F3).

A statement (``protocol.footage.statement``) whose member is ``certificate``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.footage.format.errors import DeletionError
from protocol.footage.format.signing import Domain, Signer
from protocol.footage.statement import (
    Said,
    Statement,
    StatementKind,
    looks_like,
    read_statement,
    sign_statement,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LONGEST", "Said", "is_deletion", "read_deletion", "sign_deletion"]

LONGEST: Final = 1_000_000
"""Bytes; a certificate is some kilobytes long."""
_KIND: Final = StatementKind(
    member="certificate",
    kind="lapel deletion certificate",
    version=1,
    domain=Domain.DELETION,
    words="a certificate of deletion",
    signs="deletions",
    longest=LONGEST,
    error=DeletionError,
)


def sign_deletion(said: Mapping[str, Said], signer: Signer, certificates: tuple[bytes, ...]) -> str:
    """Return the certificate's file.

    Args:
        said: What it says, beside its kind and version.
        signer: Signs with the key of the first certificate.
        certificates: DER, the signer's first, the authority's last.
    """
    return sign_statement(_KIND, said, signer, certificates)


def read_deletion(data: bytes) -> Statement:
    """Read a certificate of deletion, and check its signature and whose it is.

    Raises:
        DeletionError: It is none.
        SignatureError: It was changed after it was signed.
        CertificateError: The chain does not hold, or names another signer than a fleet's.
    """
    return read_statement(_KIND, data)


def is_deletion(data: bytes) -> bool:
    """Say whether some bytes look like a certificate of deletion, valid or not."""
    return looks_like(_KIND, data)
