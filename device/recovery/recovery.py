"""What a camera finds when it starts, and what it makes of it: the state folder after any crash.

Steps, each of which may be cut off and done again:

0. What is seen is made durable before anything is built on it: after the end of a process alone, the names
   may still be in the disk's cache only, and a power cut later would take them back.
1. Segments in ``ring/`` go: their keys went with the memory (C2). What a recording had linked stays in its
   folder.
2. ``NNNNNNNN.new``: a commit that was not finished. It was never acknowledged; where all of it is there it
   is finished, because somebody pressed. Else it goes, or if the same press was tried again and kept.
3. ``NNNNNNNN.gone``: a removal that was not finished. It is finished: its receipt is durable.
4. A recording whose ledger is still writable was being made. Its ledger ends with its last whole record, its
   writable segments with the last chunk that there are keys for, and all become read-only. Without a close
   record it ends "cut off" (C5).
5. A receipt that is durable but not yet beside its recording is put there, or the recording is removed.

Only recordings that a crash interrupted are read in full, so that a full card costs little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.recovery.repair import begins_at, first_chunk, is_writable, repair_segment
from device.recovery.truncation import whole_chunks, whole_ledger
from device.shelf import ShelvedRecording, settle
from device.storage import durable
from device.storage.durable import NEW_SUFFIX
from device.storage.layout import GONE_SUFFIX, RECEIPT_SUFFIX, number_of
from device.storage.segment import ClosedSegment
from protocol.footage.format.cbor import Reader
from protocol.footage.format.errors import FootageError, FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES
from protocol.footage.format.segment import parse_segment_name
from protocol.footage.format.sizes import SIGNATURE_BYTES
from protocol.footage.ledger.ledger import (
    LEDGER_NAME,
    EventKind,
    Open,
    iter_ledger,
    ledger_valid_prefix,
    open_digest,
    read_ledger,
)
from protocol.footage.ledger.record import take_record
from protocol.footage.receipt import RECEIPT_NAME, parse_receipt

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem
    from device.storage.layout import StateFolder

HEAD_BYTES = 256 * 1024
"""More than the first record of a ledger can take."""

_TAIL_BYTES = 8 * 1024
"""More than a close record can take."""

_CLOSE_HEAD = b"\x83\x65close"
"""How a close record begins in CBOR: an array of three, the first the text "close"."""


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
    for name in filesystem.listdir(folders.ring):
        durable.remove(filesystem, folders.ring / name)
    receipts = frozenset(_numbers(filesystem, folders.receipts, RECEIPT_SUFFIX))
    _finish_or_discard(filesystem, folders, receipts)
    held = tuple(
        number
        for number in _numbers(filesystem, folders.recordings, "")
        if _put_in_order(filesystem, folders, number, receipt=number in receipts, delete=delete)
    )
    numbers = sorted({*receipts, *_numbers(filesystem, folders.recordings, "")})
    return Recovered(
        recordings=tuple(
            inspect_recording(filesystem, folders, number, receipt=number in receipts) for number in held
        ),
        number=max(numbers, default=0),
        previous_open=_last_open(filesystem, folders, numbers),
    )


def inspect_recording(
    filesystem: Filesystem, folders: StateFolder, number: int, *, receipt: bool = False
) -> ShelvedRecording:
    """Describe a recording that is not being made.

    Args:
        filesystem: The disk.
        folders: Where things are.
        number: Which.
        receipt: Whether its receipt is durable.

    Raises:
        OSError: It cannot be read.
    """
    folder = folders.recording(number)
    length = filesystem.size(folder / LEDGER_NAME)
    return ShelvedRecording(
        number=number,
        folder=folder,
        ledger_length=length,
        closed_segments=tuple(
            ClosedSegment(name, filesystem.size(folder / name)) for name in _segments(filesystem, folder)
        ),
        ended="closed" if _is_closed(filesystem, folder / LEDGER_NAME, length) else "cut off",
        receipt=receipt,
    )


def _numbers(filesystem: Filesystem, folder: Path, suffix: str) -> tuple[int, ...]:
    found = (number_of(name) for name in filesystem.listdir(folder))
    return tuple(number for number, ending in filter(None, found) if ending == suffix)


def _segments(filesystem: Filesystem, folder: Path) -> tuple[str, ...]:
    return tuple(name for name in filesystem.listdir(folder) if parse_segment_name(name))


def _finish_or_discard(filesystem: Filesystem, folders: StateFolder, receipts: frozenset[int]) -> None:
    """Steps 2 and 3: what a commit or a removal left half done."""
    for number in _numbers(filesystem, folders.recordings, GONE_SUFFIX):
        durable.remove_folder(filesystem, folders.removed(number))
    for number in _numbers(filesystem, folders.recordings, NEW_SUFFIX):
        unpublished = folders.unpublished(number)
        published = filesystem.exists(folders.recording(number))
        if published or number in receipts or not is_whole_commit(filesystem, unpublished):
            durable.remove_folder(filesystem, unpublished)
        elif _tried_again(filesystem, folders, number):
            _discard_whole(filesystem, folders, number)
        else:
            durable.sync_file(filesystem, unpublished / LEDGER_NAME)
            durable.publish(filesystem, unpublished, folders.recording(number))


def _tried_again(filesystem: Filesystem, folders: StateFolder, number: int) -> bool:
    """Whether a later recording is of the same press as a whole commit, with the same window."""
    pressed = _press(filesystem, folders.unpublished(number))
    later = (each for each in _numbers(filesystem, folders.recordings, "") if each > number)
    return any(_press(filesystem, folders.recording(each)) == pressed for each in later)


def _press(filesystem: Filesystem, folder: Path) -> tuple[bytes, int] | None:
    """The run and the moment of a recording's press; None where its ledger cannot be read."""
    try:
        entry = next(iter_ledger(filesystem.read(folder / LEDGER_NAME, 0, HEAD_BYTES)))
    except (FormatError, OSError, StopIteration):
        return None
    return (entry.record.run, entry.record.press_ns) if isinstance(entry.record, Open) else None


def _discard_whole(filesystem: Filesystem, folders: StateFolder, number: int) -> None:
    """Remove a commit that was tried again under a later number, with the same window.

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
    data = filesystem.read(folder / LEDGER_NAME)
    if not data or ledger_valid_prefix(data) != len(data):  # empty: its name came before its bytes
        return False
    ledger = read_ledger(data)
    if not any(event.kind is EventKind.PRESS for event in ledger.events):
        return False
    opening = ledger.open
    return opening.last_seq < opening.first_seq or (
        bool(ledger.keys) and _covers(filesystem, folder, opening.first_seq, opening.last_seq)
    )


def _covers(filesystem: Filesystem, folder: Path, first_seq: int, last_seq: int) -> bool:
    """Whether a folder's segments hold a range of chunks. Only the last can end too early."""
    names = _segments(filesystem, folder)
    indices = [parsed[1] for parsed in map(parse_segment_name, names) if parsed is not None]
    if not names or indices != list(range(indices[0], indices[0] + len(indices))):
        return False
    try:
        begins = first_chunk(filesystem, folder / names[0])
        chunks = whole_chunks(filesystem.read(folder / names[-1]))
    except FormatError:
        return False
    return begins <= first_seq and bool(chunks) and chunks[-1].header.seq >= last_seq


def _put_in_order(
    filesystem: Filesystem, folders: StateFolder, number: int, *, receipt: bool, delete: bool
) -> bool:
    """Steps 4 and 5 for one recording; whether it is still there."""
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
    if is_writable(filesystem, folder / LEDGER_NAME):
        _repair(filesystem, folder)
    return True


def _repair(filesystem: Filesystem, folder: Path) -> None:
    """End a recording that a crash interrupted; while its ledger is writable, this is done again."""
    data = filesystem.read(folder / LEDGER_NAME)
    whole = whole_ledger(data)
    if whole is None:  # not what a power cut leaves: keep it as it is, for a person to look at
        return
    before, after = _ends(data[:whole]), None
    for name in reversed(_segments(filesystem, folder)):
        if before is not None and begins_at(filesystem, folder / name, before):
            durable.remove(filesystem, folder / name)
        else:
            after = repair_segment(filesystem, folder / name, after, before)
    durable.sync_dir(filesystem, folder)  # nothing comes or goes any more once the ledger is read-only
    durable.cut_tail(filesystem, folder / LEDGER_NAME, whole)


def _ends(data: bytes) -> int | None:
    """The first chunk that a ledger has no keys for: nobody can open it, or what comes after it."""
    try:
        ledger = read_ledger(data)
    except FormatError:  # damage, which the verifier will say
        return None
    return 1 + (ledger.keys[-1].last_seq if ledger.keys else ledger.open.last_seq)


def _is_closed(filesystem: Filesystem, ledger: Path, length: int) -> bool:
    """Whether a ledger ends with a close record, without reading the rest of it."""
    offset = max(0, length - _TAIL_BYTES)
    tail = filesystem.read(ledger, offset)
    at = tail.rfind(_CLOSE_HEAD)
    if at < 0:
        return False
    try:
        reader = Reader(tail[at:])
        reader.array(3)
        reader.key("close")
        take_record("close", reader.bytes_(limit=MAX_BODY_BYTES), base=0)
        reader.bytes_(exactly=SIGNATURE_BYTES)
        reader.end()
    except FormatError:
        return False
    return True


def _last_open(filesystem: Filesystem, folders: StateFolder, numbers: list[int]) -> bytes | None:
    """The digest of the newest ``open`` there is, from the recording or from its receipt."""
    for number in reversed(numbers):
        try:
            if filesystem.exists(folders.ledger(number)):
                return open_digest(filesystem.read(folders.ledger(number), 0, HEAD_BYTES))
            return parse_receipt(filesystem.read(folders.receipt(number))).receipt.open_digest
        except (FootageError, FileNotFoundError):
            continue  # damaged: the one before is the best there is
    return None
