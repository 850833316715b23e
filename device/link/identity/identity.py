"""Who the camera is: its key, its certificate, the fleet's authority, and to whom footage is sealed.

Rules:

- The key is made on the camera and never leaves it. Its file is readable by the camera alone.
- ``enrolment.json`` is the one file that says "enrolled". It is replaced in one step, and the files of key
  and certificate are named by their digests, so that a power cut leaves the old identity or the new one,
  never a mixture.
- A certificate that has ended does not stop the camera from recording: footage signed with its key is as
  verifiable as before. It stops the link, with a sentence.

Layout of ``STATE/identity/``: ``enrolment.json``, ``key-<digest>.pem`` (PKCS #8, 0600),
``certificate-<digest>.pem``.

It does not talk to the fleet: ``device.link.identity.enrol`` does.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from device.link.errors import IdentityError, NotEnrolledError
from device.storage.durable import make_folder, replace
from protocol.footage.format.errors import CertificateError
from protocol.footage.format.signing import Signer, ed25519_signer
from protocol.messages.enrolment import EnrolmentResponse, read_certificates

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from protocol.footage.sealing.keys import Recipient

FOLDER = "identity"
ENROLMENT_FILE = "enrolment.json"

AGAIN = "enrol the camera again with a new code."
NOT_ENROLLED = (
    "This camera is not enrolled: make an enrolment code in the dashboard and run "
    "`lapel-device enrol --fleet ADDRESS --config FILE`, which asks for it."
)


class Enrolment(EnrolmentResponse):
    """``enrolment.json``: what the fleet answered to the enrolment, and the version of this file."""

    version: Literal[1] = 1


@dataclass(frozen=True, slots=True)
class CameraIdentity:
    """A camera that is enrolled.

    Attributes:
        camera: the id that the fleet gave it, which is its certificate's common name.
        certificate: its certificate.
        issuers: those between its certificate and the authority's, its own issuer's first; none where the
            authority issued it itself.
        authority: the certificate of the fleet's authority.
        certificate_path: the certificate's file in PEM, for OpenSSL.
        key_path: the key's file in PEM, for OpenSSL.
        recipients: to whom keys of footage are sealed.
        cameras_url: base address of the fleet's listener for cameras.
        mqtt_host: name of the broker.
        mqtt_port: port of the broker.
    """

    camera: str
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    authority: x509.Certificate
    certificate_path: Path
    key_path: Path
    recipients: tuple[Recipient, ...]
    cameras_url: str
    mqtt_host: str
    mqtt_port: int
    key: Ed25519PrivateKey = field(repr=False)

    def renewal_due(self, now: datetime) -> bool:
        """Whether less than a third of the certificate's time is left."""
        begin, end = self.certificate.not_valid_before_utc, self.certificate.not_valid_after_utc
        return now > end - (end - begin) / 3

    @property
    def signer(self) -> Signer:
        """Signs footage as this camera."""
        return ed25519_signer(self.key)

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The camera's chain as footage carries it, as DER: its certificate first, the authority's last."""
        chain = (self.certificate, *self.issuers, self.authority)
        return tuple(each.public_bytes(Encoding.DER) for each in chain)

    @property
    def authority_der(self) -> bytes:
        """The authority's certificate as DER: what receipts are verified against."""
        return self.authority.public_bytes(Encoding.DER)

    @property
    def certificate_pem(self) -> str:
        """The camera's certificate and those between it and the authority's, as the fleet sent them."""
        chain = (self.certificate, *self.issuers)
        return "".join(each.public_bytes(Encoding.PEM).decode("ascii") for each in chain)

    @property
    def authority_pem(self) -> str:
        """The authority's certificate as PEM: what TLS connections are verified against."""
        return self.authority.public_bytes(Encoding.PEM).decode("ascii")

    def validity_problem(self, now: datetime) -> str | None:
        """Say in one sentence why the certificate is not valid at ``now``, or None when it is."""
        if now < self.certificate.not_valid_before_utc:
            start = self.certificate.not_valid_before_utc
            return (
                f"The camera's clock says {now:%Y-%m-%d}, its certificate began on {start:%Y-%m-%d}: set it."
            )
        if now > self.certificate.not_valid_after_utc:
            return (
                f"The camera's certificate ended on {self.certificate.not_valid_after_utc:%Y-%m-%d}: "
                "it asks the fleet for the next one."
            )
        return None


def signing_request(key: Ed25519PrivateKey) -> str:
    """A PKCS #10 request (RFC 2986) in PEM. Its name is a placeholder: the fleet names the camera."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, None)
    return request.public_bytes(Encoding.PEM).decode("ascii")


def save_identity(
    state: Path, answer: EnrolmentResponse, key: Ed25519PrivateKey, filesystem: Filesystem
) -> CameraIdentity:
    """Check what the fleet answered against the camera's key, and make it the camera's identity in one step.

    Raises:
        IdentityError: the answer does not fit the key or itself; nothing has changed.
        StorageError: it could not be written; the camera is as enrolled as it was before.
    """
    folder = state / FOLDER
    enrolment = Enrolment.model_validate(answer.model_dump())
    identity = _assemble(folder, enrolment, key)
    if not filesystem.exists(state):  # else it is the installer's, and its parent may be none of ours to open
        make_folder(filesystem, state)
    make_folder(filesystem, folder)
    # Through a view, which shows nothing of itself where an error is printed with its variables.
    key_pem = memoryview(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    replace(filesystem, identity.key_path, key_pem)
    shown = (identity.certificate, *identity.issuers)  # to whoever knows the authority alone
    replace(
        filesystem, identity.certificate_path, b"".join(each.public_bytes(Encoding.PEM) for each in shown)
    )
    replace(filesystem, folder / ENROLMENT_FILE, enrolment.model_dump_json(indent=1).encode())
    _remove_others(folder, identity, filesystem)
    return identity


def load_identity(state: Path, filesystem: Filesystem) -> CameraIdentity:
    """Load the identity of the camera whose state folder is ``state``.

    Raises:
        NotEnrolledError: there is none; the sentence says how to enrol.
        IdentityError: it is damaged, or its parts do not belong together.
    """
    folder = state / FOLDER
    path = folder / ENROLMENT_FILE
    if not filesystem.exists(path):
        raise NotEnrolledError(NOT_ENROLLED)
    try:
        enrolment = Enrolment.model_validate_json(filesystem.read(path))
    except (OSError, ValidationError) as error:
        raise IdentityError(f"{path} cannot be read: {AGAIN}") from error
    certificate = _read_chain(enrolment.certificate_pem)[0]
    identity = _assemble(folder, enrolment, read_key(_key_path(folder, certificate.public_key()), filesystem))
    if not filesystem.exists(identity.certificate_path):
        raise IdentityError(f"{identity.certificate_path} is missing: {AGAIN}")
    return identity


def _assemble(folder: Path, enrolment: Enrolment, key: Ed25519PrivateKey) -> CameraIdentity:
    """Put an identity together from its parts, which must belong together."""
    certificate, *issuers = _read_chain(enrolment.certificate_pem)
    authority = _read_certificate(enrolment.authority_pem, "authority's")
    if certificate.public_key() != key.public_key():
        raise IdentityError(f"The camera's certificate in {folder} is not for the key beside it: {AGAIN}")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if [name.value for name in names] != [enrolment.camera]:
        raise IdentityError(f"The camera's certificate in {folder} is not for {enrolment.camera}: {AGAIN}")
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()[:16]
    return CameraIdentity(
        camera=enrolment.camera,
        certificate=certificate,
        issuers=tuple(issuers),
        authority=authority,
        certificate_path=folder / f"certificate-{digest}.pem",
        key_path=_key_path(folder, key.public_key()),
        recipients=tuple(recipient.to_recipient() for recipient in enrolment.recipients),
        cameras_url=enrolment.cameras_url,
        mqtt_host=enrolment.mqtt_host,
        mqtt_port=enrolment.mqtt_port,
        key=key,
    )


def _key_path(folder: Path, public_key: object) -> Path:
    """Where the key of a certificate is kept."""
    if not isinstance(public_key, Ed25519PublicKey):
        raise IdentityError(f"The camera's certificate in {folder} is not for an Ed25519 key: {AGAIN}")
    return folder / f"key-{hashlib.sha256(public_key.public_bytes_raw()).hexdigest()[:16]}.pem"


def _read_chain(pem: str) -> tuple[x509.Certificate, ...]:
    """The camera's certificate, and those of whoever issued it."""
    try:
        return tuple(x509.load_der_x509_certificate(der) for der in read_certificates(pem))
    except (ValueError, CertificateError) as error:
        raise IdentityError(f"The camera's certificate cannot be read: {AGAIN}") from error


def _read_certificate(pem: str, whose: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise IdentityError(f"The {whose} certificate cannot be read: {AGAIN}") from error


def read_key(path: Path, filesystem: Filesystem) -> Ed25519PrivateKey:
    """Read a camera's key.

    Raises:
        IdentityError: it cannot be read, or is none of such a key.
    """
    try:
        key = load_pem_private_key(filesystem.read(path), password=None)
    except (OSError, ValueError) as error:
        raise IdentityError(f"The camera's key {path} cannot be read: {AGAIN}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityError(f"The camera's key {path} is not an Ed25519 key: {AGAIN}")
    return key


def _remove_others(folder: Path, identity: CameraIdentity, filesystem: Filesystem) -> None:
    """Remove what an earlier identity left. What cannot be removed does no harm: nothing names it."""
    keep = {ENROLMENT_FILE, identity.key_path.name, identity.certificate_path.name}
    for name in filesystem.listdir(folder):
        if name not in keep:
            with contextlib.suppress(OSError):
                filesystem.unlink(folder / name)
