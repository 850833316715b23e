"""Certificates of authorities to trust, as a person has them: PEM or DER, several in one file if need be."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from protocol.footage.format.certificates import UNREADABLE
from protocol.footage.format.errors import CertificateError


def read_authorities(data: bytes) -> list[bytes]:
    """Return the DER of every certificate in a file's bytes.

    Raises:
        CertificateError: They hold none, or one that cannot be read.
    """
    try:
        if b"-----BEGIN" in data:
            certificates = x509.load_pem_x509_certificates(data)
        else:
            certificates = [x509.load_der_x509_certificate(data)]
    except UNREADABLE as error:
        raise CertificateError("there is no certificate in PEM or DER form") from error
    return [certificate.public_bytes(Encoding.DER) for certificate in certificates]
