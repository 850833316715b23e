"""The encrypted keys of the authority: reading, replacing and opening them.

Files below ``STATE/pki``: ``authority.pem``, whom everybody trusts; ``authority.key``, the key of that, which
may have been taken away; ``issuing.key``, the key of the issuing authority with its certificate. A fleet of
before has no ``issuing.key``: its authority issues by itself, until it is split (``splitting``). From then
on there is ``split``, which says whose certificates count.

A file is replaced by writing the new one beside it, reading that back and opening it, and putting it in its
place in one step: at no moment is there no key that can be read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fleet.core.errors import StateError
from fleet.core.files import sync_folder, write_file
from fleet.pki.key_secret import AuthoritySecret
from fleet.pki.sealed_key import (
    OtherSecretError,
    SealedKey,
    UnreadableKeyError,
    open_authority_key,
    seal_authority_key,
)

CERTIFICATE, ROOT_KEY, ISSUING_KEY, SPLIT = "authority.pem", "authority.key", "issuing.key", "split"
BOTH, ISSUING_ALONE = b"certificates of both count\n", b"certificates of the issuing authority count\n"
_PLAIN = b"-----BEGIN"


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The files.

    Attributes:
        folder: where they are.
        secret: under which the keys are encrypted.
    """

    folder: Path
    secret: AuthoritySecret

    @property
    def certificate_file(self) -> Path:
        """The certificate of the authority that everybody trusts."""
        return self.folder / CERTIFICATE

    @property
    def root_file(self) -> Path:
        """The key of that."""
        return self.folder / ROOT_KEY

    @property
    def issuing_file(self) -> Path:
        """The key of the issuing authority, with its certificate."""
        return self.folder / ISSUING_KEY

    def root(self) -> x509.Certificate:
        """Read the authority's certificate.

        Raises:
            StateError: it is missing or cannot be read.
        """
        try:
            return x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
        except (OSError, ValueError) as error:
            raise self._damaged(self.certificate_file, error) from error

    def read(self, file: Path) -> SealedKey:
        """Read an encrypted key.

        Raises:
            StateError: it is missing, or no encrypted key.
        """
        try:
            return SealedKey.from_json(file.read_bytes())
        except (OSError, UnreadableKeyError) as error:
            raise self._damaged(file, error) from error

    @property
    def split_file(self) -> Path:
        """Says, once an authority that issued by itself was split, whose certificates count."""
        return self.folder / SPLIT

    def issuer(self, root: x509.Certificate) -> SealedKey:
        """Read the key that issues: the issuing authority's, or of a fleet of before the authority's own.

        Raises:
            StateError: it is missing or damaged, or does not belong to the authority.
        """
        if made_alone(root) and self.split_issuer(root) is None:
            file, found = self.root_file, self.read(self.root_file)
            belongs = found.certificate == root
        else:
            file, found = self.issuing_file, self.read(self.issuing_file)
            belongs = is_issued_by(found.certificate, root)
        if not belongs:
            raise self._not_of(file)
        return found

    def split_issuer(self, root: x509.Certificate) -> SealedKey | None:
        """Read the issuing key of an authority that was made to issue by itself; None while it does so.

        There may be none below such a one but in its own name (RFC 5280, section 4.2.1.9): another that lies
        there changes nothing.

        Raises:
            StateError: it was split, and its issuing key is missing, damaged or another's.
        """
        if self.issuing_file.exists():
            found = self.read(self.issuing_file)
            same_name = found.certificate.subject.public_bytes() == root.subject.public_bytes()
            if same_name and is_issued_by(found.certificate, root):
                return found
        if self.split_file.exists():
            raise self._not_of(self.issuing_file)
        return None

    def counts_root(self, root: x509.Certificate) -> bool:
        """Say whether certificates that the root issued by itself, before it was split, count.

        Raises:
            OSError: what says so cannot be read.
        """
        return made_alone(root) and self.split_file.exists() and self.split_file.read_bytes() == BOTH

    def _not_of(self, file: Path) -> StateError:
        return StateError(
            f"{file} does not belong to {self.certificate_file}, or is missing; restore both from one backup."
        )

    def open(self, sealed: SealedKey) -> ec.EllipticCurvePrivateKey:
        """Decrypt a key.

        Raises:
            StateError: the key file cannot be used, or is another.
        """
        try:
            return open_authority_key(sealed, self.secret.read())
        except OtherSecretError as error:
            raise OtherSecretError(
                f"The authority's key in {self.folder} does not open: {self.secret.is_not_it}, or the key "
                "was changed; restore both from one backup."
            ) from error

    def put(self, file: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> SealedKey:
        """Encrypt a key and make it the file.

        Raises:
            StateError: the key file cannot be used, or what was written does not read back.
            OSError: it cannot be written; what was there is untouched.
        """
        sealed = seal_authority_key(key, certificate, self.secret.read(), os.urandom)
        replace_key(file, sealed, self.open)
        return sealed

    def encrypt_plain(self, root: x509.Certificate) -> bool:
        """Encrypt the key of a fleet of before, which lay there as it is; say whether it did.

        Raises:
            StateError: the key cannot be read, is another's, or the key file cannot be used.
            OSError: it cannot be written; the old file is untouched.
        """
        try:
            data = self.root_file.read_bytes()
            if not data.startswith(_PLAIN):
                return False
            key = load_pem_private_key(data, password=None)
        except (OSError, ValueError, TypeError) as error:
            raise self._damaged(self.root_file, error) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != root.public_key():
            raise StateError(
                f"{self.root_file} is not the key of {self.certificate_file}; restore both from one backup."
            )
        self.secret.make()
        self.put(self.root_file, key, root)
        return True

    def _damaged(self, file: Path, error: Exception) -> StateError:
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return StateError(
            f"The certificate authority cannot be used, for {file} cannot be read ({why}); restore it from a "
            "backup."
        )


class IssuingKey:
    """The key that issues: decrypted when it is first used, and kept from then on.

    Attributes:
        store: where it lies.
    """

    def __init__(self, store: KeyStore, sealed: SealedKey) -> None:
        self.store = store
        self._sealed = sealed
        self._key: ec.EllipticCurvePrivateKey | None = None

    def get(self) -> ec.EllipticCurvePrivateKey:
        """Return it.

        Raises:
            StateError: the key file cannot be used, or is another.
        """
        if self._key is None:
            self._key = self.store.open(self._sealed)
        return self._key


def replace_key(
    file: Path, sealed: SealedKey, opened: Callable[[SealedKey], ec.EllipticCurvePrivateKey]
) -> None:
    """Write an encrypted key beside a file, read it back and open it, and put it in that one's place.

    Raises:
        StateError: what was written does not read back or does not open; what was there is untouched.
        OSError: it cannot be written; what was there is untouched.
    """
    fresh = file.with_name(f".{file.name}.fresh")
    try:
        write_file(fresh, sealed.to_json())
        _read_back(fresh, sealed, opened)
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def _read_back(
    file: Path, sealed: SealedKey, opened: Callable[[SealedKey], ec.EllipticCurvePrivateKey]
) -> None:
    try:
        again = SealedKey.from_json(file.read_bytes())
        fits = again == sealed and opened(again).public_key() == sealed.certificate.public_key()
    except (UnreadableKeyError, OtherSecretError):
        fits = False
    if not fits:
        raise StateError(f"{file} does not read back as it was written: its disk is not to be trusted.")


def made_alone(root: x509.Certificate) -> bool:
    """Say whether an authority is one of before, made to issue by itself: there may be none below it."""
    try:
        constraints = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (ValueError, x509.ExtensionNotFound):
        return True
    return constraints.path_length == 0


def is_issued_by(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    """Say whether a certificate is an authority's own work."""
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return certificate != root
