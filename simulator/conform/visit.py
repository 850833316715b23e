"""What a stranger knows of a fleet while it tries the rules: a code, and then an identity."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from device.link.tls import authority_context, unverified_context
from protocol.footage.format.signing import ed25519_signer
from simulator.conform.door import Door
from simulator.conform.errors import NotLookedAtError
from simulator.conform.footage import FootageSealer, MadeFootage, encode, make_footage

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from device.capture.prefill import EncodedLoop
    from protocol.messages.enrolment import EnrolmentCode, EnrolmentResponse
    from simulator.conform.door import Transport
    from simulator.fleet.api import FleetApi

NOT_JOINED: Final = "the fleet was not joined"
IGNORED_NAME: Final = "fleet"
"""The name that the signing request asks for; no camera is ever called that."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A stranger that has joined.

    Attributes:
        answer: What the fleet answered.
        key: Its private key.
        certificate: Its certificate.
        issuers: Those between that and the fleet's authority, as DER.
        authority: The fleet's.
        certificate_file: A file with its certificate and its key, for TLS.
    """

    answer: EnrolmentResponse
    key: Ed25519PrivateKey
    certificate: x509.Certificate
    issuers: tuple[bytes, ...]
    authority: x509.Certificate
    certificate_file: Path

    @property
    def camera(self) -> str:
        """What the fleet calls it."""
        return self.answer.camera

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Its chain as footage carries it, as DER: its certificate first, the authority's last."""
        own, last = self.certificate.public_bytes(Encoding.DER), self.authority.public_bytes(Encoding.DER)
        return (own, *self.issuers, last)

    @property
    def sealer(self) -> FootageSealer:
        """What it signs and seals recordings with."""
        return FootageSealer(
            self.camera,
            ed25519_signer(self.key),
            self.chain,
            tuple(each.to_recipient() for each in self.answer.recipients),
            lambda: time.time_ns() // 1000,
        )


@dataclass(slots=True)
class Visit:
    """One visit to a fleet.

    Attributes:
        url: The dashboard's address.
        code: The one-time code.
        folder: Where the certificate and its key are while it lasts; nobody else's to read.
        transport: Makes what carries requests; None for the network.
        api: The fleet as somebody who may see cameras and revoke them; None without a token.
        authority_pem: The fleet's authority, once it is the one that the code names.
        joined: The identity, once there is one.
        numbers: The last number that a recording was given.
        revoked: Whether the identity was taken back.
        doors: The listeners that were talked to.
    """

    url: str
    code: EnrolmentCode
    folder: Path
    transport: Transport | None = None
    api: FleetApi | None = None
    authority_pem: str | None = None
    joined: Joined | None = None
    numbers: int = 0
    revoked: bool = False
    doors: dict[str, Door] = field(default_factory=dict)
    _loop: EncodedLoop | None = None

    def close(self) -> None:
        """Close every connection."""
        for each in self.doors.values():
            each.close()

    @property
    def identity(self) -> Joined:
        """The identity.

        Raises:
            NotLookedAtError: There is none.
        """
        if self.joined is None:
            raise NotLookedAtError(NOT_JOINED, asked=True)
        return self.joined

    @property
    def cameras(self) -> Door:
        """The listener for cameras, with the camera's certificate."""
        return self._door("cameras", self.identity.answer.cameras_url, self.context)

    @property
    def dashboard(self) -> Door:
        """The dashboard's listener, checked against the authority that the code names.

        Raises:
            NotLookedAtError: The fleet showed another.
        """
        if self.authority_pem is None:
            raise NotLookedAtError("the fleet's authority is not the one that the code names", asked=True)
        return self._door("dashboard", self.url, lambda: authority_context(str(self.authority_pem)))

    @property
    def unverified(self) -> Door:
        """The dashboard's listener, with nobody verified: for the authority alone."""
        return self._door("unverified", self.url, unverified_context)

    def context(self) -> ssl.SSLContext:
        """TLS that shows the camera's certificate."""
        context = authority_context(self.identity.answer.authority_pem)
        context.load_cert_chain(self.identity.certificate_file)
        return context

    def number(self) -> int:
        """A number for a recording that none has had."""
        self.numbers += 1
        return self.numbers

    def footage(self, number: int | None = None, sealer: FootageSealer | None = None) -> MadeFootage:
        """Make a recording.

        Args:
            number: Its number, else a new one.
            sealer: What it is signed and sealed with, else what it should be.
        """
        if self._loop is None:
            self._loop = encode()
        chosen = self.number() if number is None else number
        return make_footage(self._loop, sealer or self.identity.sealer, chosen)

    def _door(self, name: str, url: str, context: Callable[[], ssl.SSLContext]) -> Door:
        if name not in self.doors:
            self.doors[name] = Door(url, context(), self.transport)
        return self.doors[name]


def signing_request(key: Ed25519PrivateKey) -> str:
    """A PKCS #10 request (RFC 2986) as PEM, which asks for a name that no camera is called."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, IGNORED_NAME)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, None)
    return request.public_bytes(Encoding.PEM).decode()


def keep_certificate(folder: Path, name: str, certificate_pem: str, key: Ed25519PrivateKey) -> Path:
    """Write a certificate and its key to a file for its owner alone, as ``ssl`` wants them."""
    file = folder / f"{name}.pem"
    file.touch(mode=0o600)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate_pem.encode() + b"\n" + private)
    return file
