"""Certificates of authorities to trust, as a person has them: PEM or DER, several in one file if need be."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding


def read_authorities(data: bytes) -> list[bytes]:
    """Return the DER of every certificate in a file's bytes.

    Raises:
        ValueError: They hold none, or one that cannot be read.
    """
    if b"-----BEGIN" in data:
        certificates = x509.load_pem_x509_certificates(data)
    else:
        certificates = [x509.load_der_x509_certificate(data)]
    return [certificate.public_bytes(Encoding.DER) for certificate in certificates]
