"""A claim: one durable file that makes chunks of the ring a recording's, and the folder that takes its place.

A press has to be safe at once, and a folder of links takes longer than a file (C3, C4). So it comes in two:

The claim, which alone makes the recording safe:

1. ``NNNNNNNN.ledger`` in ``recordings/``, in one write and one sync. It is the recording's ledger: its
   ``open`` and its keys name the run and the chunks, and so the segments of the ring that hold them.
2. Sync ``recordings/``.

Until its folder is durable no segment that a claim names may be unlinked from the ring.

Both the file and the sync of its name can be had before there is anything to claim (``prepare_claim``): a
press then waits for the one write and its sync alone. An empty claim claims nothing, and recovery removes it.

Its publication, at any time later, tried again as often as need be:

3. a folder ``NNNNNNNN.new`` with links to the segments and to the ledger, which grows on meanwhile: it is one
   file with two names;
4. sync the folder, rename it to ``NNNNNNNN``, sync ``recordings/``;
5. unlink ``NNNNNNNN.ledger``.

A power cut leaves the claim, or the folder, or both: recovery finishes what it finds. It does not decide what
to do about a failure: it raises ``StorageError`` and leaves that to the caller.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from device.errors import StorageError
from device.storage import durable
from device.storage.append_file import AppendFile
from protocol.footage.ledger.ledger import LEDGER_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from device.storage.filesystem import Bytes, Filesystem
    from device.storage.layout import StateFolder


def prepare_claim(filesystem: Filesystem, folders: StateFolder, number: int) -> AppendFile:
    """Make the file of a claim to come, its name durable and nothing in it.

    Args:
        filesystem: The disk.
        folders: Where things are.
        number: The recording's.

    Raises:
        StorageError: There is no such file, as well as can be.
    """
    ledger = AppendFile.create(filesystem, folders.claim(number))
    try:
        durable.sync_dir(filesystem, folders.recordings)
    except StorageError:
        _take_back(filesystem, folders, number, ledger)
        raise
    return ledger


def write_claim(
    filesystem: Filesystem,
    folders: StateFolder,
    number: int,
    data: Bytes,
    prepared: AppendFile | None = None,
) -> AppendFile:
    """Make a claim durable: the recording is safe when this returns.

    Args:
        filesystem: The disk.
        folders: Where things are.
        number: The recording's.
        data: The beginning of its ledger: all that the press commits.
        prepared: What ``prepare_claim`` has made for that number; it is used up, whatever comes of this.

    Returns:
        The ledger, which may grow.

    Raises:
        StorageError: It is not safe. After a failed sync it may be on the card all the same: from "sync_dir",
            whole and under its name; from "sync_data", with the name taken away as well as can be.
    """
    ledger = prepared or AppendFile.create(filesystem, folders.claim(number))
    try:
        ledger.append(data)
    except StorageError:
        _take_back(filesystem, folders, number, ledger)
        raise
    if prepared is not None:
        return ledger
    try:
        durable.sync_dir(filesystem, folders.recordings)
    except StorageError:
        ledger.abandon()
        raise
    return ledger


def publish_claim(filesystem: Filesystem, folders: StateFolder, number: int, segments: Iterable[str]) -> None:
    """Give a claimed recording its folder. What of it an unpublished folder holds already is kept.

    Args:
        filesystem: The disk.
        folders: Where things are.
        number: The recording's; its claim is durable.
        segments: The segments of the ring that the claim names, in order.

    Raises:
        StorageError: The claim stands. The folder is not to be relied on, under whichever name it is there.
    """
    unpublished = folders.unpublished(number)
    if not filesystem.exists(unpublished):
        durable.begin_folder(filesystem, unpublished)
    link_missing(filesystem, folders, number, unpublished, segments)
    durable.publish(filesystem, unpublished, folders.recording(number))


def link_missing(
    filesystem: Filesystem, folders: StateFolder, number: int, folder: Path, segments: Iterable[str]
) -> None:
    """Link into a claimed recording's folder what it lacks. Durable once the folder is synced.

    Args:
        filesystem: The disk.
        folders: Where things are.
        number: The recording's; its claim is durable.
        folder: Its folder, under whichever name.
        segments: The segments of the ring that the claim names, in order.

    Raises:
        StorageError: The claim stands.
    """
    held = frozenset(filesystem.listdir(folder))
    for name in segments:
        if name not in held:
            durable.link_into(filesystem, folders.ring / name, folder)
    if LEDGER_NAME not in held:
        durable.link_into(filesystem, folders.claim(number), folder, LEDGER_NAME)


def withdraw_folder(filesystem: Filesystem, folders: StateFolder, number: int) -> None:
    """Take away what a publication that failed has left, so that the next begins from nothing.

    After a failed sync a later one shows nothing of the same names: they have to be made anew.

    Raises:
        StorageError: The system refused; some of it may be gone.
    """
    unpublished = folders.unpublished(number)
    if filesystem.exists(folders.recording(number)):
        durable.move(filesystem, folders.recording(number), unpublished)
    if filesystem.exists(unpublished):
        durable.remove_folder(filesystem, unpublished)


def _take_back(filesystem: Filesystem, folders: StateFolder, number: int, ledger: AppendFile) -> None:
    """Let go of a claim that is not made. Recovery finds that it is not whole, or finishes it."""
    ledger.abandon()
    with contextlib.suppress(StorageError):
        durable.remove(filesystem, folders.claim(number))
