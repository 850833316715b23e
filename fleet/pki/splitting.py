"""An authority of before, which issues by itself, made a root with an issuing authority below it, and back.

It may have none below it but in its own name: a certificate whose issuer and subject have one name is not
counted against its path length (RFC 5280, section 4.2.1.9), which is how an authority changes its key
(RFC 4210, section 4.4). What everybody trusts stays the same certificate.

Order of a split: the issuing key with its certificate, written beside, read back and put in its place in one
step, which is the split; then the file that says that certificates of both count. What a crash leaves of that
is finished at the next start, or by doing it again. Back it goes the other way round.
"""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from fleet.core.errors import StateError
from fleet.core.files import sync_folder, write_file
from fleet.pki.key_store import BOTH, KeyStore, made_alone
from fleet.pki.making import issue_issuing
from fleet.pki.root import RootKey, root_here


def is_split(store: KeyStore) -> bool:
    """Say whether an authority of before has an issuing authority below it.

    Raises:
        StateError: it was made with one, or cannot be read.
    """
    root = store.root()
    if not made_alone(root):
        raise StateError("This fleet's root and issuing authority were made apart: nothing is to be split.")
    return store.split_file.exists() or store.split_issuer(root) is not None


def split(store: KeyStore, now: datetime) -> x509.Certificate:
    """Have an issuing authority issue in the name of one that did so by itself; return its certificate.

    One that was begun is finished; one that was done is left as it is.

    Args:
        store: where the keys are.
        now: wall time.

    Raises:
        StateError: there is nothing to split, the authority has ended, or a key does not open.
        OSError: it cannot be written; it issues by itself as before, or is split.
    """
    is_split(store)
    root = store.root()
    if store.split_issuer(root) is None:
        if root.not_valid_after_utc <= now:
            raise StateError("The authority has ended; every camera must be enrolled anew.")
        store.encrypt_plain(root)
        sealed = store.issuer(root)
        issue_issuing(store, root, store.open(sealed), ec.generate_private_key(ec.SECP256R1()), now)
    if not store.split_file.exists():
        write_file(store.split_file, BOTH)
    return store.issuer(root).certificate


def rejoin(store: KeyStore, away: RootKey | None) -> None:
    """Have the authority issue by itself again. What the issuing authority signed counts on.

    Args:
        store: where the keys are.
        away: the root's key, where it was taken away; None while it is here.

    Raises:
        StateError: it is not split, its issuing key was replaced, or the root's key is not here.
        OSError: it cannot be written; it is split as before, or issues by itself.
    """
    if not is_split(store):
        raise StateError("This fleet's authority issues by itself already.")
    root = store.root()
    if store.split_file.exists() and not store.counts_root(root):
        raise StateError(
            "The issuing key was replaced: what the one before signed would count again. It stays split."
        )
    if away is not None and not store.root_file.exists():
        store.put(store.root_file, away.key, root)
    root_here(store)
    # The file first: without it a start takes an issuing key that is there for a split, and goes on so.
    store.split_file.unlink(missing_ok=True)
    sync_folder(store.folder)
    store.issuing_file.unlink(missing_ok=True)
    sync_folder(store.folder)
