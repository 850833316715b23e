"""The fleet's own certificate authority, and the certificates that it gives to the fleet and to cameras.

Rules:
- the authority that everybody trusts, the root, signs the certificate of an issuing authority and nothing
  else. Its key is not needed here, and an operator takes it away (``root``);
- the issuing authority signs all the rest. Its key is encrypted at rest (``key_store``), and in memory from
  its first use on, for cameras are revoked and certificates renewed with nobody there;
- the authority of a fleet that was made before issues by itself: it is root and issuing authority in one,
  until it is split (``splitting``);
- a camera's name is assigned here: what a signing request asks for is ignored, only its key and its proof of
  possession count, and only Ed25519 is accepted (the same key signs the footage);
- the fleet's own certificates are renewed at start when they end within ``RENEW_BEFORE`` or lack a name.

Files under ``STATE/pki``: those of ``key_store``, and ``server.*``, ``service.*`` (MQTT client),
``receipts.*``, ``checkpoints.*``, whose keys are encrypted too (``own_keys``). Each certificate's file holds
its issuer's after it, unless that is the root. Which cameras are revoked is in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from fleet.core.errors import SigningRequestError, StateError
from fleet.core.files import make_private_folder, write_file
from fleet.pki import certificates as build
from fleet.pki.key_secret import AuthoritySecret, KeyFileMissingError, KeySecret
from fleet.pki.key_store import BOTH, ROOT_KEY, IssuingKey, KeyStore, made_alone
from fleet.pki.making import make_authority
from fleet.pki.names import names_of, server_names
from fleet.pki.own_keys import KeptSigningKey, OwnKey, OwnKeys
from fleet.pki.request import Issued, requested_key
from protocol.footage.receipt import RECEIPT_SIGNER
from protocol.messages.enrolment import authority_fingerprint
from protocol.naming import is_camera_id

OWN_DAYS = 397  # the longest that browsers accept of a server
RECEIPTS_DAYS = 3653  # a receipt must verify for as long as the footage is kept
RENEW_BEFORE = timedelta(days=60)
SERVICE_NAME = "fleet"
CHECKPOINTS_NAME = "Lapel audit log"


@dataclass(frozen=True, slots=True)
class Authority:
    """The certificate authority and the files of the fleet's own certificates.

    Attributes:
        folder: where the files are.
        certificate: the certificate of the authority that is trusted, the root.
        issuing: that of the authority which issues; the same one in a fleet of before.
        own_keys: of the fleet itself, encrypted.
    """

    folder: Path
    certificate: x509.Certificate
    issuing: x509.Certificate
    _key: IssuingKey
    own_keys: OwnKeys

    @property
    def has_issuing(self) -> bool:
        """Whether another authority than the root issues."""
        return self.issuing != self.certificate

    @property
    def has_root_key(self) -> bool:
        """Whether the root's private key lies here, encrypted."""
        return self.file(ROOT_KEY).exists()

    @property
    def ends(self) -> datetime:
        """When nothing that it issued is trusted any more."""
        return min(self.certificate.not_valid_after_utc, self.issuing.not_valid_after_utc)

    def check_key(self) -> None:
        """See that it can issue.

        Raises:
            StateError: the key file cannot be used, or is another.
        """
        self._key.get()

    @property
    def der(self) -> bytes:
        """The authority's certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        """The authority's certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")

    @property
    def issuing_pem(self) -> str:
        """The certificate of the authority that issues, as PEM."""
        return self.issuing.public_bytes(Encoding.PEM).decode("ascii")

    @property
    def counted_pem(self) -> str:
        """Those whose certificates count, as PEM: what issues, and the root where it issued by itself before.

        Raises:
            OSError: whether that counts cannot be read.
        """
        by_root = self.has_issuing and self._key.store.counts_root(self.certificate)
        return self.issuing_pem + (self.pem if by_root else "")

    @property
    def fingerprint(self) -> str:
        """The second half of an enrolment code, by which a camera knows the right authority."""
        return authority_fingerprint(self.der)

    def file(self, name: str) -> Path:
        """Return the path of one of the files, such as ``server.pem``."""
        return self.folder / name

    def issue_camera(self, request_pem: str, *, camera: str, now: datetime, days: int) -> Issued:
        """Sign a camera's request under the name that the fleet chose.

        It ends no later than the issuing authority does.

        Raises:
            SigningRequestError: the request is not a signing request, its key is not Ed25519, or its
                signature is not by that key.
        """
        if not is_camera_id(camera):
            raise SigningRequestError(f"internal error: {camera!r} is not a camera name")
        certificate = build.build_leaf(
            self.issuing,
            self._key.get(),
            requested_key(request_pem),
            kind=build.CAMERA,
            name=camera,
            now=now,
            days=days,
        )
        return Issued.read(self._with_issuers(certificate).decode("ascii"))

    def receipts_key(self) -> tuple[ed25519.Ed25519PrivateKey, tuple[bytes, ...]]:
        """Return the key that signs receipts, and its certificates as DER: its own first, the root's last."""
        return self.own_keys.signing("receipts"), self._chain("receipts")

    def checkpoints_key(self) -> KeptSigningKey:
        """Return the key that signs checkpoints of the audit log; its certificate is ``checkpoints.pem``.

        Raises:
            StateError: that is not there, or is none of such a key.
        """
        file = self.file("checkpoints.pem")
        try:
            public = x509.load_pem_x509_certificate(file.read_bytes()).public_key()
        except (OSError, ValueError) as error:
            raise StateError(f"{file} cannot be read; restore it from a backup.") from error
        if not isinstance(public, ed25519.Ed25519PublicKey):
            raise StateError(f"{file} is of no Ed25519 key; restore it from a backup.")
        return KeptSigningKey(public, lambda: self.own_keys.signing("checkpoints"))

    def _chain(self, name: str) -> tuple[bytes, ...]:
        own = x509.load_pem_x509_certificates(self.file(f"{name}.pem").read_bytes())
        return (*(each.public_bytes(Encoding.DER) for each in own), self.der)

    @property
    def _issuers(self) -> tuple[x509.Certificate, ...]:
        """Those between a certificate and the root."""
        return (self.issuing,) if self.has_issuing else ()

    def _with_issuers(self, certificate: x509.Certificate) -> bytes:
        return b"".join(each.public_bytes(Encoding.PEM) for each in (certificate, *self._issuers))

    def renew_own(self, names: Sequence[str], now: datetime) -> bool:
        """Make or renew the fleet's own certificates; True when any changed. Plain keys are encrypted.

        Raises:
            KeyFileMissingError: something is due, and the key file is away.
            StateError: it is another one, or a file cannot be read.
        """
        changed = [
            self._renew("server", _new_ec, build.SERVER, "Lapel fleet", now, server_names(names)),
            self._renew("service", _new_ec, build.SERVICE, SERVICE_NAME, now),
            self._renew("receipts", _new_ed25519, build.RECEIPTS, RECEIPT_SIGNER, now),
            # Its key stays: what it signed before is verified by it, too.
            self._renew("checkpoints", self._kept_or_new, build.CHECKPOINTS, CHECKPOINTS_NAME, now),
        ]
        self.own_keys.seal_plain()
        return any(changed)

    def _renew(
        self,
        file_name: str,
        key_of: Callable[[], OwnKey],
        kind: build.Kind,
        name: str,
        now: datetime,
        names: Sequence[str] = (),
    ) -> bool:
        if self._still_good(file_name, now, names):
            return False
        key, days = key_of(), RECEIPTS_DAYS if kind in {build.RECEIPTS, build.CHECKPOINTS} else OWN_DAYS
        certificate = build.build_leaf(
            self.issuing,
            self._key.get(),
            key.public_key(),
            kind=kind,
            name=name,
            now=now,
            days=days,
            alternative_names=names,
        )
        # The certificate first: a crash in between leaves a pair that does not match, which is renewed next
        # time.
        write_file(self.file(f"{file_name}.pem"), self._with_issuers(certificate))
        self.own_keys.put(file_name, key)
        return True

    def _kept_or_new(self) -> ed25519.Ed25519PrivateKey:
        is_there = self.own_keys.file("checkpoints").exists()
        return self.own_keys.signing("checkpoints") if is_there else _new_ed25519()

    def _still_good(self, file_name: str, now: datetime, names: Sequence[str]) -> bool:
        certificate_file, key_file = self.file(f"{file_name}.pem"), self.file(f"{file_name}.key")
        if not (certificate_file.exists() and key_file.exists()):
            return False
        certificate, *issuers = x509.load_pem_x509_certificates(certificate_file.read_bytes())
        try:
            is_pair = certificate.public_key() == self.own_keys.read(file_name).public_key()
        except KeyFileMissingError:
            is_pair = True  # nothing can be said of it, or done about it, until the key file is there
        at_end = certificate.not_valid_after_utc == self.issuing.not_valid_after_utc
        ends = min(certificate.not_valid_after_utc, self.issuing.not_valid_after_utc)
        return (
            tuple(issuers) == self._issuers
            and is_pair
            and (at_end or ends - now > RENEW_BEFORE)
            and set(names) <= names_of(certificate)
        )


def open_authority(folder: Path, *, now: datetime, secret: AuthoritySecret | None = None) -> Authority:
    """Load the authority of ``folder``, or make a new one when there is none.

    The key that issues is opened when it is first used (``check_key``): commands that sign nothing need no
    key file.

    Args:
        folder: where its files are.
        now: wall time.
        secret: where the secret is that encrypts its keys; None for the key file in the folder.

    Raises:
        StateError: one of its files is missing or unreadable, or it has ended.
    """
    make_private_folder(folder)
    store = KeyStore(folder, KeySecret.of(folder, None) if secret is None else secret)
    if not store.certificate_file.exists():
        make_authority(store, now)
    root = store.root()
    is_split = made_alone(root) and store.split_issuer(root) is not None
    if made_alone(root) and not is_split:
        store.encrypt_plain(root)
    if is_split and not store.split_file.exists():  # it was being split as the machine stopped
        write_file(store.split_file, BOTH)
    sealed = store.issuer(root)
    if root.not_valid_after_utc <= now:
        raise StateError(f"The certificate authority in {folder} ended; every camera must be enrolled anew.")
    if sealed.certificate.not_valid_after_utc <= now:
        raise StateError(
            f"The certificate of the issuing authority in {folder} ended: give it the next one with "
            "“lapel-fleet authority renew-issuing”."
        )
    own = OwnKeys(folder, store.secret)
    return Authority(folder, root, sealed.certificate, IssuingKey(store, sealed), own)


def camera_name(certificate_der: bytes) -> str | None:
    """Return the camera id in a peer certificate, or None when the common name is not one.

    The chain was verified by TLS; whether the camera is enrolled and not revoked is for the caller to ask.
    """
    name = build.common_name(x509.load_der_x509_certificate(certificate_der))
    return name if name is not None and is_camera_id(name) else None


def _new_ec() -> OwnKey:
    return ec.generate_private_key(ec.SECP256R1())


def _new_ed25519() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()
