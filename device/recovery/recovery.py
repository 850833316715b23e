"""What a camera finds when it starts, and what it makes of it: the state folder after any crash.

Steps, each of which may be cut off and done again:

0. What is seen is made durable before anything is built on it: after the end of a process alone, the names
   may still be in the disk's cache only, and a power cut later would take them back.
1. ``NNNNNNNN.gone``: a removal that was not finished. It is finished: its receipt is durable.
2. ``NNNNNNNN.ledger``: a press whose folder was not finished. It gets its folder from the ring's segments; if
   it is not whole it was never acknowledged, and goes, as it does if the same press was tried again and kept.
3. ``NNNNNNNN.new``: a folder without such a file. Where all of a recording is there it is published.
4. Segments in ``ring/`` go: their keys went with the memory (C2). What a recording has linked stays in its
   folder.
5. A recording whose ledger is still writable was being made. Its ledger ends with its last whole record, its
   writable segments with the last chunk that there are keys for, and all become read-only. Without a close
   record it ends "cut off" (C5). On a card without room for that, it waits for the next start, and is not
   offered to the fleet until then.
6. A receipt that is durable but not yet beside its recording is put there, or the recording is removed.

Only recordings that a crash interrupted are read in full, so that a full card costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.recovery.claims import finish_claims
from device.recovery.inspection import inspect_recording, last_open, numbers_in, segments_in
from device.recovery.repair import begins_at, is_writable, repair_segment, write_anew
from device.recovery.truncation import whole_ledger
from device.recovery.unfinished import finish_folders, finish_removals
from device.shelf import ShelvedRecording, settle
from device.storage import durable
from device.storage.durable import NEW_SUFFIX
from device.storage.layout import CLAIM_SUFFIX, RECEIPT_SUFFIX
from protocol.footage.format.errors import FormatError
from protocol.footage.ledger.ledger import LEDGER_NAME, read_ledger
from protocol.footage.receipt import RECEIPT_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found.

    Attributes:
        recordings: Everything that is on the camera.
        number: The highest number that any recording or receipt ever had; 0 for none.
        previous_open: The digest of that recording's ``open``.
    """

    recordings: tuple[ShelvedRecording, ...] = ()
    number: int = 0
    previous_open: bytes | None = None


def recover(filesystem: Filesystem, folders: StateFolder, *, delete: bool) -> Recovered:
    """Put the state folder in order and say what is in it.

    Args:
        filesystem: The disk.
        folders: Where things are.
        delete: Whether footage goes once its receipt is durable.

    Raises:
        StorageError: The card refuses; the camera should not start on it.
        OSError: A file cannot be read.
    """
    for folder in (folders.root, folders.receipts, folders.recordings):
        durable.sync_dir(filesystem, folder)
    receipts = frozenset(numbers_in(filesystem, folders.receipts, RECEIPT_SUFFIX))
    finish_removals(filesystem, folders)
    kept = finish_claims(filesystem, folders, receipts)
    finish_folders(filesystem, folders, receipts)
    for name in filesystem.listdir(folders.ring):
        if name not in kept:
            durable.remove(filesystem, folders.ring / name)
    held = tuple(
        number
        for number in numbers_in(filesystem, folders.recordings, "")
        if _put_in_order(filesystem, folders, number, receipt=number in receipts, delete=delete)
    )
    waiting = numbers_in(filesystem, folders.recordings, CLAIM_SUFFIX)
    numbers = sorted({*receipts, *waiting, *numbers_in(filesystem, folders.recordings, "")})
    return Recovered(
        recordings=tuple(
            inspect_recording(filesystem, folders, number, receipt=number in receipts) for number in held
        ),
        number=max(numbers, default=0),
        previous_open=last_open(filesystem, folders, numbers),
    )


def _put_in_order(
    filesystem: Filesystem, folders: StateFolder, number: int, *, receipt: bool, delete: bool
) -> bool:
    """Steps 5 and 6 for one recording; whether it is still there, and in order."""
    folder = folders.recording(number)
    names = filesystem.listdir(folder)
    for name in names:
        if name.endswith(NEW_SUFFIX):  # a receipt that was not put in place
            durable.remove(filesystem, folder / name)
    if receipt and (delete or RECEIPT_NAME not in names):
        settle(filesystem, folders, number, filesystem.read(folders.receipt(number)), delete=delete)
        if delete:
            return False
    if LEDGER_NAME not in names:
        return False
    return not is_writable(filesystem, folder / LEDGER_NAME) or _repair(filesystem, folder)


def _repair(filesystem: Filesystem, folder: Path) -> bool:
    """End a recording that a crash interrupted; while its ledger is writable, this is done again.

    Returns:
        False while chunks are left that nobody can open, for want of room on the card. The fleet takes no
        such recording, and what it refused once it does not take later.
    """
    data = filesystem.read(folder / LEDGER_NAME)
    whole = whole_ledger(data)
    if whole is None:  # not what a power cut leaves: keep it as it is, for a person to look at
        return True
    before, after, in_order = _ends(data[:whole]), None, True
    for name in reversed(segments_in(filesystem, folder)):
        if before is not None and begins_at(filesystem, folder / name, before):
            durable.remove(filesystem, folder / name)
        else:
            repaired = repair_segment(filesystem, folder / name, after, before)
            after, in_order = repaired.first, in_order and repaired.in_order
    durable.sync_dir(filesystem, folder)  # nothing comes or goes any more once the ledger is read-only
    if in_order:
        write_anew(filesystem, folder / LEDGER_NAME, whole, whole)
    return in_order


def _ends(data: bytes) -> int | None:
    """The first chunk that a ledger has no keys for: nobody can open it, or what comes after it."""
    try:
        ledger = read_ledger(data)
    except FormatError:  # damage, which the verifier will say
        return None
    return 1 + (ledger.keys[-1].last_seq if ledger.keys else ledger.open.last_seq)
