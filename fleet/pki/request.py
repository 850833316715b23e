"""What a camera asks to have signed, of which its key and the proof for it count, and what it is given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fleet.core.errors import SigningRequestError
from protocol.footage.format.small_order import has_small_order

MAX_REQUEST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Issued:
    """A camera's certificate, as it is issued.

    Attributes:
        pem: the certificate, and its issuer's after it unless that is the root.
        serial: its serial number in hexadecimal.
        sha256: the SHA-256 of its DER in hexadecimal.
        expires: when it ends.
        key: the camera's public key, raw.
    """

    pem: str
    serial: str
    sha256: str
    expires: datetime
    key: bytes

    @classmethod
    def read(cls, pem: str) -> Issued:
        """Return what this fleet issued as this PEM, whose first certificate is the camera's."""
        certificate = x509.load_pem_x509_certificates(pem.encode("ascii"))[0]
        return cls(
            pem=pem,
            serial=f"{certificate.serial_number:x}",
            sha256=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
            expires=certificate.not_valid_after_utc,
            key=certificate.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
        )


def requested_key(request_pem: str) -> ed25519.Ed25519PublicKey:
    """Return the key that a signing request is for.

    Raises:
        SigningRequestError: it is no signing request, its key is not Ed25519, or its signature is not by that
            key.
    """
    if len(request_pem) > MAX_REQUEST_BYTES:
        raise SigningRequestError("The signing request is too long; a camera's is under 1 kB.")
    try:
        request = x509.load_pem_x509_csr(request_pem.encode("ascii"))
        key = request.public_key()
        valid = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningRequestError("The signing request is not a PKCS #10 request in PEM.") from error
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise SigningRequestError("The signing request's key is not Ed25519, the only kind that is accepted.")
    if not valid:
        raise SigningRequestError("The signing request is not signed by its own key.")
    if has_small_order(key.public_bytes_raw()):
        raise SigningRequestError("The signing request's key is one with which anybody can sign.")
    return key
