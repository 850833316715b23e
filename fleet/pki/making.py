"""Making a new authority: a root, and an issuing authority that it signs.

Order: the root's key with its certificate, the issuing key with its own, and last the file by which everybody
else knows that there is an authority. What a crash leaves of that is finished at the next start.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from fleet.core.errors import StateError
from fleet.core.files import write_file
from fleet.pki.certificates import build_issuing, build_root, common_name
from fleet.pki.key_store import KeyStore, made_alone

ROOT_DAYS = 9131  # 25 years: longer than any recording is kept, and than any camera lasts
ISSUING_DAYS = 1826  # five years: the root is needed that often, at least


def make_authority(store: KeyStore, now: datetime) -> None:
    """Make one, or finish one that was begun.

    Raises:
        StateError: keys are there without the certificate that they belong to.
        OSError: the folder cannot be written.
    """
    if store.issuing_file.exists() and not store.root_file.exists():
        raise _lost(store)
    store.secret.make()
    if not store.root_file.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        name = f"Lapel fleet authority {secrets.token_hex(4)}"  # two fleets in one browser's store stay apart
        store.put(store.root_file, key, build_root(key, name=name, now=now, days=ROOT_DAYS))
    try:
        sealed = store.read(store.root_file)
    except StateError as error:
        raise _lost(store) from error
    if not store.issuing_file.exists():
        issue_issuing(
            store, sealed.certificate, store.open(sealed), ec.generate_private_key(ec.SECP256R1()), now
        )
    write_file(store.certificate_file, sealed.certificate.public_bytes(Encoding.PEM))


def issue_issuing(
    store: KeyStore,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> None:
    """Make a new issuing authority of a new key, in the place of the one that there may be.

    Raises:
        StateError: the key file cannot be used, or what was written does not read back.
        OSError: it cannot be written; what was there is untouched.
    """
    # Below one of before another name would not count; in its own name it changes its key.
    own_name = common_name(root) if made_alone(root) else None
    name = own_name or f"Lapel issuing authority {secrets.token_hex(4)}"
    certificate = build_issuing(root, root_key, key.public_key(), name=name, now=now, days=ISSUING_DAYS)
    store.put(store.issuing_file, key, certificate)


def _lost(store: KeyStore) -> StateError:
    return StateError(
        f"{store.certificate_file} is missing, although its keys are there; restore it from a backup."
    )
