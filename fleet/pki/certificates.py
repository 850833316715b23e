"""Building certificates: what goes into each kind. Pure: keys, time and serial numbers come from the caller.

| kind | key | extended use | why |
|---|---|---|---|
| root | ECDSA P-256 | none | the authority that is trusted; signs issuing authorities alone; path length 1 |
| issuing | ECDSA P-256 | none | signs all others, and the list of revoked ones; path length 0 |
| server | ECDSA P-256 | server | the three listeners; never usable as a client |
| service | ECDSA P-256 | client | the fleet's own MQTT client, CN ``fleet`` |
| receipts | Ed25519 | document signing (RFC 9336) | signs receipts and nothing else |
| checkpoints | Ed25519 | document signing | signs checkpoints of the audit log and nothing else |
| camera | Ed25519 | client, document signing | mutual TLS, and the signatures over footage |
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BACKDATE = timedelta(
    days=1
)  # a board without a battery clock may be behind, and pre-record precedes enrolment
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336, id-kp-documentSigning

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table above.

    Attributes:
        uses: the extended key usages.
    """

    uses: tuple[x509.ObjectIdentifier, ...]


SERVER = Kind((ExtendedKeyUsageOID.SERVER_AUTH,))
SERVICE = Kind((ExtendedKeyUsageOID.CLIENT_AUTH,))
RECEIPTS = Kind((DOCUMENT_SIGNING,))
CHECKPOINTS = Kind((DOCUMENT_SIGNING,))
CAMERA = Kind((ExtendedKeyUsageOID.CLIENT_AUTH, DOCUMENT_SIGNING))


def subject(name: str) -> x509.Name:
    """Return the distinguished name with ``name`` as its common name and nothing else."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def common_name(certificate: x509.Certificate) -> str | None:
    """Return the one common name of a certificate, or None when there is not exactly one."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1 or not isinstance(names[0].value, str):
        return None
    return names[0].value


def build_root(
    key: ec.EllipticCurvePrivateKey, *, name: str, now: datetime, days: int, path_length: int = 1
) -> x509.Certificate:
    """Return the self-signed certificate of a new authority.

    ``path_length`` is 0 for one that issues by itself, as those of fleets of before do.
    """
    return (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .issuer_name(subject(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def build_issuing(
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    public_key: ec.EllipticCurvePublicKey,
    *,
    name: str,
    now: datetime,
    days: int,
) -> x509.Certificate:
    """Return the certificate of an issuing authority; it ends no later than the root's own."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .issuer_name(root.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(min(now + timedelta(days=days), root.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_issuer_key(root), critical=False)
        .sign(root_key, hashes.SHA256())
    )


def build_leaf(
    authority: x509.Certificate,
    signing_key: ec.EllipticCurvePrivateKey,
    public_key: PublicKey,
    *,
    kind: Kind,
    name: str,
    now: datetime,
    days: int,
    alternative_names: Sequence[str] = (),
) -> x509.Certificate:
    """Return a certificate for ``public_key``; it ends no later than the authority's own."""
    ends = min(now + timedelta(days=days), authority.not_valid_after_utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .issuer_name(authority.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(kind.uses), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_issuer_key(authority), critical=False)
    )
    if alternative_names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general_name(each) for each in alternative_names]), critical=False
        )
    return builder.sign(signing_key, hashes.SHA256())


def is_address(name: str) -> bool:
    """Say whether ``name`` is an IP address rather than a host name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _general_name(name: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)


def _issuer_key(authority: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def key_id(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of a certificate's public key, in hex; a renewed one has the same."""
    public = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()
