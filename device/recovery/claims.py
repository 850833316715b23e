"""Claims that a crash left: presses that are safe, and whose folder was not finished.

Rules:

- A claim that is whole was acknowledged, or nobody knows whether it was: it gets its folder. It goes when its
  press was tried again and kept, or when it is not whole: then it was never acknowledged.
- Beside its folder a claim has done its part, once the folder has all that its ledger says. After a sync that
  failed the folder may have its name and lack segments, or the ledger itself: the ring has them.
- Nothing that a claim needs is taken from the ring before its folder is durable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.errors import StorageFullError
from device.recovery.claimed import claimed_range, covers, segments_of, tried_again
from device.recovery.inspection import numbers_in, segments_in
from device.recovery.repair import sync_ledger
from device.storage import durable
from device.storage.claim import link_missing, publish_claim, withdraw_folder
from device.storage.layout import CLAIM_SUFFIX
from protocol.footage.ledger.ledger import LEDGER_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder


def finish_claims(filesystem: Filesystem, folders: StateFolder, receipts: frozenset[int]) -> frozenset[str]:
    """Give the claims their folders, the newest first, or let them go.

    Args:
        filesystem: The disk.
        folders: Where things are.
        receipts: The numbers of which there is a receipt.

    Returns:
        The segments that have to stay in the ring: on a full card a claim waits for the next start.

    Raises:
        StorageError: The card refuses; the claim stands.
        OSError: A file cannot be read.
    """
    numbers = numbers_in(filesystem, folders.recordings, CLAIM_SUFFIX)
    kept: set[str] = set()
    for number in reversed(numbers):
        kept.update(_finish_claim(filesystem, folders, number, done=number in receipts))
    if numbers:  # what goes from the ring next must not be missed by a claim that comes back
        durable.sync_dir(filesystem, folders.recordings)
    return frozenset(kept)


def _finish_claim(
    filesystem: Filesystem, folders: StateFolder, number: int, *, done: bool
) -> tuple[str, ...]:
    """Give one claim its folder, or let it go; return the segments that it needs still."""
    claim = folders.claim(number)
    if done:
        durable.remove(filesystem, claim)
        return ()
    if filesystem.exists(folders.recording(number)):
        _complete(filesystem, folders, number)
        durable.remove(filesystem, claim)
        return ()
    claimed = claimed_range(filesystem.read(claim))
    if claimed is None or tried_again(filesystem, folders, number, claim):
        durable.remove(filesystem, claim)
        return ()
    sync_ledger(filesystem, claim)
    segments = segments_of(filesystem, folders.ring, claimed)
    if covers(filesystem, folders.ring, segments, claimed.first_seq, claimed.last_seq):
        withdraw_folder(filesystem, folders, number)  # a sync of it may have failed: its names are made anew
    try:
        _with_room(filesystem, folders, lambda: publish_claim(filesystem, folders, number, segments))
    except StorageFullError:
        return segments
    durable.remove(filesystem, claim)
    return ()


def _complete(filesystem: Filesystem, folders: StateFolder, number: int) -> None:
    """Give a folder that has its name what it lacks of its ledger's chunks, from the ring.

    Where the ring has let go of them, the folder was durable before.

    Raises:
        StorageError: The card refuses; the claim stands.
    """
    folder, claim = folders.recording(number), folders.claim(number)
    names = filesystem.listdir(folder)
    ledger = folder / LEDGER_NAME if LEDGER_NAME in names else claim
    claimed = claimed_range(filesystem.read(ledger))
    if claimed is None:
        return
    held = segments_in(filesystem, folder)
    whole = covers(filesystem, folder, held, claimed.first_seq, claimed.last_seq)
    if whole and LEDGER_NAME in names:
        return
    sync_ledger(filesystem, ledger)
    segments = () if whole else segments_of(filesystem, folders.ring, claimed)
    _with_room(filesystem, folders, lambda: link_missing(filesystem, folders, number, folder, segments))
    durable.sync_dir(filesystem, folder)


def _with_room(filesystem: Filesystem, folders: StateFolder, do: Callable[[], None]) -> None:
    """Do something that takes a little room, with the reserve's if there is no other.

    Raises:
        StorageError: The card refuses.
    """
    try:
        do()
    except StorageFullError:
        if not filesystem.exists(folders.reserve):
            raise
        durable.remove(filesystem, folders.reserve)
        do()
