"""How a camera joins a fleet: one signing request against a one-time code.

The code that a person copies is ``SECRET.FINGERPRINT``; the fingerprint lets the camera trust the right
authority before it has any certificate. The authority may issue by another one that it issued itself: that
one's certificate follows the camera's.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ConfigDict, Field

from protocol.footage.format.certificates import UNREADABLE, check_chain
from protocol.footage.format.errors import CertificateError
from protocol.footage.format.limits import MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES
from protocol.footage.format.model import Track
from protocol.footage.sealing.keys import Recipient
from protocol.messages.base import CameraId, LongText, Message, PublicKey, ShortText

FINGERPRINT_BYTES: Final = 16


class RecipientKey(Message):
    """A public key that recordings are sealed to, and the tracks that it is given."""

    name: ShortText
    public_key: PublicKey
    tracks: Annotated[tuple[Track, ...], Field(min_length=1, max_length=2)] = tuple(Track)

    def to_recipient(self) -> Recipient:
        """Return it as the sealing functions take it."""
        return Recipient(self.name, self.public_key, frozenset(self.tracks))

    @classmethod
    def of(cls, recipient: Recipient) -> RecipientKey:
        """Return a recipient as it is sent."""
        tracks = tuple(track for track in Track if track in recipient.tracks)
        return cls(name=recipient.name, public_key=recipient.public_key, tracks=tracks)


class EnrolmentRequest(Message):
    """A camera's request: the secret half of its code, and a PKCS #10 signing request as PEM."""

    model_config = ConfigDict(hide_input_in_errors=True)

    code: Annotated[str, Field(min_length=8, max_length=128, repr=False)]
    csr_pem: LongText


class EnrolmentResponse(Message):
    """What an enrolled camera needs.

    Attributes:
        camera: The id that the fleet gave it.
        certificate_pem: Its certificate, then that of whoever issued it unless the authority itself did.
        authority_pem: The fleet's own authority, whose fingerprint codes carry.
        recipients: Whom to seal recordings to.
        cameras_url: Base URL of the cameras' listener.
        mqtt_host: The broker's host.
        mqtt_port: The broker's port.
    """

    camera: CameraId
    certificate_pem: str
    authority_pem: str
    recipients: Annotated[tuple[RecipientKey, ...], Field(max_length=16)]
    cameras_url: ShortText
    mqtt_host: ShortText
    mqtt_port: Annotated[int, Field(strict=True, ge=1, le=65535)]


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code taken apart: the secret, and the first 16 bytes of the authority's SHA-256 as base32."""

    secret: str = field(repr=False)
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.secret}.{self.fingerprint}"

    def trusts(self, authority_der: bytes) -> bool:
        """Tell whether an authority is the one that the code was made by."""
        return self.fingerprint == authority_fingerprint(authority_der)


def authority_fingerprint(authority_der: bytes) -> str:
    """Return the fingerprint that a code carries: base32, lower case, without padding."""
    digest = hashlib.sha256(authority_der).digest()[:FINGERPRINT_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def read_certificates(pem: str) -> tuple[bytes, ...]:
    """Take apart what a camera is given as its certificate: DER, the camera's first, its issuer's after it.

    Raises:
        CertificateError: It is no certificate, or more than a chain of footage holds beside its authority.
    """
    if len(pem) > MAX_CERTIFICATES * MAX_CERTIFICATE_BYTES:
        raise CertificateError("the certificate is too long")
    try:
        found = x509.load_pem_x509_certificates(pem.encode("ascii"))
        ders = tuple(each.public_bytes(Encoding.DER) for each in found)
    except UNREADABLE as error:
        raise CertificateError("a certificate cannot be read") from error
    if len(ders) >= MAX_CERTIFICATES or any(len(der) > MAX_CERTIFICATE_BYTES for der in ders):
        raise CertificateError("there are more or longer certificates than footage carries")
    return ders


def check_certificates(pem: str, authority: bytes) -> tuple[bytes, ...]:
    """Read a camera's certificate as ``read_certificates`` does, and check that it comes from an authority.

    Args:
        pem: What the fleet gave the camera.
        authority: The authority that the camera trusts, as DER.

    Returns:
        The chain as footage carries it: the camera's certificate first, the authority's last.

    Raises:
        CertificateError: It is none, or not the work of that authority.
    """
    chain = (*read_certificates(pem), authority)
    check_chain(chain)
    return chain


def parse_code(text: str) -> EnrolmentCode:
    """Take a code apart as a person copied it; surrounding space and the fingerprint's case do not matter.

    Raises:
        ValueError: It is not a secret and a fingerprint.
    """
    secret, dot, fingerprint = text.strip().rpartition(".")
    length = len(authority_fingerprint(b""))
    if not dot or not secret or len(fingerprint) != length:
        raise ValueError("this is not a complete enrolment code: copy all of it, with the part after the dot")
    return EnrolmentCode(secret, fingerprint.lower())
