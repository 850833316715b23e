"""The fleet's own certificate authority, and the certificates that it gives to the fleet and to cameras.

Rules:
- the authority's key never leaves its file (mode 0600) and this module;
- a camera's name is assigned here: what a signing request asks for is ignored, only its key and its proof of
  possession count, and only Ed25519 is accepted (the same key signs the footage);
- the fleet's own certificates are renewed at start when they end within ``RENEW_BEFORE`` or lack a name.

Files under ``STATE/pki``: ``authority.pem``/``.key``, ``server.*``, ``service.*`` (MQTT client),
``receipts.*``, ``checkpoints.*``, ``revoked.crl``. Which cameras are revoked is in the database; this
module only writes the list.
"""

from __future__ import annotations

import hashlib
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from fleet.core.errors import SigningRequestError, StateError
from fleet.core.files import PUBLIC, make_private_folder, write_file
from fleet.pki import certificates as build
from protocol.footage.format.small_order import has_small_order
from protocol.footage.receipt import RECEIPT_SIGNER
from protocol.messages.enrolment import authority_fingerprint
from protocol.naming import is_camera_id

AUTHORITY_DAYS = 3653  # ten years
OWN_DAYS = 397  # the longest that browsers accept of a server
RECEIPTS_DAYS = 3653  # a receipt must verify for as long as the footage is kept
RENEW_BEFORE = timedelta(days=60)
SERVICE_NAME = "fleet"
CHECKPOINTS_NAME = "Lapel audit log"
MAX_REQUEST_BYTES = 4096

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A camera certificate just issued.

    Attributes:
        pem: the certificate.
        serial: its serial number in hexadecimal.
        sha256: the SHA-256 of its DER in hexadecimal.
        expires: when it ends.
    """

    pem: str
    serial: str
    sha256: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate authority and the files of the fleet's own certificates.

    Attributes:
        folder: where the files are.
        certificate: the authority's certificate.
    """

    folder: Path
    certificate: x509.Certificate
    _key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        """The authority's certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        """The authority's certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """The second half of an enrolment code, by which a camera knows the right authority."""
        return authority_fingerprint(self.der)

    def file(self, name: str) -> Path:
        """Return the path of one of the files, such as ``server.pem``."""
        return self.folder / name

    def issue_camera(self, request_pem: str, *, camera: str, now: datetime, days: int) -> Issued:
        """Sign a camera's request under the name that the fleet chose.

        Raises:
            SigningRequestError: the request is not a signing request, its key is not Ed25519, or its
                signature is not by that key.
        """
        if not is_camera_id(camera):
            raise SigningRequestError(f"internal error: {camera!r} is not a camera name")
        certificate = build.build_leaf(
            self.certificate,
            self._key,
            _requested_key(request_pem),
            kind=build.CAMERA,
            name=camera,
            now=now,
            days=days,
        )
        der = certificate.public_bytes(Encoding.DER)
        return Issued(
            pem=certificate.public_bytes(Encoding.PEM).decode("ascii"),
            serial=f"{certificate.serial_number:x}",
            sha256=hashlib.sha256(der).hexdigest(),
            expires=certificate.not_valid_after_utc,
        )

    def receipts_key(self) -> tuple[ed25519.Ed25519PrivateKey, tuple[bytes, ...]]:
        """Return the key that signs receipts, and its certificates as DER: its own, then the authority's."""
        return self._signing_key("receipts"), self._chain("receipts")

    def checkpoints_key(self) -> ed25519.Ed25519PrivateKey:
        """Return the key that signs checkpoints of the audit log; its certificate is ``checkpoints.pem``."""
        return self._signing_key("checkpoints")

    def _signing_key(self, name: str) -> ed25519.Ed25519PrivateKey:
        file = self.file(f"{name}.key")
        key = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise StateError(f"{file} is not an Ed25519 key; restore it from a backup.")
        return key

    def _chain(self, name: str) -> tuple[bytes, ...]:
        own = x509.load_pem_x509_certificate(self.file(f"{name}.pem").read_bytes())
        return own.public_bytes(Encoding.DER), self.der

    def write_revocations(self, serials: Sequence[str], now: datetime) -> Path:
        """Write the list of revoked certificates for the broker and return its path."""
        revoked = build.build_revocations(
            self.certificate, self._key, [int(serial, 16) for serial in serials], now=now
        )
        path = self.file("revoked.crl")
        write_file(path, revoked.public_bytes(Encoding.PEM), mode=PUBLIC)
        return path

    def renew_own(self, names: Sequence[str], now: datetime) -> bool:
        """Make or renew the fleet's own certificates; True when any file changed."""
        everywhere = server_names(names)
        changed = [
            self._renew(
                "server",
                ec.generate_private_key(ec.SECP256R1()),
                build.SERVER,
                "Lapel fleet",
                now,
                everywhere,
            ),
            self._renew("service", ec.generate_private_key(ec.SECP256R1()), build.SERVICE, SERVICE_NAME, now),
            self._renew(
                "receipts", ed25519.Ed25519PrivateKey.generate(), build.RECEIPTS, RECEIPT_SIGNER, now
            ),
            self._renew(
                "checkpoints", ed25519.Ed25519PrivateKey.generate(), build.CHECKPOINTS, CHECKPOINTS_NAME, now
            ),
        ]
        return any(changed)

    def _renew(
        self,
        file_name: str,
        key: PrivateKey,
        kind: build.Kind,
        name: str,
        now: datetime,
        names: Sequence[str] = (),
    ) -> bool:
        if self._still_good(file_name, now, names):
            return False
        days = RECEIPTS_DAYS if kind in {build.RECEIPTS, build.CHECKPOINTS} else OWN_DAYS
        certificate = build.build_leaf(
            self.certificate,
            self._key,
            key.public_key(),
            kind=kind,
            name=name,
            now=now,
            days=days,
            alternative_names=names,
        )
        # The certificate first: a crash in between leaves a pair that does not match, which is renewed next
        # time.
        write_file(self.file(f"{file_name}.pem"), certificate.public_bytes(Encoding.PEM), mode=PUBLIC)
        write_file(self.file(f"{file_name}.key"), _key_pem(key))
        return True

    def _still_good(self, file_name: str, now: datetime, names: Sequence[str]) -> bool:
        certificate_file, key_file = self.file(f"{file_name}.pem"), self.file(f"{file_name}.key")
        if not (certificate_file.exists() and key_file.exists()):
            return False
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), password=None)
        ends = min(certificate.not_valid_after_utc, self.certificate.not_valid_after_utc)
        at_end = certificate.not_valid_after_utc == self.certificate.not_valid_after_utc
        return (
            certificate.public_key() == key.public_key()
            and (at_end or ends - now > RENEW_BEFORE)
            and set(names) <= _names_of(certificate)
        )


def open_authority(folder: Path, *, now: datetime) -> Authority:
    """Load the authority of ``folder``, or make a new one when there is none.

    Raises:
        StateError: one of its two files is missing or unreadable, or it has ended.
    """
    make_private_folder(folder)
    certificate_file, key_file = folder / "authority.pem", folder / "authority.key"
    if not certificate_file.exists():
        _make_authority(certificate_file, key_file, now)
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise StateError(
            f"The certificate authority in {folder} cannot be read ({error}); restore it from a backup."
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise StateError(f"{key_file} is not the key of {certificate_file}; restore both from one backup.")
    if certificate.not_valid_after_utc <= now:
        raise StateError(f"The certificate authority in {folder} ended; every camera must be enrolled anew.")
    return Authority(folder, certificate, key)


def server_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return every name that the server certificate carries: this machine's usual ones and the configured."""
    usual = ("localhost", "127.0.0.1", "::1", socket.gethostname())
    return tuple(dict.fromkeys((*names, *usual)))


def camera_name(certificate_der: bytes) -> str | None:
    """Return the camera id in a peer certificate, or None when the common name is not one.

    The chain was verified by TLS; whether the camera is enrolled and not revoked is for the caller to ask.
    """
    name = build.common_name(x509.load_der_x509_certificate(certificate_der))
    return name if name is not None and is_camera_id(name) else None


def _make_authority(certificate_file: Path, key_file: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"Lapel fleet authority {secrets.token_hex(4)}"  # two fleets in one browser's store stay apart
    certificate = build.build_authority(key, name=name, now=now, days=AUTHORITY_DAYS)
    # The key first: the certificate file is what says that an authority exists.
    write_file(key_file, _key_pem(key))
    write_file(certificate_file, certificate.public_bytes(Encoding.PEM), mode=PUBLIC)


def _requested_key(request_pem: str) -> ed25519.Ed25519PublicKey:
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


def _names_of(certificate: x509.Certificate) -> set[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    hosts = names.get_values_for_type(x509.DNSName)
    return {*hosts, *(str(address) for address in names.get_values_for_type(x509.IPAddress))}


def _key_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
