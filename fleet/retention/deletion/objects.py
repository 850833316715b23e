"""What a recording's deletion does in the footage store. Each step can be repeated after any crash.

Rules:
- the wrapped keys are in the ledger, in its pieces and in the whole, and in the table that the recording's
  own key opens, where it has one: without those no copy of the footage, wherever it is, can be opened;
- the receipt is kept, below ``deleted/``: it holds digests and no key, and a camera lets go only for it;
- what a step says to be gone was looked for, and not found, in the store's own listing.

What a disk keeps of a file that was unlinked is the disk's: encrypt it. A bucket that keeps old versions
keeps them: it must not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fleet.footage.errors import ObjectMissingError, StoreError
from fleet.footage.store import names
from fleet.footage.store.pieces import PieceRange, joined
from fleet.footage.store.spool import Spool
from fleet.footage.store.store import FootageStore

_OFTEN = 50
"""After so many objects the job is held for longer."""


@dataclass(frozen=True, slots=True)
class LedgerDigest:
    """The SHA-256 of a ledger as far as it was held, and its length in bytes; None of nothing."""

    sha256: bytes | None
    length: int


def digest_ledger(store: FootageStore, place: names.Place, pieces: Sequence[PieceRange]) -> LedgerDigest:
    """Digest a ledger before it is destroyed, piece by piece.

    A piece that is not there any more ends it: it must not keep the rest of a recording for ever.

    Raises:
        StoreError: the store failed.
    """
    digest, length = hashlib.sha256(), 0
    for piece in joined(pieces):
        try:
            digest.update(store.read(names.ledger_key(place, piece.offset)))
        except ObjectMissingError:
            break
        length = piece.end
    return LedgerDigest(digest.digest() if length else None, length)


def keep_receipt(store: FootageStore, spool: Spool, place: names.Place) -> None:
    """Keep a recording's receipt where it outlives the recording; one that has none keeps none.

    Raises:
        StoreError: the store failed.
    """
    try:
        receipt = store.read(names.receipt_key(place))
    except ObjectMissingError:
        return  # it never had one, or an earlier attempt has moved it
    with spool.keep(receipt) as incoming:
        store.put(names.deleted_receipt_key(place), incoming.finish())


def destroy_keys(store: FootageStore, place: names.Place, go_on: Callable[[], None]) -> None:
    """Remove every object that holds wrapped keys, and see that none is left.

    Raises:
        StoreError: the store failed, or still has one.
    """
    prefix = names.recording_prefix(place)
    folders, whole = (f"{prefix}/ledger/", names.key_table_prefix(place)), names.whole_ledger_key(place)

    def holds_keys(key: str) -> bool:
        return key == whole or key.startswith(folders)

    _remove(store, prefix, holds_keys, go_on)


def delete_bytes(store: FootageStore, place: names.Place, go_on: Callable[[], None]) -> None:
    """Remove everything that is left of a recording in its own place, and see that nothing is.

    Raises:
        StoreError: the store failed, or still has some of it.
    """
    _remove(store, names.recording_prefix(place), lambda _key: True, go_on)


def _remove(
    store: FootageStore, prefix: str, those: Callable[[str], bool], go_on: Callable[[], None]
) -> None:
    for number, each in enumerate(store.list(prefix)):
        if those(each.key):
            store.remove(each.key)
        if number % _OFTEN == _OFTEN - 1:
            go_on()
    left = [each.key for each in store.list(prefix) if those(each.key)]
    if left:
        raise StoreError(
            f"The footage store {store.where} still has {left[0]}, which it was asked to delete."
        )
