"""Folders that a crash left half done in ``recordings/``: publications and removals, finished or discarded.

Rules:

- A folder that was not published, and has no claim, holds all of a recording, or goes.
- A removal is finished: its receipt is durable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.recovery.claimed import claimed_range, covers, tried_again
from device.recovery.inspection import numbers_in, segments_in
from device.recovery.repair import sync_ledger
from device.storage import durable
from device.storage.durable import NEW_SUFFIX
from device.storage.layout import GONE_SUFFIX
from protocol.footage.ledger.ledger import LEDGER_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder


def finish_removals(filesystem: Filesystem, folders: StateFolder) -> None:
    """Finish the removals that were not finished.

    Raises:
        StorageError: The card refuses.
    """
    for number in numbers_in(filesystem, folders.recordings, GONE_SUFFIX):
        durable.remove_folder(filesystem, folders.removed(number))


def finish_folders(filesystem: Filesystem, folders: StateFolder, receipts: frozenset[int]) -> None:
    """Publish the folders that hold all of a recording and have no claim, and remove the others.

    Raises:
        StorageError: The card refuses.
        OSError: A file cannot be read.
    """
    for number in numbers_in(filesystem, folders.recordings, NEW_SUFFIX):
        unpublished = folders.unpublished(number)
        if filesystem.exists(folders.claim(number)):  # which waits for room, and needs what is there
            continue
        published = filesystem.exists(folders.recording(number))
        if published or number in receipts or not is_whole_commit(filesystem, unpublished):
            durable.remove_folder(filesystem, unpublished)
        elif tried_again(filesystem, folders, number, unpublished / LEDGER_NAME):
            _discard_whole(filesystem, folders, number)
        else:
            sync_ledger(filesystem, unpublished / LEDGER_NAME)
            durable.publish(filesystem, unpublished, folders.recording(number))


def _discard_whole(filesystem: Filesystem, folders: StateFolder, number: int) -> None:
    """Remove a folder that was tried again under a later number, with the same window.

    It was published once, and a sync failed: the card may show it under that name too. So it takes that name
    again, leaves it durably, and is taken apart only then.
    """
    durable.move(filesystem, folders.unpublished(number), folders.recording(number))
    durable.move(filesystem, folders.recording(number), folders.removed(number))
    durable.sync_dir(filesystem, folders.recordings)
    durable.remove_folder(filesystem, folders.removed(number))


def is_whole_commit(filesystem: Filesystem, folder: Path) -> bool:
    """Whether an unpublished folder holds all of a commit: ledger, press, and every chunk that it names."""
    names = filesystem.listdir(folder)
    if LEDGER_NAME not in names:
        return False
    claimed = claimed_range(filesystem.read(folder / LEDGER_NAME))
    held = segments_in(filesystem, folder)
    return claimed is not None and covers(filesystem, folder, held, claimed.first_seq, claimed.pressed_seq)
