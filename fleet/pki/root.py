"""The root apart: taking its key away, and what it is needed for after that.

A root that is away is a file that a passphrase opens (``sealed_key``), kept where its owner keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from fleet.core.errors import StateError
from fleet.core.files import sync_folder, write_file
from fleet.pki.certificates import build_issuing, common_name
from fleet.pki.key_secret import AuthoritySecret
from fleet.pki.key_store import ISSUING_ALONE, KeyStore, made_alone, replace_key
from fleet.pki.making import ISSUING_DAYS, issue_issuing
from fleet.pki.own_keys import OwnKeys
from fleet.pki.sealed_key import (
    COST,
    LONGEST_FILE,
    KeyOpener,
    OtherSecretError,
    SealedKey,
    UnreadableKeyError,
    open_authority_key,
    seal_authority_key,
)


@dataclass(frozen=True, slots=True)
class RootKey:
    """A root's key, opened, with its certificate."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def root_here(store: KeyStore) -> RootKey:
    """Open the root's key that lies beside the others.

    Raises:
        StateError: it was taken away, there is no root apart, or it does not open.
    """
    _refuse_one_of_before(store)
    if not store.root_file.exists():
        raise StateError("The root's key was taken away from this machine; name its file with --root.")
    sealed = store.read(store.root_file)
    if sealed.certificate != store.root():
        raise StateError(f"{store.root_file} is not the key of {store.certificate_file}; restore both.")
    return RootKey(sealed.certificate, store.open(sealed))


def root_away(store: KeyStore, file: Path, passphrase: bytes) -> RootKey:
    """Open a root's key that was taken away.

    Raises:
        StateError: it is none, another fleet's, or the passphrase is another.
    """
    _refuse_one_of_before(store)
    try:
        with file.open("rb") as source:
            sealed = SealedKey.from_json(source.read(LONGEST_FILE + 1))
    except OSError as error:
        raise StateError(f"{file} cannot be read: {error.strerror}.") from error
    except UnreadableKeyError as error:
        raise StateError(
            f"{file} is no root's key: give the file that “lapel-fleet authority take-root” wrote."
        ) from error
    if sealed.certificate != store.root():
        raise StateError(f"{file} is the root of another fleet.")
    if sealed.opener is not KeyOpener.PASSPHRASE:
        raise StateError(f"{file} is not the file that “lapel-fleet authority take-root” wrote.")
    return RootKey(sealed.certificate, _opened(sealed, passphrase))


def take_root(
    store: KeyStore, out: Path, passphrase: bytes, random: Callable[[int], bytes], *, cost: int = COST
) -> None:
    """Write the root's key to a file that a passphrase opens, open that, and only then remove the key here.

    Args:
        store: where it is.
        out: the file, which is not there.
        passphrase: what opens it.
        random: returns that many random bytes.
        cost: scrypt's n.

    Raises:
        StateError: it is not here, the passphrase is too short, or the file does not read back.
        OSError: the file cannot be written; the key is where it was.
    """
    if out.exists():
        raise StateError(f"{out} is there already; name a file that is not.")
    if out.absolute().resolve().is_relative_to(store.folder.parent.resolve()):
        raise StateError(
            f"{out} is in the state folder: name one elsewhere, best on a medium that is taken out."
        )
    root = root_here(store)
    sealed = seal_authority_key(
        root.key, root.certificate, passphrase, random, opener=KeyOpener.PASSPHRASE, cost=cost
    )
    replace_key(out, sealed, lambda each: _opened(each, passphrase))
    store.root_file.unlink()
    sync_folder(store.folder)


def renew_issuing(store: KeyStore, root: RootKey, now: datetime, *, new_key: bool) -> x509.Certificate:
    """Give the issuing authority its next certificate, and return that.

    Args:
        store: where it is.
        root: signs it.
        now: wall time.
        new_key: whether it gets a new key, for the old one is lost or was stolen. Certificates that the old
            one issued are refused from then on.

    Raises:
        StateError: the root has ended, or the key file cannot be used.
        OSError: it cannot be written; what was there is untouched.
    """
    if root.certificate.not_valid_after_utc <= now:
        raise StateError("The root has ended; every camera must be enrolled anew.")
    if new_key:
        if made_alone(root.certificate):
            # First: what an issuing key that was stolen has signed is below the root, too.
            write_file(store.split_file, ISSUING_ALONE)
        store.secret.make()
        issue_issuing(store, root.certificate, root.key, ec.generate_private_key(ec.SECP256R1()), now)
        return store.read(store.issuing_file).certificate
    before = store.issuer(root.certificate)
    public, name = before.certificate.public_key(), common_name(before.certificate)
    if not isinstance(public, ec.EllipticCurvePublicKey) or name is None:
        raise StateError(f"{store.issuing_file} is not as it was written; give it a new key with --new-key.")
    certificate = build_issuing(root.certificate, root.key, public, name=name, now=now, days=ISSUING_DAYS)
    store.open(before)  # a certificate for a key that nobody can open would be of no use
    replace_key(store.issuing_file, before.with_certificate(certificate), store.open)
    return certificate


def change_key_file(store: KeyStore, before: AuthoritySecret) -> int:
    """Encrypt the keys under another secret; say how many were not under that yet.

    A change that was cut off is finished by doing it again.

    Args:
        store: the keys, and the key file or hardware module that they are to be under.
        before: the one that they are under.

    Raises:
        StateError: a key opens by neither of the two.
        OSError: it cannot be written; each key is under the one or the other.
    """
    store.secret.make()
    store.secret.read()
    old, changed = KeyStore(store.folder, before), 0
    for file in (store.issuing_file, store.root_file):
        if not file.exists():
            continue
        sealed = store.read(file)
        try:
            store.open(sealed)
        except OtherSecretError:
            store.put(file, old.open(sealed), sealed.certificate)
            changed += 1
    return changed + OwnKeys(store.folder, store.secret).change(OwnKeys(store.folder, before))


def _opened(sealed: SealedKey, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        return open_authority_key(sealed, passphrase)
    except OtherSecretError as error:
        raise OtherSecretError(
            "The root's key does not open: the passphrase is another, or its file was changed."
        ) from error


def _refuse_one_of_before(store: KeyStore) -> None:
    root = store.root()
    if made_alone(root) and not store.split_file.exists() and store.split_issuer(root) is None:
        raise StateError(
            "This fleet's authority was made before there were issuing authorities, and issues by itself: it "
            "has no root apart. Split it first: lapel-fleet authority split."
        )
