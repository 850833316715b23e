"""Certificate chains (RFC 5280) as footage uses them: the signer's Ed25519 first, its authority last.

Validity dates are not judged here: a camera's clock may be wrong when it records, and footage outlives
certificates. What counts is who issued the signer's certificate and whom it names.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.x509.oid import NameOID

from protocol.footage.format.errors import CertificateError
from protocol.footage.format.small_order import has_small_order

if TYPE_CHECKING:
    from collections.abc import Sequence

UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""Everything that cryptography raises on certificates that are not what they should be. It parses lazily, so
each of these may come from reading a field as well as from loading."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a chain speaks for.

    Attributes:
        name: The common name of the signer's certificate.
        public_key: The key that its signatures are checked with.
        authority: The DER of the last certificate of the chain, the authority's own.
    """

    name: str
    public_key: Ed25519PublicKey
    authority: bytes


def signing_key(certificate: bytes) -> Ed25519PublicKey:
    """Return the Ed25519 key of a DER certificate.

    Raises:
        CertificateError: It cannot be read, or holds another kind of key, or one of small order.
    """
    return _signing_key(_load(certificate))


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-256 of a DER certificate as lower-case hex."""
    return hashlib.sha256(certificate).hexdigest()


def check_chain(certificates: Sequence[bytes]) -> Identity:
    """Check that each certificate was issued by the next, the last by itself, and say whom the first names.

    Args:
        certificates: DER, the signer's first, the authority's last; at least those two.

    Raises:
        CertificateError: A certificate cannot be read or was not issued as the order claims.
    """
    if len(certificates) < 2:  # noqa: PLR2004 - a signer and its authority
        raise CertificateError("the certificate chain lacks its authority")
    chain = [_load(der) for der in certificates]
    for issued, issuer in zip(chain, [*chain[1:], chain[-1]], strict=True):
        _check_issued(issued, issuer)
    between = 0
    for issuer in chain[1:]:
        if not _may_be_above(issuer, between):
            raise CertificateError("a certificate has more authorities below it than it allows")
        between += not _is_self_issued(issuer)
    if _is_authority(chain[0]):
        raise CertificateError("the signer's certificate is an authority's, which must not sign footage")
    return Identity(name=_name(chain[0]), public_key=_signing_key(chain[0]), authority=certificates[-1])


def _load(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except UNREADABLE as error:
        raise CertificateError("a certificate cannot be read") from error


def _signing_key(certificate: x509.Certificate) -> Ed25519PublicKey:
    try:
        key = certificate.public_key()
    except UNREADABLE as error:
        raise CertificateError("a certificate's public key cannot be read") from error
    if not isinstance(key, Ed25519PublicKey):
        raise CertificateError("the signer's certificate does not hold an Ed25519 key")
    if has_small_order(key.public_bytes_raw()):
        raise CertificateError("the signer's certificate holds a key with which anybody can sign")
    return key


def _check_issued(issued: x509.Certificate, issuer: x509.Certificate) -> None:
    if not _is_authority(issuer):
        raise CertificateError("a certificate was issued by one that is not an authority's")
    try:
        issued.verify_directly_issued_by(issuer)
    except (*UNREADABLE, InvalidSignature) as error:
        raise CertificateError("a certificate was not issued by the authority beside it") from error


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = _constraints(certificate)
    return constraints is not None and constraints.ca


def _may_be_above(issuer: x509.Certificate, between: int) -> bool:
    """Whether so many authorities may be between an issuer and the signer (RFC 5280, section 4.2.1.9).

    Those in whose certificates issuer and subject have one name do not count: by that an authority changes
    its key.
    """
    constraints = _constraints(issuer)
    return constraints is not None and (constraints.path_length is None or between <= constraints.path_length)


def _is_self_issued(certificate: x509.Certificate) -> bool:
    try:
        return certificate.subject.public_bytes() == certificate.issuer.public_bytes()
    except UNREADABLE as error:
        raise CertificateError("a certificate's names cannot be read") from error


def _constraints(certificate: x509.Certificate) -> x509.BasicConstraints | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return None
    except UNREADABLE as error:
        raise CertificateError("a certificate's extensions cannot be read") from error


def _name(certificate: x509.Certificate) -> str:
    try:
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except UNREADABLE as error:
        raise CertificateError("a certificate's subject cannot be read") from error
    if len(names) != 1 or not isinstance(names[0].value, str):
        raise CertificateError("the signer's certificate does not have exactly one common name")
    return names[0].value
